"""Keep with a post where it was imported from, and under which license it stands there."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("origin", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("posts", "origin")
