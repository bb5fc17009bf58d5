"""An archive is read and not written, and so is all below it."""

from typing import Any

from flask import Flask

from forum.accounts.models import User
from forum.boards.actions import CategoryPlan, archive_category, change_category
from forum.core.db import db
from forum.discussions.models import Post
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_topic

Submit = Any


def test_nothing_is_written_in_an_archive_nor_below_it_until_it_is_taken_up_again(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        above, below = make_topic(cast.lounge, cast.member), make_topic(cast.nook, cast.member)
        first = db.session.scalars(db.select(Post).where(Post.topic_id == above.id)).one()
    staff, member = sign_in(cast.staff), sign_in(cast.member)

    def tries() -> list[int]:
        return [
            submit(member, f"/t/{above.id}/reply", body="Above.").status_code,
            submit(member, f"/t/{below.id}/reply", body="Below.").status_code,
            submit(member, "/new", category="lounge", title="Above", body="New.").status_code,
            submit(member, "/new", category="nook", title="Below", body="New.").status_code,
            submit(member, f"/posts/{first.id}/edit", body="Changed.", version=first.version).status_code,
        ]

    assert submit(staff, "/staff/categories/lounge/archive").status_code == 303
    assert tries() == [403, 403, 422, 422, 403]
    page = member.get(f"/t/{below.id}/{below.slug}").text
    assert "kept as an archive: nobody can answer" in page
    assert "kept as an archive" in member.get("/c/nook").text
    assert submit(staff, "/staff/categories/lounge/unarchive").status_code == 303
    assert tries() == [303, 303, 303, 303, 303]


def test_a_place_that_moves_into_an_archive_is_one_and_out_of_it_no_more(app: Flask, cast: Cast) -> None:
    with app.app_context():
        staff = db.session.get_one(User, cast.staff.id)
        archive_category(cast.lounge, archived=True, actor=staff)

        def moved(parent: str) -> bool:
            plan = CategoryPlan(name="Porch", slug="porch", parent_slug=parent)
            return change_category(cast.porch, plan, actor=staff).place.archived

        assert moved("lounge")
        assert not moved("")
        assert moved("lounge")
        archive_category(cast.lounge, archived=False, actor=staff)
        assert not db.session.get_one(type(cast.porch), cast.porch.id).place.archived
