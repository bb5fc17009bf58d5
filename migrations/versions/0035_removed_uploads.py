"""Uploads that were removed from wherever they stood."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    name = op.f("fk_uploads_removed_by_id_users")
    with op.batch_alter_table("uploads") as batch:
        batch.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("removed_by_id", number, nullable=True))
        batch.create_foreign_key(name, "users", ["removed_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("uploads") as batch:
        batch.drop_constraint(op.f("fk_uploads_removed_by_id_users"), type_="foreignkey")
        batch.drop_column("removed_by_id")
        batch.drop_column("removed_at")
