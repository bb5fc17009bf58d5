"""WebSockets under gevent's server, in the slot that Engine.IO has for them: the protocol is the `websockets` package's.

A frame that is too large is refused by its header, before it is taken in; nothing is ever inflated; what is sent goes out
whole and in turn. (Of the layers that Engine.IO finds by itself one reads byte by byte and the other loses what a slow
reader did not take.)
"""

import contextlib
import logging
import socket
from collections.abc import Callable, Iterable
from typing import Any

import gevent
from gevent.lock import BoundedSemaphore
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import OPEN, Protocol, Side
from websockets.utils import accept_key

CHUNK = 64 * 1024

# What one connection sends that is no WebSocket is no news for a log.
_silent = logging.getLogger("forum.realtime.websocket")
_silent.setLevel(logging.CRITICAL)


class WebSocket:
    """One connection. Engine.IO calls it as an application, then `wait`, `send` and `close`."""

    def __init__(self, handler: Callable[["WebSocket"], Iterable[bytes]], server: Any) -> None:
        self._handler = handler
        self._protocol = Protocol(
            Side.SERVER, state=OPEN, max_size=server.max_http_buffer_size, logger=_silent
        )
        self._turn = BoundedSemaphore(1)  # a pong must not land inside another frame
        self._received: list[Any] = []
        self._parts: list[bytes] = []
        self._opcode = Opcode.TEXT
        self.engine: Any = getattr(handler, "__self__", None)  # Engine.IO's side of this connection
        self.admits: Callable[[str | bytes], bool] = lambda _message: True
        if self.engine is not None:
            self.engine.websocket = self

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
        if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13" or len(key) != 24 or not key.isascii():
            start_response(
                "426 Upgrade Required",
                [("Content-Type", "text/plain"), ("Sec-WebSocket-Version", "13"), ("Content-Length", "0")],
            )
            return [b""]
        server_handler = getattr(start_response, "__self__", None)
        if server_handler is not None:
            server_handler.close_connection = True  # whatever comes after it is no request
        environ["forum.websocket"] = True
        self._input = getattr(environ["wsgi.input"], "rfile", environ["wsgi.input"])
        self._sock = self._input.raw._sock
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answer = (
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept_key(key)}\r\n\r\n"
        )
        self._sock.sendall(f"HTTP/1.1 101 Switching Protocols\r\n{answer}".encode())
        try:
            return self._handler(self)
        finally:
            self.drop()
            self._let_go()

    def wait(self) -> str | bytes | None:
        """The next message that is admitted; None once the connection is over."""
        while True:
            while self._received:
                message = self._message_of(self._received.pop(0))
                gevent.sleep(0)  # whoever sends much at once does not keep the others waiting
                if message is not None and self.admits(message):
                    return message
            if self._protocol.state is not OPEN:
                self.drop()
                return None
            try:
                data = self._input.read1(CHUNK)
            except (OSError, ValueError):
                data = b""
            if not data:
                self.drop()
                return None
            self._protocol.receive_data(data)
            self._received += self._protocol.events_received()
            self._flush()

    def send(self, message: str | bytes) -> None:
        """Raises OSError where the connection is over."""
        if self._protocol.state is not OPEN:
            raise OSError("closed")
        if isinstance(message, str):
            self._protocol.send_text(message.encode())
        else:
            self._protocol.send_binary(message)
        self._flush()

    def close(self) -> None:
        self.drop(CloseCode.NORMAL_CLOSURE)

    def drop(self, code: int = CloseCode.NORMAL_CLOSURE) -> None:
        """Hang up; with a word, if the other side listens at all."""
        if self._protocol.state is OPEN:
            self._protocol.fail(code)
            if self._turn.acquire(blocking=False):
                self._turn.release()
                self._sock.settimeout(0.2)
                self._flush()
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def _let_go(self) -> None:
        """Nothing here holds on to what holds it, so that all of it is freed at once."""
        if self.engine is not None:
            self.engine.websocket = None
            self.engine.__dict__.pop("schedule_ping", None)
        self.engine, self._handler, self.admits = None, _nobody, _nothing
        self._protocol.parser.close()

    def _message_of(self, frame: Frame) -> str | bytes | None:
        """The message that this frame ends, if it ends one."""
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return None
        if frame.opcode is not Opcode.CONT:
            self._opcode = frame.opcode
        if not frame.fin or self._parts:
            self._parts.append(bytes(frame.data))
            if not frame.fin:
                return None
        data, self._parts = b"".join(self._parts) if self._parts else bytes(frame.data), []
        if self._opcode is Opcode.BINARY:
            return data
        try:
            return data.decode()
        except UnicodeDecodeError:
            self.drop(CloseCode.INVALID_DATA)
            return None

    def _flush(self) -> None:
        """What the protocol has to say, whole and in turn."""
        with self._turn:
            data = b"".join(self._protocol.data_to_send())
            if data:
                with contextlib.suppress(OSError):
                    self._sock.sendall(data)


def _nobody(_websocket: WebSocket) -> Iterable[bytes]:
    return []


def _nothing(_message: str | bytes) -> bool:
    return False
