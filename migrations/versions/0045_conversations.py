"""Conversations, who takes part in them, and what is said."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0035"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "message_blocks",
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("blocked_id", NUMBER, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["blocked_id"], ["users.id"], name=op.f("fk_message_blocks_blocked_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_message_blocks_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "blocked_id", name=op.f("pk_message_blocks")),
    )
    op.create_index(op.f("ix_message_blocks_blocked_id"), "message_blocks", ["blocked_id"])

    op.create_table(
        "messaging_preferences",
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column(
            "takes_from",
            sa.Enum("everyone", "members", "nobody", name="takesfrom", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("receipts", sa.Boolean(), nullable=False),
        sa.Column("invisible", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_messaging_preferences_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_messaging_preferences")),
    )
    op.create_table(
        "conversations",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("pair", "group", name="conversationkind", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("pair_key", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("picture_id", NUMBER, nullable=True),
        sa.Column("owner_id", NUMBER, nullable=True),
        sa.Column("started_by_id", NUMBER, nullable=False),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.Column("last_rev", NUMBER, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_conversations_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["uploads.id"], name=op.f("fk_conversations_picture_id_uploads")
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["users.id"], name=op.f("fk_conversations_started_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("pair_key", name=op.f("uq_conversations_pair_key")),
        sa.UniqueConstraint(
            "started_by_id", "client_id", name=op.f("uq_conversations_started_by_id_client_id")
        ),
    )
    op.create_table(
        "messages",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("conversation_id", NUMBER, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("rev", NUMBER, nullable=False),
        sa.Column("author_id", NUMBER, nullable=False),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("renderer", NUMBER, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("reply_to_id", NUMBER, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_messages_author_id_users")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_messages_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reply_to_id"], ["messages.id"], name=op.f("fk_messages_reply_to_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "conversation_id",
            "author_id",
            "client_id",
            name=op.f("uq_messages_conversation_id_author_id_client_id"),
        ),
        sa.UniqueConstraint("conversation_id", "rev", name=op.f("uq_messages_conversation_id_rev")),
        sa.UniqueConstraint("conversation_id", "seq", name=op.f("uq_messages_conversation_id_seq")),
    )
    op.create_index(op.f("ix_messages_author_id_id"), "messages", ["author_id", "id"])
    op.create_index("ix_messages_unread", "messages", ["conversation_id", "seq", "author_id", "deleted_at"])

    op.create_table(
        "participants",
        sa.Column("conversation_id", NUMBER, nullable=False),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT, nullable=True),
        sa.Column("is_withheld", sa.Boolean(), nullable=False),
        sa.Column("from_seq", NUMBER, nullable=False),
        sa.Column("read_seq", NUMBER, nullable=False),
        sa.Column("mailed_seq", NUMBER, nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("archived_at", MOMENT, nullable=True),
        sa.Column("pinned_at", MOMENT, nullable=True),
        sa.Column("draft", sa.String(), nullable=False),
        sa.Column("draft_version", NUMBER, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_participants_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_participants_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", name=op.f("pk_participants")),
    )
    op.create_index(op.f("ix_participants_user_id_left_at"), "participants", ["user_id", "left_at"])

    op.create_table(
        "message_attachments",
        sa.Column("message_id", NUMBER, nullable=False),
        sa.Column("upload_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_message_attachments_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name=op.f("fk_message_attachments_upload_id_uploads")
        ),
        sa.PrimaryKeyConstraint("message_id", "upload_id", name=op.f("pk_message_attachments")),
    )
    op.create_index(op.f("ix_message_attachments_upload_id"), "message_attachments", ["upload_id"])

    op.create_table(
        "message_reactions",
        sa.Column("message_id", NUMBER, nullable=False),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_message_reactions_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_message_reactions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "user_id", "name", name=op.f("pk_message_reactions")),
    )
    op.create_index(op.f("ix_message_reactions_user_id"), "message_reactions", ["user_id"])

    op.create_table(
        "message_withholdings",
        sa.Column("message_id", NUMBER, nullable=False),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=True),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_message_withholdings_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_message_withholdings_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "user_id", name=op.f("pk_message_withholdings")),
    )
    op.create_index(op.f("ix_message_withholdings_user_id"), "message_withholdings", ["user_id"])


def downgrade() -> None:

    op.drop_table("message_withholdings")

    op.drop_table("message_reactions")

    op.drop_table("message_attachments")

    op.drop_table("participants")

    op.drop_table("messages")
    op.drop_table("conversations")
    op.drop_table("messaging_preferences")

    op.drop_table("message_blocks")
