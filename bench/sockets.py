"""Load over Socket.IO, in a process of its own: `python -m bench.sockets`, what to do as JSON on stdin, figures as JSON on stdout.

Frames are made and read by hand, so that the generator takes little of the machine that it shares with the server.
"""

import asyncio
import json
import random
import resource
import statistics
import sys
import time
import uuid
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

BODY = "A message of about one hundred letters, as people write them to each other in passing, number "
ANSWERED_WITHIN = 10.0


class Line:
    """One connected client. `heard` gets the client id and the moment of every message."""

    def __init__(self, port: int, cookie: str, heard: Any = None) -> None:
        self.port, self.cookie, self.heard = port, cookie, heard
        self.line: ClientConnection | None = None
        self.waiting: dict[int, asyncio.Future[tuple[float, Any]]] = {}
        self.count = 0
        self.reader: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self.line = await connect(
            f"ws://127.0.0.1:{self.port}/socket.io/?EIO=4&transport=websocket",
            origin=f"http://127.0.0.1:{self.port}",  # type: ignore[arg-type]
            additional_headers={"Cookie": self.cookie} if self.cookie else {},
            compression=None,
            ping_interval=None,
            open_timeout=60,
            close_timeout=0.1,
            max_size=2**22,
        )
        await self.line.recv()
        await self.line.send("40")
        said = str(await asyncio.wait_for(self.line.recv(), 60))
        if not said.startswith("40"):
            raise SystemExit(f"refused: {said}")
        self.reader = asyncio.create_task(self._read(self.line))

    async def _read(self, line: ClientConnection) -> None:
        try:
            async for frame in line:
                now = time.perf_counter()
                text = str(frame)
                if text == "2":
                    await line.send("3")
                elif text.startswith("43"):
                    digits = text[2:].partition("[")[0]
                    answer = self.waiting.pop(int(digits), None)
                    if answer is not None and not answer.done():
                        answer.set_result((now, json.loads(text[2 + len(digits) :])[0]))
                elif text.startswith("42") and self.heard is not None:
                    self.heard(text, now)
        except WebSocketException:
            pass

    async def ask(self, event: str, given: str) -> tuple[float, Any]:
        """(when it was answered, what). `given` is JSON already."""
        assert self.line is not None
        self.count += 1
        number = self.count
        answer = self.waiting[number] = asyncio.get_running_loop().create_future()
        await self.line.send(f'42{number}["{event}",{given}]')
        return await asyncio.wait_for(answer, ANSWERED_WITHIN)

    async def close(self) -> None:
        if self.reader is not None:
            self.reader.cancel()
        if self.line is not None:
            self.line.transport.abort()


