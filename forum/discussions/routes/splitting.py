"""Moving a topic, merging it into another, choosing posts of it to split off, move, hide or delete: looked at first, then done."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import ngettext

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.core.errors import Forbidden, Invalid
from forum.discussions import addresses, places
from forum.discussions.actions import moving, several, splitting
from forum.discussions.curating_params import ChoosingParams, ChosenParams, MergeParams, MoveParams
from forum.discussions.looking import (
    Look,
    look_at_joining,
    look_at_merging,
    look_at_moving,
    look_at_splitting,
    topic_to_join,
)
from forum.discussions.meaning import place_meant
from forum.discussions.models import Topic
from forum.discussions.params import one_line, refuse_without_reason
from forum.discussions.queries.posts import page_of_posts, posts_of, view_of
from forum.discussions.queries.tags import tag_field, tags_as_typed
from forum.discussions.queries.topics import audience_sentence, find_topic
from forum.discussions.rearranging import rows_of
from forum.discussions.returning import way_to_undo
from forum.discussions.routes import discussions
from forum.web import params, respond

POSTS_ON_A_PAGE = 100


@discussions.get("/t/<id:topic_id>/move")
@requires(Permission.MOVE_TOPIC, subject=find_topic)
def ask_move_topic(viewer: Viewer, topic: Topic) -> Response:
    values = {"category": request.args.get("category", ""), "tags": tags_as_typed(topic)}
    return _move_page(viewer, topic, values)


@discussions.post("/t/<id:topic_id>/move")
@requires(Permission.MOVE_TOPIC, subject=find_topic)
def move_topic(viewer: Viewer, topic: Topic) -> Response:
    try:
        given = params.read(MoveParams)
        place_id = place_meant(viewer, given.category)
        if given.step == "look":
            look = look_at_moving(viewer, topic, slug=given.category, tags=given.tags)
            return _move_page(viewer, topic, request.form, look=look)
        refuse_without_reason(given.reason, is_own=False)
        moving.move_topic(topic, actor=viewer.user, place_id=place_id, tags=given.tags, reason=given.reason)
    except Invalid as error:
        return _move_page(viewer, topic, request.form, errors=error.errors)
    return _onward(viewer, topic.id, _("Moved."), about=topic)


@discussions.get("/t/<id:topic_id>/merge")
@requires(Permission.MERGE_TOPIC, subject=find_topic)
def ask_merge_topic(viewer: Viewer, topic: Topic) -> Response:
    return _merge_page(viewer, topic, {})


@discussions.post("/t/<id:topic_id>/merge")
@requires(Permission.MERGE_TOPIC, subject=find_topic)
def merge_topic(viewer: Viewer, topic: Topic) -> Response:
    try:
        given = params.read(MergeParams)
        target = topic_to_join(viewer, topic, given.target)
        if given.step == "look":
            return _merge_page(viewer, topic, request.form, look=look_at_merging(viewer, topic, into=target))
        refuse_without_reason(given.reason, is_own=False)
        splitting.merge_topic(topic, actor=viewer.user, target_id=target.id, reason=given.reason)
    except Invalid as error:
        return _merge_page(viewer, topic, request.form, errors=error.errors)
    except Forbidden as error:
        return _merge_page(viewer, topic, request.form, errors={"target": error.message})
    return _onward(viewer, target.id, _("Merged."), about=topic)


@discussions.get("/t/<id:topic_id>/choose")
@requires(Permission.SPLIT_TOPIC, subject=find_topic)
def choose_posts(viewer: Viewer, topic: Topic) -> Response:
    asked = params.read_query(ChoosingParams)
    chosen = {asked.post} if asked.post else set()
    values = {"act": "split", "replies": "1" if chosen else "", "title": "", "category": ""}
    values["tags"] = tags_as_typed(topic)
    after = asked.after
    if asked.post and after is None:
        after = max(0, asked.post - 2)
    return _choose_page(viewer, topic, values, chosen_numbers=chosen, after=after)


@discussions.post("/t/<id:topic_id>/choose")
@requires(Permission.SPLIT_TOPIC, subject=find_topic)
def act_on_posts(viewer: Viewer, topic: Topic) -> Response:
    ids: list[int] = []
    try:
        given = params.read(ChosenParams)
        ids = [int(one) for one in given.posts if int(one) < 2**63]
        into = _into(viewer, topic, given)
        with_replies = given.replies == "1"
        rows = rows_of(topic)
        if given.act in ("split", "join"):
            chosen = splitting.chosen_posts(rows, ids, with_replies=with_replies)
        else:
            chosen = splitting.meant_posts(rows, ids, with_replies=with_replies)
        if given.step == "look":
            look = _look(viewer, topic, given, chosen, into)
            return _choose_page(viewer, topic, request.form, chosen=chosen, look=look)
        refuse_without_reason(given.reason, is_own=False)
        if given.act in ("hide", "delete"):
            return _conceal(viewer, topic, given, sorted(chosen))
        wanted: dict[str, Any] = {"post_ids": chosen, "with_replies": False, "reason": given.reason}
        if given.act == "join":
            assert into is not None
            done = splitting.move_posts(topic, actor=viewer.user, target_id=into.id, **wanted)
        else:
            place_id = place_meant(viewer, given.category) if given.category else None
            wanted |= {"title": _title(given), "tags": given.tags, "place_id": place_id}
            done = splitting.split_topic(topic, actor=viewer.user, **wanted)
    except Invalid as error:
        return _choose_page(viewer, topic, request.form, chosen=set(ids), errors=error.errors)
    except Forbidden as error:
        return _choose_page(viewer, topic, request.form, chosen=set(ids), errors={"target": error.message})
    notice = ngettext("Moved %(num)d post here.", "Moved %(num)d posts here.", len(chosen))
    return _onward(viewer, done.id, notice, about=topic)


def _into(viewer: Viewer, topic: Topic, given: ChosenParams) -> Topic | None:
    """The topic that is to take the posts. Raises Invalid where what is needed is missing."""
    if given.act == "split":
        _title(given)
        if given.category:
            place_meant(viewer, given.category)
    if given.act != "join":
        return None
    return topic_to_join(viewer, topic, given.target)


def _title(given: ChosenParams) -> str:
    try:
        return one_line(given.title)
    except ValueError as error:
        raise Invalid({"title": str(error)}) from None


def _look(
    viewer: Viewer, topic: Topic, given: ChosenParams, chosen: set[int], into: Topic | None
) -> Look | dict[str, Any]:
    """What it comes to: how many posts, and, where they go elsewhere, who gains and who loses them."""
    if into is not None:
        return look_at_joining(viewer, topic, chosen, into=into)
    if given.act == "split":
        return look_at_splitting(viewer, topic, chosen, slug=given.category, tags=given.tags)
    return {"count": len(chosen), "takes_answer": topic.answer_id in chosen}


def _conceal(viewer: Viewer, topic: Topic, given: ChosenParams, ids: list[int]) -> Response:
    """Hide or delete several posts in one go."""
    outcome = several.act_on_posts(topic, post_ids=ids, act=given.act, actor=viewer.user, reason=given.reason)
    count = len(outcome.done)
    words = (
        ngettext("%(num)d post is hidden.", "%(num)d posts are hidden.", count)
        if given.act == "hide"
        else ngettext("%(num)d post is deleted.", "%(num)d posts are deleted.", count)
    )
    undo = way_to_undo(viewer, "post", outcome.done[0]) if outcome.done else ""
    return respond.see(addresses.of_topic(topic), notice=words, undo=undo)


def _onward(viewer: Viewer, topic_id: int, notice: str, *, about: Topic) -> Response:
    now = find_topic(renewed(viewer), topic_id)
    where = addresses.of_topic(now) if now else "/"
    if now is None:
        notice = f"{notice} {_('You are no longer among those who can read it.')}"
    return respond.see(where, notice=notice, undo=way_to_undo(viewer, "topic", about.id))


def _category_choices(viewer: Viewer, *, but: int = 0) -> list[tuple[str, str]]:
    return [
        (c.slug, f"{c.parent.name} / {c.name}" if c.parent else c.name)
        for c in places.places_to_move_into(viewer)
        if c.place_id != but
    ]


def _tag_field(viewer: Viewer, values: Any, otherwise: int | None = None) -> dict[str, Any]:
    """What the field of tags shows, for the place that is chosen."""
    asked = values.get("category")
    found = [c.place_id for c in places.places_to_move_into(viewer) if c.slug == asked] if asked else []
    return tag_field(found[0] if found else otherwise)


def _move_page(
    viewer: Viewer,
    topic: Topic,
    values: Any,
    *,
    errors: dict[str, str] | None = None,
    look: Look | None = None,
) -> Response:
    return respond.page(
        "discussions/move.html",
        status=422 if errors else 200,
        topic=topic,
        category=places.label_of(topic.place_id),
        categories=_category_choices(viewer, but=topic.place_id),
        sentence=audience_sentence(viewer, topic),
        values=values,
        errors=errors or {},
        look=look,
        **_tag_field(viewer, values),
    )


def _merge_page(
    viewer: Viewer,
    topic: Topic,
    values: Any,
    *,
    errors: dict[str, str] | None = None,
    look: Look | None = None,
) -> Response:
    return respond.page(
        "discussions/merge.html",
        status=422 if errors else 200,
        topic=topic,
        category=places.label_of(topic.place_id),
        sentence=audience_sentence(viewer, topic),
        look=look,
        values=values,
        errors=errors or {},
    )


def _choose_page(
    viewer: Viewer,
    topic: Topic,
    values: Any,
    *,
    chosen: set[int] | None = None,
    chosen_numbers: set[int] | None = None,
    after: int | None = None,
    errors: dict[str, str] | None = None,
    look: Look | dict[str, Any] | None = None,
) -> Response:
    if chosen:
        posts = [view_of(viewer, topic, post) for post in posts_of(topic, sorted(chosen))]
        before = onward = None
        if not look:  # all the posts around are offered again, not only those chosen
            first = posts[0].number if posts else 1
            page = page_of_posts(viewer, topic, view="flat", limit=POSTS_ON_A_PAGE, after=max(0, first - 2))
            posts, before, onward = list(page.posts), page.before, page.after
    else:
        page = page_of_posts(viewer, topic, view="flat", limit=POSTS_ON_A_PAGE, after=after)
        posts, before, onward = list(page.posts), page.before, page.after
    return respond.page(
        "discussions/choose.html",
        status=422 if errors else 200,
        topic=topic,
        category=places.label_of(topic.place_id),
        posts=posts,
        chosen={p.id for p in posts if p.number in (chosen_numbers or ()) or p.id in (chosen or ())},
        before=before,
        after=onward,
        categories=_category_choices(viewer, but=topic.place_id),
        values=values,
        errors=errors or {},
        look=look,
        **_tag_field(viewer, values, topic.place_id),
    )
