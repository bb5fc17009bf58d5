"""Remember which posts quote which."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_QUOTING = "SELECT id, body_html FROM posts WHERE body_html LIKE '%<figure class=\"quote\" data-post=%'"
_NOTE = sa.text(
    "INSERT INTO post_quotes (post_id, quoted_id) SELECT :post_id, id FROM posts WHERE id = :quoted_id"
)


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "post_quotes",
        sa.Column("post_id", number, nullable=False),
        sa.Column("quoted_id", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_quotes_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["quoted_id"], ["posts.id"], name=op.f("fk_post_quotes_quoted_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "quoted_id", name=op.f("pk_post_quotes")),
    )
    op.create_index(op.f("ix_post_quotes_quoted_id"), "post_quotes", ["quoted_id"])
    for post_id, html in op.get_bind().execute(sa.text(_QUOTING)).all():
        for quoted_id in set(re.findall(r'<figure class="quote" data-post="(\d{1,18})"', html)):
            op.execute(_NOTE.bindparams(post_id=post_id, quoted_id=int(quoted_id)))


def downgrade() -> None:
    op.drop_table("post_quotes")
