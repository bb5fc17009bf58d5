"""From right to left every page is the image in a mirror of itself, and fits its window, wide and on a phone.

Shown in the language made by program, whose words are two fifths longer. A part is in `make browser`, all of it in `make pseudo`.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser.conftest import PHONE, WIDE
from tests.face.crawl import Page, SignIn, Submit, crawl, different, one_of_each
from tests.face.pseudo import LANGUAGE, spoken
from tests.face.scene import Scene
from tests.face.window import Window, open_window

pytestmark = pytest.mark.one_database

NEAR = 1.5  # pixels: what is centered falls between two
# Turns the page round and back. Boxes, and not the lines in them: a line in two scripts has an order of its own; what has a
# direction of its own keeps it.
TURN = """(near) => {
    const root = document.documentElement, found = [], own = "body [dir=ltr], body [dir=auto], bdi, .post__body, .only-read-aloud";
    const boxes = [...document.querySelectorAll("body *")].filter((box) =>
        box.checkVisibility() && !box.closest(own) && getComputedStyle(box).display !== "inline" && !box.closest("svg :scope"));
    const places = {};
    for (const direction of ["ltr", "rtl"]) {
        root.dir = direction;
        const over = root.scrollWidth - root.clientWidth;
        if (over > 0) found.push(`${direction}: ${over} px wider than its window`);
        places[direction] = boxes.map((box) => box.getBoundingClientRect());
    }
    const width = root.clientWidth, far = (one, other) => Math.abs(one - other) > near;
    boxes.forEach((box, n) => {
        const [one, other] = [places.ltr[n], places.rtl[n]];
        if (!far(other.left, width - one.right) && !far(other.right, width - one.left)) return;
        const shown = [one.left, one.right, other.left, other.right].map(Math.round);
        found.push([`${box.localName}.${box.className.baseVal ?? box.className} does not turn round`, shown, width]);
    });
    return found.map((fault) => [].concat(fault));
}"""


def mirror_faults(window: Window) -> list[str]:
    """Boxes that do not stand in the mirror when the page turns round; and how far a page is wider than its window."""
    return [fault[0] for fault in window.tab.evaluate(TURN, NEAR)]


def look(chromium: Browser, app: Flask, pages: list[Page]) -> list[str]:
    found: dict[str, list[str]] = {}
    with open_window(chromium, app) as window:
        for page in pages:
            window.show(page)
            for size in (WIDE, PHONE):
                window.tab.set_viewport_size(size)
                for fault in mirror_faults(window):
                    found.setdefault(fault, []).append(f"{page} {size['width']}")
    print(f"\n{len(pages)} pages, {len(pages) * 2} looks, {len(found)} faults")
    return [f"{fault}\n    {len(on)} times, {on[0]}" for fault, on in found.items()]


@pytest.fixture
def pages(
    app: Flask, foreign: Scene, sign_in: SignIn, submit: Submit, tmp_path: Path
) -> Callable[[str], list[Page]]:
    """The pages of somebody in the language made by program."""

    def of(viewer: str) -> list[Page]:
        with spoken(app, tmp_path / "language"):
            return different(crawl(foreign.reduced(), app, sign_in, submit, [viewer], language=LANGUAGE))

    return of


@pytest.mark.browser
def test_one_page_of_each_kind_turns_round(
    app: Flask, chromium: Browser, pages: Callable[[str], list[Page]]
) -> None:
    told = look(chromium, app, one_of_each(app, [page for page in pages("staff") if page.status == 200]))
    assert not told, "\n".join(told)


@pytest.mark.face
@pytest.mark.parametrize("viewer", ["visitor", "guest", "member", "moderator", "staff"])
def test_every_page_turns_round(
    app: Flask, chromium: Browser, pages: Callable[[str], list[Page]], viewer: str
) -> None:
    told = look(chromium, app, pages(viewer))
    assert not told, "\n".join(told)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        (".face { margin-left: 7px }", "span.face"),
        (".rail { position: relative; left: 9px }", "nav.rail does not turn round"),
        (".topic-head { padding: 0 20px 0 0 }", "h1.topic-head__title does not turn round"),
        (".topic-head__title { inline-size: 2000px }", "ltr: "),
    ],
)
def test_a_side_that_is_hard_coded_is_seen(
    app: Flask, foreign: Scene, chromium: Browser, planted: str, fault: str
) -> None:
    topic = foreign.topics["everything"]
    address = f"/t/{topic.id}/{topic.slug}"
    with open_window(chromium, app) as window:
        window.show(Page("visitor", address, 200, app.test_client().get(address).text))
        assert not mirror_faults(window)
        window.tab.add_style_tag(content=planted)
        assert any(told.startswith(fault) for told in mirror_faults(window))
