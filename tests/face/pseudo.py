"""A language made by program, for tests: every message longer, without one plain letter, and written from right to left.

The messages are those that a translator would be given: what `pybabel` finds in code and templates. So a text that is left
in plain letters is one that nobody could translate.
"""

import contextlib
import io
import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from flask import Flask
from jinja2.ext import babel_extract

from forum.web import quick_jinja
from forum.web.localities import LANGUAGES
from tests.house.sources import ROOT

LANGUAGE = "ar"  # its dates and countries have no Latin letters either, and it has six plural forms
LONGER = 0.4
PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED = "ȧƀƈḓḗƒɠħīĵķŀḿƞǿƥɋřşŧŭṽẇẋẏẑȦƁƇḒḖƑƓĦĪĴĶĿḾȠǾƤɊŘŞŦŬṼẆẊẎẐ"
ACCENTS = str.maketrans(PLAIN, ACCENTED)
KEPT = re.compile(r"%\(\w+\)[a-z]|%%|<[^<>]*>|&\w+;")  # values, markup
OPTIONS = {
    "extensions": "jinja2.ext.do,forum.web.fragments.KeptBlock",
    "trim_blocks": "1",
    "lstrip_blocks": "1",
}


def pseudo(message: str) -> str:
    """`Save it` becomes `⟦Şȧȧṽḗḗ īīŧ⟧`: two fifths longer at least, letters accented, values and markup as they are."""
    said = KEPT.split(message)
    kept = KEPT.findall(message)
    words = [re.sub("([aeiouy])", r"\1\1", part) for part in said]
    lacking = math.ceil(len("".join(said)) * (1 + LONGER)) - len("".join(words))
    words[-1] += "~" * lacking
    parts = [part.translate(ACCENTS) for part in words]
    return "⟦" + "".join(a + b for a, b in zip(parts, [*kept, ""], strict=True)) + "⟧"


@cache
def messages() -> tuple[tuple[str, ...], ...]:
    """Every message of the program; those with a plural as a pair."""
    found: dict[tuple[str, ...], None] = {}
    for path in sorted([*(ROOT / "forum").rglob("*.py"), *(ROOT / "templates").rglob("*.*")]):
        source = io.BytesIO(path.read_bytes())
        told: Any = (
            extract_python(source, list(DEFAULT_KEYWORDS), (), {})
            if path.suffix == ".py"
            else babel_extract(source, list(DEFAULT_KEYWORDS), (), OPTIONS)
        )
        for _line, name, said, _comments in told:
            texts = [text for text in (said if isinstance(said, tuple) else (said,)) if isinstance(text, str)]
            if texts:
                found[tuple(texts[: 2 if "ngettext" in str(name) else 1])] = None
    return tuple(found)


def write_language(folder: Path) -> None:
    """`<folder>/ar/LC_MESSAGES/messages.mo`."""
    catalog = Catalog(locale=LANGUAGE)
    for texts in messages():
        if len(texts) == 1:
            catalog.add(texts[0], pseudo(texts[0]))
        else:
            catalog.add(texts, (pseudo(texts[1]),) * catalog.num_plurals)
    place = folder / LANGUAGE / "LC_MESSAGES"
    place.mkdir(parents=True)
    with open(place / "messages.mo", "wb") as file:
        write_mo(file, catalog)


@contextlib.contextmanager
def spoken(app: Flask, folder: Path) -> Iterator[None]:
    """The application also speaks it, to whoever asks for `ar`."""
    write_language(folder)
    babel = app.extensions["babel"]
    before = babel.translation_directories
    babel.translation_directories = [str(folder)]
    LANGUAGES[LANGUAGE] = "⟦⟧"
    _forget(babel)
    try:
        yield
    finally:
        babel.translation_directories = before
        del LANGUAGES[LANGUAGE]
        _forget(babel)


def _forget(babel: Any) -> None:
    babel.instance.domain_instance.cache.clear()
    quick_jinja._said.clear()
