"""Ids, slugs, cursors, settings: the small machinery."""

import base64
import contextlib
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from forum.core import clock, settings
from forum.core.errors import Invalid, Malformed
from forum.core.ids import id_at, new_id
from forum.core.pages import decode_cursor, encode_cursor
from forum.core.slugs import MOST, is_slug, slugify
from forum.core.transactions import transaction


def house(key: str) -> Flask:
    """As much of an application as has a key and words."""
    app = Flask("house")
    app.secret_key = key
    Babel(app)
    return app


HOUSE = house("a key of tests alone")


def test_ids_grow_fit_63_bits_and_leave_gaps() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(set(made))
    assert all(0 < i < 2**63 for i in made)
    later = id_at(clock.now() + timedelta(days=365 * 60))
    assert later < 2**63


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Starting a CDK4/6 inhibitor", "starting-a-cdk4-6-inhibitor"),
        ("Zoë's café", "zoe-s-cafe"),
        ("Ελληνικά και", "ελληνικα-και"),
        ("Ο ΠΟΝΟΣ στη Σύρο, λόγος Σ", "ο-πονος-στη-συρο-λογος-σ"),
        ("日本語の題", "日本語の題"),
        ("ダブル", "ダブル"),
        ("  --  ", "untitled"),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_slugs_are_words_and_hyphens_in_any_script(title: str, slug: str) -> None:
    assert slugify(title) == slug


@given(st.text(max_size=300))
def test_any_title_gives_a_slug_that_is_one(title: str) -> None:
    slug = slugify(title)
    assert 0 < len(slug) <= MOST
    assert slugify(slug) == slug
    assert is_slug(slug)
    assert is_slug(slug.replace("ς", "σ"))  # as it was made before
    assert not any(c.isspace() or c in "/?#%&<>\"'" for c in slug)


@given(st.lists(st.one_of(st.integers(-(2**63), 2**63 - 1), st.text(max_size=20)), min_size=1, max_size=4))
def test_cursors_come_back_as_they_went(values: list[int | str]) -> None:
    with HOUSE.app_context():
        assert decode_cursor(encode_cursor(values), [type(v) for v in values]) == values


def test_a_cursor_tells_nothing_and_cannot_be_made_up() -> None:
    with HOUSE.app_context():
        cursor = encode_cursor([4711, "Ada"])
        assert not {b"4711", b"Ada"} & set(re.findall(rb"[\w]+", base64.urlsafe_b64decode(cursor + "==")))
        assert encode_cursor([4711, "Ada"]) == cursor != encode_cursor([4712, "Ada"])
        for n in range(len(cursor) - 1):
            with pytest.raises(Malformed):
                decode_cursor(cursor[:n] + ("A" if cursor[n] != "A" else "B") + cursor[n + 1 :], [int, str])
        with pytest.raises(Malformed):
            decode_cursor(cursor, [str, str])
    with house("another key").app_context(), pytest.raises(Malformed):
        decode_cursor(cursor, [int, str])


@given(st.text(max_size=60))
def test_a_damaged_cursor_is_refused_and_nothing_worse(cursor: str) -> None:
    with HOUSE.app_context(), contextlib.suppress(Malformed):
        assert all(type(v) is int for v in decode_cursor(cursor, [int, int]))


@pytest.mark.usefixtures("context")
def test_settings_change_with_their_history_and_bite_at_once(app: Flask) -> None:
    assert settings.current().grace_days == 60
    with transaction():
        changed = settings.change({"grace_days": 30, "name": "Meridian"}, actor_id=None)
    assert changed == {"grace_days": (60, 30), "name": ("Collegium", "Meridian")}
    assert settings.current().grace_days == 30
    with transaction():
        assert settings.change({"grace_days": 30}, actor_id=None) == {}
    with pytest.raises(Invalid) as refused, transaction():
        settings.change({"grace_days": -1}, actor_id=None)
    assert "grace_days" in refused.value.errors
    assert settings.current().grace_days == 30
    assert {(c.name, c.old, c.new) for c in settings.history()} == {
        ("grace_days", 60, 30),
        ("name", "Collegium", "Meridian"),
    }
