"""Files that others made to do harm: each through the door, each with its verdict; what is taken is harmless, and memory stays."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forum.media import images, kinds, reencode
from tests.cast import Cast
from tests.conftest import SignIn
from tests.elsewhere import DATA, needs_data
from tests.media.conftest import Bring, opened, picture, stored

pytestmark = [needs_data("uploads"), pytest.mark.one_database]

UPLOADS = DATA / "uploads"
IMAGE, FILE = "image", "file"
REFUSED = {
    "avif_hopper.avif": "of this kind",
    "broken.png": "cannot be read",
    "decompression_bomb.gif": "too many pixels",
    "hopper.bmp": "of this kind",
    "timeout-6646305047838720": "of this kind",
    "truncated_jpeg.jpg": "cannot be read",
    "bomb-12000x12000-rgba.png": "too many pixels",
    "bomb-30000x30000-1bit.png": "too many pixels",
    "empty.png": "empty",
    "html-named.png": "SVG and XML are not taken",
    "huge-header-65500x65500-no-data.png": "too many pixels",
    "svg-named.jpg": "SVG and XML are not taken",
    "truncated.jpg": "cannot be read",
}
# What is no picture, and is only ever saved.
OPAQUE = {
    "pdf-with-javascript.pdf",
    "zip-64MiB-of-zeros.zip",
    "zip-nested-1GiB.zip",
    "zip-path-traversal.zip",
}
HARM = re.compile(rb"<script|<html|<svg|javascript:|onerror|GPS|Exif|photoshop", re.IGNORECASE)


def files() -> list[Path]:
    return sorted(path for path in UPLOADS.rglob("*") if path.is_file())


def test_every_file_has_its_verdict(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring, folder: Path
) -> None:
    browser = sign_in(cast.member)
    assert len(files()) > 50
    for path in files():
        answer = bring(browser, path.read_bytes(), path.name)
        told: Any = answer.get_json()
        if path.suffix == ".svg" or path.name in REFUSED:
            assert answer.status_code == 422, (path.name, told)
            assert REFUSED.get(path.name, "SVG and XML are not taken") in told["errors"]["file"], path.name
            continue
        assert answer.status_code == 201, (path.name, told)
        assert told["kind"] == (FILE if path.name in OPAQUE else IMAGE), path.name
        served = browser.get(told["url"])
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        assert served.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        if path.name in OPAQUE:
            assert served.headers["Content-Disposition"].startswith("attachment;")
            assert served.mimetype == "application/octet-stream"
            assert served.data == path.read_bytes()
        else:
            assert served.mimetype == "image/webp"
            assert served.data[8:12] == b"WEBP"
            assert opened(served.data).format == "WEBP"
    for path in stored(folder):
        if path.name != "file":
            assert not HARM.search(path.read_bytes()), path


def test_the_server_does_not_grow(app: Flask, cast: Cast, sign_in: SignIn, bring: Bring) -> None:
    """Every file twice, and pictures as large as are taken: what serves grows by less than 50 MB."""
    browser = sign_in(cast.member)
    bring(browser)
    before = resident()
    most = before
    wide = picture(5000, 4999, "JPEG", quality=30)
    for _ in range(2):
        for path in files():
            bring(browser, path.read_bytes(), path.name)
            most = max(most, resident())
        bring(browser, wide, "wide.jpg")
        bring(browser, b"%PDF-" + b"x" * (kinds.MOST_BYTES - 5), "long.pdf")
        most = max(most, resident())
    assert most - before < 50_000_000, (before, most)


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_a_decoder_is_bound_before_it_sees_the_file(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import reencode; reencode.bind();"
        "import resource as r; print(r.getrlimit(r.RLIMIT_AS)[1], r.getrlimit(r.RLIMIT_CPU)[1])\n"
        "try: bytearray(900_000_000)\nexcept MemoryError: print('bounded')"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code, str(Path(reencode.__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == [str(reencode.MEMORY), str(reencode.CPU_SECONDS), "bounded"]


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("while True: pass", "takes too long"),
        ("import os; os.abort()", "takes too long"),
        ("import time; time.sleep(60)", "takes too long"),
        ("print('no answer')", "cannot be read"),
        ("raise SystemExit(3)", "cannot be read"),
    ],
)
def test_a_decoder_that_hangs_or_dies_costs_one_refusal(
    app: Flask,
    cast: Cast,
    sign_in: SignIn,
    bring: Bring,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    says: str,
) -> None:
    (tmp_path / "program.py").write_text(program)
    monkeypatch.setattr(images, "PROGRAM", tmp_path / "program.py")
    monkeypatch.setattr(images, "SECONDS", 0.5)
    answer = bring(sign_in(cast.member))
    assert answer.status_code == 422
    assert says in answer.get_json()["errors"]["file"]
