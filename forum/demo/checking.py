"""Holds the files of the demo against each other: what one names must be in another, and time runs forward."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

from forum.demo.plan import Demo, Person, Post, Topic
from forum.demo.readers import count_unread, may_read, may_reply

MOST_BYTES = 20_000
MENTION = re.compile(r"(?<![\w`@./])@([a-z][a-z0-9]{2,19})\b")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
QUOTED = re.compile(r"/posts/(\d+)")
LINK = re.compile(r"https?://([^/\s)>\"]+)")
# What nobody reads in a finished text; for those who write the demo, whose tests refuse it.
FILLER = re.compile(r"(?i:\b(?:lorem|ipsum|asdf|foo ?bar|tbd)\b)|\b(?:TODO|XXX)\b")
# A number that could be somebody's, an e-mail address, a telephone number.
PERSONAL = re.compile(r"\b\d{5,}-\d{2,}\b|\b[\w.]+@(?!example\.org)[\w-]+\.\w+|\+\d{6,}|\bMRN\b")


def find_faults(demo: Demo) -> list[str]:
    """Everything that is wrong with the demo, in sentences; empty when nothing is."""
    faults = [
        *_people_faults(demo),
        *_place_faults(demo),
        *_template_faults(demo),
        *_topic_faults(demo),
        *_flag_faults(demo),
        *_talk_faults(demo),
    ]
    return faults or list(_reader_faults(demo))  # who reads what can be told only of a whole demo


def _people_faults(demo: Demo) -> Iterator[str]:
    slugs = {category.slug for category in demo.categories}
    names = {person.username for person in demo.people}
    yield from _twice("people.toml", "username", (p.username for p in demo.people))
    yield from _twice("people.toml", "name", (p.name for p in demo.people))
    yield from _twice("people.toml", "demo account", (p.demo for p in demo.people if p.demo))
    for person in demo.people:
        where = f"people.toml: {person.username}"
        dated = {
            "member": person.until_days,
            "guest": not (person.until_days or person.ended_days_ago),
            "lapsed": person.ended_days_ago,
        }
        if not dated[person.standing]:
            yield f"{where}: the dates do not fit the standing {person.standing}"
        for role in person.roles:
            if role not in {"staff", "moderator"} and role.removeprefix("moderator:") not in slugs:
                yield f"{where}: no such role: {role}"
        if person.demo and not person.demo_line:
            yield f"{where}: a demo account has a line of its own"
        if person.suspended and person.suspended.by not in names:
            yield f"{where}: suspended by nobody known"
    for group in demo.groups:
        yield from _unknown(f"groups.toml: {group.slug}", group.everybody, names)
        yield from _twice(f"groups.toml: {group.slug}", "person", group.everybody)


def _place_faults(demo: Demo) -> Iterator[str]:
    seen: dict[str, str | None] = {}
    groups = {group.slug for group in demo.groups}
    for category in demo.categories:
        where = f"categories.toml: {category.slug}"
        if category.slug in seen:
            yield f"{where}: stands there twice"
        if category.parent and (category.parent not in seen or seen[category.parent]):
            yield f"{where}: its parent must stand before it, at the top"
        if ("group" in {category.read, category.reply}) != (category.group in groups):
            yield f"{where}: an audience of a group names one that exists, any other names none"
        seen[category.slug] = category.parent


def _template_faults(demo: Demo) -> Iterator[str]:
    places = {category.slug for category in demo.categories}
    for template in demo.templates:
        if template.category not in places:
            yield f"templates.toml: no category {template.category}"


def _topic_faults(demo: Demo) -> Iterator[str]:
    people = {person.username: person for person in demo.people}
    places = {category.slug for category in demo.categories}
    groups = {group.slug for group in demo.groups}
    yield from _twice("discussions", "title", (topic.title for topic in demo.topics))
    for topic in demo.topics:
        where = f"{topic.slug}.md"
        voters = topic.poll.votes if topic.poll else {}
        yield from _unknown(where, voters, people)
        for username in voters.keys() & people.keys():
            if not may_reply(demo, people[username], topic):
                yield f"{where}: {username} may not vote here"
        if topic.answer is not None and not 2 <= topic.answer <= len(topic.posts):
            yield f"{where}: no post {topic.answer} to be the answer"
        for name in set(topic.tags) - {tag.name for tag in demo.tags}:
            yield f"{where}: no tag {name}"
        if topic.category not in places:
            yield f"{where}: no category {topic.category}"
            continue
        if (topic.read == "group") != (topic.group in groups):
            yield f"{where}: an audience of a group names one that exists, any other names none"
        if (topic.read == "people") != bool(topic.people):
            yield f"{where}: an audience of people names them, any other does not"
        deeds = [deed for deed in (topic.pinned, topic.locked, topic.archived) if deed]
        yield from _unknown(where, [*topic.people, *(deed.by for deed in deeds)], people)
        yield from _order_faults(topic)
        for post in topic.posts:
            yield from _post_faults(demo, topic, post, people)


def _flag_faults(demo: Demo) -> Iterator[str]:
    """Who reports a post did not write it, and is not before it."""
    people = {person.username: person for person in demo.people}
    posts = {(topic.slug, post.number): post for topic in demo.topics for post in topic.posts}
    for flag in demo.flags:
        where = f"flags.toml: {flag.topic} {flag.number}"
        yield from _unknown(where, [flag.by, *([flag.judged.by] if flag.judged else [])], people)
        post = posts.get((flag.topic, flag.number))
        if post is None or not post.is_visible:
            yield f"{where}: no such post"
        elif flag.ago >= post.ago or flag.by == post.author:
            yield f"{where}: reported before it was written, or by its author"
        if flag.reason == "other" and not flag.note:
            yield f"{where}: something else is something to be said"
        if flag.judged and flag.judged.ago >= flag.ago:
            yield f"{where}: judged before it was reported"


def _talk_faults(demo: Demo) -> Iterator[str]:
    """Those who say something take part, are members or staff or are written to by staff, and time runs forward."""
    people = {person.username: person for person in demo.people}
    for position, talk in enumerate(demo.conversations, 1):
        where = f"conversations.toml, entry {position}"
        yield from _unknown(where, [*talk.people, *talk.unread], people)
        if not talk.name and len(talk.people) != 2:
            yield f"{where}: a group has a name"
        if talk.messages[0].by != talk.people[0]:
            yield f"{where}: the first one named begins"
        before: timedelta | None = None
        for said in talk.messages:
            if said.by not in talk.people:
                yield f"{where}: {said.by} takes no part"
            if before is not None and said.ago > before:
                yield f"{where}: is not in order of time"
            before = said.ago
            yield from _text_faults(where, said.body, people)


def _order_faults(topic: Topic) -> Iterator[str]:
    """Numbers count up, answers come after what they answer, and time runs forward."""
    before: timedelta | None = None
    for expected, post in enumerate(topic.posts, 1):
        where = f"{topic.slug}.md:{post.line}"
        if post.number != expected:
            yield f"{where}: number {post.number} where {expected} is next"
        if (post.parent is None) != (expected == 1) or (post.parent or 0) >= post.number:
            yield f"{where}: answers {post.parent}, which is not before it"
        if before is not None and post.ago > before:
            yield f"{where}: is older than the post before it"
        later = [post.edited, post.deleted, post.hidden.ago if post.hidden else None]
        if any(moment is not None and moment >= post.ago for moment in later):
            yield f"{where}: was changed before it was written"
        before = post.ago
    for deed in (topic.locked, topic.archived):
        if deed and before is not None and deed.ago >= before:
            yield f"{topic.slug}.md: has posts after it was locked or archived"


def _post_faults(demo: Demo, topic: Topic, post: Post, people: dict[str, Person]) -> Iterator[str]:
    where = f"{topic.slug}.md:{post.line}"
    author = people.get(post.author)
    if author is None:
        yield f"{where}: nobody is called {post.author}"
        return
    if not may_reply(demo, author, topic):
        yield f"{where}: {post.author} may not write here"
    if post.ago > timedelta(days=author.days_ago):
        yield f"{where}: {post.author} was not here yet"
    if author.suspended and post.ago < timedelta(days=author.suspended.days_ago):
        yield f"{where}: {post.author} was suspended by then"
    if post.hidden:
        yield from _unknown(where, [post.hidden.by], people)
    if not post.body:
        yield f"{where}: says nothing"
    for body in filter(None, (post.body, post.earlier)):
        yield from _text_faults(where, body, people)
        if any(int(number) >= post.number for number in QUOTED.findall(body)):
            yield f"{where}: quotes a post that was not written yet"


def _text_faults(where: str, body: str, people: dict[str, Person]) -> Iterator[str]:
    prose = CODE.sub("", body)
    if len(body.encode()) > MOST_BYTES:
        yield f"{where}: over {MOST_BYTES} bytes"
    if body.count("```") % 2:
        yield f"{where}: a code block is not closed"
    if prose.count("!") > 1 or "!!" in prose:
        yield f"{where}: too many exclamation marks"
    if found := FILLER.search(prose) or PERSONAL.search(prose):
        yield f"{where}: {found.group()!r} has no business here"
    for host in LINK.findall(prose):
        if host != "example.org":
            yield f"{where}: links to {host}, not to example.org"
    yield from _unknown(f"{where}: mentions", MENTION.findall(prose), people)


def _reader_faults(demo: Demo) -> Iterator[str]:
    topics = {topic.slug: topic for topic in demo.topics}
    people = {person.username: person for person in demo.people}
    accounts = {person.username for person in demo.people if person.demo}
    if {reader.username for reader in demo.readers} != accounts:
        yield "reading.toml: says how far each demo account has read, and nobody else"
        return
    for reader in demo.readers:
        where = f"reading.toml: {reader.username}"
        for slug in [*reader.new, *reader.read]:
            if slug not in topics or not may_read(demo, people[reader.username], topics[slug]):
                yield f"{where}: cannot read {slug}"
            elif slug in reader.new and topics[slug].ago >= reader.floor:
                yield f"{where}: {slug} is older than the floor, so it is not new"
            elif slug in reader.new and any(p.author == reader.username for p in topics[slug].posts):
                yield f"{where}: wrote in {slug}, so it is not new"
            elif not 0 <= reader.read.get(slug, 0) <= topics[slug].posts[-1].number:
                yield f"{where}: {slug} has no number {reader.read[slug]}"
        if set(reader.new) & set(reader.read):
            yield f"{where}: a topic is either new or read to a number"
        if (counted := count_unread(demo, reader)) != reader.expect:
            yield f"{where}: expects {reader.expect}, but the files say {counted}"


def _unknown(where: str, named: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    for name in sorted(set(named) - set(known)):
        yield f"{where}: nobody is called {name}"


def _twice(where: str, what: str, values: Iterable[str]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{where}: the {what} {value} stands there {count} times"
