"""Nothing leaks and nothing is withheld: what each principal is sent equals the table, in the whole site and in its twin."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from forum.audit.models import AuditEntry
from forum.core.db import db
from forum.discussions.models import Post
from tests.leaks.harvest import SignIn, browser_of, canaries_in, endpoints_of, everything, masked, one_by_one
from tests.leaks.surfaces import CLASSIFIED, OF_EACH_KIND
from tests.leaks.table import ALLOWED, EVERYBODY
from tests.leaks.twins import twin
from tests.leaks.world import World


def differences(app: Flask, world: World, sign_in: SignIn, names: list[str], **how: Any) -> Iterator[str]:
    """What was seen and should not have been, and the other way round, as it is found."""
    there = set(world.tokens.values())
    for name in names:
        browser = browser_of(app, world, name, sign_in)
        may = {facet for facet, people in ALLOWED.items() if name in people and facet in there}
        seen: set[str] = set()
        for address, (status, text) in one_by_one(app, world, browser, **how):
            here = {world.tokens[token] for token in canaries_in([text])} - seen
            yield from (f"LEAK {name} sees {facet} at {address}" for facet in sorted(here - may))
            if status >= 500:
                yield f"FAULT {name}: {status} at {address}"
            seen |= here
        if not how:
            yield from (f"WITHHELD {name} nowhere sees {facet}" for facet in sorted(may - seen))


def test_every_endpoint_is_classified(app: Flask) -> None:
    there = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert there - CLASSIFIED == set(), "name these in tests/leaks/surfaces.py and say how they are harvested"


def test_the_table_speaks_of_everything_in_the_world(world: World) -> None:
    assert set(world.tokens.values()) == set(ALLOWED)
    assert set(world.principals) == EVERYBODY


@pytest.mark.one_database
@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_what_each_principal_is_sent_is_what_the_table_says(
    app: Flask, world: World, sign_in: SignIn, name: str
) -> None:
    assert list(differences(app, world, sign_in, [name])) == []


@pytest.mark.one_database("postgresql")
def test_on_postgresql_too(app: Flask, world: World, sign_in: SignIn) -> None:
    """For staff, whose statements have all parts that any have.

    Statements are the same for everybody signed in, but for the scopes that are put into them and for what is added for
    roles; what the rules say of the others there, tests/access holds on both databases, and lists as others have them the twins.
    Of topics, one of each kind.
    """
    others = [str(topic.id) for name, topic in world.topics.items() if name not in OF_EACH_KIND]

    def is_tried(address: str) -> bool:
        return not any(topic_id in address for topic_id in others)

    assert list(differences(app, world, sign_in, ["staff"], only=is_tried)) == []


def test_what_is_not_there_for_somebody_answers_like_what_never_was(
    app: Flask, world: World, sign_in: SignIn, database: str
) -> None:
    """Each closed topic, read and written: the same status, the same bytes. On PostgreSQL for one of them: what refuses is the same."""
    names = ("visitor", "guest", "member", "site_moderator")
    for name in names if database.startswith("sqlite") else ("guest",):
        browser = browser_of(app, world, name, sign_in)
        token = masked_token(browser)
        for topic_name, topic in world.topics.items():
            if name in ALLOWED[f"{topic_name}.title"]:
                continue
            for shape in (
                "/t/{}",
                "/t/{}/x",
                "/t/{}/x/1",
                "/feeds/t/{}.atom",
                "/t/{}/access?viewer=@mina",
                "/api/v1/explain-access?subject=topic:{}",
                "/api/v1/topics/{}",
                "/api/v1/topics/{}/posts",
            ):
                real, never = browser.get(shape.format(topic.id)), browser.get(shape.format(123456))
                assert (real.status_code, real.data) == (never.status_code, never.data), (name, shape)
            for verb, shape, body in WRITES:
                real = browser.open(shape.format(topic.id), method=verb, headers=token, **body)
                never = browser.open(shape.format(123456), method=verb, headers=token, **body)
                assert (real.status_code, real.data) == (never.status_code, never.data), (name, verb, shape)


FILLED_IN = {"name": "like", "number": "1", "slug": "x", "username": "mina"}
NEVER_WAS = 914400000000000001


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["visitor", "member", "site_moderator"])
def test_every_address_of_what_is_closed_answers_like_that_of_what_never_was(
    app: Flask, world: World, sign_in: SignIn, name: str
) -> None:
    """All doors there are, whatever is done there: whoever may not read a thing is told nothing by any of them."""
    browser, me = browser_of(app, world, name, sign_in), world.principals[name]
    browser.get("/signin")  # a visitor has a token from here on
    token = masked_token(browser)
    closed = {topic.id for key, topic in world.topics.items() if name not in ALLOWED[f"{key}.title"]}
    with app.app_context():
        in_closed = select(Post.id).where(Post.topic_id.in_(closed)).order_by(Post.id)
        posts = list(db.session.scalars(in_closed))
        told = select(AuditEntry.id).where(AuditEntry.subject_id.in_({*closed, *posts}))
        entries = list(db.session.scalars(told.order_by(AuditEntry.id)))
    rows: dict[str, list[int]] = {
        "topic_id": sorted(closed),
        "post_id": posts,
        "upload_id": [u.id for u in world.uploads.values() if u.owner_id != getattr(me, "id", 0)],
        "bookmark_id": [b.id for b in world.bookmarks.values() if b.user_id != getattr(me, "id", 0)],
        "draft_id": [d.id for d in world.drafts.values() if d.user_id != getattr(me, "id", 0)],
        "entry_id": entries,
        "conversation_id": world.conversations,
        "message_id": world.messages,
        "message_flag_id": world.message_flags if name != "site_moderator" else [],
        "review_id": [r.id for r in world.reviews.values()] if name != "site_moderator" else [],
    }
    asked: Counter[int] = Counter()
    for rule in app.url_map.iter_rules():
        ids = [key for key in rule.arguments if key in rows]
        for verb in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}) if len(ids) == 1 else ():
            for row in rows[ids[0]][:1] + rows[ids[0]][-1:]:
                real, never = (
                    _asked(browser, rule, verb, {**FILLED_IN, ids[0]: str(of)}, token)
                    for of in (row, NEVER_WAS)
                )
                assert real == never, (name, verb, rule.rule, row)
                asked[real[0]] += 1
    assert asked[404] > 200, asked


def _asked(
    browser: FlaskClient, rule: Rule, verb: str, filled_in: dict[str, str], token: dict[str, str]
) -> tuple[int, str, str]:
    """Status, text and where it leads, without the id."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: filled_in.get(found[1], "x"), rule.rule)
    body: dict[str, Any] = {"json": {}} if path.startswith("/api/") and verb not in {"GET", "DELETE"} else {}
    answer = browser.open(path, method=verb, headers=token, **body)
    row = next(value for key, value in filled_in.items() if key.endswith("_id"))
    return (
        answer.status_code,
        answer.text.replace(row, "ID"),
        answer.headers.get("Location", "").replace(row, "ID"),
    )


