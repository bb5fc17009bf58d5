"""Whom a report reaches, and that its reporter is told so; also where nobody who may read the post looks after the place."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from forum.access.models import RoleName
from forum.core.db import db
from forum.groups.actions import add_people
from forum.jobs import outbox
from forum.notifications.models import Notification
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import choice, grant, make_post, make_topic, make_user

Submit = Any


def test_reports_in_a_closed_group_wait_for_a_moderator_inside_and_their_reporter_is_told(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, program: ProgramOf
) -> None:
    with app.app_context():
        ida, ingo = make_user("ida", name="Ida Inside"), make_user("ingo", name="Ingo Inside")
        add_people(cast.closed_group, [ida, ingo])
        topic = make_topic(cast.closed, cast.insider, "Within")
        first, second = make_post(topic, cast.insider, "Rude."), make_post(topic, cast.insider, "Ruder.")
    reporter, stella, simone = sign_in(ida), sign_in(cast.staff), sign_in(cast.site_moderator)
    where = f"/posts/{first.id}/flag"
    assert "No moderator can read this yet" in reporter.get(where).text
    went = submit(reporter, where, reason="rude")
    assert "Your report is kept." in reporter.get(went.headers["Location"]).text
    assert "It waits: no moderator can read this post yet." in reporter.get("/flags").text
    robot = program(ida)
    assert [one["reaches"] for one in robot.items("/flags")] == ["nobody"]
    with app.app_context():
        outbox.sweep()
        assert not db.session.scalars(select(Notification)).all()
    for somebody in (stella, simone):
        assert "Within" not in somebody.get("/moderation").text
    # Staff see that the place has nobody, report or not; somebody from outside the group does not change that.
    assert stella.get("/staff/categories").text.count("Without a moderator") == 2  # the secret one too
    with app.app_context():
        grant(cast.other, RoleName.MODERATOR, cast.closed.place)
    page = stella.get("/staff/categories/closed-circle").text
    assert "Nobody who can read this place moderates it" in page
    assert "Staff and moderators of the whole site do." not in page
    assert [one["reaches"] for one in robot.items("/flags")] == ["nobody"]
    assert submit(stella, "/staff/categories/closed-circle/moderators", username="ingo").status_code == 303
    assert "Nobody who can read this place" not in stella.get("/staff/categories/closed-circle").text
    assert stella.get("/staff/categories").text.count("Without a moderator") == 1
    assert "Within" in sign_in(ingo).get("/moderation").text
    assert "It waits for a moderator." in reporter.get("/flags").text
    assert "The moderators of this place read it" in reporter.get(f"/posts/{second.id}/flag").text
    assert robot.post("/flags", {"post_id": str(second.id), "reason": "rude"}).json["reaches"] == "place"
    with app.app_context():
        outbox.sweep()
        assert db.session.scalars(select(Notification.user_id)).all() == [ingo.id]


def test_reports_reach_those_who_may_read_the_post(
    app: Flask, cast: Cast, program: ProgramOf, sign_in: SignIn
) -> None:
    with app.app_context():
        group = choice("group", group_id=cast.closed_group.id)
        among = make_topic(cast.lounge, cast.insider, audience=group)
        ida = make_user("ida", name="Ida Inside")
        add_people(cast.closed_group, [ida])
        posts = {
            "place": make_post(make_topic(cast.lounge, cast.member), cast.insider),
            "site": make_post(make_topic(cast.welcome, cast.member), cast.insider),
            "nobody": make_post(among, cast.insider),
        }
        by_mo = make_post(make_topic(cast.lounge, cast.member), cast.moderator)
    robot = program(ida)
    for reaches, post in posts.items():
        asked = {"post_id": str(post.id), "reason": "rude"}
        assert robot.post("/flags", asked).json["reaches"] == reaches, reaches
    # Nobody judges what is about themselves.
    assert robot.post("/flags", {"post_id": str(by_mo.id), "reason": "rude"}).json["reaches"] == "site"
    page = sign_in(ida).get(f"/posts/{posts['site'].id}/flag").text
    assert "The moderators of the whole site read it" in page
    with app.app_context():
        outbox.sweep()
        of_reports = Notification.kind == "flagged"
        told = db.session.execute(select(Notification.user_id, Notification.post_id).where(of_reports)).all()
        overseers = {cast.site_moderator.id, cast.staff.id}
        assert {tuple(row) for row in told} == {
            (cast.moderator.id, posts["place"].id),
            *((user_id, post_id) for user_id in overseers for post_id in (posts["site"].id, by_mo.id)),
        }
