"""The Nu HTML checker finds nothing in any page, as whoever sees it. Run by `make html`."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.face.crawl import SignIn, Submit, crawl
from tests.face.scene import Scene

pytestmark = [pytest.mark.face, pytest.mark.one_database]

# What it says and is let be: the beginning of the message, and why.
LET_BE = {
    "This document appears to be written in": "it guesses at what people wrote; the language of the page is that of the words around it"
}


def check(folder: Path) -> list[dict[str, Any]]:
    """What the checker says of the files in a folder: errors and warnings."""
    told = subprocess.run(
        ["java", "-jar", os.environ["VNU_JAR"], "--format", "json", "--stdout", "--exit-zero-always", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(told.stdout)["messages"])


def test_the_checker_finds_nothing(
    app: Flask, demo: Scene, sign_in: SignIn, submit: Submit, tmp_path: Path
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    names: dict[str, str] = {}
    for page in crawl(demo, app, sign_in, submit):
        if page.html not in names:  # what is not there looks the same everywhere
            names[page.html] = str(page)
            (folder / f"{len(names)}.html").write_text(page.html)
    pages = dict(enumerate(names.values(), 1))
    told = check(folder)
    faults = [message for message in told if not message["message"].startswith(tuple(LET_BE))]
    print(f"\n{len(pages)} pages, {len(faults)} faults, {len(told) - len(faults)} let be")
    assert not faults, "\n".join(
        f"{pages[int(Path(fault['url']).stem)]} line {fault['lastLine']}: {fault['message']} {fault.get('extract', '')!r}"
        for fault in faults
    )


def test_the_checker_sees_what_is_wrong(tmp_path: Path) -> None:
    page = '<!DOCTYPE html><html lang="en"><head><title>x</title></head><body><p id="a">x<p id="a">y{}</body></html>'
    (tmp_path / "1.html").write_text(page.format(""))
    (tmp_path / "2.html").write_text(page.format("<ul><p></ul>"))
    wrong = [Path(message["url"]).stem for message in check(tmp_path) if message["type"] == "error"]
    assert sorted(wrong) == ["1", "2", "2"]