@pytest.mark.one_database
def test_acts_on_several_at_once_tell_of_nothing_that_is_closed(
    app: Flask, world: World, sign_in: SignIn
) -> None:
    """Asked about every topic there is, looking first: of those that are closed to somebody no word, and no other answer than of
    what never was."""
    ids = {name: str(topic.id) for name, topic in world.topics.items()}
    answered: Counter[int] = Counter()
    for name in sorted(EVERYBODY):
        browser = browser_of(app, world, name, sign_in)
        browser.get("/signin")
        token = masked_token(browser)
        closed = {ids[key] for key in ids if name not in ALLOWED[f"{key}.title"]}
        may = {facet for facet, people in ALLOWED.items() if name in people}
        for slug in ("lounge", "desk", "closed-circle"):
            asked = {
                "act": "move",
                "category": "porch",
                "topic_ids": [*ids.values(), str(NEVER_WAS)],
                "look": True,
            }
            told = browser.post(f"/api/v1/categories/{slug}/acts", json=asked, headers=token)
            form = {"topics": list(ids.values()), "act": "hide", "step": "look"}
            page = browser.post(f"/c/{slug}/choose", data=form, headers=token)
            answered.update([told.status_code, page.status_code])
            seen = {world.tokens[one] for one in canaries_in([told.text, page.text])}
            assert sorted(seen - may) == [], (name, slug)
            if told.status_code == 200:
                left = {one["id"]: one["why"] for one in told.json["left"]}
                whys = {left.get(one) for one in closed}
                assert whys <= {left[str(NEVER_WAS)]}, (name, slug)
                assert not closed & set(told.json["done"]), (name, slug)
    assert (answered[200], answered[500]) == (10, 0), answered


