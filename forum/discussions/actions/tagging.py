"""Giving tags to topics, and arranging what tags there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from forum.access.doors import authorize
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction, record
from forum.core import clock, settings
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.ids import new_id
from forum.core.slugs import slugify
from forum.core.transactions import publish, transactional
from forum.core.upserts import insert_or_ignore
from forum.core.versions import bump_site
from forum.discussions import counting
from forum.discussions.actions.loading import locked_topic, tell_in_thread, topic_to_change, touch
from forum.discussions.actions.telling import log_act
from forum.discussions.models import AudienceCount, Topic
from forum.discussions.models.tags import Tag, TagGroup, TopicTag
from forum.discussions.queries.tags import Vocabulary, counts_of_tags, needed_group, tag_key, vocabulary
from forum.discussions.signals import TopicChanged
from forum.discussions.tag_params import MOST_TAGS

MOST_WORDS = 50  # other words for one tag
KEPT_BACK = {"groups"}  # of the addresses of tags: a page of staff


@transactional
def set_tags(topic: Topic, names: Sequence[str], *, actor: User, reason: str = "") -> Topic:
    """Give a topic these tags and no others; a word that is another one's synonym gives that."""
    topic = topic_to_change(topic.id, Permission.RENAME_TOPIC, actor)
    before = [tag.name for tag in vocabulary().of(topic.tag_ids)]
    if not put_tags(topic, names, actor=actor):
        return topic
    touch(topic)
    if actor.id != topic.author_id:
        tell_in_thread(topic, "tagged", actor=actor, reason=reason)
        detail = {"before": before, "after": [tag.name for tag in vocabulary().of(topic.tag_ids)]}
        owners = [topic.author_id]
        log_act(AuditAction.TOPIC_TAGGED, topic, actor=actor, reason=reason, detail=detail, owners=owners)
    publish(TopicChanged(topic.id, actor.id))
    return topic


def put_tags(topic: Topic, names: Sequence[str], *, actor: User, known: Sequence[int] = ()) -> bool:
    """The same inside a transaction that holds the topic; answers whether anything changed. Raises Invalid for `tags`.

    `known` are tags that the actor knows of from elsewhere.
    What waits for others comes last and in a steady order: new words, counts, the site's version.
    """
    words = vocabulary()
    meant: dict[str, Tag | None] = {}
    for name in names:
        tag = words.named(name)
        meant.setdefault(tag.name_key if tag else tag_key(name), tag)
    spelled = {tag_key(name): " ".join(name.split()) for name in names}
    new = {key: spelled[key] for key, tag in meant.items() if tag is None}
    _refuse_too_many(meant)
    here = {tag.id for tag in words.of([*topic.tag_ids, *known])}
    _refuse_unknown(new, [tag for tag in meant.values() if tag and tag.id not in here], actor)
    _refuse_against_groups(words, topic.place_id, [tag for tag in meant.values() if tag])
    if [tag.id if tag else 0 for tag in meant.values()] == [tag.id for tag in words.of(topic.tag_ids)]:
        return False
    made = _make_words(new)
    ids = [tag.id if tag else made[key] for key, tag in meant.items()]
    put_tag_ids(topic, ids)
    if made:
        bump_site()
    return True


@transactional
def make_tags(names: Sequence[str]) -> tuple[dict[str, int], int]:
    """The ids of tags for topics that are brought in with them, by name; and how many were made, as if while writing."""
    ids, made = ids_of_tags(names)
    if made:
        bump_site()
    return ids, made


def ids_of_tags(names: Sequence[str]) -> tuple[dict[str, int], int]:
    """The same inside a transaction that bumps the site's version itself where any was made, once all else is done."""
    words = vocabulary()
    found = {name: tag for name in names if (tag := words.named(name)) is not None}
    new = {tag_key(name): name for name in reversed(names) if name not in found}  # spelled as at first
    made = _make_words(new)
    return {name: found[name].id if name in found else made[tag_key(name)] for name in names}, len(made)


