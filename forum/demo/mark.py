"""Whether this database holds the demo: asked for every page, looked up once for each version of the site."""

import threading

from forum.core.db import db, which_database
from forum.core.versions import Version, site_version

MARK = "demo"  # the version that stands in a database which holds the demo

_guard = threading.Lock()
_kept: tuple[str, int, bool] | None = None


def holds_demo() -> bool:
    global _kept
    where, version = which_database(), site_version()
    kept = _kept
    if kept and kept[:2] == (where, version):
        return kept[2]
    found = db.session.get(Version, MARK) is not None
    with _guard:
        _kept = (where, version, found)
    return found


def forget() -> None:
    """Drop what is kept; for tests that put another database in place of this one."""
    global _kept
    with _guard:
        _kept = None
