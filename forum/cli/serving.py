"""`forum serve` and `forum worker`."""

import click
from flask import current_app
from flask.cli import with_appcontext

from forum.config import Config


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--prepare", is_flag=True, help="First migrate, and load the demo into an empty database.")
@with_appcontext
def serve(host: str, port: int, processes: int, prepare: bool) -> None:
    """Serve pages and live updates."""
    from gevent import monkey

    if not monkey.is_module_patched("socket"):
        raise click.ClickException("start it as `forum serve …`: serving needs gevent from the first line on")
    from forum.cli.server import Server

    config: Config = current_app.extensions["forum_config"]
    if processes > 1:
        raise click.ClickException(
            "more than one process needs PostgreSQL and Redis; this version serves with one"
        )
    server = Server(current_app._get_current_object(), config, host=host, port=port)  # type: ignore[attr-defined]
    if prepare:
        server.prepare()
    server.run()


@click.command()
@with_appcontext
def worker() -> None:
    """Do background jobs and schedules in a process of its own."""
    from forum.cli.server import run_worker

    run_worker(current_app._get_current_object())  # type: ignore[attr-defined]


COMMANDS = (serve, worker)
