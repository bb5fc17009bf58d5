"""Keep in whose logs an act stands that concerns another place too: a move also where the topic came from."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
entries = sa.table(
    "audit_entries",
    sa.column("position", number),
    sa.column("action", sa.String()),
    sa.column("place_id", number),
    sa.column("detail", sa.JSON()),
)


def upgrade() -> None:
    places = op.create_table(
        "audit_places",
        sa.Column("place_id", number, nullable=False),
        sa.Column("position", number, nullable=False),
        sa.PrimaryKeyConstraint("place_id", "position", name=op.f("pk_audit_places")),
    )
    bind = op.get_bind()
    moves = sa.select(entries.c.position, entries.c.place_id, entries.c.detail)
    rows = [
        {"place_id": int(detail["from"]), "position": position}
        for position, place_id, detail in bind.execute(moves.where(entries.c.action == "topic:moved"))
        if str(detail.get("from", "")).isdecimal() and int(detail["from"]) != place_id
    ]
    if rows:
        bind.execute(sa.insert(places), rows)


def downgrade() -> None:
    op.drop_table("audit_places")
