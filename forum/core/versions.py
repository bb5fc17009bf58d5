"""The site's version: one number that grows with every change to what pages share (settings, places, names).

Caches carry the number they were made under; a request reads it once, together with whoever is asking.
"""

from flask import g, has_app_context, has_request_context
from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, db

SITE = "site"


class Version(Base):
    __tablename__ = "versions"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


def bump_site() -> None:
    """Say, inside the transaction that changes it, that something all pages share has changed."""
    db.session.execute(update(Version).where(Version.name == SITE).values(value=Version.value + 1))
    forget()


def forget() -> None:
    """Read the number anew when it is next asked for."""
    if _is_one_look():
        g.pop("site_version", None)


def site_version() -> int:
    """The number now: once per request, or read anew where there is no request."""
    if not _is_one_look():
        return _read()
    if "site_version" not in g:
        g.site_version = _read()
    version: int = g.site_version
    return version


def note_site_version(value: int) -> None:
    """Keep a number that came along with another statement."""
    g.site_version = value


def _read() -> int:
    return db.session.scalar(select(Version.value).where(Version.name == SITE)) or 0


def _is_one_look() -> bool:
    """Whether this is a request, or something else that lasts no longer than one (`g.counts_as_request`)."""
    return has_request_context() or (has_app_context() and "counts_as_request" in g)
