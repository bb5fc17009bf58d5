"""Static files: the styles joined into two sheets, every address carrying the hash of what it names, served compressed."""

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, request

CSS_ORDER = ("tokens.css", "base.css", "frame.css")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")


class Sheet:
    """A joined style sheet, ready to be sent. `site` is on every page, `rooms` on all but those of a topic, which are read most."""

    def __init__(self, stem: str, css: bytes) -> None:
        self.name = f"{stem}.{_digest(css)}.css"
        self.plain, self.packed = css, gzip.compress(css, 9, mtime=0)


class Assets:
    """Built once at start: the joined style sheets and the hash of all static files together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = Sheet("site", join_css(folder / "css"))
        self.rooms = Sheet("rooms", join_css(folder / "css" / "rooms"))
        self.sheets = {sheet.name: sheet for sheet in (self.site, self.rooms)}
        files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix != ".css"]
        self.version = _digest(b"".join(p.read_bytes() for p in files))


def join_css(folder: Path) -> bytes:
    """All styles in one: tokens, base and frame first, components in order of name; comments and slack left out."""
    rank = {name: place for place, name in enumerate(CSS_ORDER)}
    files = sorted(folder.glob("*.css"), key=lambda p: (rank.get(p.name, len(rank)), p.name))
    text = "\n".join(_COMMENT.sub("", p.read_text("utf-8")) for p in files)
    return _SPACE.sub(" ", text).strip().encode()


def init_assets(app: Flask) -> None:
    folder = Path(app.static_folder or "static")
    assets = Assets(folder)

    @app.get("/static/v/<name>", endpoint="site_css")
    def site_css(name: str) -> Response:
        sheet = assets.sheets.get(name)
        if sheet is None:
            abort(404)
        return _forever(sheet.plain, sheet.packed, "text/css")

    site_css.declared_access = "open to all"  # type: ignore[attr-defined]

    @app.get("/static/v/<version>/<path:name>", endpoint="asset")
    def asset(version: str, name: str) -> Response:
        return _static(folder, name)

    asset.declared_access = "open to all"  # type: ignore[attr-defined]
    app.jinja_env.globals["site_css"] = f"/static/v/{assets.site.name}"
    app.jinja_env.globals["rooms_css"] = f"/static/v/{assets.rooms.name}"
    app.jinja_env.globals["asset"] = lambda name: f"/static/v/{assets.version}/{name}"


def _static(folder: Path, name: str) -> Response:
    """A file of ours under an address that changes whenever any of them does, so that modules import one another by it."""
    kinds = {
        ".js": "text/javascript",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".ico": "image/x-icon",
        ".webmanifest": "application/manifest+json",
    }
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or path.suffix not in kinds or not path.is_file():
        abort(404)
    plain, packed = _read(path, path.stat().st_mtime_ns)
    return _forever(plain, packed, kinds[path.suffix])


@cache
def _read(path: Path, _changed: int) -> tuple[bytes, bytes]:
    plain = path.read_bytes()
    return plain, gzip.compress(plain, 9, mtime=0)


def _forever(plain: bytes, packed: bytes, kind: str) -> Response:
    response = Response(mimetype=kind)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(packed)
        response.content_encoding = "gzip"
    else:
        response.set_data(plain)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.vary.add("Accept-Encoding")
    return response


def _digest(data: bytes) -> str:
    return hashlib.blake2s(data, digest_size=6).hexdigest()
