"""Every word of every page can be translated: in a language made by program nothing is left in plain letters.

A few things of each kind are part of the suite; `make pseudo` looks at everything as everybody.
"""

from pathlib import Path

import pytest
from flask import Flask

from forum.accounts.models import User
from forum.boards.models import Category
from forum.core.db import db
from forum.web.localities import time_zones
from tests.face.crawl import NO_PAGES, ONLY_LEAD_ON, Page, SignIn, Submit, crawl, endpoint_of, is_page
from tests.face.pseudo import LANGUAGE, LONGER, messages, pseudo, spoken
from tests.face.scene import Scene
from tests.face.words import WORD, plain_words

pytestmark = pytest.mark.one_database

# Keys, names of things and of kinds of files, an emoji that somebody wrote.
NAMES = "Ctrl Esc OpenAPI Collegium UTC English png txt smile"


def known_words(app: Flask) -> set[str]:
    """Usernames, addresses of mail and of places, time zones: in Latin letters in every language."""
    with app.app_context():
        people = [
            text for user in db.session.scalars(db.select(User)) for text in (user.username, user.email)
        ]
        places = [category.slug for category in db.session.scalars(db.select(Category))]
    return {word for text in [NAMES, *people, *places, *time_zones()] for word in WORD.findall(text or "")}


def faults(pages: list[Page], known: set[str]) -> list[str]:
    """Each text in plain letters once, with the page that it was first seen on."""
    found: dict[tuple[str, str], Page] = {}
    for html, page in {page.html: page for page in pages}.items():
        for fault in plain_words(html, known):
            found.setdefault(fault, page)
    return [f"{page}: {where}: {text[:100]}" for (where, text), page in found.items()]


def test_every_word_can_be_translated_and_no_page_is_left_out(
    app: Flask, foreign: Scene, sign_in: SignIn, submit: Submit, tmp_path: Path
) -> None:
    with spoken(app, tmp_path / "language"):
        few = foreign.reduced()
        pages = list(crawl(few, app, sign_in, submit, ["visitor", "member", "staff"], language=LANGUAGE))
    told = faults(pages, known_words(app))
    assert not told, "\n".join(told)

    reached = {endpoint_of(app, page.address) for page in pages if page.status == 200}
    there = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert {endpoint for endpoint in there if is_page(endpoint)} - reached == ONLY_LEAD_ON
    assert there >= NO_PAGES


@pytest.mark.face
def test_every_word_of_everything_can_be_translated(
    app: Flask, foreign: Scene, sign_in: SignIn, submit: Submit, tmp_path: Path
) -> None:
    with spoken(app, tmp_path / "language"):
        pages = list(crawl(foreign, app, sign_in, submit, language=LANGUAGE))
    told = faults(pages, known_words(app))
    print(f"\n{len(messages())} messages, {len({page.html for page in pages})} pages, {len(told)} faults")
    assert not told, "\n".join(told)


@pytest.mark.parametrize(
    "planted",
    [
        "<p>Hello there</p>",
        "<p>⟦Ħḗḗŀŀǿǿ⟧ there</p>",
        '<a href="/c" title="Hello">⟦Ħḗḗŀŀǿǿ⟧</a>',
        '<button aria-label="Hello"></button>',
        '<input placeholder="hello">',
        '<img src="x.png" alt="hello">',
        '<div data-failed="That did not work."></div>',
        '<div data-saved="Saved"></div>',
        '<input type="submit" value="Send">',
        '<meta name="description" content="Hello there">',
    ],
)
def test_a_word_that_nobody_can_translate_is_seen(planted: str) -> None:
    assert list(plain_words(f'<!DOCTYPE html><html lang="ar"><body>{planted}</body></html>', {"mina"}))


@pytest.mark.parametrize(
    "fine",
    [
        "<p>⟦Ħḗḗŀŀǿǿ⟧ <a href='/people/mina'>mina</a> 12 Γεια</p>",
        "<p>https://example.org/hello (/c/hello)</p><pre><code>print(hello)</code></pre>",
        '<div data-behavior="menu read" data-part="to-name" data-url="/t/1/read"></div>',
        '<div lang="en">Hello</div><textarea>Hello</textarea><script>hello()</script>',
    ],
)
def test_what_is_in_no_language_may_stay(fine: str) -> None:
    assert not list(plain_words(f'<!DOCTYPE html><html lang="ar"><body>{fine}</body></html>', {"mina"}))


def test_the_language_is_longer_and_keeps_values_and_markup() -> None:
    said = pseudo("%(count)s of <b>them</b> &amp; more, 100%%")
    assert said == "⟦%(count)s ǿǿƒ <b>ŧħḗḗḿ</b> &amp; ḿǿǿřḗḗ, 100%%~~~~⟧"
    for message in ("Save", "Skip to the content", "Nth"):
        assert len(pseudo(message)) >= len(message) * (1 + LONGER) + len("⟦⟧")
