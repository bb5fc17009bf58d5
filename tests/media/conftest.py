"""Uploads in tests: small pictures drawn here, sent through the door that scripts use."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from forum.accounts.models import User
from forum.discussions.actions import writing
from forum.discussions.models import Post, Topic
from forum.discussions.writing import prepare
from forum.media import storage as storages
from tests.factories import settled

Bring = Callable[..., Any]


def picture(width: int = 640, height: int = 480, kind: str = "PNG", **how: Any) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, kind, **how)
    return out.getvalue()


def as_form(data: bytes, name: str, **fields: str) -> dict[str, Any]:
    """A form with a file as browsers send it. (The test client would put a large one into a temporary file, and leave it open.)"""
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    whole = b"".join([*parts, head, data, b"\r\n--edge--\r\n"])
    return {"data": whole, "content_type": "multipart/form-data; boundary=edge"}


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has a folder of its own to store in."""
    monkeypatch.setitem(app.extensions, "forum_media", storages.Folder(tmp_path / "media"))
    return tmp_path / "media"


@pytest.fixture
def bring(csrf: Callable[[FlaskClient], str]) -> Bring:
    """Upload something, as the script of the composer does."""

    def send(browser: FlaskClient, data: bytes | None = None, name: str = "picture.png") -> Any:
        return browser.post(
            "/api/v1/uploads",
            headers={"X-CSRF-Token": csrf(browser)},
            **as_form(picture() if data is None else data, name),
        )

    return send


def write(topic: Topic, author: User, body: str) -> Post:
    return settled(writing.reply(topic, author=author, written=prepare(body)))


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
