"""The accepted answer to a question: two buttons."""

from flask import Response

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.discussions import addresses
from forum.discussions.actions import answering
from forum.discussions.models import Topic
from forum.discussions.params import NumberParams
from forum.discussions.queries.posts import numbered_post_id
from forum.discussions.queries.topics import find_topic
from forum.discussions.routes import discussions
from forum.web import params, respond


@discussions.post("/t/<id:topic_id>/answer")
@requires(Permission.ACCEPT_ANSWER, subject=find_topic)
def accept_answer(viewer: Viewer, topic: Topic) -> Response:
    number = params.read(NumberParams).number
    answering.accept_answer(topic, post_id=numbered_post_id(topic, number), actor=viewer.user)
    return respond.see(addresses.of_number(topic, number))


@discussions.post("/t/<id:topic_id>/answer/withdraw")
@requires(Permission.ACCEPT_ANSWER, subject=find_topic)
def withdraw_answer(viewer: Viewer, topic: Topic) -> Response:
    number = params.read(NumberParams).number
    answering.withdraw_answer(topic, actor=viewer.user)
    return respond.see(addresses.of_number(topic, number))
