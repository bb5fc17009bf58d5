"""Usernames compared by their looks, names searched without accents, tokens of sessions changed under way."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "2": "z", "8": "b", ".": "", "_": "", "-": ""})


def upgrade() -> None:
    op.create_table(
        "username_holds",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("skeleton", sa.String(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_username_holds_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_username_holds")),
    )
    op.create_index(op.f("ix_username_holds_skeleton"), "username_holds", ["skeleton"])
    op.add_column("users", sa.Column("username_skeleton", sa.String(), nullable=True))
    op.add_column("users", sa.Column("name_key", sa.String(), nullable=True))
    fill_users()
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("username_skeleton", existing_type=sa.String(), nullable=False)
        batch_op.alter_column("name_key", existing_type=sa.String(), nullable=False)
        batch_op.create_index(op.f("ix_users_username_skeleton"), ["username_skeleton"])
        batch_op.create_index(op.f("ix_users_name_key_id"), ["name_key", "id"])
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.add_column(sa.Column("must_rotate", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("old_token_hash", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_sessions_old_token_hash"), ["old_token_hash"])
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.alter_column("must_rotate", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.drop_constraint(op.f("uq_sessions_old_token_hash"), type_="unique")
        batch_op.drop_column("rotated_at")
        batch_op.drop_column("old_token_hash")
        batch_op.drop_column("must_rotate")
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_index(op.f("ix_users_name_key_id"))
        batch_op.drop_index(op.f("ix_users_username_skeleton"))
        batch_op.drop_column("name_key")
        batch_op.drop_column("username_skeleton")
    op.drop_index(op.f("ix_username_holds_skeleton"), table_name="username_holds")
    op.drop_table("username_holds")


def fill_users() -> None:
    """What a later version of the program would fill in otherwise stays as it was when this ran."""
    users = sa.table(
        "users",
        sa.column("id", ID),
        sa.column("username", sa.String()),
        sa.column("name", sa.String()),
        sa.column("username_skeleton", sa.String()),
        sa.column("name_key", sa.String()),
    )
    connection = op.get_bind()
    change = (
        sa.update(users)
        .where(users.c.id == sa.bindparam("user_id"))
        .values(username_skeleton=sa.bindparam("skeleton"), name_key=sa.bindparam("key"))
    )
    last = 0
    while True:
        rows = connection.execute(
            sa.select(users.c.id, users.c.username, users.c.name)
            .where(users.c.id > last)
            .order_by(users.c.id)
            .limit(1000)
        ).all()
        if not rows:
            return
        connection.execute(
            change,
            [{"user_id": id_, "skeleton": skeleton(name), "key": folded(full)} for id_, name, full in rows],
        )
        last = rows[-1][0]


def skeleton(username: str) -> str:
    text = unicodedata.normalize("NFKC", username).casefold().translate(ALIKE)
    return text.replace("rn", "m").replace("vv", "w")


def folded(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
