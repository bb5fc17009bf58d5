"""Keep what is reported, and what becomes of it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

REASONS = ("spam", "rude", "off_topic", "patient", "other")
OUTCOMES = (
    "dismissed",
    "settled",
    "post_hidden",
    "post_deleted",
    "topic_locked",
    "topic_hidden",
    "topic_deleted",
)
_OPEN = sa.text("judged_at IS NULL")


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "reviews",
        sa.Column("id", number, nullable=False),
        sa.Column("post_id", number, nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("flag_count", number, nullable=False),
        sa.Column("version", number, nullable=False),
        sa.Column("outcome", sa.Enum(*OUTCOMES, name="outcome", native_enum=False, length=16), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("judged_at", moment, nullable=True),
        sa.Column("judged_by_id", number, nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_reviews_post_id_posts")),
        sa.ForeignKeyConstraint(["judged_by_id"], ["users.id"], name=op.f("fk_reviews_judged_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(
        "uq_reviews_open", "reviews", ["post_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index(
        "ix_reviews_oldest", "reviews", ["opened_at", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index(op.f("ix_reviews_post_id"), "reviews", ["post_id"])
    op.create_table(
        "flags",
        sa.Column("id", number, nullable=False),
        sa.Column("review_id", number, nullable=False),
        sa.Column("reporter_id", number, nullable=False),
        sa.Column(
            "reason", sa.Enum(*REASONS, name="flagreason", native_enum=False, length=16), nullable=False
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_flags_review_id_reviews"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["users.id"], name=op.f("fk_flags_reporter_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint("review_id", "reporter_id", name=op.f("uq_flags_review_id_reporter_id")),
    )
    op.create_index(op.f("ix_flags_reporter_id_id"), "flags", ["reporter_id", "id"])


def downgrade() -> None:
    op.drop_table("flags")
    op.drop_table("reviews")
