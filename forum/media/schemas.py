"""Uploads on the way out."""

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from pydantic import Field

from forum.media.models import Upload as Row
from forum.media.names import in_address
from forum.web.schemas import Id, Items, Moment, Schema

if TYPE_CHECKING:
    from forum.media.queries import Own


class Upload(Schema):
    """One file of yours."""

    id: Id
    kind: str = Field(description="`image` or `file`.")
    name: str
    size: int = Field(description="Bytes that are kept of it.")
    width: int | None
    height: int | None
    frames: int | None = Field(description="More than one where a picture moves.")
    url: str = Field(description="Below the address of the site; for those who may read a post it stands in.")
    thumbnail_url: str | None
    markdown: str = Field(
        description="What puts it into a text. Of a picture, write what it shows between the first brackets."
    )
    used: bool = Field(description="Whether it stands in a post or in a draft.")
    created_at: Moment

    @classmethod
    def of(cls, own: "Own") -> "Upload":
        row = own.upload
        return cls(
            id=str(row.id),
            kind=str(row.kind),
            name=row.name,
            size=row.size,
            width=row.width or None,
            height=row.height or None,
            frames=row.frames or None,
            url=address_of(row),
            thumbnail_url=f"/uploads/{row.id}/{row.smallest}" if row.is_image else None,
            markdown=markdown_of(row),
            used=own.is_kept,
            created_at=row.created_at,
        )


class Uploads(Items[Upload]):
    """A page of your uploads, the newest first."""


def address_of(upload: Row) -> str:
    return f"/uploads/{upload.id}/{in_address(upload.file_name)}"


def markdown_of(upload: Row, alt: str = "") -> str:
    """How it is written into a text."""
    if upload.is_image:
        return f"![{_plain(alt)}]({address_of(upload)})"
    return f"[{_plain(upload.name)} ({in_words(upload.size)})]({address_of(upload)})"


def in_words(size: int) -> str:
    """A number of bytes as people say it."""
    if size < 1000 * 1024:
        return _("%(number)s KB", number=max(1, round(size / 1024)))
    megabytes = size / 1024 / 1024
    if megabytes < 1000:
        return _("%(number)s MB", number=_short(megabytes))
    return _("%(number)s GB", number=_short(megabytes / 1024))


def _short(amount: float) -> str:
    return f"{amount:.1f}".removesuffix(".0")


def _plain(text: str) -> str:
    return "".join(f"\\{c}" if c in r"\`*_[]<>&~|$!" else c for c in text)
