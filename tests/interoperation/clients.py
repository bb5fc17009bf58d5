"""The two official clients under one face: connect, ask, and what was heard."""

import json
import queue
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Protocol

import requests
import socketio
from socketio.exceptions import ConnectionError as RefusedError

HERE = Path(__file__).parent
PATIENCE = 15.0
Heard = tuple[str, Any]


class Client(Protocol):
    """`transport` is the one that it ended up with."""

    transport: str

    def ask(self, name: str, given: Any) -> Any: ...
    def hear(self, name: str, within: float = PATIENCE) -> Any: ...
    def heard_nothing(self, name: str) -> bool: ...
    def is_over(self, within: float = PATIENCE) -> bool: ...
    def close(self) -> None: ...


class ConnectRefusedError(Exception):
    """The server did not let it in."""


def headers_of(address: str, cookie: str, origin: str) -> dict[str, str]:
    """A cookie counts from our own pages alone, so it comes with where it comes from."""
    if cookie:
        return {"Cookie": cookie, "Origin": origin or address}
    return {"Origin": origin} if origin else {}


class Ears:
    """What was heard so far; each thing is taken once."""

    def __init__(self) -> None:
        self.heard: queue.Queue[Heard] = queue.Queue()
        self.kept: list[Heard] = []

    def take(self, name: str, within: float) -> Any:
        deadline = time.monotonic() + within
        while True:
            for place, (known, given) in enumerate(self.kept):
                if known == name:
                    del self.kept[place]
                    return given
            try:
                self.kept.append(self.heard.get(timeout=max(0.001, deadline - time.monotonic())))
            except queue.Empty:
                raise AssertionError(
                    f"{name} was not heard; heard: {[one[0] for one in self.kept]}"
                ) from None

    def has(self, name: str) -> bool:
        while not self.heard.empty():
            self.kept.append(self.heard.get())
        return any(known == name for known, _given in self.kept)


class PythonClient:
    """python-socketio's own."""

    def __init__(
        self, address: str, *, transports: list[str], cookie: str = "", token: str = "", origin: str = ""
    ) -> None:
        self.ears, self.over = Ears(), threading.Event()
        # As a browser: one Origin, over both transports.
        self.http = requests.Session()
        self.client = socketio.Client(
            reconnection=False, http_session=self.http, websocket_extra_options={"suppress_origin": True}
        )
        self.client.on("*", lambda name, given=None: self.ears.heard.put((name, given)))
        self.client.on("disconnect", lambda *_why: self.over.set())
        headers = headers_of(address, cookie, origin)
        try:
            self.client.connect(
                address,
                transports=transports,
                headers=headers,
                auth={"token": token} if token else None,
                wait_timeout=int(PATIENCE),
            )
        except RefusedError as refused:
            self.close()
            raise ConnectRefusedError(str(refused)) from None
        self.transport = str(self.client.transport())

    def ask(self, name: str, given: Any) -> Any:
        return self.client.call(name, given, timeout=int(PATIENCE))

    def hear(self, name: str, within: float = PATIENCE) -> Any:
        return self.ears.take(name, within)

    def heard_nothing(self, name: str) -> bool:
        return not self.ears.has(name)

    def is_over(self, within: float = PATIENCE) -> bool:
        return self.over.wait(within)

    def close(self) -> None:
        self.client.disconnect()
        self.http.close()
        if self.client.eio.ws is not None:
            self.client.eio.ws.close()


class NodeClient:
    """socket.io-client, in a process of its own."""

    def __init__(
        self, address: str, *, transports: list[str], cookie: str = "", token: str = "", origin: str = ""
    ) -> None:
        headers = headers_of(address, cookie, origin)
        options = {"transports": transports, "reconnection": False, "extraHeaders": headers}
        if token:
            options["auth"] = {"token": token}
        self.ears, self.over = Ears(), threading.Event()
        self.answers: dict[int, queue.Queue[Any]] = {}
        self.begun: queue.Queue[dict[str, Any]] = queue.Queue()
        self.process = subprocess.Popen(
            ["node", str(HERE / "client.mjs"), address, json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=HERE,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        first = self.begun.get(timeout=PATIENCE)
        if first["happened"] != "connected":
            self._end()
            raise ConnectRefusedError(first["why"])
        self.transport = first["transport"]

    @staticmethod
    def is_here() -> bool:
        return shutil.which("node") is not None and (HERE / "node_modules").is_dir()

    def ask(self, name: str, given: Any) -> Any:
        number = len(self.answers) + 1
        self.answers[number] = queue.Queue()
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"name": name, "given": given, "number": number}) + "\n")
        self.process.stdin.flush()
        return self.answers[number].get(timeout=PATIENCE)

    def hear(self, name: str, within: float = PATIENCE) -> Any:
        return self.ears.take(name, within)

    def heard_nothing(self, name: str) -> bool:
        return not self.ears.has(name)

    def is_over(self, within: float = PATIENCE) -> bool:
        return self.over.wait(within)

    def close(self) -> None:
        self._end()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told = json.loads(line)
            if told["happened"] in ("connected", "refused"):
                self.begun.put(told)
            elif told["happened"] == "answered":
                self.answers[told["number"]].put(told["answer"])
            elif told["happened"] == "heard":
                self.ears.heard.put((told["name"], told["given"]))
            else:
                self.over.set()

    def _end(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()
