"""Twin worlds: the whole one, and the one in which something is not there, with the same ids for the same things."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from forum.core import ids
from tests import images
from tests.conftest import begun_anew
from tests.leaks.world import World, make_world


@contextlib.contextmanager
def twin(
    app: Flask, database: str, folder: Path, monkeypatch: pytest.MonkeyPatch, **there: bool
) -> Iterator[World]:
    """The world on an empty database, without what is said not to be there.

    It is made once a worker, so nothing may be planted yet. New ids go on after those of the world.
    """
    monkeypatch.setattr(ids, "_last", 0)
    monkeypatch.setattr(ids.secrets, "randbits", lambda _bits: 0)

    def make() -> tuple[World, int]:
        return make_world(**there), ids._last

    changed = sorted(name for name, is_there in there.items() if not is_there)
    with begun_anew(app, database, folder):
        world, last = images.made_or_put_back(app, database, f"twin, not {changed}", make)
        monkeypatch.setattr(ids, "_last", last)
        yield world
