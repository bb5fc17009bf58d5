"""`forum user`: accounts."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from flask.cli import AppGroup

from forum.access.models import RoleName
from forum.accounts import actions, queries
from forum.accounts.models import User
from forum.accounts.params import NewUserParams, StandingParams, SuspendParams
from forum.boards.queries import all_categories
from forum.core.errors import ForumError
from forum.web.params import parse

user_commands = AppGroup("user", help="Accounts.")

F = TypeVar("F", bound=Callable[..., Any])
DATE = "a date like 2026-12-31, the last day of the membership"


def options(*, standings: tuple[str, ...], roles: str) -> Callable[[F], F]:
    def add(command: F) -> F:
        for option in (
            click.option("--password-stdin", is_flag=True, help="Read the password from standard input."),
            click.option("--role", "roles", multiple=True, metavar="ROLE", help=roles),
            click.option("--until", metavar="DATE", help=f"With --standing member: {DATE}."),
            click.option("--standing", type=click.Choice(standings)),
        ):
            command = option(command)
        return command

    return add


@user_commands.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--username", default="", help="Made from the name where it is not given.")
@options(standings=("guest", "member"), roles="staff, moderator, or moderator:CATEGORY; may be repeated.")
def create(
    email: str,
    name: str,
    username: str,
    standing: str | None,
    until: str | None,
    roles: tuple[str, ...],
    password_stdin: bool,
) -> None:
    """Make an account for EMAIL. Without a password one is chosen with the link of the page /reset."""
    if until and standing != "member":
        raise click.UsageError("--until is the last day of a membership: give --standing member with it")
    with told_on_one_line():
        params = parse(
            NewUserParams,
            {
                "email": email,
                "name": name,
                "username": username,
                "standing": standing or "guest",
                "until": until,
                "roles": tuple(map(role_in_place, roles)),
                "password": read_password() if password_stdin else "",
            },
        )
        user = actions.create_user(params)
    click.echo(f"{user.username} ({user.email}) is made: {user.standing}.")


@user_commands.command(name="set")
@click.argument("email")
@options(
    standings=("guest", "member", "lapsed"),
    roles="staff, moderator, or moderator:CATEGORY; none takes all roles back; may be repeated.",
)
@click.option("--suspend", metavar="REASON", help="Suspend the account; its sessions end.")
@click.option("--suspend-until", metavar="DATE", help="With --suspend: its last day.")
@click.option("--reinstate", is_flag=True, help="End a suspension.")
@click.option("--revoke", "revoked", multiple=True, metavar="ROLE", help="Take a role back.")
@click.option("--end-sessions", is_flag=True, help="Sign the person out everywhere.")
def set_(
    email: str,
    standing: str | None,
    until: str | None,
    roles: tuple[str, ...],
    password_stdin: bool,
    suspend: str | None,
    suspend_until: str | None,
    reinstate: bool,
    revoked: tuple[str, ...],
    end_sessions: bool,
) -> None:
    """Change the account of EMAIL (or of a username): all that is asked for, or nothing. What takes rights away holds at
    once, in every process."""
    if until and standing == "guest":
        raise click.UsageError("--until is the last day of a membership: a guest has none")
    if suspend_until and suspend is None:
        raise click.UsageError("--suspend-until needs --suspend and the reason")
    if "none" in roles and revoked:
        raise click.UsageError("--role none takes all roles back already: leave --revoke out")
    with told_on_one_line():
        user = _user(email)
        membership = {"standing": standing or "member", "member_until": until}
        suspension = {"reason": suspend, "until": suspend_until}
        changes = actions.AccountChanges(
            standing=parse(StandingParams, membership) if standing or until else None,
            without_roles="none" in roles,
            revoked=tuple(map(role_in_place, revoked)),
            granted=tuple(role_in_place(role) for role in roles if role != "none"),
            reinstated=reinstate,
            suspension=parse(SuspendParams, suspension) if suspend is not None else None,
            password=read_password() if password_stdin else "",
            sessions_end=end_sessions,
        )
        actions.change_user(user, changes)
        user = _user(email)
    state = "suspended" if user.is_suspended() else str(user.standing)
    held = ", ".join(sorted(map(_in_words, queries.roles_held(user)))) or "no role"
    click.echo(f"{user.username} ({user.email}): {state}, {held}.")


@contextmanager
def told_on_one_line() -> Iterator[None]:
    """What was wrong, as one line for the terminal."""
    try:
        yield
    except ForumError as error:
        said = [f"{field}: {message}" for field, message in error.errors.items()]
        raise click.ClickException(" ".join(said) or error.message or error.code) from None


def read_password() -> str:
    """The first line of standard input, with its spaces."""
    try:
        line = sys.stdin.buffer.readline().decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.ClickException("what came on standard input is no text in UTF-8") from None
    if not line:
        raise click.ClickException("no password came on standard input")
    return line


def role_in_place(text: str) -> tuple[RoleName, int | None]:
    """`moderator:lounge` as the role and the place of that category; without one it is for the whole site."""
    name, colon, slug = text.partition(":")
    if name not in list(RoleName):
        raise click.ClickException(f"{name!r} is not one of {', '.join(sorted(RoleName))}")
    if not colon:
        return RoleName(name), None
    category = next((c for c in all_categories() if c.slug == slug), None)
    if category is None:
        raise click.ClickException(f"there is no category {slug!r}")
    return RoleName(name), category.place_id


def _in_words(held: tuple[RoleName, int | None]) -> str:
    role, place_id = held
    category = next((c for c in all_categories() if place_id and c.place_id == place_id), None)
    return f"{role}:{category.slug}" if category else str(role)


def _user(email: str) -> User:
    user = queries.find_account(email)
    if user is None:
        raise click.ClickException(f"there is no account {email}")
    return user


COMMANDS = (user_commands,)
