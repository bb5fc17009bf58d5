"""`forum outbox`: deliveries that failed, and trying them again."""

import click
from flask.cli import AppGroup

from forum.jobs import outbox

outbox_commands = AppGroup("outbox", help="Deliveries that failed: mail, above all.")


@outbox_commands.command(name="list")
def list_() -> None:
    """Say what has failed, why, and when it is tried again."""
    rows = outbox.troubled()
    for row in rows:
        again = f"again at {row.due_at:%Y-%m-%d %H:%M} UTC" if row.due_at else "given up"
        click.echo(f"{row.id}  {row.listener}, from {row.created_at:%Y-%m-%d %H:%M} UTC: {again}")
        click.echo(f"    after {row.attempts} attempts: {row.error}")
    given_up = sum(row.due_at is None for row in rows)
    click.echo(f"{len(rows)} failed so far, {given_up} of them given up.")


@outbox_commands.command()
@click.argument("ids", nargs=-1, type=click.IntRange(1, 2**63 - 1))
def retry(ids: tuple[int, ...]) -> None:
    """Let the worker try again: all that was given up, or the deliveries with these IDS."""
    count = outbox.retry(ids)
    click.echo(f"{count} will be tried again within a minute.")
    if count < len(set(ids)):
        raise click.ClickException(f"{len(set(ids)) - count} of these numbers are no longer there")


COMMANDS = (outbox_commands,)
