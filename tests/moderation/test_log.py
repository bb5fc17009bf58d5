"""The log: what was done, for those who look after the place it was done in."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from forum.accounts.models import User
from forum.audit.actions import AuditAction, first_broken, record
from forum.core.db import db
from forum.core.transactions import transaction
from tests.cast import Cast
from tests.factories import make_topic

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


def test_what_a_moderator_did_stands_in_the_log_once(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "About rotas")
        elsewhere = make_topic(cast.porch, cast.member, "Elsewhere")
    moderator = sign_in(cast.moderator)
    for _ in range(2):
        assert submit(moderator, f"/t/{topic.id}/lock", reason="It has been answered.").status_code == 303
    assert (
        submit(sign_in(cast.staff), f"/t/{elsewhere.id}/hide", reason="By mistake here.").status_code == 303
    )
    page = moderator.get("/moderation/log").text
    assert page.count("It has been answered.") == 1
    assert "By mistake here." not in page
    assert "By mistake here." in sign_in(cast.site_moderator).get("/moderation/log").text
    assert sign_in(cast.member).get("/moderation/log").status_code == 403


def test_groups_and_settings_stand_in_the_log_of_staff_who_ask(cast: Cast, sign_in: SignIn) -> None:
    staff, moderator = sign_in(cast.staff), sign_in(cast.site_moderator)
    assert "added somebody to a group" not in lines_of(staff.get("/moderation/log").text)
    for kind in ("all", "group:joined"):
        told = lines_of(staff.get(f"/moderation/log?kind={kind}").text)
        assert f"Trialists: {cast.insider.username}" in told
        page = moderator.get(f"/moderation/log?kind={kind}").text
        assert "group" not in lines_of(page)
        assert "groups and settings" not in page
    assert "made the place" in lines_of(moderator.get("/moderation/log").text)


def lines_of(page: str) -> str:
    return page.partition('class="log"')[2].partition("</main>")[0]


def test_a_topic_closed_to_a_moderator_has_no_name_in_their_log(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.secret, cast.confidant, "A secret ballot")
        with transaction():
            record(
                AuditAction.TOPIC_LOCKED,
                subject_kind="topic",
                subject_id=topic.id,
                actor_id=cast.confidant.id,
                place_id=topic.place_id,
                reason="The ballot is over.",
            )
    page = sign_in(cast.site_moderator).get("/moderation/log").text
    assert "ballot" not in page


@pytest.mark.usefixtures("context")
def test_the_log_cannot_be_changed_and_its_seals_tell(cast: Cast) -> None:
    with transaction():
        for n in range(3):
            record(AuditAction.USER_CREATED, subject_kind="user", subject_id=n, actor_id=None)
    assert first_broken() is None
    for statement in ("UPDATE audit_entries SET reason = 'x'", "DELETE FROM audit_entries"):
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()
    with pytest.raises(RuntimeError, match="outside a transaction"):
        record(AuditAction.USER_CREATED, subject_kind="user", subject_id=1, actor_id=None)
