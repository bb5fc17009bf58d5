"""Fragments: parts of pages that many readers share, kept in process as they were rendered.

`{% kept key %}…{% endkept %}` in a template renders what stands between once and says it again for the same key. A key
names everything the part shows: the object and its version, and what this reader may do or has read. Language, time
zone and the site's version are added here. A part with the key None is rendered each time, and so is
everything in a preview.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any

from flask import Flask, g
from flask_babel import get_locale, get_timezone
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

from forum.core.versions import site_version

MOST_BYTES = 16_000_000

_guard = threading.Lock()
_kept: OrderedDict[Hashable, str] = OrderedDict()
_size = 0


class KeptBlock(Extension):
    """The `kept` tag. What a block renders is safe already where the template escapes."""

    tags = {"kept"}

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        key = parser.parse_expression()
        body = parser.parse_statements(("name:endkept",), drop_needle=True)
        return nodes.CallBlock(self.call_method("keep", [key]), [], [], body).set_lineno(line)

    def keep(self, key: Hashable, caller: Callable[[], str]) -> str:
        if key is None or g.get("preview") is not None:
            return caller()
        whole = (_around(), key)
        found = _kept.get(whole)
        if found is None:
            found = caller()
            _put(whole, found)
        else:
            with suppress(KeyError):  # it may have been let go of this very moment
                _kept.move_to_end(whole)
        return found


def init_fragments(app: Flask) -> None:
    app.jinja_env.add_extension(KeptBlock)


def forget() -> None:
    """Drop what is kept; for tests that put another database in place of this one."""
    global _size
    with _guard:
        _kept.clear()
        _size = 0


def _put(key: Hashable, text: str) -> None:
    global _size
    with _guard:
        if key in _kept:
            return
        _kept[key] = text
        _size += len(text)
        while _size > MOST_BYTES:
            _size -= len(_kept.popitem(last=False)[1])


def _around() -> Any:
    """What every fragment of this request depends on."""
    found = g.get("fragments_around")
    if found is None:
        found = g.fragments_around = (str(get_locale()), str(get_timezone()), site_version())
    return found
