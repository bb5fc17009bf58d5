"""Conversations and messages as programs get them: many at once, in a number of statements that does not grow with them."""

from collections.abc import Sequence

from flask import current_app
from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.rules.people import sees_people
from forum.access.viewer import Viewer
from forum.accounts.schemas import User
from forum.discussions.queries.quotes import open_quotes, sources_of
from forum.discussions.reactions import reaction_kinds
from forum.discussions.writing import in_words_of
from forum.markup import with_own_mentions, without_quotes
from forum.media.models import Upload
from forum.media.schemas import address_of
from forum.messaging import models, schemas
from forum.messaging.queries.conversations import Row
from forum.messaging.queries.hearing import acquaintances, invisible_among
from forum.messaging.queries.messages import Seen, open_replies
from forum.messaging.queries.people import staff_among
from forum.messaging.queries.quiet import blocked_among
from forum.messaging.queries.syncing import Changed, Inbox
from forum.realtime.counts import counts_of


def messages_for(viewer: Viewer, messages: Sequence[Seen]) -> list[schemas.Message]:
    """Messages as this viewer may have them."""
    sources = sources_of(viewer, [one.html for one in messages])
    named = [one.body for one in messages if "/posts/" in one.body]
    quotes = open_quotes(viewer, named) if named else ()
    replies, kinds = open_replies(messages), reaction_kinds()
    shows_people = sees_people(viewer)
    shaped = []
    for one in messages:
        message = one.message
        html = in_words_of(one.html, sources, within=f"message-{message.id}", shows_people=shows_people)
        if viewer.user is not None:
            html = with_own_mentions(html, viewer.user.username)
        given: dict[str, list[str]] = {}
        for name, user_id in one.reactions:
            given.setdefault(name, []).append(str(user_id))
        order = [name for name in kinds if name in given] + sorted(set(given) - set(kinds))
        shaped.append(
            schemas.Message(
                id=str(message.id),
                conversation_id=str(message.conversation_id),
                seq=message.seq,
                rev=message.rev,
                client_id=message.client_id,
                author=User.of(message.author),
                body=without_quotes(one.body, quotes) if "/posts/" in one.body else one.body,
                html=str(html),
                created_at=message.created_at,
                edited_at=one.edited_at,
                deleted_at=message.deleted_at,
                reply_to=str(message.reply_to_id) if message.reply_to_id in replies else None,
                reactions=[
                    schemas.MessageReaction(
                        name=name,
                        emoji=kinds[name].emoji if name in kinds else "",
                        count=len(given[name]),
                        user_ids=given[name],
                    )
                    for name in order
                ],
                folded=one.is_folded,
            )
        )
    return shaped


def message_for(viewer: Viewer, message: Seen) -> schemas.Message:
    return messages_for(viewer, [message])[0]


def conversations_for(viewer: Viewer, rows: Sequence[Row]) -> list[schemas.Conversation]:
    """Conversations of this viewer."""
    lasts = messages_for(viewer, [row.last for row in rows if row.last is not None])
    last_of = {one.conversation_id: one for one in lasts}
    pairs = [one.user_id for row in rows if not row.conversation.is_group for one in row.others]
    blocked = blocked_among(viewer.id or 0, pairs)
    staff = staff_among({one.user_id for row in rows for one in row.people})
    return [
        _conversation(viewer, row, last_of.get(str(row.here.conversation_id)), blocked, staff) for row in rows
    ]


def conversation_for(viewer: Viewer, row: Row) -> schemas.Conversation:
    return conversations_for(viewer, [row])[0]


def title_of(row: Row) -> str:
    """What a conversation is called: its name, or those of the others."""
    if row.conversation.name:
        return row.conversation.name
    names = [one.user.name for one in row.others]
    if not names:
        return _("Only you")
    return names[0] if len(names) == 1 else ", ".join(names)


def inbox_of(viewer: Viewer, inbox: Inbox) -> schemas.Inbox:
    return schemas.Inbox(
        conversations=[entry_of(one) for one in inbox.changed],
        gone=[str(one) for one in inbox.gone],
        counts=schemas.Counts(**counts_of(viewer)),
        online=online_among(viewer),
        cursor=inbox.cursor,
        more=inbox.more,
    )


def online_among(viewer: Viewer) -> list[str]:
    """Those with whom the viewer shares a conversation and who are here now, as far as they want that known."""
    if viewer.id is None or not viewer.may_act:
        return []
    here = current_app.extensions["forum_live"].presence.online(acquaintances(viewer.id))
    return [str(one) for one in sorted(here - invisible_among(here))]


def entry_of(changed: Changed) -> schemas.InboxEntry:
    here = changed.here
    return schemas.InboxEntry(
        id=str(here.conversation_id),
        last_seq=here.conversation.last_rev,
        read_seq=here.read_seq,
        unread=changed.unread,
        muted=here.muted,
        archived=here.archived_at is not None,
        pinned=here.pinned_at is not None,
    )


def picture_of(upload: Upload | None) -> schemas.ConversationPicture | None:
    if upload is None:
        return None
    return schemas.ConversationPicture(
        url=address_of(upload), thumbnail_url=f"/uploads/{upload.id}/{upload.smallest}"
    )


def preferences_of(chosen: models.MessagingPreferences) -> schemas.MessagingPreferences:
    return schemas.MessagingPreferences(
        takes_from=chosen.takes_from, receipts=chosen.receipts, invisible=chosen.invisible
    )


def blocked_of(row: models.MessageBlock) -> schemas.Blocked:
    return schemas.Blocked(user=User.of(row.blocked), created_at=row.created_at)


def _conversation(
    viewer: Viewer, row: Row, last: schemas.Message | None, blocked: set[int], staff: set[int]
) -> schemas.Conversation:
    here, conversation = row.here, row.conversation
    is_blocked = not conversation.is_group and any(one.user_id in blocked for one in row.others)
    return schemas.Conversation(
        id=str(conversation.id),
        kind=conversation.kind,
        name=title_of(row),
        picture=picture_of(row.picture),
        participants=[
            schemas.Participant(
                user=User.of(one.user),
                staff=one.user_id in staff,
                owner=one.user_id == conversation.owner_id,
                joined_at=one.joined_at,
                read_seq=here.read_seq if one.user_id == here.user_id else row.read.get(one.user_id),
            )
            for one in row.people
        ],
        created_at=conversation.created_at,
        last_seq=conversation.last_rev,
        from_seq=here.from_seq,
        read_seq=here.read_seq,
        unread=row.unread,
        muted=here.muted,
        archived=here.archived_at is not None,
        pinned=here.pinned_at is not None,
        blocked=is_blocked,
        may_send=not is_blocked and bool(judge(Permission.SEND_MESSAGE, viewer, here)),
        may_manage=bool(judge(Permission.MANAGE_CONVERSATION, viewer, here)),
        last_message=last,
        draft=here.draft,
        draft_version=here.draft_version,
    )
