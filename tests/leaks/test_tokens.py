"""By token one is sent what one is sent oneself, less what the token was not made for; on pages a token is nobody."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts import bearers
from forum.accounts.models import PersonalToken, User
from forum.accounts.sessions import token_hash
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.web.token_scopes import TokenScope
from tests.leaks.harvest import SignIn, browser_of, canaries_in, everything, masked
from tests.leaks.world import World

Answers = dict[str, tuple[int, str]]
WITH_ROLES = ["moderator", "site_moderator", "staff"]
PAGES = {
    "/",
    "/c",
    "/unread",
    "/drafts",
    "/settings/profile",
    "/moderation/log",
    "/staff",
    "/new",
    "/settings/tokens",
}
ALL = tuple(TokenScope)
# Who may list tokens, and which of them is asking, is different by its nature.
APART = "/api/v1/tokens"


def for_programs(address: str) -> bool:
    return address.startswith("/api/v1/") and address != APART


def by_token(app: Flask, user: User, scopes: tuple[str, ...]) -> FlaskClient:
    """A program with a token of somebody; written as it would stand there, so that the suspended have one too."""
    text = bearers.new_token_text()
    with app.app_context(), transaction():
        now = clock.now()
        db.session.add(
            PersonalToken(
                token_hash=token_hash(text),
                user_id=user.id,
                name="A token",
                scopes=list(scopes),
                created_at=now,
                expires_at=now.replace(year=now.year + 1),
            )
        )
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    return client


def seen_in(world: World, answers: Answers) -> set[str]:
    return {world.tokens[token] for token in canaries_in(text for _status, text in answers.values())}


def principal(world: World, name: str) -> User:
    user = world.principals[name]
    assert user is not None
    return user


def differences(app: Flask, world: World, sign_in: SignIn, names: list[str]) -> list[str]:
    """Where somebody's token is answered otherwise than their cookie."""
    found = []
    for name in names:
        own = everything(app, world, browser_of(app, world, name, sign_in), only=for_programs)
        token = everything(app, world, by_token(app, principal(world, name), ALL), only=for_programs)
        found += [f"{name}: {at}" for at in own if plain(own[at]) != plain(token[at])]
    return found


def plain(answer: tuple[int, str]) -> tuple[int, str]:
    return answer[0], masked(answer[1])


def test_a_whole_token_is_sent_what_its_owner_is(
    app: Flask, world: World, sign_in: SignIn, database: str
) -> None:
    names = ["invited", "unconfirmed", "member", "staff", "confidant"]
    if not database.startswith("sqlite"):
        names = ["member"]
    assert differences(app, world, sign_in, names) == []


@pytest.mark.one_database
def test_a_token_without_the_roles_is_sent_what_a_member_is(
    app: Flask, world: World, sign_in: SignIn
) -> None:
    member = everything(app, world, browser_of(app, world, "member", sign_in), only=for_programs)
    may = seen_in(world, member)
    assert len(may) > 15
    for name in WITH_ROLES:
        token = everything(app, world, by_token(app, principal(world, name), ALL[:2]), only=for_programs)
        assert seen_in(world, token) == may, name


@pytest.mark.one_database
def test_the_token_of_a_suspended_person_and_a_false_one_are_sent_nothing(app: Flask, world: World) -> None:
    false = app.test_client()
    false.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {bearers.new_token_text()}"
    for client in (by_token(app, principal(world, "suspended"), ALL), false):
        answers = everything(app, world, client, only=for_programs)
        assert {status for status, _text in answers.values()} == {401}
        assert seen_in(world, answers) == set()


@pytest.mark.one_database
def test_on_pages_a_token_is_nobody(app: Flask, world: World, sign_in: SignIn) -> None:
    def a_page(address: str) -> bool:
        return address in PAGES or address.startswith(("/t/", "/c/"))

    visitor = everything(app, world, app.test_client(), only=a_page)
    token = everything(app, world, by_token(app, principal(world, "staff"), ALL), only=a_page)
    assert seen_in(world, token) == seen_in(world, visitor)
    assert {at: status for at, (status, _t) in token.items()} == {at: s for at, (s, _t) in visitor.items()}


def roles_given_along_unasked(patch: pytest.MonkeyPatch) -> None:
    before = bearers.viewer_of
    patch.setattr(bearers, "viewer_of", lambda person, *, with_roles: before(person))


def a_token_that_outlives_its_owners_rights(patch: pytest.MonkeyPatch) -> None:
    from forum.access.viewer import Rights, Viewer

    def remembered(person: User, *, with_roles: bool) -> Viewer:
        return Viewer(person, Rights(scopes=frozenset(range(1, 6)), is_confirmed=True, is_member=True))

    patch.setattr(bearers, "viewer_of", remembered)


def a_false_token_taken_for_the_cookie(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("forum.accounts.identity.is_for_programs", lambda: False)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("plant", "name", "scopes"),
    [
        (roles_given_along_unasked, "moderator", ("read",)),
        (roles_given_along_unasked, "staff", ("read", "write")),
        (a_token_that_outlives_its_owners_rights, "suspended", ("read",)),
    ],
)
def test_a_planted_leak_through_a_token_is_seen(
    app: Flask,
    world: World,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pytest.MonkeyPatch], None],
    name: str,
    scopes: tuple[str, ...],
) -> None:
    as_whom = "visitor" if name == "suspended" else "member"
    may = seen_in(world, everything(app, world, browser_of(app, world, as_whom, sign_in), only=for_programs))
    client = by_token(app, principal(world, name), scopes)
    assert seen_in(world, everything(app, world, client, only=for_programs)) <= may
    plant(monkeypatch)
    assert not seen_in(world, everything(app, world, client, only=for_programs)) <= may


@pytest.mark.one_database
def test_a_planted_way_back_to_the_cookie_is_seen(
    app: Flask, world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser_of(app, world, "staff", sign_in)
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer none"
    assert {status for status, _t in everything(app, world, client, only=for_programs).values()} == {401}
    a_false_token_taken_for_the_cookie(monkeypatch)
    assert 200 in {status for status, _t in everything(app, world, client, only=for_programs).values()}
