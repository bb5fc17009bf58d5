"""Measuring what is live: messages beside the bare relay R0, idle lines, one post to many, a storm of returns."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from bench import goals, servers
from bench.databases import RAW, ROOT, Backend, environment, template
from bench.servers import Server

Say = Callable[[str], None]
PAIRS = {"kind": "pairs", "event": "message:send", "heard": "message:new"}


def measure(backend: Backend, *, posts: int, long: bool, say: Say) -> dict[str, Any]:
    """Every live figure of one database. A short run holds fewer idle lines."""
    name, _facts = template(backend, posts, say)
    backend.copy(name, "live")
    url = backend.address("live")
    seconds = 5.0 if long else 3.0
    try:
        around = environment(url, RAW)
        prepared = subprocess.run(
            [sys.executable, "-m", "bench.inside", "prepare_live"],
            env=around,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        facts = json.loads(prepared.stdout)
        found: dict[str, Any] = {}
        with servers.relay(url, RAW) as relay, servers.forum(url, RAW) as server:
            found |= _messages(relay, server, facts, seconds, say)
        with servers.forum(url, RAW) as server:
            say(f"{backend.name}: one post to many")
            found["fanout"] = _generate(
                server,
                {
                    "kind": "fanout",
                    "clients": 1000,
                    "times": 5,
                    "topic": facts["topic"],
                    "token": facts["token"],
                },
                facts,
            )
            say(f"{backend.name}: all lines cut")
            found["storm"] = _generate(
                server,
                {**PAIRS, "kind": "storm", "clients": 1000, "jitter": 10, "pair": facts["people"][:2]},
                facts,
            )
        with servers.forum(url, RAW) as server:
            say(f"{backend.name}: idle lines")
            found["idle"] = _idle(server, facts, goals.IDLE if long else goals.IDLE // 5)
        return found
    finally:
        backend.drop("live")


def _messages(
    relay: Server, server: Server, facts: dict[str, Any], seconds: float, say: Say
) -> dict[str, Any]:
    """Alone, at the rate that must hold, as fast as it goes, and at twice that; R0 before and after."""
    say("messages: the bare relay")
    most = {**PAIRS, "rate": 0, "seconds": seconds, "in_flight": 100}
    before = _generate(relay, most, facts)
    say("messages: ours")
    alone = _generate(server, {**PAIRS, "rate": 20, "seconds": seconds}, {"people": facts["people"][:2]})
    steady = _generate(server, {**PAIRS, "rate": goals.MESSAGES_A_SECOND, "seconds": seconds}, facts)
    highest = _generate(server, most, facts)
    after = _generate(relay, most, facts)
    over = _generate(server, {**PAIRS, "rate": 2 * highest["rate"], "seconds": seconds, "drain": 5}, facts)
    again = _generate(server, {**PAIRS, "rate": 100, "seconds": seconds}, facts)
    r0 = (before["rate"] + after["rate"]) / 2
    return {
        "relay": r0,
        "alone": alone,
        "steady": steady,
        "highest": highest,
        "share of the relay": round(highest["rate"] / r0, 3),
        "at twice that": over,
        "after that": again,
        "memory": server.memory(),
    }


def _idle(server: Server, facts: dict[str, Any], clients: int) -> dict[str, Any]:
    """How many lines a second are taken, and what each takes of memory."""
    before = server.memory()["VmRSS"]
    asked = {"kind": "idle", "clients": clients, "port": server.port, "people": facts["people"]}
    with subprocess.Popen(
        [sys.executable, "-m", "bench.sockets"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as generator:
        assert generator.stdin is not None
        assert generator.stdout is not None
        generator.stdin.write(json.dumps(asked) + "\n")
        generator.stdin.flush()
        line = generator.stdout.readline()
        if not line:
            raise SystemExit("the idle lines did not hold")
        grown = server.memory()["VmRSS"] - before
        generator.stdin.write("\n")
        generator.stdin.flush()
        generator.stdout.read()  # to its end, or its last word would find nobody
    return {**json.loads(line), "KB each": round(1024 * grown / clients, 1)}


def _generate(server: Server, asked: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    given = json.dumps({"people": facts["people"], **asked, "port": server.port}) + "\n"
    done = subprocess.run(
        [sys.executable, "-m", "bench.sockets"],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode:
        raise SystemExit(f"{asked['kind']}: {done.stderr[-1500:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
