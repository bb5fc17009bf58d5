"""`forum demo`: a society to look around in, for an empty database."""

import click
from flask import current_app
from flask.cli import AppGroup

from forum.config import Config
from forum.core.db import db
from forum.core.errors import Conflict
from forum.demo.loader import State, load_demo, state_of_database
from forum.demo.parsing import read_demo

demo_commands = AppGroup("demo", help="Demo content.")


@demo_commands.command()
def load() -> None:
    """Load the demo. Refuses a database that holds anything else."""
    demo = read_demo()
    try:
        loaded = load_demo(demo)
    except Conflict as conflict:
        raise click.ClickException(str(conflict)) from None
    if not loaded:
        click.echo("The demo is there already.")
        return
    posts = sum(len(topic.posts) for topic in demo.topics)
    click.echo(f"The demo is loaded: {len(demo.people)} people, {len(demo.topics)} topics, {posts} posts.")


def load_if_empty() -> None:
    """Load the demo where nothing is there yet; never in production."""
    config: Config = current_app.extensions["forum_config"]
    if config.env == "development" and state_of_database() is State.EMPTY:
        load_demo(read_demo())


def accounts_to_show(config: Config) -> list[str]:
    """The accounts to name when the server starts: only of the demo, and only where they can be used."""
    state = state_of_database()
    db.session.remove()
    if config.site_url or state is not State.DEMO:
        return []
    demo = read_demo()
    accounts = [f"{p.demo} ({p.username}@{demo.society.mail_domain})" for p in demo.people if p.demo]
    return ["This is a demo. Sign in with one click as " + ", ".join(accounts) + "."]


COMMANDS = (demo_commands,)
