"""A world in which every resource carries a canary of its own in every text field, and the people who look at it."""

import hashlib
import io
from dataclasses import dataclass, field

from forum.access.models import RoleName
from forum.accounts.models import FeedToken, User
from forum.accounts.sessions import token_hash
from forum.audit.models import AuditEntry
from forum.boards.actions import CategoryPlan, change_category, keep_field, keep_template
from forum.boards.models import Category
from forum.boards.template_forms import FieldKind, FormField
from forum.core import clock, settings
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import (
    answering,
    audiences,
    concealing,
    curating,
    drafting,
    locking,
    moving,
    polling,
    reacting,
    revising,
    several,
    splitting,
    tagging,
    writing,
)
from forum.discussions.actions.tag_groups import keep_group
from forum.discussions.actions.undoing import UNDOINGS
from forum.discussions.models import Bookmark, Draft, Post, Revision, Topic
from forum.discussions.models.polls import PollResults
from forum.discussions.params import DraftText
from forum.discussions.queries.tags import tags_of
from forum.discussions.writing import prepare
from forum.groups.actions import add_people
from forum.jobs import outbox
from forum.markup import render
from forum.media.actions import keep_upload
from forum.media.models import Upload
from forum.media.schemas import address_of
from forum.messaging.actions.choosing import block
from forum.messaging.actions.keeping import keep_draft
from forum.messaging.actions.sending import send_message
from forum.messaging.actions.starting import start_group, write_to
from forum.messaging.writing import prepare as prepare_message
from forum.moderation.actions import flag_post, judge_flags
from forum.moderation.kinds import Act, FlagReason
from forum.moderation.models import Review
from forum.moderation.reporting import flag_message
from forum.notifications.actions.watching import choose_place_level, choose_topic_level
from forum.notifications.models import WatchLevel
from tests.cast import Cast, make_cast
from tests.factories import choice, grant, make_post, make_topic, make_user, settled, written


def canary(resource: str, facet: str) -> str:
    """A word that stands nowhere else: letters and digits, so that slugs and stems keep it whole."""
    return "zq" + hashlib.blake2s(f"{resource}.{facet}".encode(), digest_size=6).hexdigest()


# In the twin too, where the hidden and the closed ones are not made.
TAGS = ("common", "members", "hidden", "secret")


@dataclass
class World:
    cast: Cast
    principals: dict[str, User | None]
    topics: dict[str, Topic] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    revisions: dict[str, Revision] = field(default_factory=dict)
    templates: list[tuple[str, int]] = field(default_factory=list)  # slug of the place, id
    drafts: dict[str, Draft] = field(default_factory=dict)
    entries: list[int] = field(default_factory=list)  # of the log, that can be undone
    reviews: dict[str, Review] = field(default_factory=dict)
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)
    conversations: list[int] = field(default_factory=list)
    messages: list[int] = field(default_factory=list)
    message_flags: list[int] = field(default_factory=list)
    uploads: dict[str, Upload] = field(default_factory=dict)
    tags: list[str] = field(default_factory=lambda: [canary(f"tag-{name}", "name") for name in TAGS])  # slugs
    tag_groups: list[int] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)  # canary: "resource.facet"
    feed_tokens: dict[str, str] = field(default_factory=dict)  # of each principal who has an account
    votes_as_usual: bool = True

    def token(self, resource: str, facet: str) -> str:
        made = canary(resource, facet)
        self.tokens[made] = f"{resource}.{facet}"
        return made


def make_world(
    *, with_hidden_things: bool = True, with_closed_things: bool = True, votes_as_usual: bool = True
) -> World:
    """The world; without the hidden things it is the twin that nobody outside of them may tell from it.

    With other votes it is the twin that nobody may tell from it who has not voted.

    What stands in closed and secret groups is hidden from moderators and staff too; it comes last, so that it can be left out alone.
    """
    with transaction():
        world = _people()
    world.votes_as_usual = votes_as_usual
    _name_places(world)
    _group_tags(world)
    _follow(world)
    _shown_things(world)
    outbox.sweep()
    if with_hidden_things:
        _hidden_things(world)
    if with_hidden_things and with_closed_things:
        _closed_things(world)
    outbox.sweep()
    _follow_topics(world)
    world.entries = list(db.session.scalars(db.select(AuditEntry.id).where(AuditEntry.action.in_(UNDOINGS))))
    return world


