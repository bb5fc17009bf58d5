"""Finding uploads: one's own, and those that stand where one may read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import case, func, select

from forum.access.viewer import Viewer
from forum.core import clock, settings
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.media import uses
from forum.media.models import Upload
from forum.media.uses import Reach

DAY = timedelta(days=1)
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Open:
    """An upload that is there for whoever asks, and the part of it that they asked for."""

    upload: Upload
    part: str
    is_public: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes that somebody has here, and brought within a day; and how many there may be."""

    used: int
    today: int
    most: int

    @property
    def percent(self) -> int:
        return min(100, -(-100 * self.used // self.most)) if self.most else 100


@dataclass(frozen=True, slots=True)
class Own:
    """One's own upload, and where it stands."""

    upload: Upload
    is_kept: bool
    places: Sequence[tuple[str, str]] = field(default=())


def find_open(viewer: Viewer, upload_id: int, name: str) -> Open | None:
    """What an address of an upload leads to, for who may read it now: its owner, and readers of what it stands in."""
    upload = db.session.scalar(select(Upload).where(Upload.id == upload_id, Upload.deleted_at.is_(None)))
    part = upload.part_named(name) if upload is not None else None
    if upload is None or part is None:
        return None
    if viewer.id is not None and viewer.id == upload.owner_id:
        return Open(upload, part, is_public=False)
    reach = uses.reach_of(viewer, upload.id)
    return Open(upload, part, is_public=reach is Reach.EVERYBODY) if reach else None


def find_own(viewer: Viewer, upload_id: int) -> Upload | None:
    if viewer.id is None:
        return None
    return db.session.scalar(
        select(Upload).where(
            Upload.id == upload_id, Upload.owner_id == viewer.id, Upload.deleted_at.is_(None)
        )
    )


def own_uploads(viewer: Viewer, *, after: str | None = None, limit: int = 30) -> Page[Own]:
    """One's own uploads, the newest first, with where they stand; the same few statements however many."""
    found = select(Upload).where(Upload.owner_id == viewer.id, Upload.deleted_at.is_(None))
    if after:
        found = found.where(Upload.id < decode_cursor(after, [int])[0])
    shown, more = cut(db.session.scalars(found.order_by(Upload.id.desc()).limit(limit + 1)).all(), limit)
    owned = with_places(viewer, shown)
    return Page(owned, encode_cursor([shown[-1].id]) if more and shown else None)


def with_places(viewer: Viewer, uploads: Sequence[Upload]) -> list[Own]:
    ids = [upload.id for upload in uploads]
    kept, places = uses.kept(ids), uses.places_of(viewer, ids)
    return [Own(upload, upload.id in kept, places.get(upload.id, ())) for upload in uploads]


def removed_among(ids: Collection[int]) -> set[int]:
    """Which of these were removed for good."""
    if not ids:
        return set()
    return set(
        db.session.scalars(select(Upload.id).where(Upload.id.in_(ids), Upload.removed_at.is_not(None)))
    )


def usage_of(user_id: int) -> Usage:
    """What somebody has. What was brought and deleted within a day counts for the day."""
    is_there = Upload.deleted_at.is_(None)
    used, today = db.session.execute(
        select(
            func.coalesce(func.sum(case((is_there, Upload.size), else_=0)), 0),
            func.coalesce(func.sum(case((Upload.created_at > clock.now() - DAY, Upload.size), else_=0)), 0),
        ).where(Upload.owner_id == user_id)
    ).one()
    return Usage(int(used), int(today), settings.current().upload_quota * MEGABYTE)
