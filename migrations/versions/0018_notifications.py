"""Keep what people are told of."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KINDS = (
    "mention",
    "quote",
    "reply",
    "watched",
    "first_post",
    "accepted",
    "moderated",
    "reminder",
    "poll",
    "flagged",
)


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "notifications",
        sa.Column("id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="notificationkind", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("actor_id", number, nullable=True),
        sa.Column("topic_id", number, nullable=True),
        sa.Column("post_id", number, nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("mail_due_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notifications_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_notifications_actor_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_notifications_topic_id_topics"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_notifications_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_notifications_user_id_key")),
    )
    op.create_index(op.f("ix_notifications_user_id_id"), "notifications", ["user_id", "id"])
    op.create_index(op.f("ix_notifications_post_id"), "notifications", ["post_id"])
    op.create_index(op.f("ix_notifications_topic_id"), "notifications", ["topic_id"])
    for name, columns, of in (
        ("ix_notifications_unread", ["user_id", "topic_id"], "read_at IS NULL"),
        ("ix_notifications_mail_due", ["mail_due_at"], "mail_due_at IS NOT NULL"),
    ):
        op.create_index(
            name, "notifications", columns, sqlite_where=sa.text(of), postgresql_where=sa.text(of)
        )


def downgrade() -> None:
    op.drop_table("notifications")
