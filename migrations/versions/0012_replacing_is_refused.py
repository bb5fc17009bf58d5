"""Refuse to put another entry of the log in the place of one, as INSERT OR REPLACE does."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# PostgreSQL has no such statement, and its triggers see what ON CONFLICT updates.
REFUSE_REPLACING = (
    "CREATE TRIGGER audit_entries_stay_INSERT BEFORE INSERT ON audit_entries "
    "WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id OR position = NEW.position) "
    "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(REFUSE_REPLACING)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_entries_stay_INSERT")