def put_tag_ids(topic: Topic, ids: Sequence[int]) -> None:
    """Give a topic exactly these tags, as far as they are still there, whatever the rules for tags say."""
    there = select(Tag.id).where(Tag.id.in_(ids)).order_by(Tag.id)
    found = set(db.session.scalars(there.with_for_update(read=True, key_share=True)))
    _write(topic, [tag_id for tag_id in ids if tag_id in found])


def _write(topic: Topic, ids: list[int]) -> None:
    own = TopicTag.topic_id == topic.id
    before = set(db.session.scalars(select(TopicTag.tag_id).where(own)))
    db.session.execute(delete(TopicTag).where(own, TopicTag.tag_id.in_(before - set(ids))))
    insert_or_ignore(TopicTag, [{"topic_id": topic.id, "tag_id": i} for i in sorted(set(ids) - before)])
    topic.tag_ids = ids
    for tag_id in sorted(before ^ set(ids)) if topic.is_visible else ():
        counting.add(counting.TAG, tag_id, topic.audience_id, topics=-1 if tag_id in before else 1)


def _refuse_too_many(meant: dict[str, Tag | None]) -> None:
    if len(meant) > MOST_TAGS:
        raise Invalid({"tags": _("At most %(most)s tags for one topic.", most=MOST_TAGS)})


def _refuse_unknown(new: dict[str, str], old: list[Tag], actor: User) -> None:
    """Who may not make tags takes those that they may know of: what stands elsewhere out of their sight is not there."""
    viewer = viewer_of(actor)
    verdict = judge(Permission.MAKE_TAG, viewer, settings.current().tag_makers)
    if verdict:
        return
    quiet = [tag for tag in old if not tag.is_common]
    known = counts_of_tags(viewer) if quiet else {}
    unknown = [*new.values(), *(tag.name for tag in quiet if tag.id not in known)]
    if unknown:
        raise Invalid({"tags": _("There is no tag “%(name)s”. %(why)s", name=unknown[0], why=verdict.reason)})


def _refuse_against_groups(words: Vocabulary, place_id: int, tags: list[Tag]) -> None:
    for group in words.groups.values():
        own = [tag for tag in tags if tag.group_id == group.id]
        if group.only_one and len(own) > 1:
            names = {"group": group.name, "one": own[0].name, "other": own[1].name}
            raise Invalid(
                {"tags": _("Only one of %(group)s: choose between “%(one)s” and “%(other)s”.", **names)}
            )
    needed = needed_group(place_id, tags)
    if needed is not None:
        choices = ", ".join(tag.name for tag in words.tags if tag.group_id == needed.id)
        raise Invalid(
            {"tags": _("Here a topic needs one of %(group)s (%(tags)s).", group=needed.name, tags=choices)}
        )


def _make_words(names: dict[str, str], *, is_common: bool = False) -> dict[str, int]:
    """New tags by key; where somebody has just made the same one, theirs."""
    if not names:
        return {}
    rows: list[dict[str, Any]] = []
    for key, name in sorted(names.items()):
        rows.append(
            {
                "id": new_id(),
                "name": name,
                "name_key": key,
                "slug": _free_slug(name, taken={str(row["slug"]) for row in rows}),
                "is_common": is_common,
                "created_at": clock.now(),
            }
        )
    insert_or_ignore(Tag, rows)
    made = db.session.execute(select(Tag.name_key, Tag.id).where(Tag.name_key.in_(names)))
    found = {key: tag_id for key, tag_id in made}  # noqa: C416 - rows, not pairs
    if found.keys() != names.keys():
        raise Invalid({"tags": _("Somebody has just made a tag like this. Send it again.")})
    return found


