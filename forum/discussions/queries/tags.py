"""Tags as a viewer may know them. All words are few: kept in process under the site's version."""

import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, literal, select, tuple_
from sqlalchemy.orm import Session

from forum.access.audience import allows_reading, readable_by
from forum.access.models import Audience
from forum.access.viewer import Viewer
from forum.core.db import db, which_database
from forum.core.errors import NotFound
from forum.core.pages import Page, cut, decode_cursor, decode_moment, encode_cursor
from forum.core.transactions import current_transaction
from forum.core.versions import site_version
from forum.discussions import places
from forum.discussions.counting import TAG, visible_topics
from forum.discussions.models import AudienceCount, Topic
from forum.discussions.models.tags import Tag, TagGroup, TagGroupPlace, TopicTag
from forum.discussions.queries.topics import with_authors
from forum.discussions.tag_params import MOST_TAGS

MOST_SUGGESTED = 300  # words in a form

_guard = threading.Lock()
_kept: "tuple[str, int, Vocabulary] | None" = None


@dataclass(frozen=True)
class Vocabulary:
    """Every word there is. Not to be changed: what is kept belongs to no session."""

    by_id: dict[int, Tag] = field(default_factory=dict)
    by_key: dict[str, Tag] = field(default_factory=dict)
    by_slug: dict[str, Tag] = field(default_factory=dict)
    groups: dict[int, TagGroup] = field(default_factory=dict)  # by name
    required: dict[int, list[int]] = field(default_factory=dict)  # place id: groups

    @property
    def tags(self) -> list[Tag]:
        """The tags themselves, by name; no other words for them."""
        return [tag for tag in self.by_id.values() if tag.synonym_of_id is None]

    def meant(self, tag: Tag | None) -> Tag | None:
        """The tag, where another word for it was found."""
        return self.by_id.get(tag.synonym_of_id) if tag is not None and tag.synonym_of_id else tag

    def named(self, name: str) -> Tag | None:
        return self.meant(self.by_key.get(tag_key(name)))

    def words_for(self, tag: Tag) -> list[Tag]:
        """Other words for a tag."""
        return [word for word in self.by_id.values() if word.synonym_of_id == tag.id]

    def ids_of(self, tag: Tag) -> list[int]:
        """The ids under which topics may have it: a merged tag lives on as a word for the other."""
        return [tag.id, *(word.id for word in self.words_for(tag))]

    def of(self, ids: Iterable[int]) -> list[Tag]:
        """Tags by the ids that a topic has, each once; those that are gone are left out."""
        found = (self.meant(self.by_id.get(i)) for i in ids)
        return list({tag.id: tag for tag in found if tag is not None}.values())


def tag_key(name: str) -> str:
    """What two spellings of one tag have in common."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def vocabulary() -> Vocabulary:
    global _kept
    version, where = site_version(), which_database()
    kept = _kept
    if kept and kept[:2] == (where, version):
        return kept[2]
    found = _load()
    if current_transaction() is None:  # what is not committed may never be, and its version will be another's
        with _guard:
            _kept = (where, version, found)
    return found


def forget() -> None:
    """Drop what is kept; for tests that put another database in place of this one."""
    global _kept
    with _guard:
        _kept = None


def _load() -> Vocabulary:
    """In a session beside the request's, over its connection: what is kept must not take its rows away from it."""
    db.session.flush()
    with Session(db.session.connection(), join_transaction_mode="rollback_only") as aside:
        words = aside.scalars(select(Tag).order_by(Tag.name_key)).all()
        groups = aside.scalars(select(TagGroup).order_by(TagGroup.name_key)).all()
        places = aside.scalars(select(TagGroupPlace)).all() if groups else []
        aside.expunge_all()
    required: dict[int, list[int]] = {}
    for one in places:
        required.setdefault(one.place_id, []).append(one.group_id)
    return Vocabulary(
        by_id={word.id: word for word in words},
        by_key={word.name_key: word for word in words},
        by_slug={word.slug: word for word in words},
        groups={group.id: group for group in groups},
        required=required,
    )


def tags_of(topic: Topic) -> list[Tag]:
    """The tags of a topic that may be read; no statement, where the vocabulary is at hand."""
    return vocabulary().of(topic.tag_ids) if topic.tag_ids else []


def needed_group(place_id: int, tags: Iterable[Tag]) -> TagGroup | None:
    """The first group of which a topic of this place needs one, and none of these tags is."""
    return next(iter(groups_missing(place_id, tags)), None)


def groups_missing(place_id: int, tags: Iterable[Tag]) -> list[TagGroup]:
    """All such groups."""
    words, given = vocabulary(), {tag.group_id for tag in tags}
    return [words.groups[i] for i in words.required.get(place_id, ()) if i not in given]


def why_not_there(place_id: int, tags: Iterable[Tag]) -> str:
    """What is missing for a topic with these tags that comes to stand in a place; empty where nothing is."""
    group = needed_group(place_id, tags)
    if group is None:
        return ""
    choices = ", ".join(tag.name for tag in vocabulary().tags if tag.group_id == group.id)
    place = places.label_of(place_id)
    told = {"place": place.name if place is not None else "", "group": group.name, "tags": choices}
    return _("In %(place)s a topic needs one of %(group)s (%(tags)s).", **told)


@dataclass(frozen=True, slots=True)
class Union:
    """What becomes of the tags of a topic that is merged into another: which that one gains, and which are dropped, with why."""

    gained: Sequence[Tag] = ()
    dropped: Sequence[tuple[Tag, str]] = ()


