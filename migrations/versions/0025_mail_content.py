"""A place may say whether mail holds what is written in it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("places", sa.Column("mail_content", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("places", "mail_content")
