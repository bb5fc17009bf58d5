"""Tags of topics, in groups, with other words for them."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "tag_groups",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("only_one", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_groups")),
        sa.UniqueConstraint("name_key", name=op.f("uq_tag_groups_name_key")),
    )
    op.create_table(
        "tag_group_places",
        sa.Column("group_id", number, nullable=False),
        sa.Column("place_id", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["tag_groups.id"],
            name=op.f("fk_tag_group_places_group_id_tag_groups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places.id"], name=op.f("fk_tag_group_places_place_id_places"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "place_id", name=op.f("pk_tag_group_places")),
    )
    op.create_table(
        "tags",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("group_id", number, nullable=True),
        sa.Column("synonym_of_id", number, nullable=True),
        sa.Column("is_common", sa.Boolean(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["tag_groups.id"], name=op.f("fk_tags_group_id_tag_groups"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["synonym_of_id"], ["tags.id"], name=op.f("fk_tags_synonym_of_id_tags"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name_key", name=op.f("uq_tags_name_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_tags_slug")),
    )
    op.create_index(op.f("ix_tags_synonym_of_id"), "tags", ["synonym_of_id"])
    op.create_table(
        "topic_tags",
        sa.Column("topic_id", number, nullable=False),
        sa.Column("tag_id", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_topic_tags_topic_id_topics"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_topic_tags_tag_id_tags"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("topic_id", "tag_id", name=op.f("pk_topic_tags")),
    )
    op.create_index(op.f("ix_topic_tags_tag_id_topic_id"), "topic_tags", ["tag_id", "topic_id"])
    op.add_column("topics", sa.Column("tag_ids", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("topics", "tag_ids")
    op.drop_table("topic_tags")
    op.drop_table("tags")
    op.drop_table("tag_group_places")
    op.drop_table("tag_groups")