def union_of_tags(into: Topic, source: Topic) -> Union:
    """Those that are there stay; the others come along as far as groups and the number for one topic let them."""
    words = vocabulary()
    there = words.of(into.tag_ids)
    have, gained, dropped = list(there), list[Tag](), list[tuple[Tag, str]]()
    for tag in words.of(source.tag_ids):
        if any(tag.id == one.id for one in there):
            continue
        group = words.groups.get(tag.group_id or 0)
        if group is not None and group.only_one and any(one.group_id == group.id for one in have):
            dropped.append((tag, _("Only one of %(group)s goes with a topic.", group=group.name)))
        elif len(have) >= MOST_TAGS:
            dropped.append((tag, _("At most %(most)s tags for one topic.", most=MOST_TAGS)))
        else:
            gained.append(tag)
            have.append(tag)
    return Union(gained, dropped)


def counts_of_tags(viewer: Viewer, ids: Sequence[int] | None = None) -> dict[int, int]:
    """How many topics with each tag the viewer may read, other words for a tag counted with it; tags without any are not there."""
    found = (
        select(AudienceCount.subject_id, func.sum(AudienceCount.topic_count))
        .join(Audience, Audience.id == AudienceCount.audience_id)
        .where(AudienceCount.subject_kind == TAG, allows_reading(viewer.scopes))
        .group_by(AudienceCount.subject_id)
    )
    if ids is not None:
        found = found.where(AudienceCount.subject_id.in_(ids))
    words, counts = vocabulary(), dict[int, int]()
    for tag_id, count in db.session.execute(found):
        tag = words.meant(words.by_id.get(tag_id))
        if tag is not None and count:
            counts[tag.id] = counts.get(tag.id, 0) + int(count)
    return counts


@dataclass(frozen=True, slots=True)
class KnownTag:
    """A tag that a viewer may know of, with the topics they may read."""

    tag: Tag
    topic_count: int
    synonyms: Sequence[Tag] = ()

    @property
    def group(self) -> TagGroup | None:
        return vocabulary().groups.get(self.tag.group_id or 0)


def known_tags(viewer: Viewer, *, beginning: str = "") -> list[KnownTag]:
    """Common tags, and those of topics that the viewer may read; by name. `beginning` is how a word for one begins."""
    words, counts, key = vocabulary(), counts_of_tags(viewer), tag_key(beginning)
    found = []
    for tag in words.tags:
        if not (tag.is_common or tag.id in counts):
            continue
        others = words.words_for(tag)
        if any(word.name_key.startswith(key) for word in (tag, *others)):
            found.append(KnownTag(tag, counts.get(tag.id, 0), others))
    return found


def find_tag(viewer: Viewer, slug: str) -> KnownTag | None:
    """A tag by its address, or by that of another word for it, if the viewer may know of it."""
    words = vocabulary()
    tag = words.meant(words.by_slug.get(slug))
    if tag is None:
        return None
    count = counts_of_tags(viewer, words.ids_of(tag)).get(tag.id, 0)
    return KnownTag(tag, count, words.words_for(tag)) if tag.is_common or count else None


def topics_tagged(viewer: Viewer, tag: Tag, *, after: str | None = None, limit: int = 30) -> Page[Topic]:
    """Topics with a tag that the viewer may read, newest activity first."""
    found = select(Topic.id).where(visible_topics(), readable_by(viewer, Topic.audience_id), has_tag(tag))
    if after:
        moment, topic_id = decode_cursor(after, [str, int])
        key = literal(decode_moment(moment), Topic.last_post_at.type), literal(topic_id, Topic.id.type)
        found = found.where(tuple_(Topic.last_post_at, Topic.id) < tuple_(*key))
    found = found.order_by(Topic.last_post_at.desc(), Topic.id.desc()).limit(limit + 1)
    ids, more = cut(list(db.session.scalars(found)), limit)
    topics = with_authors(ids)
    last = topics[-1] if more and topics else None
    return Page(topics, encode_cursor([last.last_post_at.isoformat(), last.id]) if last else None)


def has_tag(tag: Tag) -> ColumnElement[bool]:
    """The criterion for topics that have a tag."""
    return Topic.id.in_(select(TopicTag.topic_id).where(TopicTag.tag_id.in_(vocabulary().ids_of(tag))))


def criterion_of_tag(viewer: Viewer, slug: str) -> ColumnElement[bool] | None:
    """The criterion for a tag that was asked for by its slug, None where none was. Raises NotFound for one that is not there."""
    if not slug:
        return None
    known = find_tag(viewer, slug)
    if known is None:
        raise NotFound
    return has_tag(known.tag)


def tag_field(place_id: int | None) -> dict[str, Any]:
    """What a form with a field of tags shows: the words that all may know of, and which groups a topic of the place needs."""
    words = vocabulary()
    common = [tag for tag in words.tags if tag.is_common]
    needed = [words.groups[i] for i in words.required.get(place_id or 0, ())]
    return {
        "tag_words": [tag.name for tag in common[:MOST_SUGGESTED]],
        "tag_needs": [(group.name, [t.name for t in common if t.group_id == group.id]) for group in needed],
    }


def tags_as_typed(topic: Topic) -> str:
    """The tags of a topic as a form has them."""
    return ", ".join(tag.name for tag in tags_of(topic))


def grouped_tags(viewer: Viewer) -> list[tuple[TagGroup | None, list[KnownTag]]]:
    """What the viewer may know of, group by group, those without one at the end; no empty groups."""
    known = known_tags(viewer)
    groups = [*vocabulary().groups.values(), None]
    found = [
        (group, [one for one in known if one.tag.group_id == (group.id if group else None)])
        for group in groups
    ]
    return [(group, tags) for group, tags in found if tags]