def _follow(world: World) -> None:
    """Everybody hears of every topic in the lounge, as long as it is there for them."""
    for user in world.principals.values():
        if user is not None:
            choose_place_level(user, world.categories["lounge"].place_id, WatchLevel.FIRST_POST)


def _follow_topics(world: World) -> None:
    """A guest followed what is for members now, and a member what is hidden."""
    for name, topic in (("guest", "members"), ("member", "people")):
        user = world.principals[name]
        if user is not None and topic in world.topics:
            choose_topic_level(user, world.topics[topic].id, WatchLevel.WATCHING)


def _people() -> World:
    cast = make_cast()
    author = make_user("ada", name="Ada Author")
    invited = make_user("ivo", standing="guest", name="Ivo Invited")
    grant(make_user("nils", name="Nils Nookward"), RoleName.MODERATOR, cast.nook.place)
    add_people(cast.closed_group, [make_user("ida", name="Ida Inside")])
    principals: dict[str, User | None] = {"visitor": None, "author": author, "invited": invited}
    principals |= {name: user for name, user in cast.people.items() if name != "other"}
    world = World(cast, principals)
    for name, user in principals.items():
        if user is not None:
            token = world.feed_tokens[name] = f"feed-token-of-{name}-{'x' * 20}"
            with transaction():
                db.session.add(FeedToken(token_hash=token_hash(token), user_id=user.id, made_at=clock.now()))
    for name in ("member", "guest", "confidant"):
        with transaction():
            db.session.get_one(User, principals[name].id).bio = world.token(f"person-{name}", "bio")  # type: ignore[union-attr]
    with transaction():
        suspended = db.session.get_one(User, cast.suspended.id)
        suspended.suspension_reason = world.token("suspension", "reason")
    return world


def _name_places(world: World) -> None:
    for name, category in world.cast.categories.items():
        place = category.place
        guidelines = world.token(name, "guidelines")
        plan = CategoryPlan(
            name=f"Place {world.token(name, 'name')}",
            slug=category.slug,
            description=world.token(name, "description"),
            guidelines=guidelines,
            guidelines_html=render(guidelines).html,
            read=place.read_kind,
            reply=place.reply_kind,
            start=place.start_kind,
            group_id=place.group_id,
            for_questions=name == "lounge",
            parent_slug="lounge" if name == "nook" else "",
        )
        staff = db.session.get_one(User, world.cast.staff.id)
        change_category(category, plan, actor=staff)
        if name in {"lounge", "secret"}:
            form = keep_template(
                category, name="Case", body=f"## {world.token(name, 'template')}", actor=staff
            )
            keep_field(category, form.id, FormField(world.token(name, "field"), FieldKind.TEXT), actor=staff)
            world.templates.append((category.slug, form.id))
        world.categories[name] = settled(category)


def _group_tags(world: World) -> None:
    """A group without tags: staff alone see that it is there."""
    staff = db.session.get_one(User, world.cast.staff.id)
    for name in (world.token("tag-group", "old"), world.token("tag-group", "name")):
        group_id = world.tag_groups[0] if world.tag_groups else None
        group = keep_group(group_id, name=f"Kind {name}", only_one=True, place_ids=[], actor=staff)
        world.tag_groups = [group.id]


def _add(
    world: World, name: str, place: str, author: User, how: object = None, people: list[User] | None = None
) -> Topic:
    topic = make_topic(
        world.categories[place],
        author,
        f"About the case {world.token(name, 'title')}",
        body=f"It begins: {world.token(name, 'body')}",
        audience=how,  # type: ignore[arg-type]
        people=people,
    )
    world.topics[name] = topic
    return topic


