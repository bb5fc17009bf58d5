"""What the server makes of what is no message of ours: it goes on living, in the same memory, and its log stays quiet."""

import contextlib
import queue
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import socketio
from engineio.packet import MESSAGE, Packet
from flask import Flask
from websockets.exceptions import ConnectionClosed, InvalidStatus

from forum.app import create_app
from forum.core import migrations
from forum.core.db import db
from forum.core.transactions import transaction
from forum.realtime.gate import Bucket, Gate, is_shaped
from tests.cast import make_cast
from tests.conftest import make_config
from tests.factories import make_token, make_topic
from tests.serving import Served, serving

HELLO = "40"
JUNK: list[str | bytes] = [
    b"\x00\x01",
    "",
    "9",
    "44{}",
    "451-[1]",
    '42["topic:join"',
    "42{}",
    "42[]",
    "42[5]",
    "42" + "[" * 5000,
    "420[\x00]",
    '42/other,["x"]',
    "43[]",
    "40/other,",
    '42["no:such",{}]',
    "421" + "1" * 200 + '["x"]',
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("served")
    url = f"sqlite:///{folder}/forum.db"
    app = create_app(make_config(url, folder))
    with app.app_context():
        migrations.upgrade()
        with transaction():
            cast = make_cast()
        topic = make_topic(cast.lounge, cast.other)
        token = make_token(cast.member, "read", "write")
        db.engine.dispose()
    with serving(url, folder) as server:
        yield server, {"topic_id": str(topic.id), "token": token}


def malformed(server: Served, count: int) -> None:
    """So many bad frames, on as many lines as it takes."""
    sent = 0
    while sent < count:
        with contextlib.suppress(ConnectionClosed, OSError), server.websocket() as line:
            line.send(HELLO)
            for number in range(3):
                line.send(JUNK[(sent + number) % len(JUNK)])
            while True:
                line.recv(timeout=10)
        sent += 3


def test_ten_thousand_malformed_frames_leave_no_trace(served: tuple[Served, dict[str, Any]]) -> None:
    server, _known = served
    malformed(server, 1500)
    before = server.resident
    threads = [threading.Thread(target=malformed, args=(server, 2500)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.process.poll() is None
    assert server.resident - before < 4_000_000
    assert "Traceback" not in "".join(server.said)
    assert len(server.said) < 5, server.said
    assert metric(server, 'forum_live_frames_refused_total{why="malformed"}') >= 10_000
    assert metric(server, "forum_live_lines") == 0


def test_a_frame_of_sixty_megabytes_is_refused_by_its_header(served: tuple[Served, dict[str, Any]]) -> None:
    server, _known = served
    malformed(server, 300)  # what a first line brings with it is there
    before = server.resident
    with server.websocket() as line, contextlib.suppress(ConnectionClosed, OSError):
        line.send(HELLO)
        line.send("4" + "x" * 60_000_000)
        while True:
            line.recv(timeout=10)
    assert server.resident - before < 2_000_000


def test_what_is_polled_is_limited_as_well(served: tuple[Served, dict[str, Any]]) -> None:
    server, _known = served
    address = f"{server.address}/socket.io/?EIO=4&transport=polling"
    opened = urllib.request.urlopen(address)
    sid = opened.read().decode().split('"sid":"')[1].split('"')[0]
    assert opened.headers["Cache-Control"] == "no-store"

    def post(body: bytes) -> int:
        try:
            return int(urllib.request.urlopen(f"{address}&sid={sid}", data=body).status)
        except urllib.error.HTTPError as error:
            return int(error.code)

    assert post(b"40") == 200
    assert post(b"4" * 70_000) == 413
    assert [post(b"\xff"), post(b"9"), post(b"42{")] == [200, 200, 400]
    assert post(b"40") == 400  # hung up on by now
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(f"{address}&j=0")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", "file://"]
)
def test_pages_of_others_open_no_line(served: tuple[Served, dict[str, Any]], origin: str) -> None:
    server, _known = served
    evil = {"X-Forwarded-Host": urlsplit(origin).netloc or "x"}
    with pytest.raises(InvalidStatus, match="400"):
        server.websocket(origin=origin, additional_headers=evil).close()
    with server.websocket(origin=server.address) as line:
        assert line.recv(timeout=10).startswith("0{")


def test_who_says_nothing_properly_is_no_websocket(served: tuple[Served, dict[str, Any]]) -> None:
    server, _known = served
    where = urlsplit(server.address)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as raw:
        raw.sendall(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
        )
        assert raw.recv(100).startswith(b"HTTP/1.1 426 ")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_the_client_of_python_is_signed_in_by_a_token(
    served: tuple[Served, dict[str, Any]], transport: str
) -> None:
    server, known = served
    client = socketio.SimpleClient()
    client.connect(server.address, transports=[transport], auth={"token": known["token"]})
    told = client.call("topic:join", {"topic_id": known["topic_id"]}, timeout=10)
    assert told == {"ok": True, "data": {"last_number": 1}}
    client.disconnect()


def test_whoever_goes_on_when_told_to_wait_is_cut(served: tuple[Served, dict[str, Any]]) -> None:
    server, _known = served
    answers = []
    with server.websocket() as line, contextlib.suppress(ConnectionClosed):
        line.send(HELLO)
        for number in range(150):
            line.send(f'42{number}["topic:leave",{{"topic_id":"1"}}]')
        while True:
            answers.append(line.recv(timeout=10))
    told = [answer for answer in answers if "too_many_requests" in str(answer)]
    assert 30 < len(told) <= 60
    assert '"retry_after":' in str(told[0])


def metric(server: Served, name: str) -> float:
    text = urllib.request.urlopen(f"{server.address}/metrics").read().decode()
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name + " "))


