"""Storage in S3, against a server of this machine that answers as S3 does."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forum.cli.doctor import examine
from forum.config import Config
from forum.core import clock
from forum.media import actions, storage
from tests.cast import Cast
from tests.conftest import SignIn, make_config
from tests.media.conftest import Bring, opened

obstore = pytest.importorskip("obstore")
pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


def config_for(server: str, tmp_path: Path) -> Config:
    return make_config(
        f"sqlite:///{tmp_path}/none.db",
        tmp_path,
        media_url=f"s3://uploads/of/forum?endpoint={server}&region=eu-west-1",
        media_keys=("key", "secret"),
    )


@pytest.fixture
def bucket(app: Flask, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    import urllib.request

    request = urllib.request.Request(f"{server}/uploads", method="PUT")
    urllib.request.urlopen(request).close()
    made = storage.open_storage(config_for(server, tmp_path))
    monkeypatch.setitem(app.extensions, "forum_media", made)
    return made


def keys_in(bucket: Any) -> list[str]:
    return [item["path"] for batch in obstore.list(bucket.store) for item in batch]


def test_pictures_and_files_are_kept_served_and_deleted(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring, bucket: Any, csrf: Any
) -> None:
    browser = sign_in(cast.member)
    made = bring(browser).get_json()
    assert opened(browser.get(made["url"]).data).size == (640, 480)
    large = b"%PDF-" + bytes(range(256)) * 20_000
    held = bring(browser, large, "large.pdf").get_json()
    assert browser.get(held["url"]).data == large
    assert len(keys_in(bucket)) == 3
    for one in (made, held):
        browser.delete(f"/api/v1/uploads/{one['id']}", headers={"X-CSRF-Token": csrf(browser)})
    assert keys_in(bucket) == []


def test_what_nobody_knows_of_is_swept(app: Flask, cast: Cast, bucket: Any) -> None:
    with app.app_context():
        upload = actions.keep_upload("a.txt", io.BytesIO(b"text"), owner_id=cast.member.id)
        obstore.put(bucket.store, "2026-11-17/lost/file", b"lost")
        assert bucket.keys_of("2026-11-17") == ["2026-11-17/lost"]
        actions.sweep()
        assert keys_in(bucket) == [f"{upload.key}/file"]
        assert clock.now()


def test_what_is_not_there_is_not_found(bucket: Any, app: Flask) -> None:
    with app.app_context(), pytest.raises(FileNotFoundError):
        bucket.read("2026-11-17/none/file")


def test_the_doctor_tries_the_bucket(app: Flask, bucket: Any, server: str, tmp_path: Path) -> None:
    with app.app_context():
        found = {finding.what: finding for finding in examine(config_for(server, tmp_path))}
    assert found["storage"].advice == ""
    assert "secret" not in str(found)
