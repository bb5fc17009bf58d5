"""Tags: all of them, and the topics that have one."""

from flask import Blueprint, Response

from forum.access.doors import open_to_all
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.boards.params import OpenedPageParams
from forum.boards.rows import topic_rows
from forum.core.errors import NotFound
from forum.discussions import stamps
from forum.discussions.queries.tags import find_tag, grouped_tags, topics_tagged
from forum.web import params, respond
from forum.web.heads import NO_INDEX, Head
from forum.web.keeping import kept_for_visitors

tags = Blueprint("tags", __name__)

TOPICS_PER_PAGE = 30


@tags.get("/tags")
@kept_for_visitors(stamps.of_all_places)
@open_to_all
def list_tags(viewer: Viewer) -> Response:
    """By group, each with the topics that the viewer may read."""
    return respond.page(
        "discussions/tags.html",
        groups=grouped_tags(viewer),
        arranges=bool(judge(Permission.MANAGE_TAGS, viewer)),
        canonical="/tags",
    )


@tags.get("/tags/<slug>")
@kept_for_visitors(stamps.of_all_places, OpenedPageParams)
@open_to_all
def show_tag(viewer: Viewer, slug: str) -> Response:
    """Topics with a tag. The address of another word for it, or of one that was merged into it, leads on."""
    known = find_tag(viewer, slug)
    if known is None:
        raise NotFound
    if known.tag.slug != slug:
        return respond.see(f"/tags/{known.tag.slug}")
    asked = params.read_query(OpenedPageParams)
    page = topics_tagged(viewer, known.tag, after=asked.after, limit=TOPICS_PER_PAGE)
    here = f"/tags/{known.tag.slug}"
    return respond.page(
        "discussions/tag.html",
        known=known,
        rows=topic_rows(viewer, page.items),
        after=page.after,
        arranges=bool(judge(Permission.MANAGE_TAGS, viewer)),
        canonical=here,
        robots=NO_INDEX if asked.after or not known.topic_count else "",
        head=Head(known.tag.name, here, known.tag.description) if viewer.is_visitor else None,
    )
