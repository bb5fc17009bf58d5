"""`forum serve` and `forum worker`."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from forum.config import Config


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--only", type=click.Choice(["pages", "live"]), help="Pages and live lines in processes of their own."
)
@click.option(
    "--worker/--no-worker",
    "works",
    default=None,
    help="Do background jobs in here too; as it comes, where there is no Redis.",
)
@click.option("--prepare", is_flag=True, help="First migrate, and load the demo into an empty database.")
@click.option("--inherited", type=int, hidden=True, help="The socket that a supervisor has bound.")
@with_appcontext
def serve(
    host: str,
    port: int,
    processes: int,
    only: str | None,
    works: bool | None,
    prepare: bool,
    inherited: int | None,
) -> None:
    """Serve pages and live updates."""
    from gevent import monkey

    if not monkey.is_module_patched("socket"):
        raise click.ClickException("start it as `forum serve …`: serving needs gevent from the first line on")
    from forum.cli.server import Server, require_database
    from forum.cli.supervising import Supervisor

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    config: Config = app.extensions["forum_config"]
    if (processes > 1 or only) and (config.is_sqlite or not config.redis_url):
        raise click.ClickException(
            "more than one process needs PostgreSQL and Redis: set DATABASE_URL and REDIS_URL"
        )
    if works is None:
        works = config.redis_url is None
    if processes > 1:
        words = [*(["--only", only] if only else []), "--worker" if works else "--no-worker"]
        require_database()
        Supervisor(config, host=host, port=port, processes=processes, words=words).run()
        return
    server = Server(app, config, host=host, port=port, only=only, works=works, inherited=inherited)
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
