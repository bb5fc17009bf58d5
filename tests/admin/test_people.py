"""Staff find people, set their standing and roles, suspend them; all of it holds with the person's next request."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.access.models import RoleName
from forum.accounts import actions
from forum.accounts.models import Session, User
from forum.accounts.params import NewUserParams, StandingParams
from forum.audit.actions import first_broken
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Forbidden, Invalid
from tests.cast import Cast
from tests.factories import make_user
from tests.passwords import PASSWORD

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


def address(user: User, *more: str) -> str:
    return "/".join([f"/staff/people/{user.id}", *more])


def log_of(app: Flask, user: User) -> list[tuple[str, str]]:
    with app.app_context():
        found = select(AuditEntry).where(AuditEntry.subject_id == user.id).order_by(AuditEntry.position)
        return [(entry.action, entry.reason) for entry in db.session.scalars(found)]


def test_only_staff_come_in_and_others_learn_nothing_of_who_is_there(
    client: FlaskClient, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    staff = sign_in(cast.staff)
    for path in ("/staff/people", "/staff/settings", address(cast.member)):
        assert staff.get(path).status_code == 200
        assert client.get(path).status_code == 401
        for person in (cast.guest, cast.member, cast.moderator, cast.site_moderator):
            assert sign_in(person).get(path).status_code == 403
    nobody = "/staff/people/nobody-at-all"
    assert staff.get(nobody).status_code == 404
    member = sign_in(cast.member)
    assert member.get(nobody).status_code == member.get(address(cast.other)).status_code == 403
    acts = [("standing", {"standing": "guest"}), ("suspend", {"reason": "x"}), ("end-sessions", {})]
    for act, fields in acts:
        assert submit(member, address(cast.other, act), **fields).status_code == 403
    assert submit(member, "/staff/settings", name="Mine").status_code == 403


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "mina"}, ["Mina Member"]),
        ({"q": "MEMBER"}, ["Mina Member"]),
        ({"q": "@otto"}, ["Otto Other"]),
        ({"q": "greta@example.org"}, ["Greta Grace"]),
        ({"q": "%"}, []),
        ({"standing": "guest"}, ["Gaspard Guest", "Uma Unconfirmed"]),
        ({"standing": "lapsed"}, ["Edda Expired", "Greta Grace"]),
        ({"standing": "suspended"}, ["Sven Suspended"]),
    ],
)
def test_people_are_found_by_name_username_address_and_standing(
    cast: Cast, sign_in: SignIn, asked: dict[str, str], found: list[str]
) -> None:
    text = sign_in(cast.staff).get("/staff/people", query_string=asked).text
    everybody = [person.name for person in cast.people.values() if person is not cast.staff]
    assert [name for name in sorted(everybody) if name in text] == found


def test_names_are_found_without_their_accents(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        make_user("zoe", name="Zoë Brontë")
    assert "Zoë Brontë" in sign_in(cast.staff).get("/staff/people?q=bronte").text


def test_many_people_are_paged_by_key_there_and_back(app: Flask, cast: Cast) -> None:
    from forum.admin.queries import PER_PAGE, find_people

    with app.app_context():
        for number in range(PER_PAGE + 5):
            make_user(f"person-{number:03}", name="Same Name")
        seen: list[str] = []
        page = find_people("same name")
        first = [person.user.username for person in page.items]
        assert page.before is None
        while True:
            seen += [person.user.username for person in page.items]
            if page.after is None:
                break
            page = find_people("same name", after=page.after)
        assert seen == sorted(seen)
        assert len(seen) == PER_PAGE + 5
        back = find_people("same name", before=page.before)
        assert [person.user.username for person in back.items] == first


def test_a_membership_given_and_ended_holds_on_the_next_request(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    staff, guest = sign_in(cast.staff), sign_in(cast.guest)
    assert guest.get("/c/lounge").status_code == 404
    until = (clock.now() + timedelta(days=30)).date().isoformat()
    answer = submit(staff, address(cast.guest, "standing"), standing="member", member_until=until)
    assert answer.status_code == 303
    assert guest.get("/c/lounge").status_code == 200
    assert submit(staff, address(cast.guest, "standing"), standing="guest").status_code == 303
    assert guest.get("/c/lounge").status_code == 404
    assert [action for action, _ in log_of(app, cast.guest)] == ["user:standing_changed"] * 2


def test_time_alone_ends_a_membership_and_its_grace(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    """Nothing runs in between: what is shown and what may be read follows the clock."""
    last_day = (clock.now() + timedelta(days=3)).date()
    submit(
        sign_in(cast.staff), address(cast.guest, "standing"), standing="member", member_until=str(last_day)
    )
    browser = sign_in(cast.guest)

    def standing() -> str:
        with app.app_context():
            return str(db.session.get_one(User, cast.guest.id).standing)

    clock.freeze(clock.now().replace(hour=23, minute=59) + timedelta(days=3))
    assert (standing(), browser.get("/c/lounge").status_code) == ("member", 200)
    clock.advance(timedelta(minutes=2))
    assert (standing(), browser.get("/c/lounge").status_code) == ("lapsed", 200)
    for days in (13, 13, 13, 13, 7):  # used within every two weeks, so that the session lives
        clock.advance(timedelta(days=days))
        browser = sign_in(cast.guest)
        assert browser.get("/c/lounge").status_code == 200
    clock.advance(timedelta(hours=23, minutes=50))
    assert browser.get("/c/lounge").status_code == 200
    clock.advance(timedelta(minutes=20))
    assert (standing(), browser.get("/c/lounge").status_code) == ("lapsed", 404)


def test_days_of_grace_are_a_setting_that_holds_at_once(cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    staff, grace, expired = sign_in(cast.staff), sign_in(cast.grace), sign_in(cast.expired)
    assert grace.get("/c/lounge").status_code == 200
    assert expired.get("/c/lounge").status_code == 404
    assert submit(staff, "/staff/settings", grace_days="5").status_code == 303
    assert grace.get("/c/lounge").status_code == 404
    assert submit(staff, "/staff/settings", grace_days="365").status_code == 303
    assert grace.get("/c/lounge").status_code == 200
    assert expired.get("/c/lounge").status_code == 200


def test_a_membership_that_begins_later_is_none_yet(cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    begins = (clock.now() + timedelta(days=2)).date()
    fields = {"standing": "member", "member_since": str(begins)}
    assert submit(sign_in(cast.staff), address(cast.guest, "standing"), **fields).status_code == 303
    browser = sign_in(cast.guest)
    assert browser.get("/c/lounge").status_code == 404
    clock.advance(timedelta(days=2))
    assert browser.get("/c/lounge").status_code == 200


def test_dates_in_the_wrong_order_are_refused_and_kept_in_the_form(
    cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    fields = {"standing": "member", "member_since": "2026-05-01", "member_until": "2026-04-01"}
    answer = submit(sign_in(cast.staff), address(cast.guest, "standing"), **fields)
    assert answer.status_code == 422
    assert "The last day comes before the first." in answer.text
    assert 'value="2026-05-01"' in answer.text


def test_a_role_in_one_place_holds_there_alone_and_is_taken_back(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    staff, member = sign_in(cast.staff), sign_in(cast.member)
    assert member.get("/moderation/log").status_code == 403
    assert (
        submit(staff, address(cast.member, "roles"), role="moderator", category="lounge").status_code == 303
    )
    assert member.get("/moderation/log").status_code == 200
    assert "Moderator of Lounge" in staff.get(address(cast.member)).text
    with app.app_context():
        from forum.access.viewer import viewer_of

        viewer = viewer_of(db.session.get_one(User, cast.member.id))
        assert viewer.moderates(cast.lounge.place_id)
        assert viewer.moderates(cast.nook.place_id)
        assert not viewer.moderates(cast.porch.place_id)
        from forum.admin.queries import roles_of

        role_id = roles_of(cast.member)[0].id
    assert submit(staff, address(cast.member, "roles", str(role_id), "end")).status_code == 303
    assert member.get("/moderation/log").status_code == 403
    assert submit(staff, address(cast.member, "roles", str(role_id), "end")).status_code == 404
    assert log_of(app, cast.member) == [("user:role_granted", ""), ("user:role_revoked", "")]
    assert submit(staff, address(cast.member, "roles"), role="staff", category="lounge").status_code == 422


def test_roles_need_the_password_given_lately(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, set_password: Callable[..., None]
) -> None:
    set_password(cast.staff)
    staff = sign_in(cast.staff)
    clock.advance(timedelta(minutes=11))
    answer = submit(staff, address(cast.member, "roles"), role="moderator")
    assert answer.headers["Location"] == f"/settings/prove?next={address(cast.member)}"
    assert log_of(app, cast.member) == []
    assert submit(staff, "/settings/prove", password="not this one at all").status_code == 422
    proved = submit(staff, "/settings/prove", password=PASSWORD, next=address(cast.member))
    assert proved.headers["Location"] == address(cast.member)
    assert submit(staff, address(cast.member, "roles"), role="moderator").status_code == 303
    assert log_of(app, cast.member) == [("user:role_granted", "")]


def test_a_change_of_roles_gives_every_session_another_token(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    staff, member = sign_in(cast.staff), sign_in(cast.member)
    old = member.get_cookie("sid")
    submit(staff, address(cast.member, "roles"), role="moderator")
    in_flight = app.test_client()
    assert old is not None
    in_flight.set_cookie("sid", old.value)
    page = member.get("/settings/profile")
    assert page.status_code == 200
    new = member.get_cookie("sid")
    assert new is not None
    assert new.value != old.value
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    assert member.post("/settings/sessions/end-others", data={"csrf_token": token}).status_code == 303
    assert in_flight.get("/settings/profile").status_code == 200, "requests under way still pass"
    clock.advance(timedelta(seconds=31))
    assert in_flight.get("/settings/profile").status_code == 401
    assert member.get("/settings/profile").status_code == 200
    assert member.get_cookie("sid") == new


def test_the_last_of_the_staff_stays(app: Flask, cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    staff = sign_in(cast.staff)
    with app.app_context():
        from forum.admin.queries import roles_of

        role_id = roles_of(cast.staff)[0].id
    refused = submit(staff, address(cast.staff, "roles", str(role_id), "end"))
    assert refused.status_code == 403
    assert "Nobody would be left" in refused.text
    assert submit(staff, address(cast.staff, "suspend"), reason="Holiday").status_code == 403
    with app.app_context():
        with pytest.raises(Forbidden):
            actions.suspend_user(cast.staff, reason="x", actor=None)
        actions.grant_role(cast.member, RoleName.STAFF, actor=None)
    assert submit(staff, address(cast.staff, "roles", str(role_id), "end")).status_code == 303
    assert staff.get("/staff/people").status_code == 403


def test_somebody_suspended_is_a_visitor_at_once_everywhere(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    staff, phone, desk = sign_in(cast.staff), sign_in(cast.member), sign_in(cast.member)
    assert phone.get("/c/lounge").status_code == desk.get("/c/lounge").status_code == 200
    assert submit(staff, address(cast.member, "suspend"), reason="").status_code == 422
    assert submit(staff, address(cast.member, "suspend"), reason="Spam, twice.").status_code == 303
    for browser in (phone, desk):
        assert browser.get("/c/lounge").status_code == 404
        assert browser.get("/settings/profile").status_code == 401
    with app.app_context():
        assert db.session.scalar(select(Session).where(Session.user_id == cast.member.id)) is None
    assert submit(staff, address(cast.member, "suspend"), reason="Spam, twice.").status_code == 303
    assert log_of(app, cast.member) == [("user:suspended", "Spam, twice.")]
    assert "Spam, twice." in staff.get(address(cast.member)).text
    assert submit(staff, address(cast.member, "reinstate")).status_code == 303
    assert phone.get("/c/lounge").status_code == 404, "the old sessions stay dead"
    assert sign_in(cast.member).get("/c/lounge").status_code == 200


def test_a_suspension_that_runs_out_does_so_by_itself(
    cast: Cast, sign_in: SignIn, submit: Submit, set_password: Callable[..., None], client: FlaskClient
) -> None:
    set_password(cast.member)
    fields = {"reason": "Cool down.", "until": str((clock.now() + timedelta(days=2)).date())}
    assert submit(sign_in(cast.staff), address(cast.member, "suspend"), **fields).status_code == 303
    assert submit(client, "/signin", email="mina", password=PASSWORD).status_code == 403
    clock.advance(timedelta(days=2))
    assert submit(client, "/signin", email="mina", password=PASSWORD).status_code == 403
    clock.advance(timedelta(days=1))
    assert submit(client, "/signin", email="mina", password=PASSWORD).status_code == 303


def test_staff_sign_somebody_out_everywhere(app: Flask, cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    browser = sign_in(cast.member)
    assert submit(sign_in(cast.staff), address(cast.member, "end-sessions")).status_code == 303
    assert browser.get("/settings/profile").status_code == 401
    assert log_of(app, cast.member) == [("user:sessions_ended", "")]


def test_whoever_lost_the_role_meanwhile_changes_nothing(app: Flask, cast: Cast) -> None:
    """The door had let them in; the action asks again."""
    with app.app_context():
        actions.grant_role(cast.member, RoleName.STAFF, actor=None)
        actions.revoke_role(cast.staff, RoleName.STAFF, actor=None)
        for act in (
            lambda: actions.suspend_user(cast.guest, reason="x", actor=cast.staff),
            lambda: actions.set_standing(cast.guest, StandingParams(standing="member"), actor=cast.staff),
            lambda: actions.grant_role(cast.guest, RoleName.STAFF, actor=cast.staff),
            lambda: actions.end_all_sessions(cast.guest, actor=cast.staff),
            lambda: actions.create_user(NewUserParams(email="x@y.org", name="X"), actor=cast.staff),
        ):
            with pytest.raises(Forbidden):
                act()
        actions.suspend_user(cast.guest, reason="x", actor=cast.member)
        assert first_broken() is None


def test_names_of_an_archive_have_no_standing_and_no_roles(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        ghost = make_user("ghost", name="Ghost Writer", email=None, email_key=None, imported_at=clock.now())
        for act in (
            lambda: actions.grant_role(ghost, RoleName.STAFF, actor=None),
            lambda: actions.set_standing(ghost, StandingParams(standing="member"), actor=None),
        ):
            with pytest.raises(Forbidden):
                act()
    page = sign_in(cast.staff).get(address(ghost)).text
    assert "imported archive" in page
    assert "Suspend this account" not in page


def test_the_settings_page_explains_changes_and_remembers(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    staff = sign_in(cast.staff)
    page = staff.get("/staff/settings").text
    assert "How long a member keeps all rights" in page
    sent = {"name": "Meridian", "registration_open": "1", "default_view": "threaded", "posts_per_page": "30"}
    assert submit(staff, "/staff/settings", **sent).status_code == 303
    page = staff.get("/staff/settings").text
    assert '<q dir="auto">Collegium</q>' in page
    assert "Stella Staff" in page
    assert "Meridian" in app.test_client().get("/signin").text
    bad = submit(staff, "/staff/settings", name="", posts_per_page="500", default_view="sideways")
    assert bad.status_code == 422
    for field in ("name", "posts_per_page"):
        assert f'id="f-{field}-error"' in bad.text
    assert submit(staff, "/staff/settings", name="Evil\r\nBcc: x@y.org").status_code == 422
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "settings:changed")).one()
        assert entry.detail["changed"]["name"] == ["Collegium", "Meridian"]


def test_an_account_made_by_a_command_is_confirmed_and_stands_in_the_log(app: Flask, cast: Cast) -> None:
    with app.app_context():
        made = actions.create_user(
            NewUserParams(
                email="New@Example.NET",
                name="Nia Newcomer",
                standing="member",
                roles=((RoleName.STAFF, None),),
            )
        )
        assert (made.username, made.email, str(made.standing)) == (
            "nia-newcomer",
            "New@example.net",
            "member",
        )
        assert made.is_confirmed
        for fields in (
            {"email": "new@example.net", "name": "X"},
            {"email": "z@z.org", "name": "X", "username": "mina"},
        ):
            with pytest.raises(Invalid):
                actions.create_user(NewUserParams(**fields))
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "user:created")).one()
        assert (told.subject_id, told.actor_id) == (made.id, None)
