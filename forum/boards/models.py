"""Categories: the places where topics live, two deep."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.access.models import Place
from forum.core.db import Base
from forum.core.ids import new_id
from forum.markup import SafeHTML, SafeHTMLText


class Category(Base):
    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    guidelines: Mapped[str] = mapped_column(default="")
    guidelines_html: Mapped[SafeHTML | None] = mapped_column(SafeHTMLText)
    hue: Mapped[int] = mapped_column(default=7)  # 1 to 9
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    place: Mapped[Place] = relationship(lazy="joined", innerjoin=True)
    parent: Mapped["Category | None"] = relationship(
        remote_side="Category.id", lazy="raise_on_sql", viewonly=True
    )

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class TopicTemplate(Base):
    """What a new topic of a category may begin with."""

    __tablename__ = "topic_templates"
    __table_args__ = (Index(None, "category_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id", ondelete="CASCADE"))
    name: Mapped[str]
    body: Mapped[str]  # to begin with; of a form, what stands above it
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # where it is a form