def _shown_things(world: World) -> None:
    cast = world.cast
    author, insider = world.principals["author"], cast.insider
    assert author is not None
    public = _add(world, "public", "welcome", author)
    aside = make_post(public, author, f"Aside: {world.token('split', 'body')}")
    world.topics["split"] = settled(
        splitting.split_topic(
            public,
            actor=_now(cast.staff),
            post_ids=[aside.id],
            with_replies=False,
            title=f"Apart {world.token('split', 'title')}",
            place_id=world.categories["desk"].place_id,
            reason=world.token("split", "reason"),
        )
    )
    _add(world, "guests", "porch", author)
    members = _add(world, "members", "lounge", author)
    _add(world, "nook", "nook", author)
    _add(world, "opened", "lounge", author, choice("guests", opened=True))
    _add(world, "opened-public", "lounge", author, choice("public", "members", opened=True))
    _add(world, "closed-opened", "closed", insider, choice("guests", opened=True))
    first = make_post(members, author, f"To be edited: {world.token('edited', 'before')}")
    writing.edit_post(first, actor=author, written=written(f"Wrong: {world.token('edited', 'between')}"))
    writing.edit_post(
        first,
        actor=author,
        written=written(f"Edited: {world.token('edited', 'after')} {_file(world, 'file', author)}"),
    )
    wrong = db.session.scalars(db.select(Revision).order_by(Revision.id.desc())).first()
    assert wrong is not None
    _tag(world, "tag-common", public)
    _tag(world, "tag-members", members, made_while_writing=True)
    revising.hide_revision(wrong.id, actor=cast.moderator, reason=world.token("revision", "reason"))
    world.revisions["wrong"] = settled(wrong)
    _poll(world, "poll", first, author)
    told = make_post(members, author, "Another question, to which the answers are told.")
    _told_poll(world, "poll-told", told, author)
    answering.accept_answer(members, post_id=first.id, actor=author)
    answered = make_post(
        members,
        author,
        f"To be hidden: {world.token('hidden-post', 'body')} {_file(world, 'file-hidden', author)}",
    )
    make_post(members, cast.other, "An answer to what is hidden.", parent=answered)
    _poll(world, "poll-hidden", answered, author)
    polling.close_poll(answered, actor=_now(author))
    polling.announce_closed_polls()
    outbox.sweep()
    deleted = make_post(members, author, f"To be deleted: {world.token('deleted-post', 'body')}")
    reply = make_post(public, author, f"To be hidden, in public: {world.token('public-hidden', 'body')}")
    make_post(public, cast.other, "An answer that stays.", parent=reply)
    concealing.hide_post(reply, actor=cast.staff, reason=world.token("public-hidden", "reason"))
    world.posts |= {"edited": first, "hidden": answered, "deleted": deleted}
    reactor = make_user("rhea", name=f"Rhea {world.token('reactor', 'name')}")
    reacting.react(first, name="like", actor=reactor)
    _flag(world, "flag-hidden", answered, cast.grace)
    hiding = world.reviews["flag-hidden"].id
    judge_flags(
        hiding, actor=_now(cast.moderator), act=Act.HIDE_POST, reason=world.token("hidden-post", "reason")
    )
    concealing.delete_post(deleted, actor=author)
    locking.lock_topic(members, actor=cast.moderator, reason=world.token("lock", "reason"))
    _quoting(world, "quoting", public, author, of=first)
    _quoting(world, "quoting-hidden", world.topics["nook"], author, of=answered)
    _flag(world, "flag-judged", first, cast.grace)
    judged = world.reviews["flag-judged"].id
    judge_flags(
        judged, actor=_now(cast.moderator), act=Act.DISMISS, reason=world.token("flag-judged", "reason")
    )
    _flag(world, "flag", first, cast.other)
    _flag(world, "flag-public", world.posts["quoting"], cast.grace)
    _bookmark(world, "bookmark", author, first)
    _together(world, author)
    _reported_talk(world)
    _draft(world, "draft-topic", author, "topic")
    _file(world, "file-alone", author)
    _draft(world, "draft-edit", author, f"edit:{first.id}")


def _together(world: World, author: User) -> None:
    """Two topics of the lounge that a moderator archived at once; one stands since where they may not read."""
    both = [_add(world, name, "lounge", author) for name in ("together", "together-moved")]
    reason = world.token("together", "reason")
    act = several.Act("archive", reason)
    several.act_on_topics(sorted(topic.id for topic in both), act, actor=_now(world.cast.moderator))
    moving.move_topic(
        both[1],
        actor=_now(world.cast.staff),
        place_id=world.categories["desk"].place_id,
        reason=world.token("together-moved", "reason"),
    )


def _flag(world: World, name: str, post: Post, by: User) -> None:
    made, _new = flag_post(post, actor=_now(by), reason=FlagReason.OTHER, note=world.token(name, "note"))
    world.reviews[name] = settled(db.session.get_one(Review, made.review_id))


