"""`forum serve` as a process of its own, as people run it, and raw lines to it."""

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.conftest import KEY, ROOT


class Served:
    """A running server: where it is, what it said so far, how large it is."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process, self.said = process, []
        self.address = ""
        assert process.stdout is not None
        for line in process.stdout:
            self.said.append(line)
            found = re.search(r"Collegium is at (http://\S+)", line)
            if found:
                self.address = found[1]
                break
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def end(self) -> None:
        assert self.process.stdout is not None
        self.process.terminate()
        self.process.wait(20)
        self._listener.join(20)
        self.process.stdout.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(self.process.stdout)

    @property
    def resident(self) -> int:
        """Bytes in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024

    def websocket(self, **how: Any) -> ClientConnection:
        """A raw WebSocket to Engine.IO."""
        address = self.address.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        return connect(address, compression=None, proxy=None, max_size=None, **how)


@contextlib.contextmanager
def serving(database_url: str, folder: Path, words: tuple[str, ...] = (), **environ: str) -> Iterator[Served]:
    """A server on a database that has been made ready."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "SECRET_KEY": KEY,
        "DATABASE_URL": database_url,
        "INSTANCE_PATH": str(folder),
        **environ,
    }
    port = () if "--port" in words else ("--port", "0")
    process = subprocess.Popen(
        [sys.executable, "-m", "forum.cli.entry", "serve", *port, *words],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    served = Served(process)
    try:
        assert served.address, "".join(served.said)
        yield served
    finally:
        served.end()
