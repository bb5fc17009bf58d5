"""The accepted answer to a question."""

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.discussions import models, schemas
from forum.discussions.actions.answering import accept_answer, withdraw_answer
from forum.discussions.actions.matching import while_unchanged
from forum.discussions.api import discussions_api
from forum.discussions.api.topics import topic_now
from forum.discussions.curating_params import AnswerBody
from forum.discussions.params import OptionalReasonParams
from forum.discussions.queries.posts import numbered_post_id
from forum.discussions.queries.topics import find_topic
from forum.web.operations import Answer, operation


@discussions_api.put("/topics/<id:topic_id>/answer")
@requires(Permission.ACCEPT_ANSWER, subject=find_topic)
@operation(schemas.Topic, takes=AnswerBody, edits=True)
def accept(
    viewer: Viewer, topic: models.Topic, given: AnswerBody, expected: frozenset[int] | None
) -> Answer | None:
    """Say which reply is the answer, by its number or its id; in place of another one, if there is one."""
    with while_unchanged(topic, expected):
        post_id = int(given.post_id or 0) or numbered_post_id(topic, given.number or 0)
        accept_answer(topic, post_id=post_id, actor=viewer.user, reason=given.reason)
    return topic_now(viewer, topic.id)


@discussions_api.delete("/topics/<id:topic_id>/answer")
@requires(Permission.ACCEPT_ANSWER, subject=find_topic)
@operation(schemas.Topic, takes=OptionalReasonParams, edits=True)
def withdraw(
    viewer: Viewer, topic: models.Topic, given: OptionalReasonParams, expected: frozenset[int] | None
) -> Answer | None:
    """Take back that a reply is the answer."""
    with while_unchanged(topic, expected):
        withdraw_answer(topic, actor=viewer.user, reason=given.reason)
    return topic_now(viewer, topic.id)
