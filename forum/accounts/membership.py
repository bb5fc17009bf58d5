"""Days and moments: people give and read the last day of something, the database keeps the moment it is over."""

from datetime import UTC, date, datetime, time, timedelta


def day_after(last: date | None) -> datetime | None:
    """The moment a membership (or a suspension) that runs through a day ends: midnight after it, UTC."""
    return beginning_of(last + timedelta(days=1)) if last else None


def beginning_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def last_day(until: datetime) -> date:
    """The last whole day before a moment: what people are shown and give as the end."""
    return (until - timedelta(microseconds=1)).date()
