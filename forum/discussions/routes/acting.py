"""Editing, renaming, locking, hiding, deleting, restoring: each a small page of its own, so that it works without scripts."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer, renewed
from forum.core.errors import Conflict, Invalid
from forum.core.transactions import transaction
from forum.discussions import addresses, places
from forum.discussions.actions import concealing, curating, locking, writing
from forum.discussions.actions.drafting import finish_draft
from forum.discussions.actions.polling import change_poll
from forum.discussions.actions.tagging import set_tags
from forum.discussions.models import Post, Topic
from forum.discussions.params import (
    EditParams,
    OptionalReasonParams,
    ReasonParams,
    RenameParams,
    asked_draft,
)
from forum.discussions.poll_forms import FIELDS as POLL_FIELDS
from forum.discussions.poll_forms import poll_of_form, typed
from forum.discussions.queries.drafts import draft_for, values_of
from forum.discussions.queries.polls import view_of_poll
from forum.discussions.queries.posts import find_post
from forum.discussions.queries.quotes import text_for
from forum.discussions.queries.tags import tag_field, tags_as_typed
from forum.discussions.queries.topics import audience_sentence, find_topic
from forum.discussions.returning import way_to_undo
from forum.discussions.routes import discussions
from forum.discussions.writing import prepare
from forum.web import limits, params, respond
from forum.web.templating import choose_time_zone


@discussions.get("/posts/<id:post_id>/edit")
@requires(Permission.EDIT_POST, subject=find_post)
def edit_form(viewer: Viewer, post: Post) -> Response:
    values = {
        "body": text_for(viewer, post.body),
        "title": post.topic.title,
        "tags": tags_as_typed(post.topic),
        "reason": "",
        "version": str(post.version),
    }
    if post.has_poll:
        values |= typed(view_of_poll(viewer, post).poll, ZoneInfo(choose_time_zone()))
    draft = draft_for(viewer, f"edit:{post.id}", asked_draft(request.args.get("draft")))
    if draft is not None:
        title = values["title"]
        values |= values_of(draft)
        values["title"] = draft.title or title
    return respond.page("discussions/edit_post.html", draft=draft, **_edit_context(viewer, post, values))


@discussions.post("/posts/<id:post_id>/edit")
@requires(Permission.EDIT_POST, subject=find_post)
def edit(viewer: Viewer, post: Post) -> Response:
    try:
        given = params.read(EditParams)
        written = prepare(given.body)
        if written.body == text_for(viewer, post.body).strip(
            "\n"
        ):  # left as it was shown, quotes that were not included
            written = prepare(post.body)
        limits.hit("post", viewer.id)
        poll = poll_of_form(given, ZoneInfo(choose_time_zone()))
        with transaction():
            change_poll(post, poll, actor=viewer.user)
            writing.edit_post(
                post, actor=viewer.user, written=written, reason=given.reason, version=given.version
            )
            if given.title is not None and post.number == 1 and given.title != post.topic.title:
                writing.rename_topic(post.topic, actor=viewer.user, title=given.title, reason=given.reason)
            if given.tags is not None and post.number == 1:
                set_tags(post.topic, given.tags, actor=viewer.user, reason=given.reason)
            finish_draft(given.draft_id, given.draft_version, author=viewer.user)
    except (Invalid, Conflict) as error:
        names = (*POLL_FIELDS, "body", "title", "tags", "reason", "draft", "draft_version")
        values = {name: request.form.get(name, "") for name in names}
        fresh = find_post(viewer, post.id)
        errors = error.errors or {"": error.message}
        context = _edit_context(viewer, fresh or post, values, errors)
        return respond.page("discussions/edit_post.html", status=error.status, **context)
    return respond.see(addresses.of_post(_topic_of(viewer, post), post))


@discussions.get("/t/<id:topic_id>/rename")
@requires(Permission.RENAME_TOPIC, subject=find_topic)
def rename_form(viewer: Viewer, topic: Topic) -> Response:
    return _rename_page(topic, {"title": topic.title, "tags": tags_as_typed(topic)}, {})


@discussions.post("/t/<id:topic_id>/rename")
@requires(Permission.RENAME_TOPIC, subject=find_topic)
def rename(viewer: Viewer, topic: Topic) -> Response:
    try:
        given = params.read(RenameParams)
        with transaction():
            topic = writing.rename_topic(topic, actor=viewer.user, title=given.title, reason=given.reason)
            if given.tags is not None:
                topic = set_tags(topic, given.tags, actor=viewer.user, reason=given.reason)
    except Invalid as error:
        values = {name: request.form.get(name, "") for name in ("title", "tags")}
        return _rename_page(topic, values, error.errors, status=422)
    return respond.see(addresses.of_topic(topic))


TOPIC_ACTS: dict[str, tuple[Permission, Callable[..., None]]] = {
    "lock": (Permission.LOCK_TOPIC, locking.lock_topic),
    "unlock": (Permission.LOCK_TOPIC, locking.unlock_topic),
    "unpin": (Permission.PIN_TOPIC, curating.unpin_topic),
    "archive": (Permission.ARCHIVE_TOPIC, curating.archive_topic),
    "unarchive": (Permission.ARCHIVE_TOPIC, curating.unarchive_topic),
    "hide": (Permission.HIDE_TOPIC, concealing.hide_topic),
    "delete": (Permission.DELETE_TOPIC, concealing.delete_topic),
    "restore": (Permission.RESTORE_TOPIC, concealing.restore_topic),
}
POST_ACTS: dict[str, tuple[Permission, Callable[..., None]]] = {
    "hide": (Permission.HIDE_POST, concealing.hide_post),
    "delete": (Permission.DELETE_POST, concealing.delete_post),
    "restore": (Permission.RESTORE_POST, concealing.restore_post),
}


def _add_topic_act(verb: str, permission: Permission, action: Callable[..., None]) -> None:
    @requires(permission, subject=find_topic)
    def ask(viewer: Viewer, topic: Topic) -> Response:
        return act_page(viewer, verb, topic, None)

    @requires(permission, subject=find_topic)
    def act(viewer: Viewer, topic: Topic) -> Response:
        try:
            action(topic, actor=viewer.user, reason=_reason(viewer, verb, topic.author_id))
        except Invalid as error:
            return act_page(viewer, verb, topic, None, error.errors)
        return done(viewer, verb, topic)

    discussions.add_url_rule(f"/t/<id:topic_id>/{verb}", f"ask_{verb}_topic", ask, methods=["GET"])
    discussions.add_url_rule(f"/t/<id:topic_id>/{verb}", f"{verb}_topic", act, methods=["POST"])


def _add_post_act(verb: str, permission: Permission, action: Callable[..., None]) -> None:
    @requires(permission, subject=find_post)
    def ask(viewer: Viewer, post: Post) -> Response:
        return act_page(viewer, verb, post.topic, post)

    @requires(permission, subject=find_post)
    def act(viewer: Viewer, post: Post) -> Response:
        topic = post.topic
        try:
            action(post, actor=viewer.user, reason=_reason(viewer, verb, post.author_id))
        except Invalid as error:
            return act_page(viewer, verb, topic, post, error.errors)
        where = addresses.of_post(_topic_of(viewer, post), post)
        return respond.see(where, notice=words_of(verb), undo=way_to_undo(viewer, "post", post.id))

    discussions.add_url_rule(f"/posts/<id:post_id>/{verb}", f"ask_{verb}_post", ask, methods=["GET"])
    discussions.add_url_rule(f"/posts/<id:post_id>/{verb}", f"{verb}_post", act, methods=["POST"])


for _verb, (_permission, _action) in TOPIC_ACTS.items():
    _add_topic_act(_verb, _permission, _action)
for _verb, (_permission, _action) in POST_ACTS.items():
    _add_post_act(_verb, _permission, _action)


def _reason(viewer: Viewer, verb: str, author_id: int | None) -> str:
    """The reason that was given; needed where a moderator takes something away from somebody else."""
    needed = verb in {"lock", "hide", "delete", "archive"} and author_id != viewer.id
    return params.read(ReasonParams).reason if needed else params.read(OptionalReasonParams).reason


def done(viewer: Viewer, verb: str, topic: Topic) -> Response:
    """Back to the topic, or to its place where it is gone; with a way to take it back."""
    still_there = find_topic(renewed(viewer), topic.id)
    category = places.label_of(topic.place_id)
    where = addresses.of_topic(still_there) if still_there else f"/c/{category.slug}"
    return respond.see(where, notice=words_of(verb), undo=way_to_undo(viewer, "topic", topic.id))


def words_of(verb: str) -> str:
    """What was just done."""
    return {
        "lock": _("Locked."),
        "unlock": _("Unlocked."),
        "pin": _("Pinned."),
        "unpin": _("No longer pinned."),
        "archive": _("Kept as an archive."),
        "unarchive": _("Taken up again."),
        "slow": _("The pace is set."),
        "hide": _("Hidden."),
        "delete": _("Deleted."),
        "restore": _("Restored."),
    }[verb]


def act_page(
    viewer: Viewer,
    verb: str,
    topic: Topic,
    post: Post | None,
    errors: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    author_id = post.author_id if post else topic.author_id
    return respond.page(
        "discussions/act.html",
        status=422 if errors else 200,
        verb=verb,
        topic=topic,
        category=places.label_of(topic.place_id),
        post=post,
        reason_needed=author_id != viewer.id,
        errors=errors or {},
        **{"values": request.form, **more},
    )


def _edit_context(
    viewer: Viewer, post: Post, values: dict[str, str], errors: dict[str, str] | None = None
) -> dict[str, Any]:
    return {
        "post": post,
        "topic": post.topic,
        "category": places.label_of(post.topic.place_id),
        "values": values,
        "errors": errors or {},
        **tag_field(post.topic.place_id),
        "poll_stays": post.has_poll and _has_votes(viewer, post),
        "may_rename": post.number == 1 and bool(judge(Permission.RENAME_TOPIC, viewer, post.topic)),
        "sentence": audience_sentence(viewer, post.topic),
    }


def _has_votes(viewer: Viewer, post: Post) -> bool:
    view = view_of_poll(viewer, post)
    return bool(view.poll.ballot_count) or view.is_closed


def _rename_page(topic: Topic, values: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    category = places.label_of(topic.place_id)
    return respond.page(
        "discussions/rename.html",
        status=status,
        topic=topic,
        category=category,
        values=values,
        errors=errors,
        **tag_field(topic.place_id),
    )


def _topic_of(viewer: Viewer, post: Post) -> Topic:
    """The topic as it is after a change (its slug may have changed with its title)."""
    return find_topic(viewer, post.topic_id) or post.topic
