"""Categories on the way out."""

from pydantic import Field

from forum.discussions.schemas import Audience, PlaceName
from forum.web.schemas import Id, Items, Schema


class Category(Schema):
    """A place where topics stand. Counts are of what the reader may read."""

    id: Id
    slug: str
    name: str
    description: str
    parent: PlaceName | None
    audience: Audience = Field(description="Of topics that have no other.")
    topic_count: int
    unread: int = Field(description="Topics with something unread; 100 means more than 99.")
    new: int = Field(description="Topics never opened, begun since all was last marked as read.")
    for_questions: bool = Field(description="One reply to a topic can be accepted as the answer.")
    archived: bool = Field(description="Kept to be read; nothing new is started.")


class Categories(Items[Category]):
    """A page of categories, children after their parents."""


class FormField(Schema):
    """One field of a form."""

    label: str
    kind: str = Field(
        description="`line`, `text`, `choice`, `check`, or `consent`: a statement that must be ticked."
    )
    help: str
    required: bool
    choices: list[str]


class TopicTemplate(Schema):
    """What a new topic of a category may begin with."""

    id: Id
    name: str
    body: str = Field(description="Markdown; of a form, what stands above it.")
    fields: list[FormField] = Field(description="Where it is a form; else empty.")


class TopicTemplates(Items[TopicTemplate]):
    """All templates of a category."""
