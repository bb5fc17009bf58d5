"""Topics and posts as programs get them: many at once, in a number of statements that does not grow with them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from forum.access import words
from forum.access.models import Audience, AudienceKind
from forum.access.permissions import Permission
from forum.access.reach import Reach, reaches_of
from forum.access.rules import judge
from forum.access.rules.discussions import moderates
from forum.access.viewer import Viewer
from forum.accounts.schemas import User
from forum.core import clock
from forum.discussions import models, places, schemas
from forum.discussions.effects import Effect
from forum.discussions.looking import Look
from forum.discussions.poll_shapes import poll_shape
from forum.discussions.polls import PollView
from forum.discussions.queries import unread
from forum.discussions.queries.bookmarks import BookmarkRow
from forum.discussions.queries.invited import Named, named_people
from forum.discussions.queries.personal import Personal, personal_of
from forum.discussions.queries.polls import poll_views
from forum.discussions.queries.posts import PostView
from forum.discussions.queries.tags import KnownTag, tags_of
from forum.discussions.queries.topics import readable_places
from forum.discussions.reactions import ReactionKind, counted_reactions, reaction_kinds
from forum.markup import without_quotes

PEOPLE = AudienceKind.PEOPLE


def topics_for(viewer: Viewer, topics: Sequence[models.Topic]) -> list[schemas.Topic]:
    """Topics that the viewer may read, with author and audience loaded."""
    states = unread.unread_of_topics(viewer, [topic.id for topic in topics])
    named = named_people([t.id for t in topics if PEOPLE in (t.audience.read_kind, t.audience.reply_kind)])
    reaches = reaches_of({t.audience_id: t.audience for t in topics}.values())
    open_places = readable_places(viewer, topics)
    return [
        _topic(
            viewer,
            topic,
            state=states.get(topic.id, unread.NONE),
            named=named.get(topic.id, []),
            reach=reaches[topic.audience_id],
            place=_place(topic.place_id, is_open=topic.place_id in open_places),
        )
        for topic in topics
    ]


def topic_for(viewer: Viewer, topic: models.Topic) -> schemas.Topic:
    return topics_for(viewer, [topic])[0]


def audience_of(
    viewer: Viewer, audience: Audience, reach: Reach, *, people: Sequence[str] = (), people_count: int = 0
) -> schemas.Audience:
    """Who reads and who answers, as the viewer may know it: a closed or secret group is known to its own people alone."""
    known = all(words.knows(viewer, wall) for wall in reach.answers if wall.ref_id == audience.group_id)
    return schemas.Audience(
        read=audience.read_kind,
        reply=audience.reply_kind,
        inherits=audience.inherits,
        opened=audience.opened,
        group_id=str(audience.group_id) if audience.group_id and known else None,
        people=list(people),
        sentence=words.sentence_of(reach, people=people_count, viewer=viewer),
    )


def tag_shape(known: KnownTag) -> schemas.Tag:
    group = known.group
    return schemas.Tag(
        slug=known.tag.slug,
        name=known.tag.name,
        description=known.tag.description,
        group=group.name if group else None,
        synonyms=[word.name for word in known.synonyms],
        topic_count=known.topic_count,
    )


def effect_shape(effect: Effect) -> schemas.AudienceEffect:
    return schemas.AudienceEffect(**_effect(effect))


def look_shape(look: Look) -> schemas.MovingEffect:
    return schemas.MovingEffect(
        **_effect(look.effect),
        post_count=look.count,
        takes_answer=look.takes_answer,
        tags_needed=[schemas.NeededTags(group=group, tags=list(tags)) for group, tags in look.needed],
        tags_gained=[tag.name for tag in look.tags.gained],
        tags_dropped=[schemas.DroppedTag(name=tag.name, why=why) for tag, why in look.tags.dropped],
    )


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "sentence": effect.sentence,
        "gains": list(effect.gains),
        "loses": list(effect.loses),
        "answers_gained": list(effect.answers_gained),
        "answers_lost": list(effect.answers_lost),
        "writers_lose": list(effect.writers_lose),
        "writers_untold": effect.writers_untold,
        "you_lose": effect.you_lose,
        "nobody_answers": effect.nobody_answers,
        "stops_answers": effect.stops_answers,
        "opens_answers": effect.opens_answers,
        "quoted": [schemas.Quoting(title=one.title, href=one.href) for one in effect.quoted],
    }


def place_name(label: Any, *, is_open: bool) -> schemas.PlaceName:
    """A place by its name; by its address too where it may be read."""
    return schemas.PlaceName(id=str(label.id), slug=label.slug if is_open else None, name=label.name)


def posts_for(viewer: Viewer, topic: models.Topic, views: Sequence[PostView]) -> list[schemas.Post]:
    """Posts of one topic as the viewer sees them."""
    mine = personal_of(viewer, topic, [view.id for view in views])
    kinds, polls = reaction_kinds(), poll_views(viewer, views, mine)
    return [_post(viewer, topic, view, mine, kinds, polls.get(view.id)) for view in views]


def _origin(origin: Mapping[str, str]) -> schemas.Origin:
    return schemas.Origin(
        license=origin["license"],
        license_url=origin["license_url"],
        site=origin.get("site"),
        url=origin.get("url"),
        author_url=origin.get("author_url"),
    )


def _post(
    viewer: Viewer,
    topic: models.Topic,
    view: PostView,
    mine: Personal,
    kinds: Mapping[str, ReactionKind],
    poll: PollView | None,
) -> schemas.Post:
    """Of what is concealed from the viewer only where it stands."""
    given = mine.reactions.get(view.id, ())
    is_bare = view.is_concealed or view.is_gap
    return schemas.Post(
        id=str(view.id),
        topic_id=str(view.topic_id),
        number=view.number,
        kind=str(view.kind),
        concealed=view.is_concealed,
        reply_to=str(view.parent_id) if view.parent_id else None,
        depth=view.depth,
        author=User.of(view.author) if view.author and not is_bare else None,
        body=None if is_bare else view.text,
        html=None if is_bare or view.html is None else str(view.html),
        created_at=None if is_bare else view.created_at,
        edited_at=None if is_bare else view.edited_at,
        poll=poll_shape(poll) if poll is not None else None,
        accepted=view.is_visible and view.id == places.answer_of(topic),
        hidden_at=None if is_bare else view.hidden_at,
        hidden_reason=view.hidden_reason or None if moderates(viewer, topic) and not is_bare else None,
        deleted_at=None if is_bare else view.deleted_at,
        score=None if is_bare else view.score,
        origin=None if is_bare or not view.origin else _origin(view.origin),
        reactions=[
            schemas.ReactionCount(
                name=one.kind.name,
                label=one.kind.label,
                emoji=one.kind.emoji,
                count=one.count,
                mine=one.kind.name in given,
            )
            for one in counted_reactions(view.reaction_counts, kinds)
        ],
    )


def reaction_of(reaction: models.Reaction) -> schemas.Reaction:
    return schemas.Reaction(name=reaction.name, user=User.of(reaction.user), created_at=reaction.created_at)


def bookmark_of(row: BookmarkRow) -> schemas.Bookmark:
    kept, post = row.bookmark, row.post
    return schemas.Bookmark(
        id=str(kept.id),
        post_id=str(kept.post_id),
        topic_id=str(post.topic_id) if post else None,
        title=row.topic.title if row.topic else None,
        number=post.number if post else None,
        author=User.of(post.author) if post and post.author else None,
        note=kept.note,
        remind_at=kept.remind_at,
        created_at=kept.created_at,
    )


def revision_of(
    viewer: Viewer, topic: models.Topic, revision: models.Revision, quotes: Collection[int]
) -> schemas.Revision:
    """How a post read; `quotes` are what `open_quotes()` found for it."""
    shown = not revision.is_hidden or moderates(viewer, topic)
    return schemas.Revision(
        id=str(revision.id),
        body=without_quotes(revision.body, quotes) if shown else None,
        edited_at=revision.edited_at,
        edited_by=User.of(revision.edited_by),
        reason=revision.reason,
        hidden_at=revision.hidden_at,
    )


def draft_of(draft: models.Draft) -> schemas.Draft:
    return schemas.Draft(
        id=str(draft.id),
        target=draft.target,
        title=draft.title,
        body=draft.body,
        fields=draft.fields,
        version=draft.version,
        created_at=draft.created_at,
        updated_at=draft.updated_at,
    )


def read_state_of(viewer: Viewer, topic: models.Topic) -> schemas.ReadState:
    state = unread.unread_of_topics(viewer, [topic.id]).get(topic.id, unread.NONE)
    return schemas.ReadState(number=state.read_to, unread=state.count, first_unread=state.first or None)


def _place(place_id: int, *, is_open: bool) -> schemas.PlaceName | None:
    label = places.label_of(place_id)
    return place_name(label, is_open=is_open) if label is not None else None


def _topic(
    viewer: Viewer,
    topic: models.Topic,
    *,
    state: unread.Unread,
    named: Sequence[Named],
    reach: Reach,
    place: schemas.PlaceName | None,
) -> schemas.Topic:
    pinned = topic.is_pinned(clock.now())
    may_know = bool(named) and bool(judge(Permission.SET_AUDIENCE, viewer, topic))
    return schemas.Topic(
        id=str(topic.id),
        slug=topic.slug,
        title=topic.title,
        category=place,
        author=User.of(topic.author),
        audience=audience_of(
            viewer,
            topic.audience,
            reach,
            people=[one.username for one in named if may_know and one.user_id != topic.author_id],
            people_count=len(named),
        ),
        tags=[schemas.TagName(slug=tag.slug, name=tag.name) for tag in tags_of(topic)],
        answer_id=str(answer) if (answer := places.answer_of(topic)) else None,
        created_at=topic.created_at,
        last_post_at=topic.last_post_at,
        last_number=topic.last_number,
        post_count=topic.post_count,
        view_count=topic.view_count,
        unread=state.counted,
        new=state.is_new and not state.is_set_aside,
        first_unread=state.first or None,
        locked=topic.is_locked,
        pinned=pinned,
        pinned_everywhere=pinned and topic.pinned_everywhere,
        pinned_until=topic.pinned_until if pinned else None,
        archived=topic.is_archived,
        slow_seconds=topic.slow_seconds,
        hidden_at=topic.hidden_at,
        deleted_at=topic.deleted_at,
    )
