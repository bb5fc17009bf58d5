"""Tags, and the topics that have them."""

from forum.access.doors import open_to_all
from forum.access.viewer import Viewer
from forum.core.errors import NotFound
from forum.discussions import schemas
from forum.discussions.api import discussions_api
from forum.discussions.queries.tags import KnownTag, find_tag, known_tags, topics_tagged
from forum.discussions.shapes import tag_shape, topics_for
from forum.discussions.tag_params import TagListParams
from forum.web.operations import operation
from forum.web.params import ListParams


@discussions_api.get("/tags")
@open_to_all
@operation(schemas.Tags, query=TagListParams)
def list_tags(viewer: Viewer, asked: TagListParams) -> schemas.Tags:
    """The tags, by name; with `q` those that begin with it, or have another word that does."""
    return schemas.Tags(
        items=[tag_shape(known) for known in known_tags(viewer, beginning=asked.q)], next=None
    )


@discussions_api.get("/tags/<slug>")
@open_to_all
@operation(schemas.Tag)
def show_tag(viewer: Viewer, slug: str) -> schemas.Tag:
    """One tag; by the slug of another word for it too."""
    return tag_shape(_tag(viewer, slug))


@discussions_api.get("/tags/<slug>/topics")
@open_to_all
@operation(schemas.Topics, query=ListParams)
def list_tagged(viewer: Viewer, slug: str, asked: ListParams) -> schemas.Topics:
    """The topics with a tag that you may read, newest activity first."""
    page = topics_tagged(viewer, _tag(viewer, slug).tag, after=asked.after, limit=asked.limit)
    return schemas.Topics(items=topics_for(viewer, page.items), next=page.after)


def _tag(viewer: Viewer, slug: str) -> KnownTag:
    known = find_tag(viewer, slug)
    if known is None:
        raise NotFound
    return known
