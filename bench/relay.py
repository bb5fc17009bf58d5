"""The bare relay R0: frames in and out through the forum's own Socket.IO server and settings, with nothing behind it.

python -m bench.relay PORT
"""

import sys

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402
from collections import defaultdict  # noqa: E402
from dataclasses import replace  # noqa: E402
from typing import Any  # noqa: E402

from gevent.pywsgi import WSGIServer  # noqa: E402
from socketio import packet  # noqa: E402

from forum.app import create_app  # noqa: E402
from forum.cli.server import Handler  # noqa: E402
from forum.config import Config  # noqa: E402

app = create_app(replace(Config.from_environment(), rate_limits=False, log_level="ERROR"))
live = app.extensions["forum_live"]
together: defaultdict[str, list[str]] = defaultdict(list)


@app.get("/relay")
def ready() -> str:
    return "ready\n"


ready.declared_access = "open to all"  # type: ignore[attr-defined]


def relay(eio_sid: str, namespace: str | None, number: int | None, data: list[Any]) -> None:
    """Whoever has sent to the same conversation hears of it; whoever sent is told that it was taken."""
    server, sent = live.server, data[1]
    sid = server.manager.sid_from_eio_sid(eio_sid, namespace or "/")
    there = together[sent["conversation_id"]]
    if sid not in there:
        there.append(sid)
    server.emit("message:new", {"message": sent}, to=there)
    if number is not None:
        told = {"ok": True, "data": {"message": sent}}
        server._send_packet(
            eio_sid, server.packet_class(packet.ACK, namespace=namespace, id=number, data=[told])
        )


if __name__ == "__main__":
    live.port = int(sys.argv[1])
    live.server._handle_event = relay
    live.server.handlers["/"]["connect"] = lambda sid, environ, auth=None: None
    live.server.handlers["/"]["disconnect"] = lambda sid, reason=None: None
    gc.collect()
    gc.freeze()
    WSGIServer(("127.0.0.1", int(sys.argv[1])), app, handler_class=Handler, log=None).serve_forever()
