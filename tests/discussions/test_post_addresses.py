"""A post by its id, as quotes name it; and texts written before the renderer learned something."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.models import Post
from forum.markup import RENDERER_VERSION, render
from tests.cast import Cast
from tests.factories import make_post, make_topic

SignIn = Callable[[User], FlaskClient]
BODY = "# Doses\n\nAs agreed.[^1]\n\n[^1]: In May.\n\n||Not yet||"


def test_a_post_by_its_id_leads_to_its_place(app: Flask, cast: Cast, client: FlaskClient) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member)
        post = make_post(topic, cast.other)
    answer = client.get(f"/posts/{post.id}")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/t/{topic.id}/{topic.slug}/{post.number}#post-{post.id}"


def test_a_post_that_may_not_be_read_leads_nowhere(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        post = make_post(make_topic(cast.lounge, cast.member), cast.other)
    guest = sign_in(cast.guest)
    never, closed = guest.get("/posts/12345"), guest.get(f"/posts/{post.id}")
    assert never.status_code == closed.status_code == 404
    assert never.data == closed.data
    assert sign_in(cast.member).get(f"/posts/{post.id}").status_code == 303


def test_two_posts_that_say_the_same_have_no_place_in_common(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, body=BODY)
        post = make_post(topic, cast.other, BODY)
        app.test_cli_runner().invoke(args=["rerender"])
    page = client.get(f"/t/{topic.id}/{topic.slug}").text
    assert page.count(f'id="post-{post.id}-h-doses"') == page.count(f'href="#post-{post.id}-h-doses"') == 1
    assert page.count("-h-doses") == 4
    assert "…" not in page[page.index("post__body") : page.index("Not yet")]
    assert '<span class="spoiler__label">Spoiler: </span>Not yet' in page


def test_what_an_older_renderer_made_is_rendered_anew(app: Flask, cast: Cast) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, body=BODY)
        with transaction():
            post = db.session.query(Post).filter_by(topic_id=topic.id).one()
            post.body_html, post.renderer = render("old").html, RENDERER_VERSION - 1
        said = app.test_cli_runner().invoke(args=["rerender"])
        assert said.output == "1 posts were rendered.\n"
        db.session.expire_all()
        post = db.session.query(Post).filter_by(topic_id=topic.id).one()
        assert (post.body_html, post.renderer) == (render(BODY).html, RENDERER_VERSION)
        assert app.test_cli_runner().invoke(args=["rerender"]).output == "0 posts were rendered.\n"
