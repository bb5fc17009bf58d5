"""Whether those who took part in a poll were told that it has closed. Of what closed before, nobody is told now."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("polls", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE polls SET told_at = coalesce(closed_at, closes_at)"
        " WHERE closed_at IS NOT NULL OR closes_at <= CURRENT_TIMESTAMP"
    )
    untold = sa.text("told_at IS NULL")
    op.create_index("ix_polls_untold", "polls", ["closes_at"], sqlite_where=untold, postgresql_where=untold)


def downgrade() -> None:
    op.drop_index("ix_polls_untold", table_name="polls")
    op.drop_column("polls", "told_at")