def _free_slug(name: str, taken: set[str] | None = None) -> str:
    base = slugify(name, fallback="tag")
    used = set(db.session.scalars(select(Tag.slug).where(Tag.slug.startswith(base, autoescape=True))))
    used |= KEPT_BACK | (taken or set())
    return next(s for n in range(len(used) + 1) if (s := base if not n else f"{base}-{n + 1}") not in used)


@dataclass(frozen=True, slots=True)
class TagPlan:
    """What a tag is to be. `words` are the other words for it."""

    name: str
    description: str = ""
    group_id: int | None = None
    words: Sequence[str] = ()


@transactional
def create_tag(plan: TagPlan, *, actor: User | None) -> Tag:
    """A new tag that everybody knows of; `actor` is None for commands."""
    if actor is not None:
        authorize(Permission.MANAGE_TAGS, viewer_of(actor))
    unknown = _made_while_writing(plan)
    if unknown is not None:
        return _arranged(unknown, plan, actor, AuditAction.TAG_CREATED)
    _refuse_taken(plan, None)
    tag = Tag(
        id=new_id(),
        name=plan.name,
        name_key=tag_key(plan.name),
        slug=_free_slug(plan.name),
        description=plan.description,
        group_id=_group_id(plan),
        created_at=clock.now(),
    )
    db.session.add(tag)
    _put_words(tag, plan.words)
    _record(AuditAction.TAG_CREATED, tag, actor)
    bump_site()
    return tag


@transactional
def change_tag(tag_id: int, plan: TagPlan, *, actor: User) -> Tag:
    """Another name, description, group, other words; what staff have touched is common from then on. Its address stays."""
    return _arranged(_to_arrange(tag_id, actor), plan, actor, AuditAction.TAG_CHANGED)


@transactional
def merge_tag(tag_id: int, into_id: int, *, actor: User) -> Tag:
    """Make a tag another word for a second one: its topics have that from then on, and its address leads there."""
    tag, into = _to_arrange(tag_id, actor), _to_arrange(into_id, actor)
    if tag.id == into.id:
        raise Invalid({"into": _("Choose another tag.")})
    tag.synonym_of_id, tag.group_id, into.is_common = into.id, None, True
    words = update(Tag).where(Tag.synonym_of_id == tag.id).values(synonym_of_id=into.id)
    db.session.execute(words.execution_options(synchronize_session=False))
    _record(AuditAction.TAG_MERGED, into, actor, merged=tag.name)
    bump_site()
    return into


@transactional
def drop_doubles(tag_id: int) -> None:
    """Topics that had a tag under two of its words keep one of them, so that they count once."""
    ids = [tag_id, *db.session.scalars(select(Tag.id).where(Tag.synonym_of_id == tag_id))]
    of_both = select(TopicTag.topic_id).where(TopicTag.tag_id.in_(ids)).group_by(TopicTag.topic_id)
    for topic_id in sorted(db.session.scalars(of_both.having(func.count() > 1))):
        topic = locked_topic(topic_id)
        kept = [i for i in topic.tag_ids if i in ids][:1]
        _write(topic, [i for i in topic.tag_ids if i not in ids or i in kept])
        touch(topic)


@transactional
def delete_tag(tag_id: int, *, actor: User) -> None:
    """Take a tag, and the other words for it, from everything that has it."""
    tag = _to_arrange(tag_id, actor)
    ids = [tag.id, *db.session.scalars(select(Tag.id).where(Tag.synonym_of_id == tag.id))]
    gone = AudienceCount.subject_kind == counting.TAG, AudienceCount.subject_id.in_(ids)
    db.session.execute(delete(AudienceCount).where(*gone))
    _record(AuditAction.TAG_DELETED, tag, actor)
    db.session.execute(delete(Tag).where(Tag.id == tag.id))
    bump_site()


