"""The sample for nginx and the units of systemd: taken by those programs as they stand, and served through."""

import contextlib
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import socketio
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from forum.app import create_app
from forum.core import migrations
from forum.core.db import db
from forum.core.transactions import transaction
from tests.cast import make_cast
from tests.conftest import ROOT, make_config
from tests.elsewhere import needs_programs
from tests.factories import make_token, make_topic
from tests.serving import serving

SAMPLE = ROOT / "deploy" / "nginx.conf"
UNITS = sorted((ROOT / "deploy").glob("*.service"))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def configuration(folder: Path, port: int, upstream: int) -> Path:
    """The sample within the least that nginx needs; without a certificate, on a port of anybody's."""
    text = SAMPLE.read_text()
    text = re.sub(r"\n *ssl_certificate.*", "", text).replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    text = re.sub(r"server 127\.0\.0\.1:\d+;", f"server 127.0.0.1:{upstream};", text)
    text = text.replace("forum.example.org", "127.0.0.1")
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{text}\n}}\n"
    written = folder / "nginx.conf"
    written.write_text(whole)
    return written


@contextlib.contextmanager
def nginx(folder: Path, port: int, upstream: int) -> Iterator[str]:
    program = str(shutil.which("nginx") or "/usr/sbin/nginx")
    written = configuration(folder, port, upstream)
    tried = subprocess.run([program, "-t", "-c", str(written)], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    process = subprocess.Popen([program, "-c", str(written)], stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@needs_programs("nginx")
def test_pages_and_lines_are_served_through_the_sample(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/forum.db"
    app = create_app(make_config(url, tmp_path))
    with app.app_context():
        migrations.upgrade()
        with transaction():
            cast = make_cast()
        topic, token = make_topic(cast.lounge, cast.other), make_token(cast.member, "read")
        db.engine.dispose()
    port, upstream = free_port(), free_port()
    site = f"http://127.0.0.1:{port}"
    with (
        serving(url, tmp_path, ("--port", str(upstream)), SITE_URL=site, TRUSTED_PROXIES="1"),
        nginx(tmp_path, port, upstream) as address,
    ):
        assert urllib.request.urlopen(f"{address}/healthz").status == 200
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{address}/metrics")
        for transport in ("websocket", "polling"):
            client = socketio.SimpleClient()
            client.connect(address, transports=[transport], auth={"token": token})
            told = client.call("topic:join", {"topic_id": str(topic.id)}, timeout=10)
            assert told == {"ok": True, "data": {"last_number": 1}}
            client.disconnect()
        where = address.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        for evil in ({}, {"X-Forwarded-Host": "evil.example"}):
            with (
                pytest.raises(InvalidStatus, match="400"),
                connect(where, origin="http://evil.example", additional_headers=evil, proxy=None),
            ):
                pass


@needs_programs("systemd-analyze")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    assert len(UNITS) == 3
    copies = []
    for unit in UNITS:
        text = re.sub(r"(?m)^(ExecStart(?:Pre)?)=.*", r"\1=/bin/true", unit.read_text())
        copies.append(tmp_path / unit.name)
        copies[-1].write_text(text.replace("User=collegium", "User=root"))
    tried = subprocess.run(
        ["systemd-analyze", "verify", *map(str, copies)], capture_output=True, text=True, check=False
    )
    ours = [line for line in tried.stderr.splitlines() if "collegium" in line]
    assert ours == []
