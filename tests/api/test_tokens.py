"""Personal tokens: good for what they were made for, on behalf of whoever made them, until they end."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts import actions, last_use
from forum.accounts.models import PersonalToken, Session, User
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.web.token_scopes import SCOPES_FOR_PROGRAMS, TokenScope
from tests.api.conftest import Program, ProgramOf, TokenProgramOf
from tests.cast import Cast
from tests.factories import make_post, make_token, make_topic
from tests.mailbox import Mailbox, text_of
from tests.passwords import PASSWORD

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


def challenge(answer: Any) -> str:
    return str(answer.headers.get("WWW-Authenticate", ""))


def test_a_token_signs_in_for_programs_and_nowhere_else(
    app: Flask, cast: Cast, by_token: TokenProgramOf
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "Among members")
    member = by_token(cast.member)
    assert member.get("/me").json["username"] == "mina"
    assert member.get(f"/topics/{topic.id}").json["title"] == "Among members"
    headers = {"Authorization": f"Bearer {member.bearer}"}
    nobody = app.test_client()
    assert nobody.get(f"/t/{topic.id}/{topic.slug}", headers=headers).status_code == 404
    assert nobody.get("/settings/account", headers=headers).status_code == 401
    assert nobody.post("/settings/profile", headers=headers, data={"name": "X"}).status_code in {401, 403}
    assert nobody.post("/signin", headers=headers, data={"email": "a", "password": "b"}).status_code == 403
    assert "X-CSRF-Token" not in member.get("/me").headers


def test_unsafe_requests_by_token_need_no_csrf_header(
    app: Flask, cast: Cast, by_token: TokenProgramOf, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    member = by_token(cast.member, "write")
    assert member.post(f"/topics/{topic.id}/posts", {"body": "By a program."}).status_code == 201
    elsewhere = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    sent = member.post(f"/topics/{topic.id}/posts", {"body": "From a page."}, headers=elsewhere)
    assert sent.status_code == 201, "no browser sends a token by itself"
    # A cookie that comes along counts for nothing, and lends nothing.
    both = Program(app, sign_in(cast.staff), member.bearer)
    assert both.get("/me").json["username"] == "mina"
    assert both.put(f"/topics/{topic.id}/lock", {"reason": "Why not."}).status_code == 403


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer x", "Bearer collegium_" + "a" * 43, "Bearer " + "é" * 43, "Basic bWluYTp4", "x", "",
     "Bearer collegium_" + "a" * 5000, "Token collegium_" + "a" * 43, "Bearer collegium_" + "a" * 43 + ", Bearer x"],
)  # fmt: skip
def test_what_does_not_sign_in_is_refused_and_never_passed_over(
    app: Flask, cast: Cast, sign_in: SignIn, header: str
) -> None:
    """Not taken for a visitor where all is public, nor for whoever has the cookie."""
    for browser in (app.test_client(), sign_in(cast.member)):
        for path in ("/api/v1/categories", "/api/v1/me", "/api/v1/openapi.json", "/api/v1/nothing"):
            answer = browser.get(path, headers={"Authorization": header})
            assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), path
            assert answer.json["code"] == "invalid_token"
            assert challenge(answer) == 'Bearer error="invalid_token"'
        assert browser.get("/api/v1/categories").status_code == 200
        assert browser.get("/api/docs", headers={"Authorization": header}).status_code == 200


def test_whoever_is_not_signed_in_hears_how(client: FlaskClient) -> None:
    assert challenge(client.get("/api/v1/me")) == "Bearer"
    assert "WWW-Authenticate" not in client.get("/settings/account").headers


def test_scopes_bound_what_a_token_does(app: Flask, cast: Cast, by_token: TokenProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    where = f"/topics/{topic.id}"
    reads, writes = by_token(cast.moderator), by_token(cast.moderator, "write")
    moderates = by_token(cast.moderator, "write", "moderate")
    reply, lock = {"body": "Hello."}, {"reason": "Enough."}
    refused = reads.post(f"{where}/posts", reply)
    assert (refused.status_code, refused.json["code"]) == (403, "insufficient_scope")
    assert challenge(refused) == 'Bearer error="insufficient_scope", scope="write"'
    assert writes.post(f"{where}/posts", reply).status_code == 201
    assert writes.put(f"{where}/lock", lock).status_code == 403
    assert moderates.put(f"{where}/lock", lock).status_code == 200
    assert moderates.get("/tokens").status_code == 403
    assert moderates.post("/tokens", {"name": "More"}).json["code"] == "insufficient_scope"
    assert moderates.delete("/tokens/1").status_code == 403


def test_a_scope_is_asked_before_anything_is_looked_for(
    app: Flask, cast: Cast, by_token: TokenProgramOf
) -> None:
    with app.app_context():
        hidden = make_topic(cast.secret, cast.confidant)
    reads = by_token(cast.member)
    answers = [reads.post(f"/topics/{number}/posts", {"body": "?"}) for number in (hidden.id, 12345)]
    assert {answer.status_code for answer in answers} == {403}
    assert answers[0].data == answers[1].data


def test_roles_are_left_aside_unless_they_were_given_along(
    app: Flask, cast: Cast, by_token: TokenProgramOf
) -> None:
    with app.app_context():
        desk, topic = make_topic(cast.desk, cast.staff), make_topic(cast.lounge, cast.other)
        post = make_post(topic, cast.other, "Mine alone.")
    plain, whole = by_token(cast.staff, "write"), by_token(cast.staff, "write", "moderate")
    assert plain.get(f"/topics/{desk.id}").status_code == 404
    assert whole.get(f"/topics/{desk.id}").status_code == 200
    assert plain.get("/me").json["roles"] == []
    assert [role["role"] for role in whole.get("/me").json["roles"]] == ["staff"]
    assert plain.get(f"/posts/{post.id}/revisions").status_code == 403
    assert plain.patch(f"/posts/{post.id}", {"body": "Theirs."}).status_code == 403
    assert whole.patch(f"/posts/{post.id}", {"body": "Theirs."}).status_code == 200
    # Also after a change of this very request, when rights are worked out anew.
    with app.app_context():
        own = make_topic(cast.lounge, cast.staff)
        make_post(own, cast.other)
    renamed = plain.patch(f"/topics/{own.id}", {"title": "Mine"})
    assert renamed.status_code == 200
    assert plain.put(f"/topics/{own.id}/audience", {"read": "staff"}).status_code == 422


def test_a_token_is_bounded_by_the_persons_rights_at_each_request(
    app: Flask, cast: Cast, by_token: TokenProgramOf
) -> None:
    from forum.access.models import RoleAssignment
    from forum.access.viewer import forget_all

    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    moderates = by_token(cast.moderator, "write", "moderate")
    where = f"/topics/{topic.id}/lock"
    assert moderates.put(where, {"reason": "Enough."}).status_code == 200
    with app.app_context(), transaction():
        db.session.query(RoleAssignment).filter_by(user_id=cast.moderator.id).delete()
        db.session.get_one(User, cast.moderator.id).rights_epoch += 1
    assert moderates.delete(where).status_code == 403
    with app.app_context(), transaction():
        user = db.session.get_one(User, cast.moderator.id)
        user.member_since = user.member_until = None
        user.rights_epoch += 1
    assert moderates.get(f"/topics/{topic.id}").status_code == 404
    forget_all()


def ended_by(what: str, app: Flask, cast: Cast) -> None:
    with app.app_context():
        user = db.session.get_one(User, cast.member.id)
        if what == "suspension":
            actions.suspend_user(user, reason="Spam.", actor=None)
        elif what == "password":
            actions.change_user(user, actions.AccountChanges(password=PASSWORD))
        elif what == "staff":
            actions.end_all_sessions(user, actor=None)
        elif what == "revocation":
            token = db.session.query(PersonalToken).filter_by(user_id=user.id).one()
            actions.revoke_personal_token(user, token_id=token.id)
        elif what == "suspended rows alone":
            with transaction():
                user.suspended_at = clock.now()
                user.rights_epoch += 1
        else:
            clock.advance(timedelta(days=30))


@pytest.mark.parametrize(
    "what", ["suspension", "password", "staff", "revocation", "suspended rows alone", "expiry"]
)
def test_a_token_ends_at_once(app: Flask, cast: Cast, by_token: TokenProgramOf, what: str) -> None:
    member, other = by_token(cast.member), by_token(cast.other, days=100)
    assert member.get("/me").status_code == 200
    ended_by(what, app, cast)
    refused = member.get("/me")
    assert (refused.status_code, refused.json["code"]) == (401, "invalid_token")
    assert member.get("/categories").status_code == 401
    assert other.get("/me").status_code == 200


def test_a_password_reset_and_change_end_tokens(
    app: Flask, cast: Cast, by_token: TokenProgramOf, sign_in: SignIn, submit: Submit, set_password: Any
) -> None:
    set_password(cast.member)
    member, browser = by_token(cast.member), sign_in(cast.member)
    changed = submit(
        browser, "/settings/password", password=PASSWORD, new_password="Seven herons over the delta"
    )
    assert changed.status_code == 303
    assert member.get("/me").status_code == 401


def test_a_reinstated_person_makes_new_tokens(app: Flask, cast: Cast, by_token: TokenProgramOf) -> None:
    member = by_token(cast.member)
    with app.app_context():
        user = db.session.get_one(User, cast.member.id)
        actions.suspend_user(user, reason="Spam.", until=date(2026, 11, 25), actor=None)
        actions.reinstate_user(user, actor=None)
    assert member.get("/me").status_code == 401
    assert by_token(cast.member).get("/me").status_code == 200


def test_only_the_hash_is_kept_and_the_text_is_shown_once(
    app: Flask, cast: Cast, program: ProgramOf, database: str
) -> None:
    member = program(cast.member)
    made = member.post("/tokens", {"name": "Reading list", "scopes": ["write"], "days": 7})
    assert made.status_code == 201
    text = made.json["token"]
    assert text.startswith("collegium_")
    assert made.json["scopes"] == ["read", "write"]
    assert made.json["expires_at"] == "2026-11-27T09:00:00Z"
    assert made.headers["Cache-Control"] == "private, no-store"
    listed = member.items("/tokens")
    assert [(one["id"], one["name"], one["used_at"]) for one in listed] == [
        (made.json["id"], "Reading list", None)
    ]
    assert "token" not in listed[0]
    with app.app_context():
        rows = db.session.execute(db.text("SELECT * FROM personal_tokens")).all()
        told = db.session.execute(db.text("SELECT * FROM outbox")).all()
    assert text not in str(rows) + str(told)
    assert text[10:] not in str(rows) + str(told)


def test_tokens_are_made_with_the_password_given_lately(
    app: Flask, cast: Cast, program: ProgramOf, sign_in: SignIn
) -> None:
    member = program(cast.member)
    with app.app_context(), transaction():
        db.session.query(Session).filter_by(user_id=cast.member.id).update(
            {"proved_at": clock.now() - timedelta(minutes=11)}
        )
    refused = member.post("/tokens", {"name": "Late"})
    assert (refused.status_code, refused.json["code"]) == (403, "password_needed")
    assert member.items("/tokens") == []


def test_a_token_makes_none_that_is_stronger_and_takes_its_own_along(
    app: Flask, cast: Cast, by_token: TokenProgramOf
) -> None:
    account = by_token(cast.staff, "account", "write", days=20, name="Parent")
    for scopes in (["moderate"], ["write", "moderate"]):
        refused = account.post("/tokens", {"name": "More", "scopes": scopes})
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["scopes"])
    child = account.post("/tokens", {"name": "Child", "scopes": ["write", "account"], "days": 366})
    assert child.status_code == 201
    assert child.json["expires_at"] == "2026-12-10T09:00:00Z", "no longer than the one that made it"
    by_child = Program(app, app.test_client(), child.json["token"])
    grandchild = by_child.post("/tokens", {"name": "Grandchild"})
    by_grandchild = Program(app, app.test_client(), grandchild.json["token"])
    assert by_grandchild.get("/me").status_code == 200
    assert {one["name"]: one["current"] for one in by_child.items("/tokens?limit=1")} == {
        "Parent": False, "Child": True, "Grandchild": False,
    }  # fmt: skip
    mine = next(one for one in account.items("/tokens") if one["current"])
    assert by_child.delete(f"/tokens/{mine['id']}").status_code == 204
    for ended in (account, by_child, by_grandchild):
        assert ended.get("/me").status_code == 401


def test_nobody_revokes_another_persons_token(
    app: Flask, cast: Cast, program: ProgramOf, by_token: TokenProgramOf
) -> None:
    mine = by_token(cast.member)
    with app.app_context():
        token_id = db.session.query(PersonalToken).one().id
    for other in (program(cast.other), program(cast.staff), by_token(cast.other, "account")):
        there, never = other.delete(f"/tokens/{token_id}"), other.delete("/tokens/12345")
        assert (there.status_code, there.data) == (404, never.data)
        assert str(token_id) not in {one["id"] for one in other.items("/tokens")}
    assert mine.get("/me").status_code == 200


def test_faults_are_told_by_field(app: Flask, cast: Cast, program: ProgramOf) -> None:
    member = program(cast.member)
    for body, field in (
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "\u200b \n"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"name": "x", "days": 0}, "days"),
        ({"name": "x", "days": 367}, "days"),
        ({"name": "x", "scopes": ["everything"]}, "scopes.0"),
        ({"name": "x", "scopes": "read"}, "scopes"),
        ({"name": "x", "token": "y"}, "token"),
    ):
        refused = member.post("/tokens", body)
        assert (refused.status_code, list(refused.json["errors"])) == (422, [field]), body
    assert member.post("/tokens", {"name": "One"}).status_code == 201
    assert list(member.post("/tokens", {"name": "One"}).json["errors"]) == ["name"]
    with app.app_context():
        for number in range(49):
            make_token(cast.member, name=f"Number {number}")
    assert "as many tokens" in member.post("/tokens", {"name": "Too many"}).json["errors"]["name"]


def test_last_use_is_written_later_and_coarsely(
    app: Flask, cast: Cast, by_token: TokenProgramOf, count_statements: Any
) -> None:
    member = by_token(cast.member, "account")

    def stored() -> Any:
        with app.app_context():
            return db.session.query(PersonalToken).one().used_at

    with count_statements() as sent:
        assert member.get("/me").status_code == 200
    assert not [text for text in sent if not text.lstrip().upper().startswith("SELECT")]
    assert stored() is None
    assert member.items("/tokens")[0]["used_at"] == "2026-11-20T09:00:00Z", "as noted, before it is written"
    with app.app_context():
        assert last_use.write() == 1
        assert last_use.write() == 0
    assert stored() == clock.now()
    clock.advance(timedelta(minutes=4))
    member.get("/me")
    with app.app_context():
        assert last_use.write() == 0
    clock.advance(timedelta(minutes=2))
    member.get("/me")
    with app.app_context():
        assert last_use.write() == 1
    assert stored() == clock.now()


def test_the_owner_is_told_by_mail(app: Flask, cast: Cast, program: ProgramOf, mailbox: Mailbox) -> None:
    made = program(cast.member).post("/tokens", {"name": "Night job", "scopes": ["moderate"]})
    mail = mailbox.to("mina@example.org")[-1]
    assert mail["Subject"] == "A token for programs was made"
    text = text_of(mail)
    assert "“Night job”" in text
    assert "Read, Moderate" in text
    assert made.json["token"] not in text


def test_the_page_makes_shows_once_and_revokes(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, set_password: Any
) -> None:
    set_password(cast.member)
    browser = sign_in(cast.member)
    page = browser.get("/settings/tokens")
    assert "A new token" in page.text
    made = submit(browser, "/settings/tokens", name="My <script>", scopes=["write"], days="30")
    assert made.status_code == 200
    assert "My &lt;script&gt;" in made.text
    text = made.text.partition('value="collegium_')[2].partition('"')[0]
    assert len(text) == 43
    assert Program(app, app.test_client(), f"collegium_{text}").get("/me").json["username"] == "mina"
    assert "collegium_" not in browser.get("/settings/tokens").text
    again = submit(browser, "/settings/tokens", name="My <script>", scopes=["write"], days="30")
    assert again.status_code == 422, "sent twice, it is made once"
    assert 'value="write" checked' in again.text
    with app.app_context():
        token = db.session.query(PersonalToken).one()
        assert token.scopes == ["read", "write"]
    other = sign_in(cast.other)
    assert submit(other, f"/settings/tokens/{token.id}/revoke").status_code == 404
    assert submit(browser, f"/settings/tokens/{token.id}/revoke").status_code == 303
    assert Program(app, app.test_client(), f"collegium_{text}").get("/me").status_code == 401


def test_the_page_asks_for_the_password(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, set_password: Any
) -> None:
    set_password(cast.member)
    browser = sign_in(cast.member)
    assert 'name="password"' not in browser.get("/settings/tokens").text
    with app.app_context(), transaction():
        db.session.query(Session).update({"proved_at": clock.now() - timedelta(hours=1)})
    assert 'name="password"' in browser.get("/settings/tokens").text
    for password in ("", "not this one at all"):
        refused = submit(browser, "/settings/tokens", name="Mine", days="7", password=password)
        assert refused.status_code == 422
        assert 'value="Mine"' in refused.text
        assert "This is not your password." in refused.text
    assert submit(browser, "/settings/tokens", name="Mine", days="7", password=PASSWORD).status_code == 200


def test_what_is_over_is_forgotten_after_a_month(app: Flask, cast: Cast) -> None:
    with app.app_context():
        make_token(cast.member, days=7, name="Short")
        make_token(cast.member, days=300, name="Long")
        make_token(cast.member, days=300, name="Revoked")
        revoked = db.session.query(PersonalToken).filter_by(name="Revoked").one()
        actions.revoke_personal_token(cast.member, token_id=revoked.id)
        clock.advance(timedelta(days=29))
        actions.forget_old_tokens()
        assert db.session.query(PersonalToken).count() == 3
        clock.advance(timedelta(days=9))
        actions.forget_old_tokens()
        assert [token.name for token in db.session.query(PersonalToken)] == ["Long"]


def test_every_scope_is_explained() -> None:
    assert set(SCOPES_FOR_PROGRAMS) == set(TokenScope)
