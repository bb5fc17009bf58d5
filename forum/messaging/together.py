"""What waits to be stored is stored together: one transaction for all messages that have come in meanwhile.

Whoever comes first stores for all; whoever comes while that goes on waits for the next turn. So what a message costs falls
as more of them come, and their order is the order in which they came.
"""

import threading
import time
from collections import deque
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from forum.core.errors import ForumError, Unavailable
from forum.core.transactions import let_go, transaction
from forum.messaging import recent
from forum.messaging.actions.sending import Sending

MOST_WAITING = 1000  # then it is said that all are busy, and nothing piles up
MOST_TOGETHER = 200


class Writer:
    """Of one process."""

    def __init__(self) -> None:
        self._waiting: deque[_Turn] = deque()
        self._turn = threading.Lock()

    def send(self, sending: Sending) -> None:
        """Store it; raises why not. Raises Unavailable at once where too many wait."""
        if len(self._waiting) >= MOST_WAITING:
            raise Unavailable(1, message=_("Many people are writing at this moment. Try again in a moment."))
        let_go()  # who waits for a turn holds no connection, or whoever has it waits for one in vain
        mine = _Turn(sending)
        self._waiting.append(mine)
        with self._turn:
            while not mine.is_over:
                time.sleep(0)  # whoever has come in meanwhile comes along
                self._store([self._waiting.popleft() for _n in range(min(MOST_TOGETHER, len(self._waiting)))])
        if mine.failed is not None:
            raise mine.failed
        if sending.error is not None:
            raise sending.error

    def _store(self, turns: "list[_Turn]") -> None:
        failed: Any = None
        try:
            with transaction() as running:
                running.ends_no_right = True
                recent.store_and_keep([turn.sending for turn in turns])
        except Exception as error:  # noqa: BLE001 - it is raised to each of those who waited
            failed = error
        if failed is not None and not isinstance(failed, ForumError | OperationalError) and len(turns) > 1:
            for turn in turns:  # one of them is at fault: the others do not suffer for it
                self._store([turn])
            return
        for turn in turns:
            turn.failed, turn.is_over = failed, True


class _Turn:
    def __init__(self, sending: Sending) -> None:
        self.sending = sending
        self.is_over = False
        self.failed: Exception | None = None
