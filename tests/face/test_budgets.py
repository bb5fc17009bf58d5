"""What a topic page may weigh; styles and scripts are weighed in `tests/house/test_styles.py`, requests counted in `tests/browser`."""

import gzip

import pytest
from flask import Flask

from tests.conftest import SignIn
from tests.face.scene import Scene
from tests.house.sources import ROOT

HTML_AT_MOST = 15 * 1024
POSTS = 20


@pytest.mark.one_database
@pytest.mark.parametrize("viewer", ["visitor", "member", "staff"])
def test_a_page_of_twenty_posts_stays_light(app: Flask, foreign: Scene, sign_in: SignIn, viewer: str) -> None:
    user, topic = foreign.viewers[viewer], foreign.topics["everything"]
    browser = app.test_client() if user is None else sign_in(user)
    page = browser.get(f"/t/{topic.id}/{topic.slug}")
    assert page.text.count('class="post__body"') + page.text.count("post__gone") >= POSTS
    assert len(gzip.compress(page.data, 6)) <= HTML_AT_MOST


def test_no_font_is_fetched() -> None:
    for path in (ROOT / "static/css").glob("*.css"):
        assert "@font-face" not in path.read_text("utf-8"), path.name
