"""Keep reactions, bookmarks, view counts and whom people ignore."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _leads_to(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "reactions",
        sa.Column("post_id", NUMBER, nullable=False),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _leads_to("reactions", "post_id", "posts"),
        _leads_to("reactions", "user_id", "users"),
        sa.PrimaryKeyConstraint("post_id", "user_id", "name", name=op.f("pk_reactions")),
    )
    op.create_index(op.f("ix_reactions_user_id"), "reactions", ["user_id"])
    op.create_table(
        "bookmarks",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("post_id", NUMBER, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("remind_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        _leads_to("bookmarks", "user_id", "users"),
        _leads_to("bookmarks", "post_id", "posts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookmarks")),
        sa.UniqueConstraint("user_id", "post_id", name=op.f("uq_bookmarks_user_id_post_id")),
    )
    op.create_index(op.f("ix_bookmarks_user_id_id"), "bookmarks", ["user_id", "id"])
    op.create_index(op.f("ix_bookmarks_post_id"), "bookmarks", ["post_id"])
    due = sa.text("remind_at IS NOT NULL")
    op.create_index("ix_bookmarks_due", "bookmarks", ["remind_at"], sqlite_where=due, postgresql_where=due)
    op.create_table(
        "ignores",
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("ignored_id", NUMBER, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _leads_to("ignores", "user_id", "users"),
        _leads_to("ignores", "ignored_id", "users"),
        sa.PrimaryKeyConstraint("user_id", "ignored_id", name=op.f("pk_ignores")),
    )
    op.create_index(op.f("ix_ignores_ignored_id"), "ignores", ["ignored_id"])
    op.add_column("posts", sa.Column("reaction_counts", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("topics", sa.Column("view_count", NUMBER, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("topics", "view_count")
    op.drop_column("posts", "reaction_counts")
    for table in ("ignores", "bookmarks", "reactions"):
        op.drop_table(table)
