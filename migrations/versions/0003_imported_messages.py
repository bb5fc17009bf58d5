"""Remember what has been imported."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "imported_messages",
        sa.Column("place_id", number, nullable=False),
        sa.Column("key", number, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("references", sa.LargeBinary(), nullable=False),
        sa.Column("in_reply_to", sa.LargeBinary(), nullable=False),
        sa.Column("parent_key", number, nullable=True),
        sa.Column("post_id", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places.id"], name=op.f("fk_imported_messages_place_id_places")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_imported_messages_post_id_posts")),
        sa.PrimaryKeyConstraint("place_id", "key", name=op.f("pk_imported_messages")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("imported_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imported_messages_post_id"), ["post_id"], unique=False)


def downgrade() -> None:
    op.drop_table("imported_messages")
