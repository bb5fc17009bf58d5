"""Measuring one database: pages in turn with F0, replies, statements, memory."""

import gzip
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import goals, load, rotating, servers
from bench.databases import RAW, ROOT, Backend, environment, settings, template
from bench.goals import Page
from bench.load import Asked
from bench.servers import Server

Say = Callable[[str], None]


def measure(backend: Backend, *, posts: int, rounds: int, seconds: float, say: Say) -> dict[str, Any]:
    """Every figure of one database."""
    load_before = os.getloadavg()[0]
    name, facts = template(backend, posts, say)
    backend.copy(name, "run")
    url = backend.address("run")
    try:
        found: dict[str, Any] = {"posts": posts, "loading": facts["loading"]}
        found |= {"load": load_before, "cores": os.cpu_count() or 1, "settings": settings()}
        found["statements"] = count_statements(url, facts)
        with servers.forum(url, RAW) as server, servers.ceiling(RAW) as ceiling:
            if load.has_wrk():
                found["pages"] = pages(server, ceiling, facts, rounds=rounds, seconds=seconds, say=say)
            say(f"{backend.name}: replies")
            load.replies(server, facts, 1)
            runs = [load.replies(server, facts, max(2.0, seconds * 2)) for _ in range(rounds)]
            found["replies"] = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
            found["memory"] = server.memory()
    finally:
        backend.drop("run")
    return found


def pages(
    server: Server, ceiling: Server, facts: dict[str, Any], *, rounds: int, seconds: float, say: Say
) -> dict[str, Any]:
    """Rates of every page, each between two runs of F0, since others use the machine too."""
    asked = [(page, _request(server, page, facts)) for page in goals.PAGES]
    for _page, what in asked:
        load.warm(server, what)
    found: dict[str, list[tuple[load.Run, float, float]]] = {page.label: [] for page in goals.PAGES}
    constant = Asked("/", {})
    before = load.wrk(ceiling, constant, seconds)
    for number in range(rounds):
        say(f"pages, round {number + 1} of {rounds}")
        for page, what in asked:
            run = load.wrk(server, what, seconds)
            after = load.wrk(ceiling, constant, seconds)
            if run.faults:
                raise SystemExit(f"{page.label}: {run.faults} faults")
            found[page.label].append((run, (before.rate + after.rate) / 2, (before.cpu + after.cpu) / 2))
            before = after
    return {label: _median(runs) for label, runs in found.items()}


def _request(server: Server, page: Page, facts: dict[str, Any]) -> Asked:
    path, headers = facts["pages"][page.page], {"Accept": "text/html", "Accept-Language": "en"}
    if page.who:
        headers["Cookie"] = f"{facts['cookie']}={facts['tokens'][page.who]}"
    status, answered, _body = server.get(path, headers)
    if status != 200:
        raise SystemExit(f"{path} answered {status}")
    if page.unchanged and "etag" in answered:
        headers["If-None-Match"] = answered["etag"]
    if page.rotates:
        paths = facts["rotating"].get(page.page, [path])
        cookies = [f"{facts['cookie']}={token}" for token in facts["rotating"]["tokens"]]
        for sample, cookie in ((paths[0], cookies[-1]), (paths[-1], cookies[0])):
            status, _headers, _body = server.get(sample, {"Cookie": cookie})
            if status != 200:
                raise SystemExit(f"{sample} answered {status}")
        return Asked(path, {}, rotating.write(RAW / f"rotate-{page.page}.lua", paths, cookies))
    return Asked(path, headers)


def _median(runs: list[tuple[load.Run, float, float]]) -> dict[str, Any] | None:
    """None where no window saw a request of both. `ratio` is the share of F0's rate; `cpu_ratio` the same by the processor time of the server alone, which noise hardly moves."""
    runs = [(run, f0, cpu) for run, f0, cpu in runs if run.requests and run.rate and f0]
    if not runs:
        return None
    middle = statistics.median
    return {
        "rate": middle(run.rate for run, _f, _c in runs),
        "f0": middle(f0 for _run, f0, _c in runs),
        "ratio": middle(run.rate / f0 for run, f0, _c in runs),
        "cpu_ms": middle(run.cpu for run, _f, _c in runs),
        "cpu_ratio": middle(cpu / run.cpu if run.cpu else 0.0 for run, _f, cpu in runs),
        "p50": middle(run.p50 for run, _f, _c in runs),
        "p99": middle(run.p99 for run, _f, _c in runs),
        "runs": [{"rate": run.rate, "f0": f0} for run, f0, _c in runs],
    }


def count_statements(url: str, facts: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.inside", "statements"],
        env=environment(url, RAW),
        cwd=ROOT,
        input=json.dumps(facts),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    counted: dict[str, Any] = json.loads(done.stdout)
    return counted


def at_scale(
    backend: Backend, *, small: int, large: int, rounds: int, seconds: float, say: Say
) -> dict[str, Any]:
    """The time of every page with many posts, as a multiple of its time with few; run by run in turn."""
    (few, few_facts), (many, many_facts) = (template(backend, posts, say) for posts in (small, large))
    times: dict[str, list[tuple[float, float]]] = {page.label: [] for page in goals.PAGES}
    with (
        servers.forum(backend.address(few), RAW) as one,
        servers.forum(backend.address(many), RAW) as other,
    ):
        asked = [
            (page, _request(one, page, few_facts), _request(other, page, many_facts)) for page in goals.PAGES
        ]
        for _page, first, second in asked:
            load.warm(one, first)
            load.warm(other, second)
        for number in range(rounds):
            say(f"{backend.name}, {small:,} against {large:,} posts, round {number + 1} of {rounds}")
            for page, first, second in asked:
                a = load.wrk(one, first, seconds)
                b = load.wrk(other, second, seconds)
                if a.rate and b.rate:
                    times[page.label].append((a.rate / b.rate, b.cpu / a.cpu if a.cpu else 0.0))
        memory = other.memory()
    return {
        "posts": large,
        "memory": memory,
        "loading": many_facts["loading"],
        "times": {
            label: {
                "times": statistics.median(r for r, _c in found),
                "cpu_times": statistics.median(c for _r, c in found),
            }
            if found
            else None
            for label, found in times.items()
        },
    }


def second_start(say: Say) -> float:
    """From `serve --prepare` on the demo that is there already to the first answer: what `make run` does the second time."""
    import tempfile
    import time

    say("second start")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/forum.db"
        with servers.forum(url, Path(folder), "--prepare"):
            pass
        begun = time.perf_counter()
        with servers.forum(url, Path(folder), "--prepare") as server:
            server.get("/")
            return time.perf_counter() - begun


def assets() -> dict[str, float]:
    """Kilobytes, compressed: all styles, all scripts."""
    sizes = {"css": 0.0, "js": 0.0}
    for kind in sizes:
        files = sorted((ROOT / "static" / kind).rglob(f"*.{kind}"))
        if kind == "css":
            sizes[kind] = len(gzip.compress(b"".join(path.read_bytes() for path in files), 9)) / 1024
        else:
            sizes[kind] = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) / 1024
    return sizes
