"""Seal the log with a key of this installation: whoever can write in the database cannot seal.

Entries are sealed anew as far as their old seals hold; a break stays where it was, and `forum doctor` tells it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

entries = sa.table(
    "audit_entries",
    sa.column("position", sa.BigInteger()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("action", sa.String()),
    sa.column("actor_id", sa.BigInteger()),
    sa.column("subject_kind", sa.String()),
    sa.column("subject_id", sa.BigInteger()),
    sa.column("place_id", sa.BigInteger()),
    sa.column("reason", sa.String()),
    sa.column("detail", sa.JSON()),
    sa.column("seal", sa.LargeBinary()),
)
BATCH = 500
Seal = Callable[[Any, bytes], bytes]


def upgrade() -> None:
    _seal_anew(_without_key, _with_key())


def downgrade() -> None:
    _seal_anew(_with_key(), _without_key)


def _seal_anew(old: Seal, new: Seal) -> None:
    bind = op.get_bind()
    is_sqlite = bind.dialect.name == "sqlite"
    trigger = "audit_entries_stay_UPDATE"
    if is_sqlite:
        told = bind.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": trigger})
        op.execute(f"DROP TRIGGER {trigger}")
    else:
        op.execute("ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_stay")
    put = sa.update(entries).where(entries.c.position == sa.bindparam("which"))
    changes = []
    for position, seal in _seals(bind, old, new):
        changes.append({"which": position, "seal": seal})
        if len(changes) == BATCH:
            bind.execute(put, changes)
            changes = []
    if changes:
        bind.execute(put, changes)
    op.execute(told if is_sqlite else "ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_stay")


def _seals(bind: sa.Connection, old: Seal, new: Seal) -> Iterator[tuple[int, bytes]]:
    """Position and new seal of every entry up to the first whose old seal does not hold."""
    before_old = before_new = b""
    last = 0
    while True:
        found = sa.select(entries).where(entries.c.position > last).order_by(entries.c.position)
        rows = bind.execute(found.limit(BATCH)).all()
        for row in rows:
            if row.position != last + 1 or bytes(row.seal) != old(row, before_old):
                return
            before_old, before_new, last = bytes(row.seal), new(row, before_new), row.position
            yield row.position, before_new
        if len(rows) < BATCH:
            return


def _told(row: Any) -> bytes:
    at = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at.astimezone(UTC)
    told = [
        row.position,
        at.isoformat(),
        row.action,
        row.actor_id,
        row.subject_kind,
        row.subject_id,
        row.place_id,
        row.reason,
        row.detail,
    ]
    return json.dumps(told, sort_keys=True).encode()


def _without_key(row: Any, before: bytes) -> bytes:
    return hashlib.blake2b(before + _told(row), digest_size=32).digest()


def _with_key() -> Seal:
    secret = str(current_app.config["SECRET_KEY"])
    key = hashlib.blake2b(f"audit:seal:{secret}".encode(), digest_size=32).digest()
    return lambda row, before: hashlib.blake2b(before + _told(row), digest_size=32, key=key).digest()
