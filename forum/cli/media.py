"""`forum media sweep`, `forum media still`."""

import click
from flask.cli import with_appcontext

from forum.media import actions
from forum.media.stilling import still_moving_pictures


@click.group()
def media() -> None:
    """Uploads."""


@media.command("sweep")
@with_appcontext
def sweep() -> None:
    """Delete what has stood in no post and no draft for a day, and bytes that nobody knows of."""
    swept = actions.sweep()
    click.echo(f"{swept} uploads were deleted." if swept else "Nothing had to be deleted.")


@media.command("still")
@with_appcontext
def still() -> None:
    """Make still frames of moving pictures that were uploaded before there were any. Can be stopped and run again."""
    done, failed = still_moving_pictures()
    click.echo(
        f"Moving pictures that stand still from now on: {done}." if done else "Nothing had to be made."
    )
    if failed:
        raise click.ClickException(f"{failed} could not be made anew; they stay as they are.")


COMMANDS = (media,)
