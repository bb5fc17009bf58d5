"""A place knows whether it is an archive, so that nothing is written in it or below it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("places", sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        """UPDATE places SET archived = (1 = 1) WHERE id IN (
            SELECT c.place_id FROM categories c LEFT JOIN categories p ON p.id = c.parent_id
            WHERE c.archived_at IS NOT NULL OR p.archived_at IS NOT NULL)"""
    )


def downgrade() -> None:
    op.drop_column("places", "archived")
