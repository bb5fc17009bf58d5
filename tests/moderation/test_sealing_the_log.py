"""The log is appended to: nothing takes the place of an entry, and whoever does it all the same is found out."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from forum.audit.actions import AuditAction, first_broken, record
from forum.audit.models import AuditEntry
from forum.cli.doctor import Finding, _contents
from forum.core import migrations
from forum.core.db import db
from forum.core.transactions import transaction

ENTRIES = 5


@pytest.fixture
def log(app: Flask) -> Iterator[None]:
    with app.app_context():
        with transaction():
            for n in range(ENTRIES):
                record(AuditAction.USER_CREATED, subject_kind="user", subject_id=n, actor_id=None, reason="R")
        yield
        db.session.rollback()


def without_triggers() -> None:
    """In the session's transaction, which is undone: what somebody with all rights in the database could do."""
    if db.engine.dialect.name == "sqlite":
        for name in ("UPDATE", "DELETE", "INSERT"):
            db.session.execute(text(f"DROP TRIGGER audit_entries_stay_{name}"))
    else:
        db.session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_stay"))


def find_in_log(app: Flask) -> Finding:
    found = {finding.what: finding for finding in _contents(app.extensions["forum_config"])}
    return found["log"]


@pytest.mark.one_database("sqlite")
@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("same", ["id", "position"])
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
def test_no_entry_takes_the_place_of_another(verb: str, same: str, recursive: str) -> None:
    """Also for a program that connects without our settings."""
    columns = "id, position, at, action, actor_id, subject_kind, subject_id, place_id, reason, detail, seal"
    other = "position + 100" if same == "id" else "id + 100"
    put = columns.replace("position" if same == "id" else "id,", other if same == "id" else f"{other},", 1)
    put = put.replace("reason", "'FORGED'")
    db.session.rollback()
    with db.engine.connect() as connection:
        connection.connection.dbapi_connection.execute(f"PRAGMA recursive_triggers={recursive}")  # type: ignore[union-attr]
        with pytest.raises(DatabaseError, match="append-only"):
            connection.execute(
                text(
                    f"{verb} INTO audit_entries ({columns}) SELECT {put} FROM audit_entries WHERE position=2"
                )
            )
        connection.rollback()
        connection.connection.dbapi_connection.execute("PRAGMA recursive_triggers=ON")  # type: ignore[union-attr]
    assert db.session.scalar(select(AuditEntry.reason).where(AuditEntry.position == 2)) == "R"
    assert first_broken() is None


@pytest.mark.usefixtures("log")
def test_what_meets_an_entry_that_is_there_changes_nothing() -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(
            text(
                "INSERT INTO audit_entries SELECT * FROM audit_entries WHERE position = 2"
                " ON CONFLICT (id) DO UPDATE SET reason = 'FORGED'"
            )
        )


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("which", [1, 3, ENTRIES])
@pytest.mark.parametrize("how", ["reason = 'FORGED'", "actor_id = NULL, subject_id = 77", "action = 'x'"])
def test_a_changed_entry_is_named(app: Flask, which: int, how: str) -> None:
    assert find_in_log(app) == Finding("log", "whole")
    without_triggers()
    db.session.execute(text(f"UPDATE audit_entries SET {how} WHERE position = :n"), {"n": which})
    db.session.expire_all()
    assert first_broken() == which
    told = find_in_log(app)
    assert str(which) in told.found
    assert "backup" in told.advice


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("which", [1, 3, ENTRIES])
def test_an_entry_that_is_gone_is_named(which: int) -> None:
    without_triggers()
    db.session.execute(text("DELETE FROM audit_entries WHERE position = :n"), {"n": which})
    assert first_broken() == which


@pytest.mark.usefixtures("log")
def test_whoever_has_the_database_alone_cannot_seal() -> None:
    """All seals made anew by the way they are made, but without the key."""
    without_triggers()
    before, entries = b"", list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.position)))
    for entry in entries:
        told = [entry.position, entry.at.isoformat(), entry.action, entry.actor_id, entry.subject_kind]
        told += [entry.subject_id, entry.place_id, entry.reason, entry.detail]
        before = hashlib.blake2b(before + json.dumps(told, sort_keys=True).encode(), digest_size=32).digest()
        entry.seal = before
    db.session.flush()
    assert first_broken() == 1


@pytest.mark.usefixtures("log")
def test_a_changed_key_is_tried_after_the_new_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    first = app.config["SECRET_KEY"]
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-key-0123456789-abcdefghijkl")
    assert first_broken() == 1
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", ["one-more-0123456789-abcdefghijklmno", first])
    assert first_broken() is None
    with transaction():
        record(AuditAction.USER_CREATED, subject_kind="user", subject_id=9, actor_id=None)
    assert first_broken() is None
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [])
    assert first_broken() == 1


def _seals() -> list[bytes]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry.seal).order_by(AuditEntry.position)))


@pytest.mark.usefixtures("log")
def test_the_migration_seals_what_is_there_anew_and_hides_no_break(app: Flask) -> None:
    def go(revision: str, way: Any) -> None:
        db.session.rollback()
        db.engine.dispose()
        way(revision=revision)
        db.session.remove()

    migrations.init_migrations(app)
    keyed = _seals()
    try:
        go("0012", flask_migrate.downgrade)
        plain = _seals()
        assert not set(plain) & set(keyed)
        assert first_broken() == 1
        go("head", flask_migrate.upgrade)
        assert _seals() == keyed
        assert first_broken() is None
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text("UPDATE audit_entries SET reason = 'x'"))
        go("0012", flask_migrate.downgrade)
        with db.engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                stays = connection.scalar(
                    text("SELECT sql FROM sqlite_master WHERE name = 'audit_entries_stay_UPDATE'")
                )
                connection.execute(text("DROP TRIGGER audit_entries_stay_UPDATE"))
            else:
                stays = "ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_stay"
                connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_stay"))
            connection.execute(text("UPDATE audit_entries SET reason = 'FORGED' WHERE position = 4"))
            connection.execute(text(str(stays)))
        go("head", flask_migrate.upgrade)
        assert first_broken() == 4
    finally:
        go("head", flask_migrate.upgrade)
