"""Keep what an archive told of an imported post, so that a newer one can be seen to tell something else."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imported_messages", sa.Column("told", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("imported_messages", "told")
