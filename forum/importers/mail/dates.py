"""When a message was sent, as well as its headers tell."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from forum.importers.mail.headers import Headers

_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
#: Clocks of senders and servers disagree by this much without either being thought broken.
_SLACK = timedelta(days=2)
_DAY = timedelta(days=1)
_ZONES = {
    "BST": "+0100", "WET": "+0000", "WEST": "+0100", "MET": "+0100", "CET": "+0100", "MEZ": "+0100",
    "MEST": "+0200", "CEST": "+0200", "MESZ": "+0200", "MET DST": "+0200", "EET": "+0200", "EEST": "+0300",
    "MSK": "+0300", "MSD": "+0400", "JST": "+0900", "KST": "+0900", "HKT": "+0800", "SGT": "+0800",
    "AEST": "+1000", "AEDT": "+1100", "NZST": "+1200", "NZDT": "+1300", "HST": "-1000", "AKST": "-0900",
    "AKDT": "-0800", "NST": "-0330", "NDT": "-0230", "AST": "-0400", "ADT": "-0300",
}  # fmt: skip
_ZONE = re.compile(r"\s\(?([A-Z]{3,4}(?: DST)?)\)?\s*$")


def sent_at(headers: Headers, from_line: str, *, now: datetime) -> datetime | None:
    """The Date header where it can be right, else the time of receipt; none where neither tells."""
    received = _received_at(headers, now=now)
    stamped = parse_date(_tail(from_line), now=now)
    receipts = [moment for moment in (received, stamped) if moment is not None]
    for name in ("date", "nntp-posting-date", "injection-date", "x-original-date", "resent-date"):
        sent = parse_date(headers.raw(name), now=now)
        # Nothing arrives before it is sent, and hardly anything takes a year.
        if sent is None or (receipts and sent > min(receipts) + _SLACK):
            continue
        if received is not None and sent < received - 366 * _DAY:
            continue
        return sent
    return min(receipts, default=None)


def parse_date(text: str, *, now: datetime) -> datetime | None:
    """A moment from what mail programs have written for one; none where it cannot be one."""
    text = " ".join(text.split())
    if not text:
        return None
    moment = _parse_rfc(text) or _parse_iso(text)
    return moment if moment is not None and _EARLIEST <= moment <= now + _DAY else None


def _parse_rfc(text: str) -> datetime | None:
    zone = _ZONE.search(text)
    if zone and zone.group(1) in _ZONES:
        text = f"{text[: zone.start()]} {_ZONES[zone.group(1)]}"
    try:
        parts = parsedate_tz(text)
        if parts is None:
            return None
        offset = parts[9] or 0
        zone_there = timezone(timedelta(seconds=offset)) if abs(offset) <= 15 * 3600 else UTC
        return datetime(*parts[:5], min(parts[5], 59), tzinfo=zone_there).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _parse_iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _received_at(headers: Headers, *, now: datetime) -> datetime | None:
    """When the archive's own server took the message: it wrote the topmost header."""
    for value in headers.all_raw("received"):
        moment = parse_date(value.rpartition(";")[2], now=now)
        if moment is not None:
            return moment
    return None


def _tail(from_line: str) -> str:
    """The date of `From someone@example.org Mon Apr  5 22:38:22 1993`."""
    found = re.search(r"((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*,? .*\d\d:\d\d.*)$", from_line)
    return found.group(1) if found else ""
