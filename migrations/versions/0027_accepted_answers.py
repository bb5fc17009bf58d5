"""Places for questions, and the answers that were accepted there."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column(
        "places", sa.Column("for_questions", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    with op.batch_alter_table("topics") as topics:
        topics.add_column(sa.Column("answer_id", number, nullable=True))
        topics.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        topics.add_column(sa.Column("answered_by_id", number, nullable=True))
        topics.create_foreign_key(op.f("fk_topics_answered_by_id_users"), "users", ["answered_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("topics") as topics:
        topics.drop_constraint(op.f("fk_topics_answered_by_id_users"), type_="foreignkey")
        topics.drop_column("answered_by_id")
        topics.drop_column("answered_at")
        topics.drop_column("answer_id")
    op.drop_column("places", "for_questions")
