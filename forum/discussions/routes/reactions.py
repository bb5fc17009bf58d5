"""Reactions on pages: given and taken back with a button; who gave them on a small page of its own."""

from flask import Response, request

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.discussions import addresses, places
from forum.discussions.actions import reacting
from forum.discussions.models import Post
from forum.discussions.params import ReactionParams
from forum.discussions.queries.personal import personal_of
from forum.discussions.queries.posts import find_post, view_of
from forum.discussions.queries.reactions import find_post_to_react, reactions_to
from forum.discussions.reactions import counted_reactions, reaction_kinds
from forum.discussions.routes import discussions
from forum.web import limits, params, respond
from forum.web.params import ListParams


@discussions.get("/posts/<id:post_id>/reactions")
@requires(Permission.READ_REACTIONS, subject=find_post)
def show_reactions(viewer: Viewer, post: Post) -> Response:
    asked = params.read_query(ListParams)
    page = reactions_to(viewer, post, after=asked.after)
    kinds = reaction_kinds()
    return respond.page(
        "discussions/reactions.html",
        post=view_of(viewer, post.topic, post),
        topic=post.topic,
        category=places.label_of(post.topic.place_id),
        kinds=kinds,
        counted=counted_reactions(post.reaction_counts, kinds),
        given=personal_of(viewer, post.topic, [post.id]).reactions.get(post.id, frozenset()),
        verdict=judge(Permission.REACT, viewer, post),
        rows=page.items,
        after=page.after,
    )


@discussions.post("/posts/<id:post_id>/reactions/<name>")
@requires(Permission.REACT, subject=find_post_to_react)
def change_reaction(viewer: Viewer, post: Post) -> Response:
    given = params.read(ReactionParams)
    limits.hit("react", viewer.id)
    name = str((request.view_args or {})["name"])
    if given.on == "1":
        reacting.react(post, name=name, actor=viewer.user)
    else:
        reacting.take_back_reaction(post, name=name, actor=viewer.user)
    return respond.see(addresses.of_post(post.topic, post))