def _file(world: World, name: str, owner: User) -> str:
    """A file with a canary in its name and one in its bytes; answers the link that puts it into a text."""
    sent = io.BytesIO(f"Inside: {world.token(name, 'bytes')}".encode())
    upload = settled(keep_upload(f"{world.token(name, 'name')}.txt", sent, owner_id=owner.id))
    world.uploads[name] = upload
    return f'<a class="attachment" href="{address_of(upload)}">file</a>'


def _tag(world: World, name: str, *topics: Topic, made_while_writing: bool = False) -> None:
    """A tag that topics have: one that everybody may know of, or that somebody made in a topic and nobody else."""
    word = world.token(name, "name")
    with transaction():
        if not made_while_writing:
            staff = db.session.get_one(User, world.cast.staff.id)
            plan = tagging.TagPlan(
                word, world.token(name, "description"), words=[world.token(name, "synonym")]
            )
            tagging.create_tag(plan, actor=staff)
        settings.change({"tag_makers": "members"}, actor_id=None)
        for topic in topics:
            here, author = db.session.get_one(Topic, topic.id), db.session.get_one(User, topic.author_id)
            tagging.put_tags(here, [*(t.name for t in tags_of(here)), word], actor=author)
        settings.change({"tag_makers": "staff"}, actor_id=None)


def _poll(world: World, name: str, post: Post, author: User) -> None:
    """A secret poll in a post, that a confidant alone has voted in; its results are for those who have."""
    options = [f"{world.token(name, facet)} {facet}" for facet in ("one", "two")]
    plan = polling.PollPlan(world.token(name, "question"), options, results=PollResults.VOTED)
    polling.change_poll(post, plan, actor=_now(author))
    polling.vote(post, [1 if world.votes_as_usual else 0], voter=_now(world.cast.confidant))


def _told_poll(world: World, name: str, post: Post, author: User) -> None:
    """A secret poll whose results everybody sees who reads it: one vote, and not whose."""
    options = [f"{world.token(name, facet)} {facet}" for facet in ("one", "two")]
    plan = polling.PollPlan(world.token(name, "question"), options, results=PollResults.ALWAYS)
    polling.change_poll(post, plan, actor=_now(author))
    cast = world.cast
    polling.vote(post, [1], voter=_now(cast.confidant if world.votes_as_usual else cast.insider))


def _quoting(world: World, name: str, topic: Topic, author: User, *, of: Post) -> None:
    """A post that quotes another, and quoted more of it before it was edited; beside it the words of its own author."""
    bodies = [f"> [@ada](/posts/{of.id}):\n>\n> Said: {world.token(name, facet)}\n\n{around}" for facet, around in (
        ("before", "I am not sure."),
        ("words", world.token(name, "around")),
    )]  # fmt: skip
    post = writing.reply(topic, author=author, written=prepare(bodies[0]))
    world.posts[name] = settled(writing.edit_post(post, actor=author, written=prepare(bodies[1])))


def _bookmark(world: World, name: str, reader: User, post: Post) -> None:
    """Put down as it is: also of what its owner has lost since."""
    kept = Bookmark(
        user_id=reader.id, post_id=post.id, created_at=clock.now(), note=f"Kept: {world.token(name, 'note')}"
    )
    with transaction():
        db.session.add(kept)
    world.bookmarks[name] = settled(kept)


def _draft(world: World, name: str, author: User, target: str) -> None:
    text = DraftText(title=f"Begun {world.token(name, 'title')}", body=f"Begun: {world.token(name, 'body')}")
    draft = drafting.begin_draft(target, author=author, client_id=f"tab-{name}", text=text)
    world.drafts[name] = settled(draft)


def _hidden_things(world: World) -> None:
    """Made last, so that they would be the newest everywhere if they counted."""
    cast = world.cast
    author, invited = world.principals["author"], world.principals["invited"]
    assert author is not None and invited is not None  # noqa: PT018
    narrowed = _add(world, "people", "lounge", author)
    _add(world, "staff", "desk", cast.staff)
    hidden = _add(world, "hidden-topic", "lounge", author)
    deleted = _add(world, "deleted-topic", "lounge", author)
    gone = _add(world, "opened-hidden", "lounge", author, choice("guests", opened=True))
    _tag(world, "tag-hidden", hidden, made_while_writing=True)
    _tag(world, "tag-members", narrowed, made_while_writing=True)
    outbox.sweep()  # told while they were there for all members
    few = choice("people", opened=True)
    audiences.set_audience(narrowed, actor=_now(author), choice=few, people=[_now(invited)])
    everywhere = world.topics["people"]
    reason = world.token("pin", "reason")
    curating.pin_topic(everywhere, actor=_now(cast.staff), everywhere=True, reason=reason)
    concealing.hide_topic(hidden, actor=cast.moderator, reason=world.token("hidden-topic", "reason"))
    concealing.delete_topic(deleted, actor=cast.moderator, reason=world.token("deleted-topic", "reason"))
    concealing.hide_topic(gone, actor=cast.moderator, reason=world.token("opened-hidden", "reason"))


