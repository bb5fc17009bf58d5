"""Servers to measure: started, waited for, looked at, stopped."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.databases import FORUM, ROOT, environment

PATIENCE = 60.0
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Server:
    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        answer = response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
        connection.close()
        return answer

    def settle(self) -> None:
        """Wait until it has answered what a client that went away had asked for."""
        self.get("/healthz")

    def cpu(self) -> float:
        """Seconds of processor time it has used."""
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / TICKS
        return 0.0

    def memory(self) -> dict[str, float]:
        """Megabytes resident now, and at most so far."""
        found = {}
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
                name, _, value = line.partition(":")
                if name in ("VmRSS", "VmHWM"):
                    found[name] = round(int(value.split()[0]) / 1024, 1)
        return found


@contextlib.contextmanager
def forum(url: str, folder: Path, *options: str) -> Iterator[Server]:
    """`forum serve`, one process."""
    port = free_port()
    with _running(
        [FORUM, "serve", "--port", str(port), *options], environment(url, folder), port, "/readyz"
    ) as s:
        yield s


@contextlib.contextmanager
def ceiling(folder: Path) -> Iterator[Server]:
    """F0 under the same server class."""
    port = free_port()
    command = [sys.executable, "-m", "bench.ceiling", str(port)]
    with _running(command, environment("sqlite:///unused.db", folder), port, "/") as server:
        yield server


@contextlib.contextmanager
def relay(url: str, folder: Path) -> Iterator[Server]:
    """R0 under the same Socket.IO server."""
    port = free_port()
    command = [sys.executable, "-m", "bench.relay", str(port)]
    with _running(command, environment(url, folder), port, "/relay") as server:
        yield server


@contextlib.contextmanager
def _running(command: list[Any], around: dict[str, str], port: int, path: str) -> Iterator[Server]:
    with open(Path(around["INSTANCE_PATH"]) / f"server-{port}.log", "wb") as log:
        process = subprocess.Popen(command, env=around, cwd=ROOT, stdout=log, stderr=log)
        server = Server(process, port)
        try:
            _wait(server, path, log.name)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    os.unlink(log.name)


def _wait(server: Server, path: str, log: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise SystemExit(f"the server stopped: {Path(log).read_text()[-2000:]}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            if server.get(path)[0] == 200:
                return
        time.sleep(0.02)
    raise SystemExit("the server does not answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
