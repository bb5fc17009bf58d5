"""One topic."""

from forum.access.doors import open_to_all, requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.core.errors import NotFound
from forum.discussions import models, schemas
from forum.discussions.actions import concealing, writing
from forum.discussions.actions.audiences import set_audience
from forum.discussions.actions.matching import while_unchanged
from forum.discussions.actions.tagging import set_tags
from forum.discussions.api import discussions_api
from forum.discussions.choosing import chosen_for_topic
from forum.discussions.effects import effect_on_topic
from forum.discussions.params import (
    AudienceBody,
    AudienceParams,
    ChangeTopicBody,
    OptionalReasonParams,
    SetAudienceBody,
    refuse_without_reason,
)
from forum.discussions.queries.related import related_topics
from forum.discussions.queries.topics import find_topic
from forum.discussions.shapes import effect_shape, topic_for, topics_for
from forum.web import params
from forum.web.operations import Answer, operation


def topic_now(viewer: Viewer, topic_id: int) -> Answer | None:
    """The topic after a change; None where whoever changed it can no longer read it."""
    return _topic(renewed(viewer), topic_id)


def _topic(viewer: Viewer, topic_id: int) -> Answer | None:
    topic = find_topic(viewer, topic_id)
    return Answer(topic_for(viewer, topic), version=topic.version) if topic is not None else None


@discussions_api.get("/topics/<id:topic_id>")
@open_to_all
@operation(schemas.Topic)
def show_topic(viewer: Viewer, topic_id: int) -> Answer:
    """One topic."""
    answer = _topic(viewer, topic_id)
    if answer is None:
        raise NotFound
    return answer


@discussions_api.patch("/topics/<id:topic_id>")
@requires(Permission.RENAME_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=ChangeTopicBody, edits=True)
def rename_topic(
    viewer: Viewer, topic: models.Topic, given: ChangeTopicBody, expected: frozenset[int] | None
) -> Answer | None:
    """Give a topic another title, or other tags."""
    with while_unchanged(topic, expected):
        if given.title is not None:
            writing.rename_topic(topic, actor=viewer.user, title=given.title, reason=given.reason)
        if given.tags is not None:
            set_tags(topic, given.tags, actor=viewer.user, reason=given.reason)
    return topic_now(viewer, topic.id)


@discussions_api.delete("/topics/<id:topic_id>")
@requires(Permission.DELETE_TOPIC, subject=find_topic)
@operation(takes=OptionalReasonParams, edits=True)
def delete_topic(
    viewer: Viewer, topic: models.Topic, given: OptionalReasonParams, expected: frozenset[int] | None
) -> None:
    """Delete a topic.

    Its author may while nobody has answered; moderators may at any time, and say why.
    """
    refuse_without_reason(given.reason, is_own=topic.author_id == viewer.id)
    with while_unchanged(topic, expected):
        concealing.delete_topic(topic, actor=viewer.user, reason=given.reason)


@discussions_api.put("/topics/<id:topic_id>/audience")
@requires(Permission.SET_AUDIENCE, subject=find_topic)
@operation(schemas.Topic, takes=SetAudienceBody, edits=True)
def set_topic_audience(
    viewer: Viewer, topic: models.Topic, given: SetAudienceBody, expected: frozenset[int] | None
) -> Answer | None:
    """Say who a topic is for.

    Answers the topic, or nothing (204) where you are no longer among those who can read it.
    """
    choice, people = chosen_for_topic(viewer, topic, params.parse(AudienceParams, given.as_choice()))
    with while_unchanged(topic, expected):
        set_audience(topic, actor=viewer.user, choice=choice, people=people, reason=given.reason)
    return topic_now(viewer, topic.id)


@discussions_api.post("/topics/<id:topic_id>/audience/effect")
@requires(Permission.SET_AUDIENCE, subject=find_topic)
@operation(schemas.AudienceEffect, takes=AudienceBody)
def show_audience_effect(viewer: Viewer, topic: models.Topic, given: AudienceBody) -> schemas.AudienceEffect:
    """Say what a change of audience would come to; nothing is changed."""
    choice, people = chosen_for_topic(viewer, topic, params.parse(AudienceParams, given.as_choice()))
    return effect_shape(effect_on_topic(topic, choice, people, asker=viewer))


@discussions_api.get("/topics/<id:topic_id>/related")
@open_to_all
@operation(schemas.Topics)
def list_related_topics(viewer: Viewer, topic_id: int) -> schemas.Topics:
    """Topics that go with one, the likest first; at most five."""
    topic = find_topic(viewer, topic_id)
    if topic is None:
        raise NotFound
    return schemas.Topics(items=topics_for(viewer, related_topics(viewer, topic)), next=None)
