"""Looking at pages as somebody else: what is shown is what they would see, and nobody sees more than they may."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.access.models import RoleName
from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import concealing
from forum.discussions.models import Post, ReadMarker
from forum.groups.actions import add_people, create_group
from forum.groups.models import GroupKind
from tests.cast import Cast
from tests.conftest import NOW
from tests.factories import choice, make_post, make_topic
from tests.leaks.test_leaks import masked_token

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]
BANNER = "You look at this as"


def begin(browser: FlaskClient, at: str = "/look", **form: str) -> Any:
    return browser.post(at, data=form, headers=masked_token(browser))


def counted(what: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(what)) or 0


def test_staff_look_as_a_guest_and_come_back(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Members only")
        make_topic(cast.porch, cast.member, "For guests too")
    staff = sign_in(cast.staff)
    assert begin(staff, guise="guest", page="/c").headers["Location"] == "/c"
    page = staff.get("/c")
    assert BANNER in page.text
    assert "a guest" in page.text
    assert "Porch" in page.text
    assert "Lounge" not in page.text
    assert staff.get(f"/t/{topic.id}/members-only").status_code == 404
    assert "For guests too" in staff.get("/c/porch").text
    assert staff.get("/staff/people").status_code == 403
    ended = staff.post("/look/end", headers={**masked_token(staff), "Referer": "http://localhost/c"})
    assert ended.headers["Location"] == "/c"
    elsewhere = {**masked_token(staff), "Referer": "http://evil.example/c"}
    assert staff.post("/look/end", headers=elsewhere).headers["Location"] == "/"
    page = staff.get("/c")
    assert BANNER not in page.text
    assert "Lounge" in page.text
    assert staff.get("/staff/people").status_code == 200


@pytest.mark.parametrize("guise", ["visitor", "guest", "member"])
def test_a_preview_shows_what_such_a_one_sees(app: Flask, cast: Cast, sign_in: SignIn, guise: str) -> None:
    """Every page answers with the same status as for them, and names the same topics."""
    with app.app_context():
        topics = [
            make_topic(cast.welcome, cast.member, "Titlepublic"),
            make_topic(cast.porch, cast.member, "Titleguests"),
            make_topic(cast.lounge, cast.member, "Titlemembers"),
            make_topic(cast.lounge, cast.member, "Titleopened", audience=choice("guests", opened=True)),
            make_topic(cast.lounge, cast.moderator, "Titlestaff", audience=choice("staff")),
            make_topic(cast.closed, cast.insider, "Titleclosed"),
        ]
    titles = [topic.title for topic in topics]
    them = {"visitor": app.test_client(), "guest": sign_in(cast.guest), "member": sign_in(cast.other)}[guise]
    staff = sign_in(cast.staff)
    begin(staff, guise=guise)
    for address in [
        "/c",
        *(f"/c/{c.slug}" for c in cast.categories.values()),
        *(f"/t/{t.id}/{t.slug}" for t in topics),
    ]:
        theirs, seen = them.get(address), staff.get(address)
        told = [title in theirs.text for title in titles], [title in seen.text for title in titles]
        assert seen.status_code == theirs.status_code or {seen.status_code, theirs.status_code} == {
            401,
            403,
        }, address
        assert told[0] == told[1], address


def test_one_person_is_seen_without_what_the_staff_may_not_read(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        choir = create_group("choir", name="Choir", kind=GroupKind.OPEN)
        add_people(choir, [cast.insider])
        closed = make_topic(cast.closed, cast.insider, "Titleclosed")
        opened = make_topic(cast.closed, cast.insider, "Titleopened", audience=choice("guests", opened=True))
        sung = make_topic(cast.lounge, cast.insider, "Titlesung", audience=choice("group", group_id=choir.id))
        few = make_topic(
            cast.closed, cast.insider, "Titlefew", audience=choice("people"), people=[cast.confidant]
        )
        invited = make_topic(
            cast.lounge,
            cast.member,
            "Titleinvited",
            audience=choice("people", opened=True),
            people=[cast.insider],
        )
    staff = sign_in(cast.staff)
    begin(staff, guise="person", person="@ines")
    for topic, status in ((closed, 404), (few, 404), (opened, 200), (sung, 200), (invited, 200)):
        assert staff.get(f"/t/{topic.id}/{topic.slug}").status_code == status, topic.title
    assert staff.get("/c/closed-circle").status_code == 404
    assert "Ines Insider" in staff.get("/c").text
    with app.app_context():
        add_people(cast.closed_group, [cast.staff])
    assert staff.get(f"/t/{closed.id}/{closed.slug}").status_code == 200  # now both may
    assert staff.get(f"/t/{few.id}/{few.slug}").status_code == 404  # named people only, in a closed place
    with app.app_context():
        add_people(cast.secret_group, [cast.insider])
        secret = make_topic(cast.secret, cast.confidant, "Titlesecret")
    assert staff.get(f"/t/{secret.id}/{secret.slug}").status_code == 404


def test_a_moderator_is_seen_with_what_they_may_see(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        hidden = make_topic(cast.lounge, cast.member, "Hidden")
        concealing.hide_topic(hidden, actor=cast.moderator, reason="No.")
    staff = sign_in(cast.staff)
    begin(staff, guise="person", person="mo")
    assert staff.get(f"/t/{hidden.id}/hidden").status_code == 200
    assert staff.get("/moderation/log").status_code == 200
    assert staff.get("/staff/people").status_code == 403
    begin_again = begin(staff, guise="person", person="otto")
    assert begin_again.status_code == 403  # one preview at a time
    staff.post("/look/end", headers=masked_token(staff))
    begin(staff, guise="person", person="otto")
    assert staff.get(f"/t/{hidden.id}/hidden").status_code == 404


def test_nothing_can_be_changed_and_nothing_counts_as_read(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Open")
        first = db.session.scalars(select(Post).where(Post.topic_id == topic.id)).one()
    staff = sign_in(cast.staff)
    begin(staff, guise="member")
    assert staff.get(f"/t/{topic.id}/open?go=last").status_code == 303
    page = staff.get(f"/t/{topic.id}/open").text
    assert "data-read-url" not in page
    assert "<textarea" not in page
    headers = masked_token(staff)
    with app.app_context():
        before = [counted(model) for model in (Post, ReadMarker, AuditEntry)]
    unsafe = 0
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            if rule.endpoint in {"explaining.end_preview", "accounts.sign_out"}:
                continue
            values = {"topic_id": topic.id, "post_id": first.id, "slug": "welcome"}
            values |= dict.fromkeys(rule.arguments - values.keys(), "1")  # type: ignore[misc]
            with app.test_request_context():
                address = app.url_for(
                    rule.endpoint, **{n: values[n] for n in rule.arguments}, _external=False
                )
            answer = staff.open(
                address, method=method, headers=headers, data={"body": "Hello.", "reason": "Why."}
            )
            assert answer.status_code == 403, (method, address, answer.status_code)
            unsafe += 1
    assert unsafe > 40
    with app.app_context():
        assert before == [counted(model) for model in (Post, ReadMarker, AuditEntry)]
    staff.post("/look/end", headers=headers)
    assert staff.post(f"/t/{topic.id}/reply", data={"body": "Hello."}, headers=headers).status_code == 303


def test_nothing_of_an_account_is_shown_and_programs_get_nothing(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    staff = sign_in(cast.staff)
    begin(staff, guise="person", person="mina")
    for address in (
        "/settings/profile",
        "/settings/account",
        "/settings/sessions",
        "/settings/posts",
        "/unread",
        "/new",
    ):
        answer = staff.get(address)
        assert answer.status_code == 403, address
        assert "stella@example.org" not in answer.text
        assert "mina@example.org" not in answer.text
    for address in ("/api/v1/me", "/api/v1/categories", "/api/v1/unread", "/api/v1/openapi.json"):
        answer = staff.get(address)
        assert answer.status_code == 403, address
        assert answer.mimetype == "application/problem+json"


def test_previews_are_kept_nowhere(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Open")
        make_post(topic, cast.other, "A second post.")
    staff = sign_in(cast.staff)
    begin(staff, guise="visitor")
    for address in ("/", "/c", f"/t/{topic.id}/open", "/robots.txt", "/nowhere"):
        answer = staff.get(address)
        assert answer.headers["Cache-Control"] == "private, no-store", address
        assert "ETag" not in answer.headers
    begin_as_member = sign_in(cast.staff)
    begin(begin_as_member, guise="member")
    begin_as_member.get(f"/t/{topic.id}/open")
    later = sign_in(cast.other).get(f"/t/{topic.id}/open").text  # a real member gets a page of their own
    assert "data-reply" in later
    assert BANNER not in later
    assert BANNER not in app.test_client().get(f"/t/{topic.id}/open").text


def test_an_author_looks_at_their_own_topic_alone(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        mine = make_topic(cast.porch, cast.member, "Mine")
        hidden = make_post(mine, cast.other, "Bad words.")
        concealing.hide_post(hidden, actor=cast.staff, reason="No.")
        other = make_topic(cast.porch, cast.other, "Of somebody else")
    author = sign_in(cast.member)
    assert begin(author, guise="guest").status_code == 403
    assert begin(author, f"/t/{other.id}/look", guise="guest").status_code == 403
    for whom in ({"guise": "guest"}, {"guise": "member"}, {"guise": "person", "person": "gaspard"}):
        assert begin(author, f"/t/{mine.id}/look", **whom).status_code == 303
        page = author.get(f"/t/{mine.id}/mine")
        assert page.status_code == 200
        assert BANNER in page.text
        assert "Bad words." not in page.text
        for elsewhere in (
            "/",
            "/c",
            f"/t/{other.id}/of-somebody-else",
            f"/t/{mine.id}/access",
            f"/t/{mine.id}/audience",
        ):
            assert author.get(elsewhere).status_code == 403, elsewhere
        author.post("/look/end", headers=masked_token(author))
    assert author.get("/c").status_code == 200
    begin(author, f"/t/{mine.id}/look", guise="visitor")
    assert author.get(f"/t/{mine.id}/mine").status_code == 404


def test_an_author_does_not_see_more_through_a_preview(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        mine = make_topic(cast.lounge, cast.member, "Mine", audience=choice("people", opened=True))
        hidden = make_post(mine, cast.moderator, "Bad words.")
        concealing.hide_post(hidden, actor=cast.moderator, reason="No.")
        by_guest = make_topic(cast.welcome, cast.guest, "By a guest")
    author = sign_in(cast.member)
    answer = begin(author, f"/t/{mine.id}/look", guise="person", person="mo")
    assert answer.status_code == 403
    assert "look after this place" in answer.text
    assert 'value="mo"' in answer.text
    unknown = begin(author, f"/t/{mine.id}/look", guise="person", person="no-such-person")
    unconfirmed = begin(author, f"/t/{mine.id}/look", guise="person", person="uma")
    assert unknown.status_code == unconfirmed.status_code == 422
    guest = sign_in(cast.guest)
    assert begin(guest, f"/t/{by_guest.id}/look", guise="member").status_code == 422
    assert begin(guest, f"/t/{by_guest.id}/look", guise="person", person="mina").status_code == 422
    assert begin(guest, f"/t/{by_guest.id}/look", guise="visitor").status_code == 303
    assert guest.get(f"/t/{by_guest.id}/by-a-guest").status_code == 200


def test_each_beginning_is_in_the_log_once(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        closed = make_topic(cast.closed, cast.insider, "Titleclosed")
    staff, insider = sign_in(cast.staff), sign_in(cast.insider)
    begin(staff, guise="person", person="mina", page="/c/lounge?sort=new")
    for _again in range(3):
        staff.get("/c")
    begin(insider, f"/t/{closed.id}/look", guise="visitor")
    with app.app_context():
        entries = list(
            db.session.scalars(
                select(AuditEntry).where(AuditEntry.action == "preview:started").order_by(AuditEntry.position)
            )
        )
        assert [(e.actor_id, e.detail["as"], e.detail["page"]) for e in entries] == [
            (cast.staff.id, "person", "/c/lounge"),
            (cast.insider.id, "visitor", f"/t/{closed.id}"),
        ]
        assert entries[0].detail["person_id"] == cast.member.id
    log = sign_in(cast.site_moderator).get("/moderation/log").text
    assert "As Mina Member" in log
    assert "Titleclosed" not in log
    assert "titleclosed" not in log
    assert "Stella Staff" not in sign_in(cast.moderator).get("/moderation/log").text  # of no place of theirs


def test_a_preview_ends_by_itself_and_with_the_rights_of_whoever_looks(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    staff = sign_in(cast.staff)
    begin(staff, guise="visitor")
    assert BANNER in staff.get("/c").text
    clock.freeze(NOW + timedelta(minutes=29))
    assert BANNER in staff.get("/c").text
    clock.freeze(NOW + timedelta(minutes=31))
    assert BANNER not in staff.get("/c").text
    begin(staff, guise="visitor")
    assert BANNER in staff.get("/c").text
    with app.app_context(), transaction():
        db.session.get_one(User, cast.staff.id).rights_epoch += 1
        from forum.access.models import RoleAssignment

        db.session.query(RoleAssignment).filter_by(user_id=cast.staff.id, role=RoleName.STAFF).delete()
    assert BANNER not in staff.get("/c").text
    assert begin(staff, guise="visitor").status_code == 403


def test_signing_out_ends_it_and_another_browser_is_not_in_it(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    here, there = sign_in(cast.staff), sign_in(cast.staff)
    begin(here, guise="guest")
    assert BANNER not in there.get("/c").text
    assert here.post("/signout", headers=masked_token(here)).status_code == 303
    assert BANNER not in here.get("/c").text
    assert here.get("/settings/profile").status_code == 401


def test_only_staff_are_offered_the_site_and_members_are_refused(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    assert sign_in(cast.staff).get("/look").status_code == 200
    assert "/look" in sign_in(cast.staff).get("/staff/audiences").text
    assert sign_in(cast.site_moderator).get("/look").status_code == 403
    assert app.test_client().get("/look").status_code == 401
