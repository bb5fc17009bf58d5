"""What is done to the program while people write to each other. Each scenario answers its history's faults and counts."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.delivery.checker import Counts, counts, faults
from tests.delivery.device import Device, LineLostError, RefusedError
from tests.delivery.history import History
from tests.delivery.servers import Forum, Redis, World, end_backends, world

SEED = 20261128


@dataclass
class Result:
    """`measured` are facts besides the counts: seconds, megabytes."""

    scenario: str
    database: str
    faults: list[str]
    counts: Counts
    measured: dict[str, Any] = field(default_factory=dict)


@dataclass
class Setting:
    """A world, the processes in front of it, and the devices of its people. `seed` decides what is done when."""

    world: World
    forums: list[Forum]
    history: History
    devices: list[Device]
    seed: random.Random
    redis: Redis | None = None
    measured: dict[str, Any] = field(default_factory=dict)

    def first_forum(self) -> Forum:
        return self.forums[0]


@contextlib.contextmanager
def _served(
    kind: str, folder: Path, history: History, people: int, *, processes: int = 1, with_redis: bool = False
) -> Iterator[tuple[World, list[Forum], Redis | None]]:
    redis = Redis() if with_redis else None
    with contextlib.ExitStack() as stack:
        if redis is not None:
            redis.start()
            stack.callback(redis.stop)
        made = stack.enter_context(world(kind, folder, people))
        forums = [Forum(made, redis.url if redis else "") for _n in range(processes)]
        for one in forums:
            one.start()
            stack.callback(one.stop)
        made.begin(forums[0].address, history)
        yield made, forums, redis


async def _with_devices(
    setting: Setting, act: Callable[[Setting], Awaitable[None]], *, devices_each: int = 2
) -> None:
    """Connect everybody, do it, and have everybody catch up in the end."""
    addresses = [one.address for one in setting.forums]
    setting.devices += [
        Device(f"{name}/{number}", addresses, token, setting.world.conversation, setting.history)
        for name, token in setting.world.tokens.items()
        for number in range(devices_each)
    ]
    for device in setting.devices:
        await device.start()
    await asyncio.gather(*(asyncio.wait_for(device.up.wait(), 30) for device in setting.devices))
    try:
        await act(setting)
        for device in setting.devices:
            await device.settle()
    finally:
        await asyncio.gather(*(device.stop() for device in setting.devices))


def run(
    name: str,
    act: Callable[[Setting], Awaitable[None]],
    kind: str,
    folder: Path,
    *,
    people: int = 4,
    devices_each: int = 2,
    processes: int = 1,
    with_redis: bool = False,
    seed: int = SEED,
) -> Result:
    """Run a scenario on a database of that kind; its raw history stays in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    history = History(folder / "history.jsonl")
    with _served(kind, folder, history, people, processes=processes, with_redis=with_redis) as (
        made,
        forums,
        redis,
    ):
        setting = Setting(made, forums, history, [], random.Random(seed), redis)
        asyncio.run(_with_devices(setting, act, devices_each=devices_each))
        stored = made.stored()
        found = faults(history.happenings, stored)
        found += [f"{one.tracebacks()} tracebacks in {one.log}" for one in forums if one.tracebacks()]
        told = counts(history.happenings, stored)
        if not told.acknowledged:
            found.append("nothing was acknowledged: nothing was proved")
    history.close()
    return Result(name, kind, found, told, setting.measured)


@contextlib.asynccontextmanager
async def writing(setting: Setting, pause: float = 0.01) -> AsyncIterator[None]:
    """Everybody writes from all devices while the block lasts; what was begun is brought to its end."""
    over = asyncio.Event()

    async def write(device: Device) -> None:
        number = 0
        while not over.is_set():
            number += 1
            await device.send(f"{device.name} says {number}")
            await asyncio.sleep(pause * setting.seed.random() * 2)

    writers = [asyncio.create_task(write(device)) for device in setting.devices]
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(*writers)


def killed(times: int) -> Callable[[Setting], Awaitable[None]]:
    """The server is killed with SIGKILL while everybody writes, and started again."""

    async def act(setting: Setting) -> None:
        slowest = 0.0
        async with writing(setting):
            for _n in range(times):
                await asyncio.sleep(0.3 + setting.seed.random() * 0.7)
                forum = setting.first_forum()
                await asyncio.to_thread(forum.kill)
                slowest = max(slowest, await asyncio.to_thread(forum.start))
                await asyncio.wait_for(setting.devices[0].up.wait(), 30)
        setting.measured |= {"kills": times, "slowest start (s)": round(slowest, 2)}

    return act


def backends_ended(times: int) -> Callable[[Setting], Awaitable[None]]:
    """PostgreSQL ends every connection while everybody writes."""

    async def act(setting: Setting) -> None:
        ended, slowest = 0, 0.0
        async with writing(setting):
            for _n in range(times):
                await asyncio.sleep(0.3 + setting.seed.random() * 0.4)
                ended += await asyncio.to_thread(end_backends, setting.world.url)
                begun = time.monotonic()
                await setting.devices[0].send("after the connections were ended")
                slowest = max(slowest, time.monotonic() - begun)
        setting.measured |= {"connections ended": ended, "slowest first answer (s)": round(slowest, 2)}

    return act


