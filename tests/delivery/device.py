"""A device of a person: speaks Socket.IO 5 over a WebSocket, keeps an outbox, catches up by number, and writes down what happens.

Of its own, and not an official client: it has to cut lines, to send many at once, and to hear nothing of what it must not.
"""

import asyncio
import json
import random
import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.delivery.history import History

ACKNOWLEDGED_WITHIN = 5.0  # seconds; then the same is sent again under the same client id
CONNECTED_WITHIN = 10.0
PAGE = 200


class LineLostError(Exception):
    """Whether it arrived is not known."""


class RefusedError(Exception):
    """The server said no; `args` are the code and how long to wait."""


class Device:
    """`addresses` are tried in turn, as a proxy in front of several processes would. `name` is username/device."""

    def __init__(
        self, name: str, addresses: Sequence[str], token: str, conversation: str, history: History
    ) -> None:
        self.name, self.addresses, self.token = name, list(addresses), token
        self.conversation, self.history = conversation, history
        self.connection = 0  # which one it is
        self.screen: dict[int, dict[str, Any]] = {}  # by seq
        self.last_rev = 0
        self.heard_resync = 0
        self.up = asyncio.Event()
        self._line: ClientConnection | None = None
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._count = 0
        self._over = False
        self._behind = asyncio.Event()
        self._random = random.Random(name)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._stay_connected()), asyncio.create_task(self._stay_in_step())]

    async def stop(self) -> None:
        self._over = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.cut()

    async def cut(self) -> None:
        """Lose the line at once, without a word."""
        self.up.clear()
        if self._line is not None:
            self._line.transport.abort()

    async def send(self, body: str, client_id: str = "", *, patience: float = 60.0) -> dict[str, Any] | None:
        """Send until it is acknowledged, always under the same id; None where that was not to be had in time."""
        client_id = client_id or str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        deadline = asyncio.get_running_loop().time() + patience
        while not self._over and asyncio.get_running_loop().time() < deadline:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.up.wait(), 1.0)
            if not self.up.is_set():
                continue
            try:
                return await self.try_to_send(body, client_id)
            except LineLostError:
                await asyncio.sleep(0.02 * self._random.random())
            except RefusedError as refused:
                await asyncio.sleep(min(float(refused.args[1] or 0.1), 2.0))
        return None

    async def try_to_send(self, body: str, client_id: str) -> dict[str, Any]:
        """One try. Raises LineLostError, or RefusedError with what the server said."""
        facts = {"client_id": client_id, "body": body, "connection": self.connection}
        self.history.note(self.name, "sent", self.conversation, **facts)
        try:
            said = await self.ask(
                "message:send",
                {"conversation_id": self.conversation, "client_id": client_id, "body": body},
            )
        except LineLostError:
            self.history.note(self.name, "unknown", self.conversation, **facts)
            raise
        except RefusedError as refused:
            self.history.note(self.name, "refused", self.conversation, why=str(refused.args[0]), **facts)
            raise
        message: dict[str, Any] = said["message"]
        self.history.note_message(self.name, "acknowledged", message, connection=self.connection)
        self._apply(message)
        return message

    async def ask(self, event: str, given: dict[str, Any]) -> Any:
        """What the server acknowledges an event with."""
        line = self._line
        if line is None:
            raise LineLostError
        self._count += 1
        number = self._count
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await line.send(f"42{number}" + json.dumps([event, given]))
            said = await asyncio.wait_for(answer, ACKNOWLEDGED_WITHIN)
        except (WebSocketException, OSError, TimeoutError):
            raise LineLostError from None
        finally:
            self._waiting.pop(number, None)
        if not said["ok"]:
            raise RefusedError(said["error"]["code"], said["error"].get("retry_after"), said["error"])
        return said["data"]

    async def settle(self) -> None:
        """Catch up to the end, and write down what the screen shows."""
        for _try in range(50):
            with suppress(TimeoutError):
                await asyncio.wait_for(self.up.wait(), CONNECTED_WITHIN)
            try:
                await self._catch_up()
                break
            except (LineLostError, RefusedError):
                await asyncio.sleep(0.1)
        else:
            raise AssertionError(f"{self.name} never caught up")
        for seq in sorted(self.screen):
            self.history.note_message(self.name, "shown", self.screen[seq])

    async def _stay_connected(self) -> None:
        turn = self._random.randrange(len(self.addresses))
        while not self._over:
            turn += 1
            address = self.addresses[turn % len(self.addresses)]
            try:
                await self._live(address)
            except (WebSocketException, OSError, TimeoutError, EOFError):
                pass
            finally:
                self._lost()
            await asyncio.sleep(0.05 + 0.25 * self._random.random())

    async def _live(self, address: str) -> None:
        place = address.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        async with connect(
            place,
            compression=None,
            max_size=2**22,
            ping_interval=None,
            open_timeout=CONNECTED_WITHIN,
            close_timeout=0.2,
        ) as line:
            await asyncio.wait_for(line.recv(), CONNECTED_WITHIN)
            await line.send("40" + json.dumps({"token": self.token}))
            said = await asyncio.wait_for(line.recv(), CONNECTED_WITHIN)
            if not str(said).startswith("40"):
                raise EOFError(said)
            self._line = line
            self.connection += 1
            self._behind.set()
            self.up.set()
            async for frame in line:
                await self._take(line, str(frame))

    async def _take(self, line: ClientConnection, frame: str) -> None:
        if frame == "2":
            await line.send("3")
        elif frame.startswith("43"):
            digits = frame[2:].partition("[")[0]
            waiting = self._waiting.get(int(digits))
            if waiting is not None and not waiting.done():
                waiting.set_result(json.loads(frame[2 + len(digits) :])[0])
        elif frame.startswith("42"):
            name, *given = json.loads(frame[2:])
            self._hear(name, given[0] if given else {})

    def _hear(self, name: str, given: dict[str, Any]) -> None:
        if name == "server:resync":
            self.heard_resync += 1
            self._behind.set()
        if (
            name not in ("message:new", "message:changed")
            or given["message"]["conversation_id"] != self.conversation
        ):
            return
        message = given["message"]
        self.history.note_message(self.name, "heard", message, connection=self.connection)
        if message["rev"] > self.last_rev + 1:
            self._behind.set()  # a hole: what lies between is asked for
        else:
            self.last_rev = max(self.last_rev, message["rev"])
        self._apply(message)

    async def _stay_in_step(self) -> None:
        while not self._over:
            await self._behind.wait()
            self._behind.clear()
            with suppress(LineLostError, RefusedError):
                await self._catch_up()

    async def _catch_up(self) -> None:
        more = True
        while more:
            said = await self.ask(
                "messages:sync",
                {"conversation_id": self.conversation, "after_seq": self.last_rev, "limit": PAGE},
            )
            for message in said["messages"]:
                self.history.note_message(self.name, "caught_up", message, connection=self.connection)
                self._apply(message)
                self.last_rev = max(self.last_rev, message["rev"])
            more = said["more"]
            if not more:
                self.last_rev = max(self.last_rev, said["last_seq"])

    def _apply(self, message: dict[str, Any]) -> None:
        known = self.screen.get(message["seq"])
        if known is None or message["rev"] >= known["rev"]:
            self.screen[message["seq"]] = message

    def _lost(self) -> None:
        self.up.clear()
        self._line = None
        for answer in list(self._waiting.values()):
            if not answer.done():
                answer.set_exception(LineLostError())
