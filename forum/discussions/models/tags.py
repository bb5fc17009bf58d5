"""Tags: words that staff govern, in groups; what a word is typed for; which topics have them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base
from forum.core.ids import new_id


class TagGroup(Base):
    """Tags that belong together: "Kind of topic", "Organ". `only_one`: a topic has at most one of them."""

    __tablename__ = "tag_groups"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    only_one: Mapped[bool] = mapped_column(default=False)


class TagGroupPlace(Base):
    """That every topic of a place needs a tag of this group."""

    __tablename__ = "tag_group_places"

    group_id: Mapped[int] = mapped_column(ForeignKey("tag_groups.id", ondelete="CASCADE"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), primary_key=True)


class Tag(Base):
    """A tag, or another word for one (`synonym_of_id`): whoever types that gets the tag it stands for.

    What staff have arranged is common: everybody knows of it. Of a tag that somebody made while writing only those know
    who may read a topic that has it.
    """

    __tablename__ = "tags"
    __table_args__ = (Index(None, "synonym_of_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("tag_groups.id", ondelete="SET NULL"))
    synonym_of_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"))
    is_common: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class TopicTag(Base):
    """That a topic has a tag, for finding it; what its page and its rows show stands in `topics.tag_ids`."""

    __tablename__ = "topic_tags"
    __table_args__ = (Index(None, "tag_id", "topic_id"),)

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
