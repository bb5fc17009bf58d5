"""What helps while one writes: how it will look, whom one can mention."""

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.accounts.schemas import User, Users
from forum.core.errors import NotFound
from forum.discussions import models, schemas
from forum.discussions.api import discussions_api
from forum.discussions.params import MentionParams, PreviewBody, QuoteBody
from forum.discussions.queries.mentionable import mentionable
from forum.discussions.queries.posts import find_post
from forum.discussions.queries.quotes import quote_of
from forum.discussions.queries.topics import find_topic
from forum.discussions.writing import in_words, prepare
from forum.web import limits
from forum.web.operations import operation


@discussions_api.post("/preview")
@signed_in
@operation(schemas.Preview, takes=PreviewBody)
def preview(viewer: Viewer, given: PreviewBody) -> schemas.Preview:
    """Markdown as it will look: what is answered is what would be stored."""
    limits.hit("preview", viewer.id)
    return schemas.Preview(html=str(in_words(prepare(given.body).html)))


@discussions_api.post("/posts/<id:post_id>/quote")
@signed_in
@operation(schemas.Quote, takes=QuoteBody)
def quote(viewer: Viewer, given: QuoteBody, post_id: int) -> schemas.Quote:
    """Markdown that quotes a post and leads back to it; nothing is changed.

    With `text` those words of it; without, all that its author said in it.
    """
    limits.hit("preview", viewer.id)
    post = find_post(viewer, post_id)
    if post is None or not post.is_visible:
        raise NotFound
    return schemas.Quote(body=quote_of(viewer, post, given.text))


@discussions_api.get("/topics/<id:topic_id>/mentionable")
@requires(Permission.REPLY, subject=find_topic)
@operation(Users, query=MentionParams)
def list_mentionable(viewer: Viewer, topic: models.Topic, asked: MentionParams) -> Users:
    """People you can mention in a topic: those who can read it, those who write in it first."""
    limits.hit("complete", viewer.id)
    people = mentionable(viewer, asked.q, audience=topic.audience, topic=topic)
    return Users(items=[User.of(person) for person in people], next=None)