# Of the other doors the next test asks with every verb.
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/t/{}/reply", {"data": {"body": "Hello."}}),
    ("PUT", "/t/{}/read", {"json": {"numbers": [1]}}),
    ("POST", "/api/v1/topics/{}/posts", {"json": {"body": "Hello."}}),
    ("PUT", "/api/v1/topics/{}/audience", {"json": {"read": "public"}}),
]


def masked_token(browser: Any) -> dict[str, str]:
    from forum.web.csrf import token_for

    cookie = browser.get_cookie("sid") or browser.get_cookie("visitor")
    return {"X-CSRF-Token": token_for(browser.application, cookie.value)} if cookie else {}


IN_POWER = ["moderator", "site_moderator", "staff"]
OUTSIDE = ["visitor", "guest", "member", "unconfirmed", "expired"]  # without a facet of any hidden thing


OF_THE_MOMENT = {"/settings/sessions", "/metrics"}  # when one signed in; how long answers took


def lists_only(address: str) -> bool:
    elsewhere = (
        "/t/",
        "/queue/",
        "/topics/",
        "/posts/",
        "/drafts/",
        "/bookmarks/",
        "/conversations/",
        "/messages/",
        "/uploads/",
        "/moderation/log/",
        "draft=",
        "subject=topic",
    )
    return not any(part in address for part in elsewhere)


def harvest_lists(
    app: Flask, world: World, sign_in: SignIn, names: list[str]
) -> dict[str, dict[str, tuple[int, str]]]:
    answers = {}
    for name in names:
        found = everything(app, world, browser_of(app, world, name, sign_in), only=lists_only)
        answers[name] = {a: (s, masked(t)) for a, (s, t) in found.items() if a not in OF_THE_MOMENT}
    return answers


def test_the_twin_world_without_the_hidden_things_looks_the_same(
    app: Flask, database: str, sign_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts, order, “last post by”, what is unread, errors: nothing tells that there is more.

    On PostgreSQL, here and below, for two of them: which statements count is the same for all of a kind.
    """
    same_lists(app, database, sign_in, tmp_path, monkeypatch, OUTSIDE, left_out="with_hidden_things")


def test_the_twin_world_without_the_closed_things_looks_the_same_to_those_in_power(
    app: Flask, database: str, sign_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What moderators and staff may not read leaves no trace in their lists, counts and log either."""
    same_lists(app, database, sign_in, tmp_path, monkeypatch, IN_POWER, left_out="with_closed_things")


def same_lists(
    app: Flask,
    database: str,
    sign_in: SignIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    *,
    left_out: str,
) -> None:
    if not database.startswith("sqlite"):
        names = [name for name in names if name in {"member", "staff"}]
    twins = []
    for there in (True, False):
        with twin(app, database, tmp_path, monkeypatch, **{left_out: there}) as world:
            twins.append(harvest_lists(app, world, sign_in, names))
    assert twins[0].keys() == twins[1].keys()
    for name in twins[0]:
        for address, answer in twins[0][name].items():
            assert answer == twins[1][name][address], (name, address)


def test_the_harvest_sees_through_wrappings() -> None:
    import base64

    plain = "zq0123456789ab"
    wrapped = [
        plain,
        "&#122;q0123456789ab",
        "%7aq0123456789ab",
        plain.upper(),
        base64.b64encode(f"x {plain} y".encode()).decode(),
    ]
    for text in wrapped:
        assert canaries_in([text]) == {plain}, text
    assert canaries_in(["zq0123", "nothing"]) == set()


def test_every_reading_endpoint_is_harvested(app: Flask) -> None:
    assert len(endpoints_of(app)) > 40
