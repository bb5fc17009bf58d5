"""What a new topic of a category may begin with."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "topic_templates",
        sa.Column("id", number, nullable=False),
        sa.Column("category_id", number, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["categories.id"],
            name=op.f("fk_topic_templates_category_id_categories"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_templates")),
    )
    op.create_index(op.f("ix_topic_templates_category_id"), "topic_templates", ["category_id"])


def downgrade() -> None:
    op.drop_table("topic_templates")
