"""Keep what people upload, and which posts it stands in."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "uploads",
        sa.Column("id", number, nullable=False),
        sa.Column("owner_id", number, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", number, nullable=False),
        sa.Column("width", number, nullable=False),
        sa.Column("height", number, nullable=False),
        sa.Column("frames", number, nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("deleted_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_uploads_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("key", name=op.f("uq_uploads_key")),
    )
    op.create_index(op.f("ix_uploads_owner_id_id"), "uploads", ["owner_id", "id"])
    op.create_index(op.f("ix_uploads_created_at"), "uploads", ["created_at"])
    op.create_table(
        "attachments",
        sa.Column("post_id", number, nullable=False),
        sa.Column("upload_id", number, nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_attachments_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_attachments_upload_id_uploads")),
        sa.PrimaryKeyConstraint("post_id", "upload_id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_upload_id"), "attachments", ["upload_id"])


def downgrade() -> None:
    op.drop_table("attachments")
    op.drop_table("uploads")
