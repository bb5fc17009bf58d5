"""Keep how closely people follow topics and places, and how they want to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

LEVELS = ("muted", "normal", "tracking", "watching", "first_post")
REASONS = ("default", "chosen", "started", "posted", "mentioned", "read", "place")


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    level = sa.Enum(*LEVELS, name="watchlevel", native_enum=False, length=16)
    reason = sa.Enum(*REASONS, name="watchreason", native_enum=False, length=16)

    def of_user(table: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id_users"), ondelete="CASCADE"
        )

    def of(table: str, one: str, many: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(
            [f"{one}_id"], [f"{many}.id"], name=op.f(f"fk_{table}_{one}_id_{many}"), ondelete="CASCADE"
        )

    op.create_table(
        "topic_watches",
        sa.Column("user_id", number, nullable=False),
        sa.Column("topic_id", number, nullable=False),
        sa.Column("level", level, nullable=False),
        sa.Column("reason", reason, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        of_user("topic_watches"),
        of("topic_watches", "topic", "topics"),
        sa.PrimaryKeyConstraint("user_id", "topic_id", name=op.f("pk_topic_watches")),
    )
    op.create_index(op.f("ix_topic_watches_topic_id"), "topic_watches", ["topic_id"])
    op.create_table(
        "place_watches",
        sa.Column("user_id", number, nullable=False),
        sa.Column("place_id", number, nullable=False),
        sa.Column("level", level, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        of_user("place_watches"),
        of("place_watches", "place", "places"),
        sa.PrimaryKeyConstraint("user_id", "place_id", name=op.f("pk_place_watches")),
    )
    op.create_index(op.f("ix_place_watches_place_id"), "place_watches", ["place_id"])
    op.create_table(
        "notification_preferences",
        sa.Column("user_id", number, nullable=False),
        sa.Column("posting", level, nullable=False),
        sa.Column("reading", level, nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        of_user("notification_preferences"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_preferences")),
    )
    op.create_table(
        "mail_stops",
        sa.Column("user_id", number, nullable=False),
        sa.Column("topic_id", number, nullable=False),
        sa.Column("stopped_at", moment, nullable=False),
        of_user("mail_stops"),
        of("mail_stops", "topic", "topics"),
        sa.PrimaryKeyConstraint("user_id", "topic_id", name=op.f("pk_mail_stops")),
    )
    op.add_column("read_markers", sa.Column("seconds", number, nullable=False, server_default="0"))
    with op.batch_alter_table("read_markers") as batch_op:
        batch_op.alter_column("seconds", existing_type=number, server_default=None)


def downgrade() -> None:
    op.drop_column("read_markers", "seconds")
    for table in ("mail_stops", "notification_preferences", "place_watches", "topic_watches"):
        op.drop_table(table)
