"""Audiences that name nobody in particular are refused in words."""

import pytest

from forum.access.models import AudienceKind, Place
from forum.access.places import AudienceChoice, audience_for
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import transaction
from tests.cast import Cast
from tests.factories import choice, make_category

pytestmark = pytest.mark.usefixtures("context")


def test_a_group_must_be_named(cast: Cast) -> None:
    with transaction(), pytest.raises(Invalid) as told:
        audience_for(db.session.get_one(Place, cast.lounge.place_id), choice("group"), topic_id=1)
    assert "group" in told.value.errors


def test_a_whole_place_is_not_for_named_people(cast: Cast) -> None:
    with pytest.raises(Invalid) as told:
        make_category("parlor", read="people")
    assert "read" in told.value.errors


@pytest.mark.parametrize(
    ("read", "reply", "becomes"),
    [
        ("public", "public", "guests"),
        ("public", "members", "members"),
        ("guests", "public", "guests"),
        ("members", "guests", "members"),
        ("staff", "members", "staff"),
        ("people", "members", "people"),
        ("people", "staff", "staff"),
        ("members", "people", "people"),
    ],
)
def test_who_answers_is_never_more_than_who_reads(cast: Cast, read: str, reply: str, becomes: str) -> None:
    with transaction():
        place = db.session.get_one(Place, cast.lounge.place_id)
        found = audience_for(place, AudienceChoice(AudienceKind(read), AudienceKind(reply)), topic_id=7)
        assert found.reply_kind == becomes
