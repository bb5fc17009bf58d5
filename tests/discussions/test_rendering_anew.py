"""`forum rerender`: what an older renderer has made is made anew; a text that cannot be stops no other."""

import pytest
from flask import Flask
from sqlalchemy import update

from forum.cli import upkeep
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.models import Post
from forum.markup import RENDERER_VERSION, Rendered, render_long
from tests.cast import Cast
from tests.factories import make_category, make_post, make_topic


def write_old(cast: Cast, *bodies: str) -> list[int]:
    """Posts with these texts, as a renderer before this one has left them."""
    topic = make_topic(make_category(), author=cast.member)
    ids = [make_post(topic, author=cast.member).id for _ in bodies]
    with transaction():
        for post_id, body in zip(ids, bodies, strict=True):
            db.session.execute(update(Post).where(Post.id == post_id).values(body=body, renderer=0))
    return ids


def renderers(ids: list[int]) -> list[int]:
    db.session.rollback()
    return [db.session.get_one(Post, post_id, populate_existing=True).renderer for post_id in ids]


def test_texts_that_the_renderer_refuses_are_shown_as_written(app: Flask, cast: Cast) -> None:
    with app.app_context():
        ids = write_old(cast, "[" * 19_000, "*Words*")
        result = app.test_cli_runner().invoke(args=["rerender"])
        assert result.exit_code == 0, result.output
        assert renderers(ids) == [RENDERER_VERSION, RENDERER_VERSION]
        assert "[[[[" in db.session.get_one(Post, ids[0]).body_html
        assert "<em>Words</em>" in db.session.get_one(Post, ids[1]).body_html


def test_one_that_fails_stops_no_other_and_the_command_ends_with_one(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_at_one(body: str, **options: object) -> Rendered:
        if body == "Broken.":
            raise RecursionError("too deep")
        return render_long(body)

    monkeypatch.setattr(upkeep, "render_long", fail_at_one)
    monkeypatch.setattr(upkeep, "BATCH", 2)
    with app.app_context():
        ids = write_old(cast, "Broken.", "Broken.", "Whole.", "Broken.", "Whole.")
        result = app.test_cli_runner().invoke(args=["rerender"])
        assert result.exit_code == 1
        assert f"post {ids[0]}: cannot be rendered: RecursionError: too deep" in result.output
        assert "3 posts could not be rendered" in result.output
        assert renderers(ids) == [0, 0, RENDERER_VERSION, 0, RENDERER_VERSION]
