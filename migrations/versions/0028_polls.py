"""Polls in posts."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "polls",
        sa.Column("post_id", number, nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("single", "multiple", "ranked", name="pollkind", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("least", number, nullable=False),
        sa.Column("most", number, nullable=False),
        sa.Column("closes_at", moment, nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("closed_by_id", number, nullable=True),
        sa.Column(
            "results",
            sa.Enum("always", "voted", "closed", name="pollresults", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("ballot_count", number, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_polls_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["users.id"], name=op.f("fk_polls_closed_by_id_users")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_polls")),
    )
    op.create_table(
        "poll_ballots",
        sa.Column("post_id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("vote", sa.String(), nullable=False),
        sa.Column("cast_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["polls.post_id"], name=op.f("fk_poll_ballots_post_id_polls"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_poll_ballots_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=op.f("pk_poll_ballots")),
    )
    op.add_column("posts", sa.Column("has_poll", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("posts", "has_poll")
    op.drop_table("poll_ballots")
    op.drop_table("polls")
