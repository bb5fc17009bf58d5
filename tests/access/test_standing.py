"""Guest, member, lapsed: from dates alone, at their very turns."""

from datetime import datetime, timedelta

import pytest

from forum.accounts.models import User
from tests.conftest import NOW

HOUR = timedelta(hours=1)
GRACE = timedelta(days=2)


@pytest.mark.parametrize(
    ("since", "until", "standing", "has_rights"),
    [
        (None, None, "guest", False),
        (NOW + HOUR, None, "guest", False),
        (NOW, None, "member", True),
        (NOW - HOUR, NOW + HOUR, "member", True),
        (NOW - HOUR, NOW, "lapsed", True),
        (NOW - 5 * GRACE, NOW - GRACE + HOUR, "lapsed", True),
        (NOW - 5 * GRACE, NOW - GRACE, "lapsed", False),
        (NOW + HOUR, NOW + 2 * HOUR, "guest", False),
    ],
)
def test_standing_and_what_it_gives(
    since: datetime | None, until: datetime | None, standing: str, has_rights: bool
) -> None:
    user = User(member_since=since, member_until=until)
    assert user.standing_at(NOW) == standing
    assert user.has_member_rights(NOW, GRACE) is has_rights


@pytest.mark.parametrize(
    ("at", "until", "suspended"),
    [
        (None, None, False),
        (NOW, None, True),
        (NOW - HOUR, NOW, False),
        (NOW - HOUR, NOW + HOUR, True),
    ],
)
def test_a_suspension_ends_when_it_says(
    at: datetime | None, until: datetime | None, suspended: bool, app: object
) -> None:
    user = User(suspended_at=at, suspended_until=until)
    assert user.is_suspended(NOW) is suspended
    assert user.is_suspended() is suspended
