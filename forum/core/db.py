"""The database: one typed base, one naming convention, the same behavior on SQLite and PostgreSQL."""

import enum
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    TypeDecorator,
    event,
)
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.pool import ConnectionPoolEntry

from forum.config import Config

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# jit=off: a statement of a page runs for milliseconds; compiling one that looks costly to the planner takes up to seconds.
POSTGRES_OPTIONS = (
    "-c statement_timeout=5000 -c idle_in_transaction_session_timeout=30000 -c timezone=UTC -c jit=off"
)
WRITES = "forum_writes"


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_TYPES: dict[Any, Any] = {
    int: BigInteger().with_variant(
        Integer(), "sqlite"
    ),  # INTEGER is 64 bits there, and a key of it is the rowid
    datetime: UTCDateTime(),
    bytes: LargeBinary,
    dict: JSON,
    enum.StrEnum: Enum(
        enum.StrEnum,
        native_enum=False,
        create_constraint=False,
        length=16,
        values_callable=lambda members: [member.value for member in members],
    ),
}


class Base(DeclarativeBase):
    """Every model. Plain typed declarative, so that strict type checking understands it."""

    registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map=_TYPES)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False}, disable_autonaming=True)


def which_database() -> str:
    """The database this application is on: part of every key under which something of it is kept in process."""
    found: str = current_app.extensions["forum_database"]
    return found


def init_db(app: Flask, config: Config) -> None:
    app.extensions["forum_database"] = config.database_url
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(config)
    if config.is_sqlite:
        Path(config.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def engine_options(config: Config) -> dict[str, Any]:
    if config.is_sqlite:
        return {
            "connect_args": {"timeout": 0, "check_same_thread": False},
            "pool_size": 20,
            "max_overflow": 20,
        }
    return {
        "connect_args": {"options": POSTGRES_OPTIONS, "connect_timeout": 5},
        "pool_size": 10,
        "max_overflow": 10,
        "pool_timeout": 10,
        "pool_pre_ping": False,
    }


def prepare_engine(engine: Engine) -> None:
    """SQLite: our pragmas on each connection, and BEGIN said by us (IMMEDIATE for a transaction that writes)."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=0",
            "trusted_schema=OFF",
            "recursive_triggers=ON",  # what REPLACE deletes fires the triggers that refuse it
            "cache_size=-32768",
            "mmap_size=268435456",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
