"""Links that take somebody out of mail without signing in: signed, without end, good for nothing else."""

from dataclasses import dataclass

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from forum.notifications.kinds import NotificationKind
from forum.web.links import absolute


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whose mail, about which topic (or none) and of which kind, a link speaks of."""

    user_id: int
    topic_id: int | None
    kind: NotificationKind


def link_out(subscription: Subscription) -> str:
    values = [str(subscription.user_id), str(subscription.topic_id or 0), str(subscription.kind)]
    return absolute(f"/unsubscribe/{_signer().dumps(values)}")


def find_subscription(token: str) -> Subscription | None:
    """What a link speaks of; None for anything that is not one of ours."""
    try:
        user_id, topic_id, kind = _signer().loads(token)
        return Subscription(int(user_id), int(topic_id) or None, NotificationKind(kind))
    except (BadSignature, ValueError, TypeError):
        return None


def _signer() -> URLSafeSerializer:
    keys = [*reversed(current_app.config["SECRET_KEY_FALLBACKS"]), str(current_app.config["SECRET_KEY"])]
    return URLSafeSerializer(keys, salt="unsubscribe")
