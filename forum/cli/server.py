"""The production server: gevent's own, with the worker inside it."""

import contextlib
import logging
import os
import resource
import signal
import socket
import sys
from typing import Any

import click
import gevent
from flask import Flask
from gevent.event import Event
from gevent.pywsgi import WSGIHandler, WSGIServer

from forum.cli.collecting import Collecting
from forum.cli.supervising import bound
from forum.config import Config
from forum.core import migrations
from forum.jobs.worker import SWEEP_SECONDS, Worker, worker_of
from forum.realtime.live import Live
from forum.realtime.server import PATH

log = logging.getLogger("forum.server")

IDLE_SECONDS = 60
STOP_SECONDS = 5
COLLECT_SECONDS = 5
ALWAYS = {"/healthz", "/readyz", "/metrics"}
MOST_FILES, FEWEST_FILES = 65_536, 4_096


class Handler(WSGIHandler):
    """Small answers leave at once (gevent leaves Nagle on); lines of the log are ours; slow senders are cut off."""

    def __init__(self, sock: Any, address: Any, server: Any, rfile: Any = None) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(sock, address, server, rfile)  # type: ignore[call-arg]

    def log_request(self) -> None:
        """The application logs its requests itself."""

    def read_requestline(self) -> Any:
        """The first line of the next request; an idle or dribbling client is let go."""
        try:
            with gevent.Timeout(IDLE_SECONDS):
                return super().read_requestline()
        except gevent.Timeout:
            return ""


class Server:
    """One process. `only` says what of the site it serves, `works` whether it does the jobs too; `inherited` is the
    socket of a supervisor, who then speaks for all."""

    def __init__(
        self,
        app: Flask,
        config: Config,
        *,
        host: str,
        port: int,
        only: str | None = None,
        works: bool = True,
        inherited: int | None = None,
    ) -> None:
        self.app, self.config, self.host, self.port = app, config, host, port
        self.only, self.works, self.inherited = only, works, inherited
        self.live: Live = app.extensions["forum_live"]
        self.stopped = Event()

    def prepare(self) -> None:
        """Migrate, and load the demo where nothing is there yet: what `make run` does first."""
        from forum.cli.demo import load_if_empty

        if not migrations.is_current():
            migrations.upgrade()
        load_if_empty()

    def run(self) -> None:
        """Serve until told to stop. Nothing is promised before the database has been looked at."""
        require_database()
        open_as_many_as_allowed()
        server = WSGIServer(
            self._listener(), self._application(), handler_class=Handler, log=None, error_log=log
        )
        server.max_accept = 1 if self.inherited is not None else 100  # leave some to the other processes
        server.start()
        for number in (signal.SIGTERM, signal.SIGINT):
            gevent.signal_handler(number, self.stopped.set)
        address = self.config.site_url or f"http://{self.host}:{server.server_port}"
        self.app.extensions["forum_address"] = address  # what links in mail begin with
        self.live.port = server.server_port
        self.live.start()
        collecting = Collecting()
        if self.inherited is None:
            self._say_where(address)
        worker = worker_of(self.app)
        if self.works:
            worker.start()
        tending = [
            gevent.spawn(self._sweep, worker),
            gevent.spawn(self._follow_parent),
            gevent.spawn(self._collect, collecting),
        ]
        collecting.set_aside()
        self.stopped.wait()
        self._stop(server, worker, tending)

    def _listener(self) -> socket.socket:
        if self.inherited is None:
            return bound(self.host, self.port)
        listener = socket.socket(fileno=self.inherited)
        listener.setblocking(False)
        return listener

    def _application(self) -> Any:
        """What is served here; of the rest this process knows nothing."""
        if self.only is None:
            if self.inherited is not None:
                # The requests of one poll would come to several processes: whoever must poll is given one of its own.
                self.live.server.eio.transports = ["websocket"]
            return self.app

        def part(environ: dict[str, Any], start_response: Any) -> Any:
            path = environ["PATH_INFO"]
            is_live = path.startswith(f"/{PATH}/")
            if path not in ALWAYS and is_live != (self.only == "live"):
                start_response("404 Not Found", [("Content-Length", "0")])
                return [b""]
            return self.app(environ, start_response)

        if self.only == "live" and self.inherited is not None:
            self.live.server.eio.transports = ["websocket"]
        return part

    def _say_where(self, address: str) -> None:
        from forum.cli.demo import accounts_to_show

        click.echo(f"Collegium is at {address}")
        for line in accounts_to_show(self.config):
            click.echo(line)
        sys.stdout.flush()

    def _sweep(self, worker: Worker) -> None:
        while not self.stopped.is_set():
            try:
                worker.tend()
            except Exception:
                log.exception("sweep failed")
            self.stopped.wait(SWEEP_SECONDS)

    def _collect(self, collecting: Collecting) -> None:
        while not self.stopped.wait(COLLECT_SECONDS):
            collecting.tend(self.live.wire.ended)

    def _follow_parent(self) -> None:
        """Nobody keeps a process whose supervisor is gone."""
        parent = os.getppid()
        while self.inherited is not None and not self.stopped.wait(1):
            if os.getppid() != parent:
                self.stopped.set()

    def _stop(self, server: WSGIServer, worker: Worker, tending: list[Any]) -> None:
        server.stop_accepting()
        self.live.stop()
        with contextlib.suppress(gevent.Timeout), gevent.Timeout(STOP_SECONDS):
            self.live.hang_up_on_all()
        server.stop(timeout=STOP_SECONDS)
        with contextlib.suppress(gevent.Timeout), gevent.Timeout(STOP_SECONDS):
            worker.stop()
        for each in tending:
            each.kill(block=False)


def open_as_many_as_allowed() -> None:
    """Every line is an open file, and many systems begin with 1,024: take what may be had without asking."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        wanted = soft
    else:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted != resource.RLIM_INFINITY and wanted < FEWEST_FILES:
        log.warning("this system lets a process hold %s connections and files: raise `ulimit -n`", wanted)


def require_database() -> None:
    """Stop with one line where the database has not been made ready."""
    try:
        migrations.require_current()
    except migrations.OutOfDate:
        raise click.ClickException("the database is not up to date; run first: forum db upgrade") from None


def run_worker(app: Flask) -> None:
    """Only the jobs, until told to stop."""
    require_database()
    worker = worker_of(app)
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stopped.set)
    worker.start()
    while not stopped.is_set():
        try:
            worker.tend()
        except Exception:
            log.exception("sweep failed")
        stopped.wait(SWEEP_SECONDS)
    worker.stop()
