"""A session may look at pages as somebody else would see them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.add_column(sa.Column("preview_guise", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("preview_person_id", ID, nullable=True))
        batch_op.add_column(sa.Column("preview_topic_id", ID, nullable=True))
        batch_op.add_column(sa.Column("preview_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_sessions_preview_person_id_users"),
            "users",
            ["preview_person_id"],
            ["id"],
            ondelete="SET NULL",
        )
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.alter_column("preview_guise", existing_type=sa.String(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.drop_constraint(op.f("fk_sessions_preview_person_id_users"), type_="foreignkey")
        batch_op.drop_column("preview_until")
        batch_op.drop_column("preview_topic_id")
        batch_op.drop_column("preview_person_id")
        batch_op.drop_column("preview_guise")
