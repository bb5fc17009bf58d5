"""The log: what was done, for those who look after the place it was done in."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from forum.access.models import AudienceKind, RoleName
from forum.accounts.models import User
from forum.audit.actions import AuditAction, first_broken, record
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import locking, moving, splitting, writing
from forum.discussions.actions.audiences import set_audience
from forum.groups.actions import add_people
from tests.api.conftest import Program, ProgramOf, TokenProgramOf
from tests.cast import Cast
from tests.factories import choice, grant, make_post, make_topic, written

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


def test_a_topic_closed_to_a_moderator_leaves_no_line_in_their_log(
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
        group = choice("group", group_id=cast.closed_group.id)
        inside = make_topic(cast.lounge, cast.insider, audience=group)
        insider = db.session.get_one(User, cast.insider.id)
        post = make_post(inside, cast.insider, "Before.")
        set_audience(inside, actor=insider, choice=replace(group, reply=AudienceKind.STAFF))
        writing.edit_post(post, actor=insider, written=written("After."))
        add_people(cast.secret_group, [db.session.get_one(User, cast.other.id)], actor=cast.staff)
    for moderator in (cast.site_moderator, cast.moderator):
        page = sign_in(moderator).get("/moderation/log").text.partition('<ul class="log">')[2]
        for trace in ("ballot", "Caio", "Ines", "changed who reads", "to a group", "Jury"):
            assert trace not in page, (moderator.username, trace)
    assert "Jury" in sign_in(cast.staff).get("/moderation/log?kind=all").text


def test_pages_of_the_log_are_full_however_much_of_it_is_closed(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context(), transaction():
        shown, closed = make_topic(cast.lounge, cast.member), make_topic(cast.secret, cast.confidant)
        for n in range(70):
            for topic in (closed, shown, closed):
                record(
                    AuditAction.TOPIC_LOCKED,
                    subject_kind="topic",
                    subject_id=topic.id,
                    actor_id=cast.member.id,
                    place_id=cast.lounge.place_id,
                    reason=f"Time {n}.",
                )
    moderator = sign_in(cast.moderator)
    first = moderator.get("/moderation/log?kind=topic:locked").text
    assert first.count('class="log__entry"') == 50
    further = re.search(r'href="([^"]+after=[^"]+)"', first)
    assert further
    assert moderator.get(further[1].replace("&amp;", "&")).text.count('class="log__entry"') == 20


def test_the_log_says_who_was_named_and_who_no_longer_is(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, audience=choice("people", opened=True))
        moderator = db.session.get_one(User, cast.moderator.id)
        for people in ([cast.guest], [cast.other]):
            named = [db.session.get_one(User, person.id) for person in people]
            set_audience(topic, actor=moderator, choice=choice("people", opened=True), people=named)
    page = sign_in(cast.moderator).get("/moderation/log").text
    assert "No longer named: gaspard" in page
    assert "Named: otto" in page


def test_a_move_stands_in_the_log_of_both_places_for_whoever_may_read_the_topic(
    app: Flask, cast: Cast, program: ProgramOf
) -> None:
    with app.app_context():
        grant(cast.other, RoleName.MODERATOR, cast.porch.place)
        apart, topic, away = (
            make_topic(cast.lounge, cast.member, title) for title in ("Desk", "Porch", "Away")
        )
        staff = db.session.get_one(User, cast.staff.id)
        for moved, place in ((apart, cast.desk), (topic, cast.porch), (away, cast.desk), (away, cast.porch)):
            moving.move_topic(moved, actor=staff, place_id=place.place_id, reason="It belongs there.")
    mo, otto, stella = program(cast.moderator), program(cast.other), program(cast.staff)

    def told(of: Program, query: str) -> list[tuple[str, str | None, list[str]]]:
        log = of.items(f"/moderation/log?kind=topic:moved&{query}")
        return [(e["subject"], e["category"] and e["category"]["name"], e["also"]) for e in log]

    # Mo does not learn that there is a desk.
    assert told(mo, "") == [("Away", None, ["Out of Lounge"]), ("Porch", "Porch", ["Out of Lounge"])]
    assert told(mo, "category=lounge") == told(mo, "")
    assert told(otto, "") == [("Away", "Porch", []), ("Porch", "Porch", ["Out of Lounge"])]
    assert told(otto, "category=lounge") == [("Porch", "Porch", ["Out of Lounge"])]
    assert [one[0] for one in told(stella, "category=desk")] == ["Away", "Away", "Desk"]


def test_posts_that_went_elsewhere_stand_in_the_log_of_both_places(
    app: Flask, cast: Cast, program: ProgramOf
) -> None:
    with app.app_context():
        grant(cast.other, RoleName.MODERATOR, cast.porch.place)
        staff = db.session.get_one(User, cast.staff.id)
        source, whole = (
            make_topic(cast.lounge, cast.member, "Here"),
            make_topic(cast.lounge, cast.member, "Whole"),
        )
        target = make_topic(cast.porch, cast.member, "There")
        moved = make_post(source, cast.grace)
        splitting.move_posts(
            source,
            actor=staff,
            post_ids=[moved.id],
            with_replies=False,
            target_id=target.id,
            reason="It answers that.",
        )
        splitting.merge_topic(whole, actor=staff, target_id=target.id, reason="The same.")

    def told(of: User) -> list[str]:
        return [one["action"] for one in program(of).items("/moderation/log") if "topic:" in one["action"]]

    assert told(cast.moderator) == ["topic:merged", "topic:split"]
    assert told(cast.other) == ["topic:split"]  # what became one with theirs was elsewhere


def test_programs_read_the_same_log_and_narrow_it(
    app: Flask, cast: Cast, sign_in: SignIn, program: ProgramOf, by_token: TokenProgramOf
) -> None:
    with app.app_context():
        for title in ("About rotas", "About leave"):
            topic = make_topic(cast.lounge, cast.member, title)
            locking.lock_topic(topic, actor=cast.moderator, reason="It has been answered.")
        elsewhere = make_topic(cast.porch, cast.other, "Elsewhere")
        locking.lock_topic(elsewhere, actor=cast.staff, reason="Not for Mo.")
        closed = make_topic(cast.closed, cast.insider, "Within")
        with transaction():
            about = {"subject_kind": "topic", "subject_id": closed.id, "place_id": closed.place_id}
            record(AuditAction.TOPIC_LOCKED, actor_id=cast.insider.id, reason="For us.", **about)
    mo, simone, stella = program(cast.moderator), program(cast.site_moderator), program(cast.staff)
    told = mo.items("/moderation/log?limit=1&kind=topic:locked")
    assert [one["subject"] for one in told] == ["About leave", "About rotas"]
    assert told[0]["actor"]["username"] == "mo"
    assert told[0]["category"]["slug"] == "lounge"
    assert told[0]["undoable"]
    assert mo.get(f"/moderation/log/{told[0]['id']}").json == told[0]

    def subjects(query: str, of: Program = simone) -> list[str]:
        return [one["subject"] for one in of.items(f"/moderation/log?{query}")]

    assert subjects("kind=topic:locked") == ["Elsewhere", "About leave", "About rotas"]
    assert subjects("by=stella&kind=topic:locked") == ["Elsewhere"]
    assert subjects("about=@mina") == ["About leave", "About rotas"]
    assert subjects("category=porch&since=2026-11-20&kind=topic:locked") == ["Elsewhere"]
    assert subjects("since=2026-11-21") == subjects("until=2026-11-19") == []
    assert "Jury: caio" in subjects("kind=group:joined", stella)
    assert subjects("kind=group:joined") == []
    within = next(e for e in stella.items("/moderation/log?kind=all") if e["action"] == "group:joined")
    assert mo.get(f"/moderation/log/{within['id']}").status_code == 404
    assert mo.get("/moderation/log?since=soon").status_code == 400
    for nobody in (program(cast.member), by_token(cast.moderator)):
        assert nobody.get("/moderation/log").status_code == 403
    assert program(None).get("/moderation/log").status_code == 401
    assert by_token(cast.moderator, "moderate").items("/moderation/log?kind=topic:locked") == told


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
