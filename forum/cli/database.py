"""`forum db`: migrations."""

import click
import flask_migrate
from alembic.util.exc import CommandError
from flask.cli import AppGroup

db_commands = AppGroup("db", help="Migrations.")


@db_commands.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database up to REVISION (the newest)."""
    flask_migrate.upgrade(revision=revision)


@db_commands.command()
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Take the database down to REVISION (one step)."""
    flask_migrate.downgrade(revision=revision)


@db_commands.command()
def current() -> None:
    """Say where the database stands."""
    flask_migrate.current(verbose=False)


@db_commands.command()
def check() -> None:
    """Fail where models and migrations differ."""
    try:
        flask_migrate.check()
    except CommandError as error:
        raise click.ClickException(str(error)) from None


@db_commands.command()
@click.option("-m", "--message", required=True)
def revision(message: str) -> None:
    """Write a new migration from the models (for developers)."""
    flask_migrate.revision(message=message, autogenerate=True)


COMMANDS = (db_commands,)
