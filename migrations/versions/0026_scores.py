"""Keep how posts were voted on where they were imported from."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("posts", sa.Column("score", number, nullable=True))


def downgrade() -> None:
    op.drop_column("posts", "score")