class Pairs:
    """People write to each other two by two; each message is acknowledged, and heard by the other."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.asked = asked
        self.event, self.heard_event = asked["event"], asked["heard"]
        self.sent: dict[str, float] = {}
        self.acknowledged: list[float] = []
        self.received: list[float] = []
        self.busy = 0
        self.late: list[float] = []

    def hear(self, text: str, now: float) -> None:
        if f'"{self.heard_event}"' not in text[:40]:
            return
        at = text.find('"client_id":"')
        begun = self.sent.pop(text[at + 13 : at + 49], None)
        if begun is not None:
            self.received.append(now - begun)

    async def run(self) -> dict[str, Any]:
        facts, rate = self.asked["people"], self.asked["rate"]
        lines = [Line(self.asked["port"], one["cookie"], self.hear) for one in facts]
        for start in range(0, len(lines), 50):
            await asyncio.gather(*(one.open() for one in lines[start : start + 50]))
        for line, fact in zip(lines, facts, strict=True):  # the first of each is not counted
            await self._send(line, fact, time.perf_counter())
        await asyncio.sleep(0.3)
        self.acknowledged.clear()
        self.received.clear()
        self.sent.clear()
        begun = time.perf_counter()
        if rate:
            await self._at_rate(lines, facts, rate, begun)
        else:
            await self._as_fast_as_answered(lines, facts, begun)
        took = time.perf_counter() - begun
        await asyncio.sleep(self.asked.get("drain", 1.0))
        lost = len(self.sent)
        await asyncio.gather(*(one.close() for one in lines))
        return {
            "offered": rate or None,
            "done": len(self.acknowledged),
            "rate": round(len(self.acknowledged) / took, 1),
            "busy": self.busy,
            "not heard": lost,
            "acknowledged": _spread(self.acknowledged),
            "received": _spread(self.received),
            "late": _spread(self.late),
        }

    async def _at_rate(
        self, lines: list[Line], facts: list[dict[str, Any]], rate: float, begun: float
    ) -> None:
        """Open loop: every message has its moment, and its time is counted from there."""
        tasks: list[asyncio.Task[None]] = []
        total = int(rate * self.asked["seconds"])
        for number in range(total):
            due = begun + number / rate
            pause = due - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            self.late.append(max(0.0, time.perf_counter() - due))
            which = number % len(lines)
            tasks.append(asyncio.create_task(self._send(lines[which], facts[which], due)))
        await asyncio.gather(*tasks)

    async def _as_fast_as_answered(
        self, lines: list[Line], facts: list[dict[str, Any]], begun: float
    ) -> None:
        """Closed loop: so many at once, each sends again when it was answered."""
        over = begun + self.asked["seconds"]

        async def one(which: int) -> None:
            while time.perf_counter() < over:
                await self._send(lines[which], facts[which], time.perf_counter())

        await asyncio.gather(*(one(n % len(lines)) for n in range(self.asked.get("in_flight", 100))))

    async def _send(self, line: Line, fact: dict[str, Any], due: float) -> None:
        client_id = str(uuid.uuid4())
        self.sent[client_id] = due
        given = json.dumps(
            {"conversation_id": fact["conversation"], "client_id": client_id, "body": BODY + client_id[:8]}
        )
        try:
            now, said = await line.ask(self.event, given)
        except (TimeoutError, WebSocketException):
            self.sent.pop(client_id, None)
            return
        if said["ok"]:
            self.acknowledged.append(now - due)
            return
        self.sent.pop(client_id, None)
        if said["error"]["code"] != "busy":
            raise SystemExit(f"refused: {said}")
        self.busy += 1
        if not self.asked["rate"]:
            await asyncio.sleep(float(said["error"].get("retry_after") or 0.1))


async def idle(asked: dict[str, Any]) -> dict[str, Any]:
    """Many connect and do nothing; the server's memory is looked at from outside while they are held."""
    lines: list[Line] = []
    begun = time.perf_counter()
    people = asked["people"]
    for start in range(0, asked["clients"], 100):
        batch = [
            Line(asked["port"], people[n % len(people)]["cookie"])
            for n in range(start, min(start + 100, asked["clients"]))
        ]
        await asyncio.gather(*(one.open() for one in batch))
        lines += batch
    took = time.perf_counter() - begun
    await asyncio.sleep(1)
    print(json.dumps({"connected": len(lines), "per second": round(len(lines) / took)}), flush=True)
    sys.stdin.readline()  # until the server has been looked at
    await asyncio.gather(*(one.close() for one in lines))
    return {}


