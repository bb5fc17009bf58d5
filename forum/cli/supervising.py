"""Several processes behind one address: started, started again when one ends, stopped together."""

import contextlib
import logging
import signal
import socket
import sys
import time

import click
import gevent
from gevent import subprocess
from gevent.event import Event

from forum.config import Config

log = logging.getLogger("forum.supervisor")

STOP_SECONDS = 10
SOUND_SECONDS = 10  # whoever lived that long is started again at once
LONGEST_PAUSE = 10.0
BACKLOG = 1024


class Supervisor:
    """Of `processes` children, each of which serves from the socket that is bound here."""

    def __init__(self, config: Config, *, host: str, port: int, processes: int, words: list[str]) -> None:
        self.config, self.host, self.port, self.processes, self.words = config, host, port, processes, words
        self.stopped = Event()
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def run(self) -> None:
        from forum.cli.demo import accounts_to_show

        listener = bound(self.host, self.port)
        for number in (signal.SIGTERM, signal.SIGINT):
            gevent.signal_handler(number, self.stopped.set)
        address = self.config.site_url or f"http://{self.host}:{listener.getsockname()[1]}"
        children = [gevent.spawn(self._keep, number, listener) for number in range(self.processes)]
        click.echo(f"Collegium is at {address}")
        click.echo(f"It runs in {self.processes} processes.")
        for line in accounts_to_show(self.config):
            click.echo(line)
        sys.stdout.flush()
        self.stopped.wait()
        self._stop()
        gevent.joinall(children, timeout=1)

    def _keep(self, number: int, listener: socket.socket) -> None:
        """One child after another."""
        pause = 0.5
        while not self.stopped.is_set():
            began = time.monotonic()
            child = self._running[number] = self._start(listener)
            code = child.wait()
            if self.stopped.is_set():
                return
            log.error("process %s ended with %s, and is started again", child.pid, code)
            pause = 0.5 if time.monotonic() - began >= SOUND_SECONDS else min(pause * 2, LONGEST_PAUSE)
            self.stopped.wait(pause)

    def _start(self, listener: socket.socket) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "forum.cli.entry", "serve", "--inherited", str(listener.fileno())]
        return subprocess.Popen([*command, *self.words], pass_fds=[listener.fileno()])

    def _stop(self) -> None:
        for child in self._running.values():
            if child.poll() is None:
                child.terminate()
        with contextlib.suppress(gevent.Timeout), gevent.Timeout(STOP_SECONDS):
            for child in self._running.values():
                child.wait()
        for child in self._running.values():
            if child.poll() is None:
                child.kill()


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there; one line where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from None
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener
