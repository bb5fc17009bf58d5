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
@options(standings=("guest", "member"), roles="staff or moderator, for the whole site; may be repeated.")
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
    with told_on_one_line():
        params = parse(
            NewUserParams,
            {
                "email": email,
                "name": name,
                "username": username,
                "standing": standing or "guest",
                "until": until,
                "roles": tuple(role for role, _slug in map(split_role, roles)),
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
    """Change the account of EMAIL (or of a username). What takes rights away holds at once, in every process."""
    with told_on_one_line():
        user = _user(email)
        if standing or until:
            values = {"standing": standing or "member", "member_until": until}
            actions.set_standing(user, parse(StandingParams, values), actor=None)
        for role in revoked:
            _revoke(user, role)
        for role in roles:
            _grant(user, role)
        if reinstate:
            actions.reinstate_user(user, actor=None)
        if suspend is not None:
            params = parse(SuspendParams, {"reason": suspend, "until": suspend_until})
            actions.suspend_user(user, reason=params.reason, until=params.until, actor=None)
        if password_stdin:
            actions.set_password(user, password=read_password())
        if end_sessions:
            actions.end_all_sessions(user, actor=None)
        user = _user(email)
    state = "suspended" if user.is_suspended() else str(user.standing)
    held = ", ".join(sorted(queries.site_roles(user))) or "no role on the whole site"
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
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise click.ClickException("no password came on standard input")
    return line


def split_role(text: str) -> tuple[RoleName, str]:
    """`moderator:lounge` as the role and the slug of the category, which may be empty."""
    name, _colon, slug = text.partition(":")
    if name not in list(RoleName):
        raise click.ClickException(f"{name!r} is not one of {', '.join(sorted(RoleName))}")
    return RoleName(name), slug


def _grant(user: User, text: str) -> None:
    if text == "none":
        for role in queries.site_roles(user):
            actions.revoke_role(user, role, actor=None)
        return
    role, slug = split_role(text)
    actions.grant_role(user, role, place_id=_place(slug), actor=None)


def _revoke(user: User, text: str) -> None:
    role, slug = split_role(text)
    actions.revoke_role(user, role, place_id=_place(slug), actor=None)


def _place(slug: str) -> int | None:
    if not slug:
        return None
    category = next((c for c in all_categories() if c.slug == slug), None)
    if category is None:
        raise click.ClickException(f"there is no category {slug}")
    return category.place_id


def _user(email: str) -> User:
    user = queries.find_account(email)
    if user is None:
        raise click.ClickException(f"there is no account {email}")
    return user


COMMANDS = (user_commands,)
