"""The production server: gevent's own, with the worker inside it."""

import contextlib
import logging
import signal
import socket
import sys
from typing import Any

import click
import gevent
from flask import Flask
from gevent.event import Event
from gevent.pywsgi import WSGIHandler, WSGIServer
from gevent.server import StreamServer

from forum.config import Config
from forum.core import migrations
from forum.jobs.worker import SWEEP_SECONDS, Worker, worker_of

log = logging.getLogger("forum.server")

IDLE_SECONDS = 60
STOP_SECONDS = 5


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
    def __init__(self, app: Flask, config: Config, *, host: str, port: int) -> None:
        self.app, self.config, self.host, self.port = app, config, host, port
        self.stopped = Event()

    def prepare(self) -> None:
        """Migrate, and load the demo where nothing is there yet: what `make run` does first."""
        from forum.cli.demo import load_if_empty

        if not migrations.is_current():
            migrations.upgrade()
        load_if_empty()

    def run(self) -> None:
        """Serve until told to stop. Nothing is promised before the database has been looked at."""
        from forum.cli.demo import accounts_to_show

        require_database()
        try:
            server = WSGIServer(
                (self.host, self.port), self.app, handler_class=Handler, log=None, error_log=log
            )
            server.start()
        except OSError as error:
            raise click.ClickException(
                f"cannot listen on {self.host}:{self.port}: {error.strerror}"
            ) from None
        for number in (signal.SIGTERM, signal.SIGINT):
            gevent.signal_handler(number, self.stopped.set)
        address = self.config.site_url or f"http://{self.host}:{server.server_port}"
        self.app.extensions["forum_address"] = address  # what links in mail begin with
        click.echo(f"Collegium is at {address}")
        for line in accounts_to_show(self.config):
            click.echo(line)
        sys.stdout.flush()
        live = self.app.extensions["forum_live"]
        live.port = server.server_port
        live.start()
        worker = worker_of(self.app)
        worker.start()
        sweeper = gevent.spawn(self._sweep, worker)
        self.stopped.wait()
        live.stop()
        self._stop(server, worker, sweeper)

    def _sweep(self, worker: Worker) -> None:
        while not self.stopped.is_set():
            try:
                worker.tend()
            except Exception:
                log.exception("sweep failed")
            self.stopped.wait(SWEEP_SECONDS)

    def _stop(self, server: StreamServer, worker: Worker, sweeper: Any) -> None:
        server.stop(timeout=STOP_SECONDS)
        with contextlib.suppress(gevent.Timeout), gevent.Timeout(STOP_SECONDS):
            worker.stop()
        sweeper.kill(block=False)


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
