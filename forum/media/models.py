"""What people have uploaded, and where it stands."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base
from forum.core.ids import new_id

MOVING = ".moving.webp"  # how the name of the variant ends that moves; all others stand still
WHOLE_FILE = "file"  # the one part of what is no picture


class UploadKind(enum.StrEnum):
    IMAGE = "image"
    FILE = "file"


class Upload(Base):
    """One file that somebody brought. Its bytes are in storage, as parts below `key`, which nobody is told.

    Of a picture nothing is kept but what was made anew from it: its variants, by name. Once deleted, it waits a day
    without its bytes, so that they go on counting for what one may upload in a day.
    """

    __tablename__ = "uploads"
    __table_args__ = (Index(None, "owner_id", "id"), Index(None, "created_at"))

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[UploadKind]
    name: Mapped[str]  # as it is shown and saved; harmless
    size: Mapped[int]  # bytes kept, all parts together
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    frames: Mapped[int] = mapped_column(default=0)
    parts: Mapped[dict[str, Any]] = mapped_column(JSON)  # name: bytes
    digest: Mapped[str]  # of what is kept: for ETags
    key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    removed_at: Mapped[
        datetime | None
    ]  # from wherever it stood, for good; the row stays, without bytes and name
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    @property
    def is_image(self) -> bool:
        return self.kind is UploadKind.IMAGE

    @property
    def file_name(self) -> str:
        """The last part of its address: of a picture its widest variant, which says how large it is, and whether it moves."""
        if not self.is_image:
            return self.name
        moving = f"{self.width}x{self.height}{MOVING}"
        return moving if moving in self.parts else f"{self.width}x{self.height}.webp"

    @property
    def smallest(self) -> str:
        """The narrowest variant of a picture, which stands still."""
        return min(
            (name for name in self.parts if not name.endswith(MOVING)), key=lambda name: int(self.parts[name])
        )

    def part_named(self, name: str) -> str | None:
        """The part that the last part of an address stands for."""
        if self.is_image:
            return name if name in self.parts else None
        return WHOLE_FILE if name == self.name else None

    def delete(self, at: datetime) -> bool:
        if self.deleted_at is not None:
            return False
        self.deleted_at = at
        return True

    def remove(self, by_id: int, at: datetime) -> bool:
        """Like deleting it, also where it stands in something."""
        if not self.delete(at):
            return False
        self.removed_at, self.removed_by_id, self.name = at, by_id, ""
        return True


class Attachment(Base):
    """That an upload stands in a post, or stood in it before an edit: then `is_shown` is false, and its bytes are kept with the history."""

    __tablename__ = "attachments"
    __table_args__ = (Index(None, "upload_id"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"), primary_key=True)
    is_shown: Mapped[bool] = mapped_column(default=True)
