"""Mail about private messages: that there are some, from whom, and where to read them. Never what they say.

By the worker, a while after they were sent, and not at all where they were read meanwhile.
"""

from flask_babel import force_locale, ngettext

from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core import settings
from forum.core.db import db
from forum.core.signals import listens_to
from forum.discussions.mailing import may_be_mailed
from forum.mail.sending import compose, send
from forum.messaging.queries.conversations import find_row
from forum.messaging.shapes import title_of
from forum.messaging.signals import MessagesDue
from forum.notifications import words
from forum.notifications.kinds import NotificationKind
from forum.notifications.queries.preferences import MAIL, preferences_of
from forum.notifications.unsubscribing import Subscription, link_out
from forum.web.links import absolute
from forum.web.localities import LANGUAGES

KIND = NotificationKind.MESSAGE


@listens_to(MessagesDue, later=True)
def mail_of_messages(signal: MessagesDue) -> None:
    user = db.session.get(User, signal.user_id)
    if user is None or not may_be_mailed(user) or not preferences_of(user.id).allows(KIND, MAIL):
        return
    viewer, lines, total = viewer_of(user), [], 0
    with force_locale(user.locale if user.locale in LANGUAGES else "en"):
        for conversation_id, _newest in signal.waiting:
            row = find_row(viewer, conversation_id)
            if row is None or not row.unread or row.here.muted:
                continue
            total += row.unread
            said = ngettext(
                "%(num)d message: %(title)s", "%(num)d messages: %(title)s", row.unread, title=title_of(row)
            )
            lines.append((said, absolute(f"/messages/{conversation_id}")))
        if lines:
            _send(user, lines, total, signal)


def _send(user: User, lines: list[tuple[str, str]], total: int, signal: MessagesDue) -> None:
    out = link_out(Subscription(user.id, None, KIND))
    conversation_id, newest = signal.waiting[0]
    society = settings.current().name
    subject = ngettext(
        "%(num)d unread message at %(society)s",
        "%(num)d unread messages at %(society)s",
        total,
        society=society,
    )
    send(
        compose(
            str(user.email),
            subject,
            "messages",
            message_id=f"messages-{user.id}-{conversation_id}-{newest}",
            headers={"List-Unsubscribe": f"<{out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
            name=user.name,
            lines=lines,
            why=words.why_told(KIND),
            unsubscribe=out,
            preferences=absolute("/settings/notifications"),
        )
    )
