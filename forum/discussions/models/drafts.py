"""What somebody is writing."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base
from forum.core.ids import new_id


class Draft(Base):
    """What somebody is writing and has not sent: a reply, an edit or a topic. `version` grows with every save.

    `target` says what for: "topic", "reply:<topic id>", "edit:<post id>". `fields` are the other fields of its form.
    """

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("user_id", "client_id"), Index(None, "user_id", "target"))

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    target: Mapped[str]
    client_id: Mapped[str]  # of the tab that began it
    title: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def subject(self) -> tuple[str, int]:
        """What kind of thing it is for, and the id of that: ("reply", topic id), ("edit", post id), ("topic", 0)."""
        kind, _, which = self.target.partition(":")
        return kind, int(which or 0)

    def put(self, *, title: str, body: str, fields: dict[str, str], at: datetime) -> bool:
        if (title, body, fields) == (self.title, self.body, self.fields):
            return False
        self.title, self.body, self.fields = title, body, fields
        self.updated_at, self.version = at, self.version + 1
        return True
