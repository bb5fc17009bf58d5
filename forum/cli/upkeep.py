"""`forum recount`, `forum rerender`: putting derived things right."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select, update

from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions import counting
from forum.discussions.models import Post, PostKind, Topic
from forum.discussions.queries.quotes import note_quotes
from forum.discussions.writing import find_mentioned
from forum.markup import RENDERER_VERSION, SafeHTML, render_long

BATCH = 50


@click.command()
@with_appcontext
def recount() -> None:
    """Work out every count anew, and mend what differs."""
    with transaction():
        wrong = counting.recount()
    click.echo("All counts were right." if not wrong else f"{wrong} counts were mended.")


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also what the present renderer has made.")
@with_appcontext
def rerender(everything: bool) -> None:
    """Render posts anew that an older renderer has made. Can be stopped and run again.

    What cannot be rendered is told and stays as it is; the command then ends with 1.
    """
    done, last, refused = 0, 0, 0
    while True:
        found = select(Post.id, Post.body).where(Post.id > last, Post.kind == PostKind.POST)
        if not everything:
            found = found.where(Post.renderer < RENDERER_VERSION)
        rows = db.session.execute(found.order_by(Post.id).limit(BATCH)).all()
        if not rows:
            break
        rendered: dict[int, tuple[str, SafeHTML]] = {}
        for row in rows:
            try:
                rendered[row.id] = row.body, render_long(row.body, mentions=find_mentioned).html
            except Exception as error:  # noqa: BLE001 - one text must never stop the others
                click.echo(f"post {row.id}: cannot be rendered: {type(error).__name__}: {error}", err=True)
                refused += 1
        if rendered:
            _store(rendered)
        done, last = done + len(rendered), rows[-1].id
    click.echo(f"{done} posts were rendered.")
    if refused:
        raise click.ClickException(f"{refused} posts could not be rendered; they stay as they are.")


def _store(rendered: dict[int, tuple[str, SafeHTML]]) -> None:
    """The HTML by post, beside the text it was made of."""
    with transaction():
        for post in db.session.scalars(select(Post).where(Post.id.in_(rendered)).with_for_update()):
            body, html = rendered[post.id]
            if post.body == body:  # not edited meanwhile
                post.body_html, post.renderer = html, RENDERER_VERSION
                post.version += 1
                note_quotes(post)
        topics = select(Post.topic_id).where(Post.id.in_(rendered))
        db.session.execute(update(Topic).where(Topic.id.in_(topics)).values(version=Topic.version + 1))


COMMANDS = (recount, rerender)
