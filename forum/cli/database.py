"""`forum db`: migrations."""

from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from forum.core.migrations import init_migrations

db_commands = AppGroup("db", help="Migrations.")


@db_commands.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database up to REVISION (the newest)."""
    _migrate().upgrade(revision=revision)


@db_commands.command()
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Take the database down to REVISION (one step)."""
    _migrate().downgrade(revision=revision)


@db_commands.command()
def current() -> None:
    """Say where the database stands."""
    _migrate().current(verbose=False)


@db_commands.command()
def check() -> None:
    """Fail where models and migrations differ."""
    from alembic.util.exc import CommandError

    try:
        _migrate().check()
    except CommandError as error:
        raise click.ClickException(str(error)) from None


@db_commands.command()
@click.option("-m", "--message", required=True)
def revision(message: str) -> None:
    """Write a new migration from the models (for developers)."""
    _migrate().revision(message=message, autogenerate=True)


def _migrate() -> Any:
    """Flask-Migrate, imported when a migration is really asked for."""
    init_migrations(current_app)
    import flask_migrate

    return flask_migrate


COMMANDS = (db_commands,)
