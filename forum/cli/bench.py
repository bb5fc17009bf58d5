"""`forum bench`: the data that the benchmarks run on."""

import random
import time

import click
from argon2 import PasswordHasher
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from forum.accounts.models import User
from forum.cli.dataset.making import make_dataset
from forum.cli.dataset.people import KNOWN, PASSWORD
from forum.cli.dataset.plan import Size
from forum.config import Config
from forum.core.db import db

bench_commands = AppGroup("bench", help="Data to measure with.")


@bench_commands.command()
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same data.")
@click.option("--users", default=1000, show_default=True, type=click.IntRange(10, 1_000_000))
@click.option("--categories", default=20, show_default=True, type=click.IntRange(3, 500))
@click.option("--topics", default=2000, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option("--posts", default=35000, show_default=True, type=click.IntRange(1, 20_000_000))
@click.option("--force", is_flag=True, help="Also into a database in which there are people.")
def dataset(seed: int, users: int, categories: int, topics: int, posts: int, force: bool) -> None:
    """Fill the database with a forum to measure: one topic of 5,000 posts, twenty of 500, the rest Zipf-like."""
    config: Config = current_app.extensions["forum_config"]
    if config.env == "production":
        raise click.ClickException("its accounts have a password that everybody knows: not in production")
    if topics > posts:
        raise click.ClickException("every topic has a post: --posts must not be below --topics")
    if db.session.scalar(select(User.id).where(User.username_key.in_(KNOWN)).limit(1)):
        raise click.ClickException("the benchmark's data is here already")
    if not force and db.session.scalar(select(User.id).limit(1)):
        raise click.ClickException("there are people in this database; --force adds to it all the same")
    db.session.rollback()
    begun = time.perf_counter()
    with click.progressbar(length=posts, label="Posts") as bar:
        took = make_dataset(
            random.Random(seed),  # noqa: S311 - the same data for the same seed is what it is for
            Size(users, categories, topics, posts),
            password_hash=PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD),
            progress=bar.update,
        )
    click.echo(
        f"{posts:,} posts in {topics:,} topics, written in {took:.1f} s ({posts / took:,.0f}/s); "
        f"{time.perf_counter() - begun:.1f} s in all."
    )
    click.echo(f"Sign in as {', '.join(KNOWN)} (or anybody else); the password is: {PASSWORD}")


COMMANDS = (bench_commands,)
