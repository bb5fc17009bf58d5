"""The Socket.IO server: how it is set up, who may connect, and what becomes of each message."""

import logging
from functools import partial
from typing import Any

import orjson
from flask import Flask
from flask_socketio import SocketIO
from gevent import monkey
from socketio import packet
from socketio.exceptions import ConnectionRefusedError as ConnectionRefused

from forum.config import Config
from forum.core.errors import ForumError, Unavailable
from forum.realtime import dispatcher
from forum.realtime.connections import Connection
from forum.realtime.identity import recognize
from forum.realtime.live import Live
from forum.realtime.origins import allowed_origins
from forum.realtime.wire import LARGEST_FRAME, PING_SECONDS, PONG_SECONDS

log = logging.getLogger(__name__)

PATH = "socket.io"


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
    silent = logging.getLogger("forum.realtime.engine")
    silent.setLevel(logging.CRITICAL)  # what others send is counted, not logged
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
    # Beside these two nothing is registered with the package: every event goes through the one dispatcher.
    server.on("connect", lambda sid, environ, auth=None: _connect(live, sid, environ, auth))
    server.on("disconnect", lambda sid, _reason=None: live.remove(sid))
    _stand_between(live, server)


def _stand_between(live: Live, server: Any) -> None:
    """What the packages do with a frame is done by the wire first."""
    eio, wire = server.eio, live.wire
    eio._async = dict(eio._async, websocket=_websockets(live))
    took_message, took_connection, took_leave = (
        server._handle_eio_message,
        server._handle_eio_connect,
        server._handle_eio_disconnect,
    )

    def message(eio_sid: str, data: Any) -> None:
        gate = wire.gates.get(eio_sid)
        if isinstance(data, str) and data.startswith("0") and gate is not None and gate.silent_since is None:
            wire.strike(eio_sid)  # connected already
            return
        try:
            took_message(eio_sid, data)
        except Exception:  # noqa: BLE001 - what our own code raises is answered in it: this is of the wire
            wire.strike(eio_sid)

    def connection(eio_sid: str, environ: dict[str, Any]) -> str | None:
        refused = wire.opened(eio_sid, environ)
        if refused is None:
            took_connection(eio_sid, environ)
        return refused

    def leave(eio_sid: str, reason: str) -> None:
        wire.closed(eio_sid)
        took_leave(eio_sid, reason)

    def event(eio_sid: str, namespace: str | None, number: int | None, data: Any) -> None:
        _event(live, eio_sid, namespace, number, data)

    server._handle_eio_message, server._handle_eio_connect = message, connection
    server._handle_eio_disconnect, server._handle_event = leave, event
    server._send_eio_packet, server.handle_request = wire.send, wire.handle
    server._send_packet = lambda eio_sid, pkt: wire.send(eio_sid, _wrapped(pkt))

    def engine_connection(eio_sid: str, environ: dict[str, Any]) -> str | None:
        live.start()
        refused = connection(eio_sid, environ)
        if refused is None:
            wire.ping_by_sweeping(eio_sid)
        return refused

    eio.on("connect", engine_connection)
    eio.on("message", message)
    eio.on("disconnect", leave)


def _websockets(live: Live) -> Any:
    """What makes a WebSocket of a request; nothing without gevent: then one polls."""
    if not monkey.is_module_patched("socket"):
        return None
    from forum.realtime.websocket import WebSocket

    def make(handler: Any, eio: Any) -> WebSocket:
        websocket = WebSocket(handler, eio)
        websocket.admits = partial(live.wire.admits, websocket.engine.sid)
        return websocket

    return make


def _wrapped(pkt: Any) -> Any:
    from engineio.packet import MESSAGE, Packet

    return Packet(MESSAGE, pkt.encode())


def _connect(live: Live, sid: str, environ: dict[str, Any], auth: Any) -> None:
    """Take somebody in, or refuse with a reason as the events do."""
    eio_sid = live.server.manager.eio_sid_from_sid(sid, "/")
    with live.app.request_context(environ):
        try:
            sign_in = recognize(auth if isinstance(auth, dict) else {})
            live.add(Connection(sid, eio_sid, sign_in))
        except ForumError as error:
            told = dispatcher.refusal(error)["error"]
        except Exception:
            log.exception("somebody could not connect")
            told = dispatcher.refusal(Unavailable())["error"]
        else:
            return
    raise ConnectionRefused(told["code"], told)


def _event(live: Live, eio_sid: str, namespace: str | None, number: int | None, data: Any) -> None:
    server = live.server
    sid = server.manager.sid_from_eio_sid(eio_sid, namespace or "/")
    connection = live.connections.by_sid.get(sid)
    if connection is None or not isinstance(data, list) or not data or not isinstance(data[0], str):
        raise ValueError("no event")
    sent = data[1:] if len(data) > 2 else data[1] if len(data) == 2 else None  # more than one object is none
    told = dispatcher.answer(live, connection, data[0], sent)
    if number is not None:
        server._send_packet(
            eio_sid, server.packet_class(packet.ACK, namespace=namespace, id=number, data=[told])
        )
