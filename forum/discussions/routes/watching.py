"""Following a topic."""

from flask import Response
from flask_babel import gettext as _

from forum.access.doors import signed_in
from forum.access.viewer import Viewer
from forum.core.errors import NotFound
from forum.discussions import addresses
from forum.discussions.actions import watching
from forum.discussions.queries.topics import find_topic
from forum.discussions.routes import discussions
from forum.notifications.actions.watching import allow_mail
from forum.notifications.params import TopicWatchParams
from forum.web import params, respond


@discussions.post("/t/<id:topic_id>/watch")
@signed_in
def watch(viewer: Viewer, topic_id: int) -> Response:
    """Choose how closely to follow a topic; no level takes the choice back."""
    topic = find_topic(viewer, topic_id)
    if topic is None:
        raise NotFound
    given = params.read(TopicWatchParams)
    watching.watch_topic(topic, watcher=viewer.user, level=given.chosen)
    return respond.see(respond.safe_next(given.next, addresses.of_topic(topic)), notice=_("Saved."))


@discussions.post("/t/<id:topic_id>/mail")
@signed_in
def mail_again(viewer: Viewer, topic_id: int) -> Response:
    """Take back that no mail is wanted about a topic."""
    topic = find_topic(viewer, topic_id)
    if topic is None:
        raise NotFound
    allow_mail(viewer.user, topic.id)
    return respond.see("/settings/watching", notice=_("Saved."))
