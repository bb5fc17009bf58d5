"""What a registration said stands with its link until that is used, not with the account that waits."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account_tokens", sa.Column("name", sa.String(), nullable=True))
    op.add_column("account_tokens", sa.Column("password_hash", sa.String(), nullable=True))
    op.execute(
        """UPDATE account_tokens SET
            name = (SELECT u.name FROM users u WHERE u.id = account_tokens.user_id),
            password_hash = (SELECT u.password_hash FROM users u WHERE u.id = account_tokens.user_id)
        WHERE purpose = 'confirm' AND used_at IS NULL"""
    )


def downgrade() -> None:
    with op.batch_alter_table("account_tokens") as batch_op:
        batch_op.drop_column("password_hash")
        batch_op.drop_column("name")
