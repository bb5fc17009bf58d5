"""What it comes to when posts go elsewhere, before anything is done: for the page and for programs alike."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from forum.access.doors import authorize
from forum.access.models import Place
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.discussions import places
from forum.discussions.effects import Effect, effect_of_joining, effect_of_moving
from forum.discussions.meaning import other_topic_meant, place_meant
from forum.discussions.models import Topic
from forum.discussions.models.tags import Tag
from forum.discussions.queries.tags import Union, groups_missing, union_of_tags, vocabulary
from forum.discussions.queries.topics import audience_sentence


@dataclass(frozen=True, slots=True)
class Look:
    """What an act comes to. `now` says who reads the posts as they stand, `needed` are groups of which the place asks a tag."""

    count: int
    now: str
    effect: Effect
    into: Topic | None = None
    takes_answer: bool = False
    tags: Union = field(default=Union())
    needed: Sequence[tuple[str, Sequence[str]]] = ()


def look_at_moving(viewer: Viewer, topic: Topic, *, slug: str, tags: Sequence[str] | None) -> Look:
    """A topic in another place. Raises Invalid where it cannot go there."""
    place = _place(viewer, slug)
    return Look(
        count=topic.post_count,
        now=audience_sentence(viewer, topic),
        effect=effect_of_moving(topic, place, asker=viewer),
        needed=_needed(place, topic, tags),
    )


def look_at_splitting(
    viewer: Viewer,
    topic: Topic,
    chosen: Collection[int],
    *,
    slug: str = "",
    tags: Sequence[str] | None = None,
) -> Look:
    """Posts of a topic as one of their own, here or in the place of that slug."""
    place = _place(viewer, slug) if slug else topic.place
    return Look(
        count=len(chosen),
        now=audience_sentence(viewer, topic),
        effect=effect_of_moving(topic, place, asker=viewer, post_ids=chosen),
        takes_answer=topic.answer_id in chosen,
        needed=_needed(place, topic, tags),
    )


def look_at_joining(viewer: Viewer, topic: Topic, chosen: Collection[int], *, into: Topic) -> Look:
    """Posts of a topic in another one."""
    return Look(
        count=len(chosen),
        now=audience_sentence(viewer, topic),
        effect=effect_of_joining(topic, into, asker=viewer, post_ids=chosen),
        into=into,
        takes_answer=topic.answer_id in chosen,
    )


def look_at_merging(viewer: Viewer, topic: Topic, *, into: Topic) -> Look:
    """All of a topic in another one."""
    return Look(
        count=topic.post_count,
        now=audience_sentence(viewer, topic),
        effect=effect_of_joining(topic, into, asker=viewer),
        into=into,
        takes_answer=topic.answer_id is not None,
        tags=union_of_tags(into, topic),
    )


def topic_to_join(viewer: Viewer, topic: Topic, target: str) -> Topic:
    """The other topic, if the viewer may bring posts to it. Raises Invalid where there is none, Forbidden where they may not."""
    into = other_topic_meant(viewer, topic, target)
    authorize(Permission.JOIN_TOPIC, viewer, into)
    return into


def _place(viewer: Viewer, slug: str) -> Place:
    place_id = place_meant(viewer, slug)
    found: Place = next(c.place for c in places.places_to_move_into(viewer) if c.place_id == place_id)
    return found


def _needed(place: Place, topic: Topic, names: Sequence[str] | None) -> Sequence[tuple[str, Sequence[str]]]:
    """Groups of which the place asks a tag, and none is given, with their tags."""
    words = vocabulary()
    found = words.of(topic.tag_ids) if names is None else [words.named(name) for name in names]
    given: list[Tag] = [tag for tag in found if tag is not None]
    return [
        (group.name, [tag.name for tag in words.tags if tag.group_id == group.id])
        for group in groups_missing(place.id, given)
    ]