def _made_while_writing(plan: TagPlan) -> Tag | None:
    """The tag that somebody has made of this word, perhaps where staff do not see it: it becomes what staff make of it."""
    found = select(Tag).where(
        Tag.name_key == tag_key(plan.name), Tag.is_common.is_(False), Tag.synonym_of_id.is_(None)
    )
    return db.session.scalar(found.with_for_update())


def _arranged(tag: Tag, plan: TagPlan, actor: User | None, act: AuditAction) -> Tag:
    _refuse_taken(plan, tag)
    _rename(tag, plan.name)
    tag.description = plan.description
    tag.group_id, tag.is_common = _group_id(plan), True
    _put_words(tag, plan.words)
    _record(act, tag, actor)
    bump_site()
    return tag


def _to_arrange(tag_id: int, actor: User) -> Tag:
    authorize(Permission.MANAGE_TAGS, viewer_of(actor))
    tag = db.session.scalar(
        select(Tag).where(Tag.id == tag_id).with_for_update().execution_options(populate_existing=True)
    )
    if tag is None or tag.synonym_of_id is not None:
        raise NotFound
    return tag


def _group_id(plan: TagPlan) -> int | None:
    if plan.group_id is None:
        return None
    found = db.session.scalar(select(TagGroup.id).where(TagGroup.id == plan.group_id))
    if found is None:
        raise Invalid({"group_id": _("There is no such group.")})
    return found


def _refuse_taken(plan: TagPlan, tag: Tag | None) -> None:
    """No two tags share a word."""
    keys = {tag_key(plan.name): "name"} | {tag_key(word): "words" for word in plan.words}
    if len(plan.words) > MOST_WORDS:
        raise Invalid({"words": _("At most %(most)s other words for one tag.", most=MOST_WORDS)})
    taken = select(Tag).where(Tag.name_key.in_(keys))
    for other in db.session.scalars(taken):
        if tag is None or tag.id not in (other.id, other.synonym_of_id):
            raise Invalid({keys[other.name_key]: _("“%(name)s” is taken by another tag.", name=other.name)})


def _put_words(tag: Tag, names: Sequence[str]) -> None:
    """Other words for a tag. One that topics have, because it was a tag of its own, stays a word until it is deleted as a tag."""
    wanted = {tag_key(name): name for name in names if tag_key(name) != tag.name_key}
    db.session.flush()
    there = {
        word.name_key: word for word in db.session.scalars(select(Tag).where(Tag.synonym_of_id == tag.id))
    }
    for key, word in there.items():
        if key not in wanted:
            _let_go(word)
    for key in wanted.keys() - there.keys():
        slug = _free_slug(wanted[key])
        db.session.add(
            Tag(
                id=new_id(),
                name=wanted[key],
                name_key=key,
                slug=slug,
                synonym_of_id=tag.id,
                created_at=clock.now(),
            )
        )
        db.session.flush()


def _rename(tag: Tag, name: str) -> None:
    """Another name; where it was another word for the same tag, that becomes a word for it under the old name."""
    key = tag_key(name)
    word = db.session.scalar(select(Tag).where(Tag.name_key == key, Tag.synonym_of_id == tag.id))
    old = tag.name, tag.name_key
    if word is not None:
        word.name_key = f" {word.id}"  # as no name begins
        db.session.flush()
    tag.name, tag.name_key = name, key
    db.session.flush()
    if word is not None:
        word.name, word.name_key = old
        db.session.flush()


def _let_go(word: Tag) -> None:
    """A word that is no longer one for a tag: it is a tag of its own again where topics have it, and gone where none has."""
    if db.session.scalar(select(TopicTag.topic_id).where(TopicTag.tag_id == word.id).limit(1)):
        word.synonym_of_id = None
    else:
        db.session.delete(word)
    db.session.flush()


def _record(action: AuditAction, tag: Tag, actor: User | None, **detail: str) -> None:
    record(
        action,
        subject_kind="tag",
        subject_id=tag.id,
        actor_id=actor.id if actor else None,
        detail={"name": tag.name, **detail},
    )
