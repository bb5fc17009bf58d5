"""`forum import`: what was written elsewhere. Safe to run again: nothing comes twice, and what was interrupted goes on."""

import json
import re
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Self

import click
from flask.cli import AppGroup

from forum.accounts import queries
from forum.core.errors import Invalid, Unavailable
from forum.core.slugs import is_slug, slugify
from forum.importers.claiming import give_posts
from forum.importers.mailboxes import import_mailboxes
from forum.importers.report import Report
from forum.importers.stackexchange.importing import import_stackexchange

import_commands = AppGroup("import", help="Bring in what was written elsewhere.")


@import_commands.command()
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--category", "slug", required=True, help="Where the topics go; made, for members, if it is not there."
)
@click.option("--dry-run", is_flag=True, help="Read the headers and say what would be made; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="End with the report as JSON.")
def mbox(paths: tuple[Path, ...], slug: str, dry_run: bool, as_json: bool) -> None:
    """Import mailing lists and Usenet archives: mbox files, or folders of them."""
    _run(partial(import_mailboxes, list(paths), category_slug=slug, dry_run=dry_run), slug, as_json=as_json)


@import_commands.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--category", "slug", required=True, help="Where the topics go; made, for members, if it is not there."
)
@click.option(
    "--site",
    default="",
    metavar="HOST",
    help="Where it comes from, such as cooking.stackexchange.com, if the links between its posts do not tell.",
)
@click.option("--dry-run", is_flag=True, help="Read everything and say what would be made; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="End with the report as JSON.")
def stackexchange(folder: Path, slug: str, site: str, dry_run: bool, as_json: bool) -> None:
    """Import a dump of a Stack Exchange site: the unpacked folder with Posts.xml and what else there is."""
    if site and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", site := site.strip().lower()):
        raise click.BadParameter("a host name is needed, without https://", param_hint="--site")
    work = partial(import_stackexchange, folder, category_slug=slug, site=site, dry_run=dry_run)
    _run(work, slug, as_json=as_json)


@import_commands.command()
@click.argument("email")
@click.argument("placeholder", metavar="USERNAME")
def claim(email: str, placeholder: str) -> None:
    """Give the account with EMAIL what was imported under USERNAME: for those whom no address tells, as in a dump."""
    user, before = queries.find_by_address(email), queries.find_by_username(placeholder)
    if user is None or before is None:
        raise click.ClickException(
            "There is no such account." if user is None else "There is no such placeholder."
        )
    try:
        click.echo(f"{give_posts(user, placeholder=before):,} posts given to {user.name}.")
    except Invalid as error:
        raise click.ClickException(" ".join(error.errors.values())) from None


def _run(work: Callable[..., tuple[Report, bool]], slug: str, *, as_json: bool) -> None:
    """Do an import to the end, or until it is interrupted, and tell what it did."""
    if not is_slug(slug):
        raise click.BadParameter(f"not an address; try {slugify(slug)}", param_hint="--category")
    progress = _Progress()
    try:
        with progress:
            report, interrupted = work(progress=progress)
    except Invalid as error:
        raise click.ClickException(" ".join(error.errors.values())) from None
    except Unavailable as error:
        raise click.ClickException(f"{error} Run the command again: it goes on where it stopped.") from None
    except BrokenProcessPool:
        raise click.ClickException(
            "A process that reads messages has been ended. Run the command again: it goes on where it stopped."
        ) from None
    _tell(report, as_json=as_json)
    if interrupted:
        click.echo("Interrupted. Run the command again: it goes on where it stopped.", err=True)
        sys.exit(128 + (progress.stopped_by or signal.SIGINT))


def _tell(report: Report, *, as_json: bool) -> None:
    click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.as_table())


class _Progress:
    """One line on a terminal that says how far an import has come; and where Ctrl-C and SIGTERM take effect, between two batches."""

    SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._stage, self._since, self._told_at = "", time.monotonic(), 0.0
        self.stopped_by: int | None = None

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._interrupt) for number in self.SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._end_line()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self.stopped_by is not None:
            raise KeyboardInterrupt
        now = time.monotonic()
        if stage != self._stage:
            self._end_line()
            self._stage, self._since = stage, now
        elif now - self._told_at < 0.1 and done != total:
            return
        if self._is_shown:
            self._told_at = now
            rate = f", {done / (now - self._since):,.0f} a second" if done and now - self._since > 1 else ""
            of = f" of {total:,}" if total else ""
            click.echo(f"\r\033[K{stage}: {done:,}{of}{rate}", nl=False, err=True)

    def _interrupt(self, number: int, _frame: FrameType | None) -> None:
        """Stop after this batch; at once where it is asked for again."""
        self.stopped_by = number
        for again in self.SIGNALS:
            signal.signal(again, signal.default_int_handler)

    def _end_line(self) -> None:
        if self._is_shown and self._stage:
            click.echo(err=True)


COMMANDS = (import_commands,)