def test_the_gate_lets_in_what_is_ours_alone() -> None:
    for frame in ("40", '40{"token":"x"}', "41", "3", "5", "1", '42["a:b",{}]', '4217["a:b",{}]'):
        assert is_shaped(frame), frame
    for frame in JUNK[:6]:
        assert not is_shaped(frame) or frame == '42["topic:join"', frame
    gate = Gate()
    assert [gate.verdict("x") for _ in range(3)] == ["malformed"] * 3
    assert gate.is_enough


def test_a_bucket_fills_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("forum.realtime.gate.time.monotonic", lambda: now[0])
    bucket = Bucket(2, 0.5)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    assert bucket.wait == 3
    now[0] += 2
    assert [bucket.take() for _ in range(2)] == [True, False]


class Reader:
    """A line whose reader takes nothing."""

    closed, websocket = False, None

    def __init__(self) -> None:
        self.queue: queue.Queue[Any] = queue.Queue()

    def send(self, packet: Any) -> None:
        self.queue.put(packet)

    def close(self, **_how: Any) -> None:
        self.closed = True


@pytest.mark.one_database
@pytest.mark.parametrize(("size", "most"), [(10, 500), (60_000, 18)])
def test_who_does_not_read_is_cut(app: Flask, size: int, most: int) -> None:
    live, slow = app.extensions["forum_live"], Reader()
    live.server.eio.sockets["slow"] = slow
    for _ in range(1000):
        live.wire.send("slow", Packet(MESSAGE, "x" * size))
    assert slow.closed
    assert slow.queue.qsize() == most
    del live.server.eio.sockets["slow"]


@pytest.mark.one_database
def test_who_says_nothing_is_cut_and_who_answers_no_ping_is_gone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("forum.realtime.gate.time.monotonic", lambda: now[0])
    live, line = app.extensions["forum_live"], Reader()
    live.server.eio.sockets["line"] = line
    assert live.wire.opened("line", {"REMOTE_ADDR": "192.0.2.1"}) is None
    live.wire.ping_by_sweeping("line")
    live.wire.known("line")
    line.schedule_ping()  # type: ignore[attr-defined]
    now[0] += 15
    live.wire.sweep()
    assert line.queue.empty()
    now[0] += 6
    live.wire.sweep()
    live.wire.sweep()
    assert line.queue.qsize() == 1
    live.wire.silent("line")
    now[0] += 11
    live.wire.sweep()
    assert line.closed
    live.wire.closed("line")
    assert not live.wire.networks
    del live.server.eio.sockets["line"]
