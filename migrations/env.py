"""How migrations run: on the application's own engine, the same on SQLite and PostgreSQL."""

from alembic import context
from flask import current_app
from sqlalchemy import TypeDecorator

from forum.core.db import Base, db


def include_object(thing, name, kind, reflected, compare_to):
    """Leave alone the shadow tables that a full-text index keeps."""
    return not (kind == "table" and name.startswith("search_index"))


def render_item(kind, thing, autogen):
    """Write our own types as what they are in the database, so that migrations stand without the program."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl!r}"
    return False


def run() -> None:
    options = current_app.extensions["migrate"].configure_args
    # A connection of its own, not the pool's: SQLite must not check foreign keys while it rebuilds a table,
    # and PostgreSQL's time limit for a page does not hold for a migration.
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=include_object,
            render_item=render_item,
            transaction_per_migration=True,
            **options,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")


run()
