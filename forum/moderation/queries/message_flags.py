"""Reported private messages: the copies that came with the reports. The conversations themselves are never looked at here."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from forum.access.models import RoleAssignment
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer, viewer_of
from forum.accounts.models import User
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.moderation.models import MessageCopy, MessageFlag

LARGEST_ID = 2**63 - 1


def message_flags(
    viewer: Viewer, *, judged: bool = False, after: str | None = None, limit: int = 20
) -> Page[MessageFlag]:
    """Those that wait, the oldest first, or those that were judged, the newest first; without what concerns the viewer."""
    if not judge(Permission.READ_MESSAGE_FLAGS, viewer):
        return Page([])
    found = _whole().where(MessageFlag.author_id != viewer.id, MessageFlag.reporter_id != viewer.id)
    last = decode_cursor(after, [int])[0] if after else None
    if judged:
        found = found.where(MessageFlag.judged_at.is_not(None)).order_by(MessageFlag.id.desc())
        found = found.where(MessageFlag.id < last) if last is not None else found
    else:
        found = found.where(MessageFlag.judged_at.is_(None)).order_by(MessageFlag.id)
        found = found.where(MessageFlag.id > last) if last is not None else found
    return _page(found, limit)


def find_message_flag(viewer: Viewer, message_flag_id: int) -> MessageFlag | None:
    """One of them, where the viewer judges it; for everybody else it never was."""
    if not 0 < message_flag_id <= LARGEST_ID:
        return None
    flag = db.session.scalar(
        _whole().where(MessageFlag.id == message_flag_id).execution_options(populate_existing=True)
    )
    return flag if flag is not None and judge(Permission.JUDGE_MESSAGE_FLAG, viewer, flag) else None


def own_message_flags(viewer: Viewer, *, after: str | None = None, limit: int = 30) -> Page[MessageFlag]:
    found = select(MessageFlag).options(selectinload(MessageFlag.copies))
    found = found.where(MessageFlag.reporter_id == viewer.id)
    if after:
        found = found.where(MessageFlag.id < decode_cursor(after, [int])[0])
    return _page(found.order_by(MessageFlag.id.desc()), limit)


def find_own_message_flag(viewer: Viewer, flag_id: int) -> MessageFlag | None:
    found = select(MessageFlag).options(selectinload(MessageFlag.copies))
    return db.session.scalar(found.where(MessageFlag.id == flag_id, MessageFlag.reporter_id == viewer.id))


def judges_of(flag_id: int) -> list[int]:
    """Those who may judge a report that waits."""
    flag = db.session.get(MessageFlag, flag_id)
    if flag is None or not flag.is_open:
        return []
    held = select(RoleAssignment.user_id).where(RoleAssignment.place_id.is_(None))
    people = db.session.scalars(select(User).where(User.id.in_(held)))
    return sorted(p.id for p in people if judge(Permission.JUDGE_MESSAGE_FLAG, viewer_of(p), flag))


def judgment_of(flag_id: int) -> tuple[int, str, str]:
    """Who reported it, what came of it, and what there is to say to that."""
    flag = db.session.get_one(MessageFlag, flag_id)
    return flag.reporter_id, str(flag.outcome or ""), flag.answer


def _whole() -> Select[Any]:
    return select(MessageFlag).options(
        joinedload(MessageFlag.reporter),
        joinedload(MessageFlag.author),
        joinedload(MessageFlag.judged_by),
        selectinload(MessageFlag.copies).joinedload(MessageCopy.author),
    )


def _page(found: Select[Any], limit: int) -> Page[MessageFlag]:
    rows: Sequence[MessageFlag] = db.session.scalars(found.limit(limit + 1)).all()
    shown, more = cut(rows, limit)
    return Page(shown, encode_cursor([shown[-1].id]) if more else None)
