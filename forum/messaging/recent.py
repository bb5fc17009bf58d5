"""Messages that this process has just stored: what is told of them is known here, and not read again.

Only those that are the same for everybody who may read them. Other processes, and all other messages, ask the database.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.accounts.models import Ignore
from forum.accounts.schemas import User
from forum.core import reading
from forum.core.signals import listens_to
from forum.messaging import schemas
from forum.messaging.actions.sending import Part, Sending, store
from forum.messaging.signals import BlockChanged, ConversationChanged, MessageChanged

MOST_KEPT = 5000

_kept: OrderedDict[int, "Recent"] = OrderedDict()
_IGNORES = select(Ignore.user_id, Ignore.ignored_id).where(
    Ignore.user_id.in_(bindparam("people", expanding=True)),
    Ignore.ignored_id.in_(bindparam("authors", expanding=True)),
)
# What is shown otherwise to some: people, quotes, words of our own.
_DIFFERS = ("<a ", "<blockquote", "…", "/posts/")


class Recent:
    """What is told of one message: to those whom it reaches, folded for those who ignore its author."""

    def __init__(self, sending: Sending, folded_for: frozenset[int]) -> None:
        assert sending.author is not None
        self.sending, self.folded_for = sending, folded_for
        self._author = User.of(sending.author)  # now: later its session is gone
        self._shapes: dict[bool, dict[str, Any]] = {}

    def for_viewer(self, viewer: Viewer) -> dict[str, Any] | None:
        one = self.sending
        if viewer.id is None or viewer.id not in one.reached:
            return None
        here = Part(one.conversation_id, viewer.id, False, one.seq - 1, one.seq - 1, None)
        return (
            self.shape(viewer.id in self.folded_for)
            if judge(Permission.READ_CONVERSATION, viewer, here)
            else None
        )

    def shape(self, is_folded: bool = False) -> dict[str, Any]:
        if is_folded not in self._shapes:
            one = self.sending
            assert one.at is not None
            self._shapes[is_folded] = {
                "message": schemas.Message(
                    id=str(one.id),
                    conversation_id=str(one.conversation_id),
                    seq=one.seq,
                    rev=one.rev,
                    client_id=one.client_id,
                    author=self._author,
                    body=one.written.body,
                    html=str(one.written.html),
                    created_at=one.at,
                    edited_at=None,
                    deleted_at=None,
                    reply_to=None,
                    reactions=[],
                    folded=is_folded,
                ).model_dump(mode="json")
            }
        return self._shapes[is_folded]


def store_and_keep(sendings: Sequence[Sending]) -> None:
    """Store them, within a transaction, and keep what can be told of them for a while."""
    store(sendings)
    plain = [one for one in sendings if one.is_new and is_the_same_for_all(one)]
    if not plain:
        return
    people = sorted({user_id for one in plain for user_id in one.reached})
    authors = sorted({one.author_id for one in plain})
    ignores = {tuple(row) for row in reading.rows(_IGNORES, people=people, authors=authors)}
    for one in plain:
        folded = frozenset(user_id for user_id in one.reached if (user_id, one.author_id) in ignores)
        _kept[one.id] = Recent(one, folded)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)


@listens_to(ConversationChanged, MessageChanged, BlockChanged)
def forget(_signal: object) -> None:
    """Who reads what may be another now: it is read again."""
    _kept.clear()


def find(message_id: int) -> Recent | None:
    return _kept.get(message_id)


def is_the_same_for_all(sending: Sending) -> bool:
    html = str(sending.written.html)
    return (
        sending.reply_to_id is None
        and not any(mark in html for mark in _DIFFERS)
        and "/posts/" not in sending.written.body
    )
