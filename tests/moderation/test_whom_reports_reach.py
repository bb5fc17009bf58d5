"""Whom a report reaches, and that its reporter is told so; also where nobody who may read the post looks after the place."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from forum.access.models import RoleName
from forum.core.db import db
from forum.groups.actions import add_people
from forum.jobs import outbox
from forum.moderation.models import Review
from forum.notifications.models import Notification
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import choice, grant, make_post, make_topic, make_user, settled

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
    with app.app_context():
        outbox.sweep()
    assert "The moderators of this place read it" in reporter.get(f"/posts/{second.id}/flag").text
    assert robot.post("/flags", {"post_id": str(second.id), "reason": "rude"}).json["reaches"] == "place"
    with app.app_context():
        outbox.sweep()
        told = db.session.scalars(select(Notification).order_by(Notification.id)).all()
        assert {(n.user_id, n.detail["act"], n.detail.get("count")) for n in told} == {
            (ingo.id, "named", 1),
            (ingo.id, "waiting", None),
        }


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


def test_whoever_is_named_hears_once_of_what_waited_before(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, program: ProgramOf
) -> None:
    with app.app_context():
        nils, nora = make_user("nils", name="Nils Named"), make_user("nora", name="Nora Named")
        topic, inner = make_topic(cast.porch, cast.member), make_topic(cast.nook, cast.member)
        narrow = make_topic(cast.porch, cast.staff, audience=choice("staff"))
        posts = [make_post(topic, cast.member), make_post(topic, nils), make_post(narrow, cast.staff)]
        within = make_post(inner, cast.member)
        judged = make_post(topic, cast.member)
    reporter, staff = program(cast.other), sign_in(cast.staff)
    for post in (*posts[:2], within, judged):
        assert reporter.post("/flags", {"post_id": str(post.id), "reason": "rude"}).status_code in {200, 201}
    program(cast.site_moderator).post("/flags", {"post_id": str(posts[2].id), "reason": "rude"})
    with app.app_context():
        review = settled(db.session.scalars(select(Review).where(Review.post_id == judged.id)).one())
        outbox.sweep()
    done = {"act": "dismiss", "reason": "Fine."}
    assert program(cast.staff).post(f"/moderation/queue/{review.id}", done).status_code == 200
    for slug, username in (("porch", "nils"), ("lounge", "nora"), ("porch", "nora")):
        assert submit(staff, f"/staff/categories/{slug}/moderators", username=username).status_code == 303
    with app.app_context():
        outbox.sweep()
        told = select(Notification).where(Notification.user_id.in_([nils.id, nora.id]))
        found = [(n.user_id, n.detail["act"], n.detail.get("count")) for n in db.session.scalars(told)]
    # Of the porch, where they oversee what is for staff too, not what Nils wrote himself; the nook stands in the lounge.
    assert sorted(found) == sorted([(nils.id, "named", 2), (nora.id, "named", 1), (nora.id, "named", 3)])
    page = sign_in(nils).get("/notifications").text
    assert "You moderate now: 2 reported posts wait for you" in page
    assert 'href="/moderation"' in page
