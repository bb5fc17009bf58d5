"""The Socket.IO server: how it is set up, who may connect, and what becomes of each frame."""

import logging
from typing import Any

import orjson
from flask import Flask
from flask_socketio import SocketIO
from gevent import monkey
from socketio import packet
from socketio.exceptions import ConnectionRefusedError as ConnectionRefused

from forum.config import Config
from forum.core.errors import ForumError
from forum.realtime import dispatcher
from forum.realtime.connections import Connection
from forum.realtime.identity import recognize
from forum.realtime.live import Live
from forum.realtime.origins import allowed_origins
from forum.web.request import network_of

log = logging.getLogger(__name__)

PATH = "socket.io"
LARGEST_FRAME = 64 * 1024  # bytes
PING_SECONDS, PONG_SECONDS = 20, 15


class Json:
    """As the packages want a JSON module to be."""

    JSONDecodeError = orjson.JSONDecodeError

    @staticmethod
    def dumps(value: Any, **_how: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_how: Any) -> Any:
        return orjson.loads(text)


def make_server(app: Flask, config: Config, live: Live) -> None:
    """Put it before the application; what is not /socket.io goes through."""
    silent = logging.getLogger("forum.realtime.wire")
    silent.setLevel(logging.CRITICAL)
    socketio = SocketIO(
        app,
        async_mode="gevent" if monkey.is_module_patched("socket") else "threading",
        path=PATH,
        manage_session=False,
        always_connect=False,
        async_handlers=False,
        cors_allowed_origins=lambda origin: origin in allowed_origins(live),  # type: ignore[arg-type]
        max_http_buffer_size=LARGEST_FRAME,
        ping_interval=PING_SECONDS,
        ping_timeout=PONG_SECONDS,
        http_compression=False,
        json=Json,
        logger=silent,
        engineio_logger=silent,
    )
    server = live.server = socketio.server  # type: ignore[attr-defined]
    # Beside the two below nothing is registered with the package: every event goes through the one dispatcher.
    server.on("connect", lambda sid, environ, auth=None: _connect(live, sid, environ, auth))
    server.on("disconnect", lambda sid, _reason=None: live.remove(sid))
    server._handle_event = lambda eio_sid, namespace, number, data: _event(
        live, eio_sid, namespace, number, data
    )


def _connect(live: Live, sid: str, environ: dict[str, Any], auth: Any) -> None:
    """Take somebody in, or refuse with a reason as the events do."""
    with live.app.request_context(environ):
        try:
            sign_in = recognize(auth if isinstance(auth, dict) else {})
            live.add(Connection(sid, sign_in, network_of(environ.get("REMOTE_ADDR"))))
        except ForumError as error:
            told = dispatcher.refusal(error)["error"]
            raise ConnectionRefused(told["code"], told) from None


def _event(live: Live, eio_sid: str, namespace: str | None, number: int | None, data: Any) -> None:
    server = live.server
    sid = server.manager.sid_from_eio_sid(eio_sid, namespace or "/")
    connection = live.connections.by_sid.get(sid)
    if connection is None or not isinstance(data, list) or not data or not isinstance(data[0], str):
        return
    sent = data[1:] if len(data) > 2 else data[1] if len(data) == 2 else None  # more than one object is none
    told = dispatcher.answer(live, connection, data[0], sent)
    if number is not None:
        server._send_packet(
            eio_sid, server.packet_class(packet.ACK, namespace=namespace, id=number, data=[told])
        )
