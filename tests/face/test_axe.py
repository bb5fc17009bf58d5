"""axe finds nothing in any page, as whoever sees it, wide and on a phone, light and dark. Run by `make axe`.

A selection, in a browser that talks to a server, is in `tests/browser/test_accessibility.py`.
"""

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_accessibility import WITHOUT, violations
from tests.face.crawl import SignIn, Submit, crawl, different
from tests.face.scene import Scene
from tests.face.window import open_window

pytestmark = [pytest.mark.face, pytest.mark.one_database]

LOOKS = [(size, scheme) for size in (WIDE, PHONE) for scheme in ("light", "dark")]


@pytest.mark.parametrize(
    "viewer", ["visitor", "guest", "member", "moderator", "staff", "suspended", "unconfirmed"]
)
def test_axe_finds_nothing_in_any_page(
    app: Flask, demo: Scene, sign_in: SignIn, submit: Submit, chromium: Browser, viewer: str
) -> None:
    pages = different(crawl(demo.reduced(), app, sign_in, submit, [viewer]))
    found: dict[str, list[str]] = {}
    with open_window(chromium, app) as window:
        for page in pages:
            window.show(page)
            for size, scheme in LOOKS:
                window.tab.set_viewport_size(size)
                window.tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                for fault in violations(window.tab, WITHOUT.get(page.address)):
                    found.setdefault(fault, []).append(f"{page} {size['width']} {scheme}")
    print(f"\n{viewer}: {len(pages)} pages, {len(pages) * len(LOOKS)} looks, {len(found)} faults")
    assert not found, "\n".join(f"{fault}\n    {len(on)} times, {on[0]}" for fault, on in found.items())
