"""Pin topics, keep them as an archive, slow them down, merge them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFERENCES = {"pinned_by_id": "users", "archived_by_id": "users", "merged_into_id": "topics"}
MOMENTS = ("pinned_at", "pinned_until", "archived_at")


def upgrade() -> None:
    with op.batch_alter_table("topics") as batch_op:
        for name in MOMENTS:
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("pinned_everywhere", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("slow_seconds", NUMBER, nullable=False, server_default="0"))
        for name, table in REFERENCES.items():
            batch_op.add_column(sa.Column(name, NUMBER, nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_topics_{name}_{table}"), table, [name], ["id"])
    with op.batch_alter_table("topics") as batch_op:
        batch_op.alter_column("pinned_everywhere", server_default=None)
        batch_op.alter_column("slow_seconds", server_default=None)
    op.create_index(
        "ix_topics_pinned",
        "topics",
        ["place_id", "pinned_at"],
        postgresql_where=sa.text("pinned_at IS NOT NULL"),
        sqlite_where=sa.text("pinned_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_topics_pinned", table_name="topics")
    with op.batch_alter_table("topics") as batch_op:
        for name, table in REFERENCES.items():
            batch_op.drop_constraint(op.f(f"fk_topics_{name}_{table}"), type_="foreignkey")
            batch_op.drop_column(name)
        for name in ("slow_seconds", "pinned_everywhere", *MOMENTS):
            batch_op.drop_column(name)
