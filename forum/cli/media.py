"""`forum media sweep`."""

import click
from flask.cli import with_appcontext

from forum.media import actions


@click.group()
def media() -> None:
    """Uploads."""


@media.command("sweep")
@with_appcontext
def sweep() -> None:
    """Delete what has stood in no post and no draft for a day, and bytes that nobody knows of."""
    swept = actions.sweep()
    click.echo(f"{swept} uploads were deleted." if swept else "Nothing had to be deleted.")


COMMANDS = (media,)
