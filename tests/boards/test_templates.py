"""What a new topic of a place may begin with."""

import re
from typing import Any

import pytest
from flask import Flask

from forum.boards.actions import MOST_TEMPLATES
from forum.boards.models import TopicTemplate
from forum.core import clock
from forum.core.db import db
from tests.cast import Cast
from tests.conftest import NOW, SignIn

Submit = Any
CASE = "## The case\n\n## What was tried\n\n## The question"


def templates(app: Flask) -> list[TopicTemplate]:
    with app.app_context():
        return list(db.session.scalars(db.select(TopicTemplate).order_by(TopicTemplate.id)))


def test_staff_make_a_template_and_a_topic_begins_with_it(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    staff, member = sign_in(cast.staff), sign_in(cast.member)
    where = "/staff/categories/lounge/templates"
    assert submit(staff, where, name="A case", body=CASE).status_code == 303
    assert "A case" in staff.get(where).text
    offered = member.get("/new?category=lounge").text
    link = re.search(r'href="(/new\?category=lounge&amp;template=\d+)"', offered)
    assert link
    begun = member.get(link[1].replace("&amp;", "&")).text
    assert f"{CASE}</textarea>" in begun
    assert "A case" not in member.get("/new?category=nook").text
    told = member.get("/api/v1/categories/lounge/templates").json["items"]
    assert [(one["name"], one["body"]) for one in told] == [("A case", CASE)]


@pytest.mark.parametrize("year", [2026, 2030], ids=["ids of 18 digits", "ids of 19"])
def test_a_template_is_changed_and_deleted(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, year: int
) -> None:
    clock.freeze(NOW.replace(year=year))
    staff = sign_in(cast.staff)
    where = "/staff/categories/lounge/templates"
    submit(staff, where, name="A case", body=CASE)
    (one,) = templates(app)
    submit(staff, f"{where}?template={one.id}", name="The case", body="Tell it.")
    assert [(t.name, t.body) for t in templates(app)] == [("The case", "Tell it.")]
    elsewhere = f"/staff/categories/nook/templates?template={one.id}"
    assert submit(staff, elsewhere, name="Mine", body="Now.").status_code == 404
    assert submit(staff, f"/staff/categories/nook/templates/{one.id}/delete").status_code == 404
    assert submit(staff, f"{where}?template=first", name="Mine", body="Now.").status_code == 400
    assert submit(staff, f"{where}/{one.id}/delete").status_code == 303
    assert templates(app) == []


def test_what_cannot_be_taken_is_told_and_kept(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    staff = sign_in(cast.staff)
    where = "/staff/categories/lounge/templates"
    page = submit(staff, where, name="", body="Typed for a while.")
    assert page.status_code == 422
    assert "Typed for a while.</textarea>" in page.text
    deep = submit(staff, where, name="Deep", body="> " * 40 + "x")
    assert deep.status_code == 422
    assert "nested too deeply" in deep.text
    for n in range(MOST_TEMPLATES):
        assert submit(staff, where, name=f"Number {n}", body="x").status_code == 303
    assert "enough for one place" in submit(staff, where, name="One more", body="x").text


def test_only_staff_make_templates(cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    where = "/staff/categories/lounge/templates"
    for who in (cast.member, cast.moderator, cast.guest):
        browser = sign_in(who)
        assert browser.get(where).status_code == 403
        assert submit(browser, where, name="Mine", body="x").status_code == 403
    assert sign_in(cast.guest).get("/api/v1/categories/lounge/templates").status_code == 404
    assert sign_in(cast.guest).get("/api/v1/categories/porch/templates").status_code == 403