async def fanout(asked: dict[str, Any]) -> dict[str, Any]:
    """Many have one topic open, and somebody answers in it: when has the last of them heard of it?"""
    heard: list[float] = []
    people = asked["people"]
    lines = [
        Line(
            asked["port"],
            people[n % len(people)]["cookie"],
            lambda text, now: heard.append(now) if '"post:new"' in text[:20] else None,
        )
        for n in range(asked["clients"])
    ]
    for start in range(0, len(lines), 50):
        await asyncio.gather(*(one.open() for one in lines[start : start + 50]))
    for one in lines:
        await one.ask("topic:join", json.dumps({"topic_id": asked["topic"]}))
    last: list[float] = []
    for number in range(asked["times"]):
        heard.clear()
        begun = time.perf_counter()
        await _post(asked, f"An answer that many wait for, number {number}.")
        deadline = begun + ANSWERED_WITHIN
        while len(heard) < len(lines) and time.perf_counter() < deadline:
            await asyncio.sleep(0.005)
        if len(heard) < len(lines):
            raise SystemExit(f"{len(heard)} of {len(lines)} heard of it")
        last.append(max(heard) - min(heard) if asked.get("spread_only") else max(heard) - begun)
    await asyncio.gather(*(one.close() for one in lines))
    return {"clients": len(lines), "last has it": _spread(last)}


async def _post(asked: dict[str, Any], body: str) -> None:
    """Answer in the topic, through the door for programs."""
    given = json.dumps({"body": body}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", asked["port"])
    head = f"POST /api/v1/topics/{asked['topic']}/posts HTTP/1.1\r\nHost: 127.0.0.1:{asked['port']}\r\nConnection: close\r\n"
    head += f"Authorization: Bearer {asked['token']}\r\nContent-Type: application/json\r\nContent-Length: {len(given)}\r\n\r\n"
    writer.write(head.encode() + given)
    await writer.drain()
    status = await reader.readline()
    await reader.read()
    writer.close()
    if b" 201 " not in status:
        raise SystemExit(f"not posted: {status!r}")


async def storm(asked: dict[str, Any]) -> dict[str, Any]:
    """All lines are cut at once; each comes back within the jitter and asks for what it missed. One pair writes on meanwhile."""
    people, jitter = asked["people"], asked["jitter"]
    lines = [Line(asked["port"], people[n % len(people)]["cookie"]) for n in range(asked["clients"])]
    for start in range(0, len(lines), 50):
        await asyncio.gather(*(one.open() for one in lines[start : start + 50]))
    pair = Pairs({**asked, "people": asked["pair"], "rate": 20, "seconds": jitter + 5})
    meanwhile = asyncio.create_task(pair.run())
    await asyncio.sleep(1)
    seed = random.Random(1)
    begun = time.perf_counter()
    for one in lines:
        await one.close()

    async def back(number: int) -> float:
        await asyncio.sleep(seed.random() * jitter)
        fact = people[number % len(people)]
        line = lines[number] = Line(asked["port"], fact["cookie"])
        await line.open()
        await line.ask("inbox:sync", "{}")
        await line.ask(
            "messages:sync",
            json.dumps({"conversation_id": fact["conversation"], "after_seq": 0, "limit": 50}),
        )
        return time.perf_counter() - begun

    back_after = await asyncio.gather(*(back(number) for number in range(len(lines))))
    others = await meanwhile
    await asyncio.gather(*(one.close() for one in lines))
    return {
        "clients": len(lines),
        "all back after": round(max(back_after), 2),
        "others": others["acknowledged"],
        "others not heard": others["not heard"],
    }


def _spread(seconds: list[float]) -> dict[str, float]:
    """p50, p95, p99 and most, in milliseconds."""
    if not seconds:
        return {}
    ordered = sorted(seconds)
    at = lambda share: round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)  # noqa: E731
    return {
        "p50": round(1000 * statistics.median(ordered), 2),
        "p95": at(0.95),
        "p99": at(0.99),
        "most": at(1.0),
    }


def main() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asked = json.loads(sys.stdin.readline())
    kinds = {
        "pairs": lambda: Pairs(asked).run(),
        "idle": lambda: idle(asked),
        "fanout": lambda: fanout(asked),
        "storm": lambda: storm(asked),
    }
    begun = time.perf_counter()
    found = asyncio.run(kinds[asked["kind"]]())
    used = resource.getrusage(resource.RUSAGE_SELF)
    found["generator's CPU (%)"] = round(
        100 * (used.ru_utime + used.ru_stime) / (time.perf_counter() - begun)
    )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
