"""What has been imported, so that nothing is imported twice and late messages find their place."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base


class ImportedMessage(Base):
    """A message of an archive and the post that it became. Each place keeps its own: threads never join across them.

    `key` stands for the message's id in 63 bits, as do the ids that it names, packed eight bytes each.
    """

    __tablename__ = "imported_messages"
    __table_args__ = (Index(None, "post_id"), {"sqlite_with_rowid": False})

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str]
    source: Mapped[str]  # the name of the file
    title: Mapped[str]  # the subject without "Re:", also of replies
    references: Mapped[bytes]
    in_reply_to: Mapped[bytes]
    parent_key: Mapped[int | None]  # by the threads, when it was last written
    body_key: Mapped[int | None]  # 63 bits that tell its text from another one under the same id
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    told: Mapped[str | None]  # what else the archive said of it, where that may change: JSON


class ImportedName(Base):
    """How many messages of all archives came from an address under a name: which one a placeholder is shown by."""

    __tablename__ = "imported_names"
    __table_args__ = {"sqlite_with_rowid": False}

    address_key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    messages: Mapped[int]


def pack_keys(keys: list[int]) -> bytes:
    return b"".join(key.to_bytes(8, "big") for key in keys)


def unpack_keys(packed: bytes) -> list[int]:
    return [int.from_bytes(packed[at : at + 8], "big") for at in range(0, len(packed), 8)]
