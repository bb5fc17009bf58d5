"""Let moderators hide what a post said before an edit."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("revisions") as batch_op:
        batch_op.add_column(sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("hidden_by_id", NUMBER, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_revisions_hidden_by_id_users"), "users", ["hidden_by_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("revisions") as batch_op:
        batch_op.drop_constraint(op.f("fk_revisions_hidden_by_id_users"), type_="foreignkey")
        batch_op.drop_column("hidden_by_id")
        batch_op.drop_column("hidden_at")
