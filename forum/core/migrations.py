"""Migrations: one set of scripts for both databases. Alembic is imported only when there is something to do."""

import re
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import DatabaseError

from forum.core.db import db

FOLDER = Path(__file__).parents[2] / "migrations"
_REVISION = re.compile(r"^(revision|down_revision)(?:: .*?)? = (?:['\"](\w+)['\"]|None)", re.MULTILINE)


class OutOfDate(Exception):
    """The database has other tables than this version needs."""


def upgrade(revision: str = "head") -> None:
    init_migrations(current_app)
    import flask_migrate

    flask_migrate.upgrade(revision=revision)


def is_current() -> bool:
    """Whether the database stands at the newest revision; told from the scripts' own lines."""
    try:
        stands = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except DatabaseError:
        stands = None
    db.session.rollback()
    return stands is not None and stands == newest()


def require_current() -> None:
    """Raise OutOfDate where the database does not stand at the newest revision; DatabaseError where it does not answer."""
    db.session.execute(sa.text("SELECT 1"))
    db.session.rollback()
    if not is_current():
        raise OutOfDate


def newest() -> str | None:
    """The revision that no other follows."""
    revisions: set[str] = set()
    followed: set[str] = set()
    for script in (FOLDER / "versions").glob("*.py"):
        for kind, name in _REVISION.findall(script.read_text("utf-8")):
            (revisions if kind == "revision" else followed).add(name)
    heads = revisions - followed
    return heads.pop() if len(heads) == 1 else None


def init_migrations(app: Flask) -> None:
    """Make the application ready for Flask-Migrate."""
    if "migrate" not in app.extensions:
        from flask_migrate import Migrate

        Migrate(app, db, directory=str(FOLDER), render_as_batch=True, compare_type=True)
