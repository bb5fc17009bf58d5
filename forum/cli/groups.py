"""`forum group`: groups and who is in them."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import Invalid
from forum.groups import actions
from forum.groups.models import Group, GroupKind

group_commands = AppGroup("group", help="Groups and who is in them.")


@group_commands.command()
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--kind", type=click.Choice([k.value for k in GroupKind]), default="open", show_default=True)
def create(slug: str, name: str, kind: str) -> None:
    """Make the group SLUG."""
    try:
        actions.create_group(slug, name=name, kind=GroupKind(kind))
    except Invalid as error:
        raise click.ClickException(" ".join(error.errors.values())) from None
    click.echo(f"The group {slug} is made.")


@group_commands.command()
@click.argument("slug")
@click.argument("usernames", nargs=-1, required=True)
def add(slug: str, usernames: tuple[str, ...]) -> None:
    """Put people into a group."""
    count = actions.add_people(_group(slug), _people(usernames))
    click.echo(f"{count} added, {len(usernames) - count} were in it.")


@group_commands.command()
@click.argument("slug")
@click.argument("usernames", nargs=-1, required=True)
def remove(slug: str, usernames: tuple[str, ...]) -> None:
    """Take people out of a group."""
    count = actions.remove_people(_group(slug), _people(usernames))
    click.echo(f"{count} removed, {len(usernames) - count} were not in it.")


def _group(slug: str) -> Group:
    group = db.session.scalar(select(Group).where(Group.slug == slug))
    if group is None:
        raise click.ClickException(f"there is no group {slug}")
    return group


def _people(usernames: tuple[str, ...]) -> list[User]:
    keys = {name.removeprefix("@").casefold(): name for name in usernames}
    found = {
        user.username_key: user
        for user in db.session.scalars(select(User).where(User.username_key.in_(keys)))
    }
    missing = [name for key, name in keys.items() if key not in found]
    if missing:
        raise click.ClickException(f"there is nobody called {', '.join(missing)}; nothing was changed")
    return [found[key] for key in keys]


COMMANDS = (group_commands,)
