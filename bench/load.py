"""Load: pages with wrk, replies with a small generator of our own."""

import http.client
import re
import shutil
import subprocess
import threading
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.servers import Server

FEWEST = 32  # requests that say anything: two for each connection
LONGEST = 60.0  # seconds that are given to them where the machine is busy
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
TEXT = (
    "An answer of some forty words with **bold** words and a [link](https://example.org/a), so that there is markup "
    "to render, and then more plain words to make it look like what members write here, number {} of writer {}."
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of wrk: how many requests were answered, how many a second, latencies in ms, answers that were not 2xx or 3xx, the server's CPU in ms a request."""

    requests: int
    rate: float
    p50: float
    p99: float
    faults: int
    cpu: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: one page by one person, or what a script of wrk says."""

    path: str
    headers: dict[str, str]
    script: Path | None = None


def has_wrk() -> bool:
    return shutil.which("wrk") is not None


def wrk(server: Server, asked: Asked, seconds: float) -> Run:
    """Two threads, sixteen connections; again for twice as long where too few requests were done to say anything."""
    while True:
        run = _window(server, asked, seconds)
        if run.requests >= FEWEST or seconds >= LONGEST:
            return run
        seconds = min(2 * max(1.0, seconds), LONGEST)


def warm(server: Server, asked: Asked) -> None:
    """A second of requests that nobody counts."""
    _window(server, asked, 1)


def _window(server: Server, asked: Asked, seconds: float) -> Run:
    """wrk counts whole seconds, and is stopped when the time is over."""
    command = ["wrk", "-t2", "-c16", f"-d{max(1, round(seconds))}s", "--latency", "--timeout", "30s"]
    for name, value in asked.headers.items():
        command += ["-H", f"{name}: {value}"]
    if asked.script is not None:
        command += ["-s", str(asked.script)]
    before = server.cpu()
    text = subprocess.run(
        [*command, server.address(asked.path)], capture_output=True, text=True, check=True
    ).stdout
    used = server.cpu() - before
    server.settle()
    requests = int(_found(r"(\d+) requests in", text) or 0)
    return Run(
        requests=requests,
        rate=float(_found(r"Requests/sec:\s+([\d.]+)", text) or 0),
        p50=_latency(text, 50),
        p99=_latency(text, 99),
        faults=int(_found(r"Non-2xx or 3xx responses: (\d+)", text) or 0),
        cpu=1000 * used / requests if requests else 0.0,
    )


def _found(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text)
    return match[1] if match else None


def _latency(text: str, part: int) -> float:
    match = re.search(rf"^\s+{part}%\s+([\d.]+)(us|ms|s|m)\s*$", text, re.MULTILINE)
    return float(match[1]) * UNITS[match[2]] if match else 0.0


def replies(server: Server, facts: dict[str, Any], seconds: float) -> dict[str, float]:
    """As `wrk`, for answers."""
    while True:
        run = _replies(server, facts, seconds)
        if run["taken"] >= FEWEST or seconds >= LONGEST:
            return run
        seconds = min(2 * seconds, LONGEST)


def _replies(server: Server, facts: dict[str, Any], seconds: float) -> dict[str, float]:
    """Eight people, each answering a topic of their own, one answer after the other. Taken is what leads to the new post (303)."""
    took: list[float] = []
    refused: list[int] = []
    stop = time.perf_counter() + seconds

    def write(number: int, writer: dict[str, str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {
            "Cookie": f"{facts['cookie']}={writer['token']}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        count = 0
        while time.perf_counter() < stop:
            count += 1
            fields = {
                "csrf_token": writer["csrf"],
                "body": TEXT.format(count, number),
                "client_id": f"bench-{number}-{time.time_ns()}",
            }
            begun = time.perf_counter()
            connection.request("POST", writer["address"], urllib.parse.urlencode(fields), headers)
            response = connection.getresponse()
            response.read()
            if response.status == 303:
                took.append(time.perf_counter() - begun)
            else:
                refused.append(response.status)
                time.sleep(0.01)
        connection.close()

    begun = time.perf_counter()
    threads = [threading.Thread(target=write, args=pair) for pair in enumerate(facts["writers"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    took.sort()
    return {
        "taken": len(took),
        "rate": len(took) / elapsed,
        "p50": 1000 * took[len(took) // 2] if took else 0.0,
        "p99": 1000 * took[min(len(took) - 1, int(len(took) * 0.99))] if took else 0.0,
        "refused": len(refused),
    }
