"""Lines that are held open while what they stand on ends, by every road: nothing is heard any more, at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum.access.models import RoleName
from forum.accounts.actions import (
    change_password,
    end_all_sessions,
    end_other_sessions,
    revoke_personal_token,
    revoke_role,
    set_standing,
    sign_out,
    suspend_user,
)
from forum.accounts.actions.passwords import set_password as store_password
from forum.accounts.models import PersonalToken, Session, User
from forum.accounts.params import StandingParams
from forum.accounts.passwords import hash_password
from forum.accounts.sessions import begin_session, token_hash
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.explaining.actions import begin_preview
from forum.groups.actions import remove_people
from forum.realtime import broadcast, room
from tests.cast import Cast
from tests.conftest import NOW
from tests.factories import make_token, make_topic
from tests.lines import Line, OpenLine
from tests.passwords import PASSWORD


def me(user: User) -> User:
    return db.session.get_one(User, user.id)


def session_of(user: User) -> int:
    return db.session.scalars(select(Session.id).where(Session.user_id == user.id)).one()


@dataclass(frozen=True)
class Road:
    """How it ends, for whom, on which topic; `reason` is said where the line is hung up on."""

    ends: Callable[[Cast], object]
    who: str = "member"
    place: str = "lounge"
    reason: str = ""


def changes_password(cast: Cast) -> None:
    """In another browser, which keeps its session."""
    with transaction():
        token = begin_session(me(cast.member), is_staff=False, device="", network="")
    kept = db.session.scalars(select(Session.id).where(Session.token_hash == token_hash(token))).one()
    change_password(
        me(cast.member), session_id=kept, password=PASSWORD, new_password="another long passphrase"
    )


def looks_as_a_guest(cast: Cast) -> None:
    begin_preview(
        session_of(cast.staff), actor=me(cast.staff), guise="guest", person=None, topic=None, page="/"
    )


ROADS = {
    "signed out": Road(
        lambda cast: sign_out(me(cast.member), session_id=session_of(cast.member)), reason="signed_out"
    ),
    "signed out elsewhere": Road(
        lambda cast: end_other_sessions(me(cast.member), session_id=0), reason="signed_out"
    ),
    "signed out by staff": Road(
        lambda cast: end_all_sessions(me(cast.member), actor=me(cast.staff)), reason="signed_out"
    ),
    "another password": Road(changes_password, reason="signed_out"),
    "a password set by staff": Road(
        lambda cast: store_password(me(cast.member), password_hash=hash_password("yet another passphrase")),
        reason="signed_out",
    ),
    "suspended": Road(
        lambda cast: suspend_user(me(cast.member), reason="Spam.", until=None, actor=me(cast.staff)),
        reason="suspended",
    ),
    "not used for long": Road(lambda cast: clock.freeze(NOW + timedelta(days=15)), reason="over"),
    "staff not seen for a day": Road(
        lambda cast: clock.freeze(NOW + timedelta(hours=13)), "staff", "desk", reason="over"
    ),
    "a preview": Road(looks_as_a_guest, "staff", "desk", reason="preview"),
    "a group left": Road(
        lambda cast: remove_people(cast.closed_group, [me(cast.insider)]), "insider", "closed"
    ),
    "a membership ended": Road(
        lambda cast: set_standing(me(cast.member), StandingParams(standing="guest"), actor=me(cast.staff))
    ),
    "a role taken": Road(
        lambda cast: revoke_role(me(cast.site_moderator), RoleName.MODERATOR, actor=me(cast.staff)),
        "site_moderator",
        "desk",
    ),
}


@pytest.mark.parametrize("road", ROADS)
def test_nothing_is_heard_after_it_ended(
    app: Flask, cast: Cast, open_line: OpenLine, set_password: Callable[..., None], road: str
) -> None:
    how = ROADS[road]
    user = getattr(cast, how.who)
    if road == "another password":
        set_password(user)
    with app.app_context():
        topic = make_topic(getattr(cast, how.place), cast.insider if how.place == "closed" else cast.staff)
    line, by = open_line(user), open_line(cast.other)
    assert line.ask("topic:join", {"topic_id": str(topic.id)})["ok"]
    say(app, topic.id)
    assert len(line.heard()) == 1
    with app.app_context():
        how.ends(cast)
    say(app, topic.id)
    words = line.last_words()
    assert words == ([("session:ended", {"reason": how.reason})] if how.reason else [])
    if how.reason:
        assert not line.is_open
    else:
        assert line.ask("topic:join", {"topic_id": str(topic.id)})["error"]["code"] == "not_found"
    assert by.is_open


def test_a_membership_that_runs_out_by_itself_ends_listening(
    app: Flask, cast: Cast, open_line: OpenLine
) -> None:
    """Nobody does anything; time alone passes, and the session goes on."""
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    line = open_line(cast.grace)
    assert line.ask("topic:join", {"topic_id": str(topic.id)})["ok"]
    with app.app_context():
        db.session.execute(db.update(Session).values(used_at=NOW + timedelta(days=100)))
        db.session.commit()
    clock.freeze(NOW + timedelta(days=100))
    say(app, topic.id)
    assert line.last_words() == []
    assert line.is_open


def test_a_program_whose_token_ends_is_hung_up_on(app: Flask, cast: Cast) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        tokens = [make_token(cast.member, "read") for _ in range(2)]
        ids = list(db.session.scalars(select(PersonalToken.id).order_by(PersonalToken.id)))
    ended, other = (Line(app, auth={"token": token}, headers={}) for token in tokens)
    for line in (ended, other):
        assert line.ask("topic:join", {"topic_id": str(topic.id)})["ok"]
    with app.app_context():
        revoke_personal_token(me(cast.member), token_id=ids[0])
    say(app, topic.id)
    assert ended.last_words() == [("session:ended", {"reason": "token_ended"})]
    assert other.heard() == [("topic:changed", {"topic_id": str(topic.id)})]
    clock.freeze(NOW + timedelta(days=31))
    app.extensions["forum_live"].look_at_all()
    assert other.last_words() == [("session:ended", {"reason": "token_ended"})]


def test_a_line_stays_shut_while_a_preview_is_on(
    app: Flask, cast: Cast, sign_in: Callable[[User], object]
) -> None:
    browser = sign_in(cast.staff)
    with app.app_context():
        looks_as_a_guest(cast)
    assert not Line(app, browser).is_open  # type: ignore[arg-type]


def say(app: Flask, topic_id: int) -> None:
    with app.app_context():
        broadcast(room("topic", topic_id), "topic:changed", {"topic_id": str(topic_id)})
