"""Between Engine.IO and us: what comes in is looked at frame by frame, what goes out waits in bounded outboxes."""

import io
import time
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from engineio.packet import PING, Packet

from forum.core import clock
from forum.core.errors import TooManyRequests
from forum.realtime.connections import MOST_OF_A_NETWORK
from forum.realtime.gate import Gate, number_of
from forum.web.request import network_of

if TYPE_CHECKING:
    from forum.realtime.live import Live

LARGEST_FRAME = 64 * 1024  # bytes
PING_SECONDS, PONG_SECONDS = 20, 15
MOST_WAITING = 500  # packets that a slow reader has not taken
MOST_WAITING_BYTES = 1024 * 1024
SILENT_SECONDS = 10.0  # how long somebody may be connected without saying who they are
LONGEST_QUERY = 2000
POLICY_VIOLATION, RESTARTING = 1008, 1012  # how a WebSocket says why it ends


class Wire:
    """The lines of this process as Engine.IO has them, by its ids."""

    def __init__(self, live: "Live") -> None:
        self.live = live
        self.gates: dict[str, Gate] = {}
        self.networks: Counter[str] = Counter()
        self.ended = 0  # lines, since the program began
        self._network_of: dict[str, str] = {}

    def opened(self, eio_sid: str, environ: dict[str, Any]) -> str | None:
        """A line begins; what is answered refuses it."""
        network = network_of(environ.get("REMOTE_ADDR"))
        is_limited = self.live.config.rate_limits
        if is_limited and self.networks[network] >= MOST_OF_A_NETWORK:
            return "Too many connections come from this network."
        self.gates[eio_sid] = Gate(is_limited)
        self._network_of[eio_sid] = network
        self.networks[network] += 1
        return None

    def known(self, eio_sid: str) -> None:
        """They have said who they are."""
        if eio_sid in self.gates:
            self.gates[eio_sid].silent_since = None

    def silent(self, eio_sid: str) -> None:
        """They have taken leave, or were told to: they hang up, or are cut before long."""
        if eio_sid in self.gates:
            self.gates[eio_sid].silent_since = time.monotonic()

    def closed(self, eio_sid: str) -> None:
        if self.gates.pop(eio_sid, None) is not None:
            self.ended += 1
        network = self._network_of.pop(eio_sid, None)
        if network is not None:
            self.networks[network] -= 1
            if not self.networks[network]:
                del self.networks[network]

    def forget(self) -> None:
        self.gates.clear()
        self.networks.clear()
        self._network_of.clear()

    def admits(self, eio_sid: str, frame: str | bytes) -> bool:
        """Whether a frame goes on to Engine.IO; counted, answered and in the end cut where not."""
        gate = self.gates.get(eio_sid)
        why = gate.verdict(frame) if gate is not None else "malformed"
        if gate is None or not why:
            return not why
        number = number_of(frame) if why == "too often" else None
        if number is not None:
            self._tell_to_wait(eio_sid, number, gate.bucket.wait)
        self.refused(eio_sid, why)
        return False

    def refused(self, eio_sid: str, why: str) -> None:
        self.live.metrics.frames_refused.labels(why).inc()
        gate = self.gates.get(eio_sid)
        if gate is not None and gate.is_enough:
            self.cut(eio_sid, why)

    def strike(self, eio_sid: str) -> None:
        """What was admitted turned out to be no message of ours."""
        gate = self.gates.get(eio_sid)
        if gate is not None:
            gate.malformed += 1
        self.refused(eio_sid, "malformed")

    def cut(self, eio_sid: str, why: str, code: int = POLICY_VIOLATION) -> None:
        """Hang up. What the client missed it asks for by number when it comes back."""
        line = self.live.server.eio.sockets.get(eio_sid)
        if line is None or line.closed:
            return
        self.live.metrics.lines_cut.labels(why).inc()
        websocket = getattr(line, "websocket", None)
        if websocket is not None:
            websocket.drop(code)
        else:
            line.close(wait=False, abort=True)

    def send(self, eio_sid: str, packet: Any) -> None:
        """Into the outbox of a line, or cut it where that is full. Never raises: others wait for the same packet."""
        line = self.live.server.eio.sockets.get(eio_sid)
        if line is None or line.closed:
            return
        waiting = line.queue.qsize()
        if waiting >= MOST_WAITING or (waiting > 15 and _bytes_in(line.queue) > MOST_WAITING_BYTES):
            self.cut(eio_sid, "slow")
            return
        line.send(packet)

    def sweep(self) -> None:
        """Ping those whose turn it is; cut those who have been connected for a while and not said who they are."""
        now = time.monotonic()
        for eio_sid, gate in list(self.gates.items()):
            if gate.silent_since is not None and gate.silent_since < now - SILENT_SECONDS:
                self.cut(eio_sid, "silent")
            elif gate.ping_at is not None and gate.ping_at <= now:
                gate.ping_at = None
                line = self.live.server.eio.sockets.get(eio_sid)
                if line is not None and not line.closed:
                    line.last_ping = clock.wall()  # as Engine.IO counts
                    self.send(eio_sid, Packet(PING))

    def ping_by_sweeping(self, eio_sid: str) -> None:
        """Engine.IO would keep a greenlet, and with it everything of the line, waiting for each ping."""
        line, gate = self.live.server.eio.sockets[eio_sid], self.gates[eio_sid]

        def schedule() -> None:
            if gate.ping_at is None:
                line.last_ping = None
                gate.ping_at = time.monotonic() + PING_SECONDS

        line.schedule_ping = schedule

    def handle(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """A request to /socket.io, before Engine.IO sees it."""
        query = environ.get("QUERY_STRING", "")
        asked = parse_qs(query) if len(query) <= LONGEST_QUERY else {"j": [""]}
        if "j" in asked:  # answers as scripts are for browsers that nobody has any more
            return _refuse(start_response, "400 Bad Request")
        if "HTTP_UPGRADE" in environ:
            return self._engine(environ, start_response, start_response)
        if environ["REQUEST_METHOD"] == "POST" and not self._read(environ, asked.get("sid", [""])[0]):
            return _refuse(start_response, "413 Content Too Large")

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            ours = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
            return start_response(status, headers + ours, *rest)

        return self._engine(environ, start, start_response)

    def _engine(self, environ: dict[str, Any], start: Any, start_response: Any) -> Iterable[bytes]:
        try:
            answer: Iterable[bytes] = self.live.server.eio.handle_request(environ, start)
        except Exception:  # noqa: BLE001 - of a line that ended meanwhile, or began with something else
            self.live.metrics.frames_refused.labels("malformed").inc()
            has_begun = environ.get("forum.websocket", False)
            return [] if has_begun else _refuse(start_response, "400 Bad Request")
        return answer

    def _read(self, environ: dict[str, Any], eio_sid: str) -> bool:
        """The body of a poll, with what is admitted of it put in its place; False where it is too large."""
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdecimal() or int(length) > LARGEST_FRAME:
            return False
        body = environ["wsgi.input"].read(int(length))
        if eio_sid in self.gates:
            try:
                frames = body.decode().split("\x1e")
            except UnicodeDecodeError:
                frames = [""]
            body = "\x1e".join(frame for frame in frames if self.admits(eio_sid, frame)).encode()
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        return True

    def _tell_to_wait(self, eio_sid: str, number: str, seconds: int) -> None:
        from forum.realtime.dispatcher import refusal

        server = self.live.server
        with self.live.context():
            told = refusal(TooManyRequests(seconds))
        server._send_packet(eio_sid, server.packet_class(3, namespace="/", id=int(number), data=[told]))


def _bytes_in(queue: Any) -> int:
    return sum(len(packet.data or "") for packet in list(queue.queue) if packet is not None)


def _refuse(start_response: Any, status: str) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", "0"), ("Connection", "close")])
    return [b""]
