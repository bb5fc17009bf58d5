"""Reactions to posts."""

from flask import request

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.discussions import models, schemas
from forum.discussions.actions import reacting
from forum.discussions.api import discussions_api
from forum.discussions.api.posts import post_now
from forum.discussions.queries.posts import find_post
from forum.discussions.queries.reactions import find_post_to_react, reactions_to
from forum.discussions.shapes import reaction_of
from forum.web import limits
from forum.web.operations import Answer, operation
from forum.web.params import ListParams


@discussions_api.get("/posts/<id:post_id>/reactions")
@requires(Permission.READ_REACTIONS, subject=find_post)
@operation(schemas.Reactions, query=ListParams)
def list_reactions(viewer: Viewer, post: models.Post, asked: ListParams) -> schemas.Reactions:
    """Who reacted to a post, and how. People you ignore are not among them."""
    page = reactions_to(viewer, post, after=asked.after, limit=asked.limit)
    return schemas.Reactions(items=[reaction_of(one) for one in page.items], next=page.after)


@discussions_api.put("/posts/<id:post_id>/reactions/<name>")
@requires(Permission.REACT, subject=find_post_to_react)
@operation(schemas.Post)
def react(viewer: Viewer, post: models.Post) -> Answer | None:
    """React to a post, with one of the reactions that the society has chosen; not to one of your own."""
    limits.hit("react", viewer.id)
    reacting.react(post, name=_name(), actor=viewer.user)
    return post_now(viewer, post.id)


@discussions_api.delete("/posts/<id:post_id>/reactions/<name>")
@requires(Permission.REACT, subject=find_post_to_react)
@operation(schemas.Post)
def take_back_reaction(viewer: Viewer, post: models.Post) -> Answer | None:
    """Take a reaction of yours back."""
    limits.hit("react", viewer.id)
    reacting.take_back_reaction(post, name=_name(), actor=viewer.user)
    return post_now(viewer, post.id)


def _name() -> str:
    """What the address names beside the post."""
    return str((request.view_args or {})["name"])
