"""What staff arrange, on the way out."""

from typing import Literal

from pydantic import Field

from forum.web.schemas import Id, Items, Schema


class StaffTag(Schema):
    """A tag as staff arrange it."""

    slug: str = Field(description="It stays when the tag is renamed.")
    name: str
    description: str
    group_id: Id | None = Field(description="The group of tags that it belongs to.")
    words: list[str] = Field(description="Other words for it: typing one gives this tag.")
    common: bool = Field(
        description="Known to everybody. One that somebody made while writing is so once staff have touched it."
    )
    topic_count: int = Field(description="Of topics that you may read.")


class StaffTags(Items[StaffTag]):
    """All tags that staff may know of."""


class TagGroup(Schema):
    """Tags that belong together."""

    id: Id
    name: str
    only_one: bool = Field(description="A topic has at most one of them.")
    categories: list[str] = Field(
        description="Slugs of the categories in which every topic needs one of them."
    )


class TagGroups(Items[TagGroup]):
    """All groups of tags."""


class TagMakers(Schema):
    """Who makes a new tag by typing a word that is none yet."""

    makers: Literal["staff", "moderators", "members"]
