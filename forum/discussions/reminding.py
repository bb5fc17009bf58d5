"""When somebody wants to be reminded: “tomorrow” as a moment, in their own time zone."""

from datetime import datetime, time, timedelta, tzinfo

from flask_babel import gettext as _

from forum.core import clock
from forum.core.errors import Invalid
from forum.discussions.params import BookmarkParams

MORNING = time(9)
LATER = timedelta(hours=3)


def moment_of(given: BookmarkParams, zone: tzinfo, now_set: datetime | None) -> datetime | None:
    """The moment that a form asks for; `now_set` where it leaves that as it is. Raises Invalid."""
    now = clock.now()
    today = now.astimezone(zone).date()
    match "own" if _names_another_day(given, zone, now_set) else given.remind:
        case "":
            return None
        case "keep":
            return now_set
        case "later":
            return now + LATER
        case "tomorrow":
            return datetime.combine(today + timedelta(days=1), MORNING, zone)
        case "week":
            return datetime.combine(today + timedelta(days=7 - today.weekday()), MORNING, zone)
        case _:
            if given.at is None:
                raise Invalid({"at": _("Choose a day and an hour.")})
            return given.at.replace(tzinfo=zone)


def _names_another_day(given: BookmarkParams, zone: tzinfo, now_set: datetime | None) -> bool:
    """Whether a day was filled in and the choice above it forgotten: nobody wants to find out that they were not reminded."""
    if given.at is None or given.remind != ("keep" if now_set else ""):
        return False
    shown = now_set and now_set.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
    return given.at != shown
