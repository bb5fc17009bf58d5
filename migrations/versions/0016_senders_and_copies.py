"""Remember under which names people wrote, and what tells one text of a message from another."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NAMES_SO_FAR = """
INSERT INTO imported_names (address_key, name, messages)
SELECT imported_addresses.address_key, users.name, COUNT(*)
FROM imported_addresses
JOIN users ON users.id = imported_addresses.user_id AND users.imported_at IS NOT NULL
JOIN posts ON posts.author_id = users.id
GROUP BY imported_addresses.address_key, users.name
"""


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "imported_names",
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("messages", number, nullable=False),
        sa.PrimaryKeyConstraint("address_key", "name", name=op.f("pk_imported_names")),
        sqlite_with_rowid=False,
    )
    op.execute(_NAMES_SO_FAR)
    op.add_column("imported_messages", sa.Column("body_key", number, nullable=True))


def downgrade() -> None:
    op.drop_column("imported_messages", "body_key")
    op.drop_table("imported_names")
