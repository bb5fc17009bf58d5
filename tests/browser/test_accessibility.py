"""axe finds nothing: on every kind of page, for whoever sees it, wide and on a phone, light and dark."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from forum.discussions.actions.locking import lock_topic
from tests.browser.conftest import PHONE, WIDE, Site
from tests.factories import choice, make_post, make_topic

pytestmark = pytest.mark.browser

Open = Callable[..., Page]

# Everything axe knows of, best practices included.
EVERYTHING = {"resultTypes": ["violations"]}
LOOK = """([without, options]) => axe.run(without ?? document, options).then(
    ({ violations }) => violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`))"""
# The chapters of the description for programs are all made alike: some stand for all.
WITHOUT = {"/api/docs": {"exclude": [[".api-part:nth-of-type(n + 6)"], [".api-list ul:nth-of-type(n + 2)"]]}}

FOR_VISITORS = ["/", "/c", "/c/welcome", "{topic}", "/signin", "/register", "/reset", "/confirm", "/nowhere"]
FOR_EVERYBODY = ["/", "/c", "/unread", "{topic}", "/settings/profile", "/nowhere"]
FOR_MEMBERS = [
    "/c/lounge",
    "{topic}?view=threaded",
    "/new",
    "/drafts",
    "/bookmarks",
    "/settings/ignored",
    "/people/mina",
    "/settings/posts",
    "/flags",
    "/settings/account",
    "/settings/sessions",
    "/settings/preferences",
    "/settings/theme",
    "/api/docs",
    "{locked}/lock",
]
FOR_MODERATORS = ["/moderation", "/moderation/log", "{id}/lock", "{id}/rename", "{id}/audience"]
FOR_STAFF = [
    "/moderation/log?kind=all",
    "/staff/people",
    "/staff/people/{person}",
    "/staff/categories",
    "/staff/categories/lounge",
    "/staff/audiences",
    "/staff/settings",
]
TABLE = (
    "| | One |\n|---|---|\n| a | b |\n\nand\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n```py\nprint(1)\n```\n\n"
)
QUOTE = "\n".join(f"> line {n}" for n in range(20))


@pytest.fixture(scope="module")
def words(site: Site) -> dict[str, Any]:
    """A topic with what posts may hold, a locked one, one opened to guests."""
    cast = site.cast
    with site.app.app_context():
        topic = make_topic(
            cast.welcome, cast.member, "What a page may hold", body=TABLE + QUOTE + "\n\n@otto"
        )
        first = make_post(topic, cast.guest, TABLE)
        make_post(topic, cast.moderator, "An answer with `code`.", parent=first)
        make_topic(cast.lounge, cast.other, "For guests, too", audience=choice("guests", opened=True))
        locked = make_topic(cast.lounge, cast.other, "Locked by now")
        lock_topic(locked, actor=cast.staff, reason="It has been answered.")
        return {
            "topic": f"/t/{topic.id}/{topic.slug}",
            "id": f"/t/{topic.id}",
            "locked": f"/t/{locked.id}",
            "person": cast.guest.id,
        }


def violations(page: Page, without: Any = None) -> list[str]:
    """What axe finds, told by rule; put into the page once, since that takes as long as looking."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    return list(page.evaluate(LOOK, [without, EVERYTHING]))


@pytest.mark.parametrize(
    ("who", "pages"),
    [
        ("", FOR_VISITORS),
        ("guest", FOR_EVERYBODY),
        ("member", ["/", "{topic}", *FOR_MEMBERS]),
        ("site_moderator", FOR_MODERATORS),
        ("staff", ["/", *FOR_STAFF]),
    ],
)
def test_axe_finds_nothing(
    site: Site, words: dict[str, Any], open_browser: Open, sign_in_as: Open, who: str, pages: list[str]
) -> None:
    page = sign_in_as(site.cast.people[who]) if who else open_browser()
    found: dict[str, list[str]] = {}
    for address in pages:
        path = address.format(**words)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")  # no color is halfway to another
        page.set_viewport_size(WIDE)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status in (200, 403, 404), path
        # What stands where differs by width, colors by scheme: each of them is looked at once.
        for size, scheme in ((WIDE, "light"), (PHONE, "dark")):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            if faults := violations(page, WITHOUT.get(path)):
                found[f"{path} {size['width']} {scheme}"] = faults
    assert not found, "\n".join(f"{where}\n  " + "\n  ".join(told) for where, told in found.items())


def test_axe_sees_what_is_wrong(site: Site, words: dict[str, Any], open_browser: Open) -> None:
    page = open_browser()
    page.goto(words["topic"])
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [fault.partition(":")[0] for fault in violations(page)] == ["button-name"]