async def _heard_elsewhere(setting: Setting, within: float) -> float:
    """After how many seconds a message sent through one process is heard, as a broadcast, by somebody on another."""
    by_address: dict[str, list[Device]] = {}
    for device in setting.devices:
        await asyncio.wait_for(device.up.wait(), 30)
    begun, heard_from = time.monotonic(), len(setting.history.happenings)
    for device in setting.devices:
        by_address.setdefault(device.name, []).append(device)
    number = 0
    while time.monotonic() < begun + within:
        number += 1
        for device in setting.devices[:2]:
            await device.send(f"heard everywhere? {device.name} {number}")
        await asyncio.sleep(0.2)
        heard: dict[str, set[str]] = {}
        for one in setting.history.happenings[heard_from:]:
            if one.kind == "heard":
                heard.setdefault(one.client_id, set()).add(one.client)
        if any(len(clients) == len(setting.devices) for clients in heard.values()):
            return time.monotonic() - begun
    raise AssertionError(f"broadcasts do not reach every process {within} s after Redis is back")


def redis_gone(seconds: float) -> Callable[[Setting], Awaitable[None]]:
    """Redis is stopped, started, flushed and stalled while everybody writes through two processes."""

    async def act(setting: Setting) -> None:
        redis = setting.redis
        assert redis is not None
        async with writing(setting, pause=0.03):
            await asyncio.sleep(1)
            await asyncio.to_thread(redis.stop)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(redis.start)
        setting.measured["heard everywhere after a stop (s)"] = round(await _heard_elsewhere(setting, 10), 2)
        async with writing(setting, pause=0.03):
            await asyncio.to_thread(redis.flush)
            await asyncio.sleep(0.5)
            redis.stall()
            await asyncio.sleep(seconds)
            redis.go_on()
        setting.measured["heard everywhere after a stall (s)"] = round(await _heard_elsewhere(setting, 10), 2)
        setting.measured["resyncs heard"] = sum(device.heard_resync for device in setting.devices)

    return act


def all_drop(rounds: int) -> Callable[[Setting], Awaitable[None]]:
    """Everybody's line breaks at once, and all come back at once."""

    async def act(setting: Setting) -> None:
        slowest = 0.0
        async with writing(setting, pause=0.5):
            for _n in range(rounds):
                await asyncio.sleep(1.0)
                await asyncio.gather(*(device.cut() for device in setting.devices))
                begun = time.monotonic()
                await asyncio.sleep(0)
                await asyncio.gather(*(asyncio.wait_for(device.up.wait(), 60) for device in setting.devices))
                slowest = max(slowest, time.monotonic() - begun)
        setting.measured |= {"clients": len(setting.devices), "all back after (s)": round(slowest, 2)}

    return act


def same_id_again(times: int) -> Callable[[Setting], Awaitable[None]]:
    """One client id is sent many times at once from several devices, and again after a restart: one message, one answer."""

    async def act(setting: Setting) -> None:
        own = [
            device
            for device in setting.devices
            if device.name.startswith(setting.devices[0].name.partition("/")[0])
        ]
        for number in range(5):
            await _try_at_once(own, "said once", f"the-same-{number}", times)
        forum = setting.first_forum()
        await asyncio.to_thread(forum.kill)
        await asyncio.to_thread(forum.start)
        await asyncio.gather(*(asyncio.wait_for(device.up.wait(), 30) for device in setting.devices))
        await _try_at_once(own, "said once", "the-same-0", times)
        try:
            await own[0].try_to_send("said otherwise", "the-same-0")
        except RefusedError as refused:
            setting.measured["other words under the same id"] = refused.args[0]
        else:
            raise AssertionError("other words under the same id were taken")

    return act


async def _try_at_once(devices: Sequence[Device], body: str, client_id: str, times: int) -> None:
    async def once(device: Device) -> None:
        with contextlib.suppress(LineLostError):
            await device.try_to_send(body, client_id)

    await asyncio.gather(*(once(devices[n % len(devices)]) for n in range(times)))


def never_reads(messages: int) -> Callable[[Setting], Awaitable[None]]:
    """One device reads nothing more while others write long messages: it is cut, and nobody else notices."""

    async def act(setting: Setting) -> None:
        deaf = setting.devices[-1]
        assert deaf._line is not None
        deaf._line.transport.pause_reading()
        before = setting.first_forum().memory()
        slowest = 0.0
        for number in range(messages):
            begun = time.monotonic()
            await setting.devices[0].send(f"{number} " + "long " * 1500)
            slowest = max(slowest, time.monotonic() - begun)
        grown = setting.first_forum().memory() - before
        setting.measured |= {"slowest of the others (s)": round(slowest, 2), "grown (MB)": round(grown, 1)}
        with contextlib.suppress(RuntimeError):
            deaf._line.transport.resume_reading()
        await deaf.cut()

    return act
