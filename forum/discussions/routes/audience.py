"""Changing who one topic is for: looked at first, then saved."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.models import AudienceKind
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.access.words import sentence
from forum.accounts.models import User
from forum.core.errors import Forbidden, Invalid
from forum.discussions import addresses, places
from forum.discussions.actions.audiences import set_audience
from forum.discussions.actions.inviting import end_of_invitations, invited
from forum.discussions.choosing import choices_for, chosen_for_topic, last_day
from forum.discussions.effects import Effect, effect_on_topic
from forum.discussions.models import Topic
from forum.discussions.params import SetAudienceParams
from forum.discussions.queries.topics import audience_sentence, default_audience, find_topic
from forum.discussions.routes import discussions
from forum.web import params, respond


@discussions.get("/t/<id:topic_id>/audience")
@requires(Permission.SET_AUDIENCE, subject=find_topic)
def audience_form(viewer: Viewer, topic: Topic) -> Response:
    now = topic.audience
    people = _named(topic)
    values = {
        "inherits": "1" if now.inherits else "0",
        "read": str(now.read_kind),
        "reply": str(now.reply_kind),
        "group_id": str(now.group_id or ""),
        "people": ", ".join(person.username for person in people if person.id != topic.author_id),
        "until": last_day(end_of_invitations(topic.id)) if people else "",
        "opened": "1" if now.opened and not now.inherits else "",
    }
    return _page(viewer, topic, values)


@discussions.post("/t/<id:topic_id>/audience")
@requires(Permission.SET_AUDIENCE, subject=find_topic)
def change_audience(viewer: Viewer, topic: Topic) -> Response:
    try:
        given = params.read(SetAudienceParams)
        choice, people = chosen_for_topic(viewer, topic, given)
        if given.step == "look":
            return _page(
                viewer, topic, request.form, effect=effect_on_topic(topic, choice, people, asker=viewer)
            )
        set_audience(topic, actor=viewer.user, choice=choice, people=people, reason=given.reason)
    except Invalid as error:
        return _page(viewer, topic, request.form, errors=error.errors, status=422)
    except Forbidden as error:
        return _page(viewer, topic, request.form, errors={"read": str(error)}, status=403)
    still_there = find_topic(renewed(viewer), topic.id)
    if still_there is None:
        return respond.see("/", notice=_("Saved. You are no longer among those who can read it."))
    return respond.see(addresses.of_topic(still_there), notice=_("Saved."))


def _named(topic: Topic) -> list[User]:
    """Who is invited by name now; whoever was named for an earlier audience counts for nothing."""
    now = topic.audience
    return invited(topic.id) if AudienceKind.PEOPLE in (now.read_kind, now.reply_kind) else []


def _page(
    viewer: Viewer,
    topic: Topic,
    values: Any,
    *,
    errors: dict[str, str] | None = None,
    effect: Effect | None = None,
    status: int = 200,
) -> Response:
    default = default_audience(topic)
    choices = choices_for(viewer, topic.place, default)
    named = _named(topic)
    return respond.page(
        "discussions/audience.html",
        status=status,
        topic=topic,
        category=places.label_of(topic.place_id),
        sentence=audience_sentence(viewer, topic),
        inherit_sentence=sentence(default, viewer=viewer),
        kinds=choices.kinds,
        groups=choices.groups,
        openable=choices.openable,
        people=named,
        until=end_of_invitations(topic.id) if named else None,
        values=values,
        errors=errors or {},
        effect=effect,
    )