def _closed_things(world: World) -> None:
    """What only the people of a closed and of a secret group may know of, and what was done to it."""
    cast, invited = world.cast, world.principals["invited"]
    assert invited is not None
    _add(world, "closed", "closed", cast.insider)
    _add(world, "secret", "secret", cast.confidant)
    make_post(world.topics["secret"], cast.confidant, f"More: {world.token('secret', 'reply')}")
    group = _add(world, "group", "lounge", cast.insider, choice("group", group_id=cast.closed_group.id))
    answered = choice("group", "staff", group_id=cast.closed_group.id)
    for topic in (group, world.topics["closed"]):
        audiences.set_audience(topic, actor=_now(cast.insider), choice=answered, reason="As we said.")
    began = db.session.scalars(db.select(Post).where(Post.topic_id == world.topics["closed"].id)).first()
    ida = db.session.scalars(db.select(User).where(User.username == "ida")).one()
    assert began is not None
    _flag(world, "flag-closed", began, ida)
    _bookmark(world, "bookmark-closed", invited, began)
    _tag(world, "tag-secret", world.topics["secret"], made_while_writing=True)
    _tag(world, "tag-members", world.topics["closed"], made_while_writing=True)
    _talks(world)
    _draft(world, "draft-closed", invited, f"reply:{world.topics['closed'].id}")


def _reported_talk(world: World) -> None:
    """A conversation of which one message was reported, with one around it: those who judge read these two."""
    author = db.session.scalars(db.select(User).where(User.username == "ada")).one()
    grace, said = _now(world.cast.grace), {}
    for name in ("told", "told-context", "told-reported"):
        words = prepare_message(f"Told in private: {world.token(name, 'body')}")
        said[name] = write_to(grace, author=author, written=words, client_id=name)
    flag, _new = flag_message(
        said["told-reported"].id,
        actor=grace,
        reason=FlagReason.OTHER,
        note=world.token("flag-told", "note"),
        context_ids=[said["told-context"].id],
    )
    world.conversations.append(said["told"].conversation_id)
    world.messages += [message.id for message in said.values()]
    world.message_flags.append(flag.id)


def _talks(world: World) -> None:
    """A conversation of two and one of a group, with people in it from whom something is withheld."""
    author = db.session.scalars(db.select(User).where(User.username == "ada")).one()
    insider, confidant = _now(world.cast.insider), _now(world.cast.confidant)
    said = prepare_message(
        f"Said in private: {world.token('talk', 'body')} {_file_link(world, 'file-talk', author)}"
    )
    pair = write_to(insider, author=author, written=said, client_id="talk")
    words = prepare_message(f"Said to all: {world.token('talk-group', 'body')}")
    early = prepare_message(f"Said before: {world.token('talk-before', 'body')}")
    between = write_to(confidant, author=insider, written=early, client_id="before")
    block(confidant, actor=insider)
    unheard = prepare_message(f"Said to nobody: {world.token('talk-blocked', 'body')}")
    blocked = write_to(insider, author=confidant, written=unheard, client_id="blocked")
    group = start_group(
        [insider, author],
        author=confidant,
        name=f"Group {world.token('talk-group', 'name')}",
        written=words,
        client_id="group",
    )
    more = prepare_message(f"And more: {world.token('talk-later', 'body')}")
    later = send_message(group.conversation_id, author=author, written=more, client_id="later")
    keep_draft(pair.conversation_id, actor=insider, body=f"Not yet: {world.token('talk', 'draft')}")
    world.conversations += [pair.conversation_id, group.conversation_id, between.conversation_id]
    world.messages += [pair.id, group.id, later.id, blocked.id]


def _file_link(world: World, name: str, owner: User) -> str:
    """As `_file`, in Markdown."""
    _file(world, name, owner)
    return f"[file]({address_of(world.uploads[name])})"


def _now(user: User) -> User:
    return db.session.get_one(User, user.id)
