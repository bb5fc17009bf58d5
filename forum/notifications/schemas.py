"""Notifications on the way out."""

from typing import Any

from pydantic import Field

from forum.accounts.schemas import User
from forum.notifications.models import NotificationKind, WatchLevel, WatchReason
from forum.web.schemas import Id, Items, Moment, Schema


class TopicName(Schema):
    """A topic by its title."""

    id: Id
    slug: str
    title: str


class Notification(Schema):
    """Something you were told of."""

    id: Id
    kind: NotificationKind
    text: str = Field(description="What it says, in your language.")
    url: str | None = Field(description="The path of where it leads.")
    topic: TopicName | None
    post_id: Id | None
    number: int | None = Field(description="Of the post in its topic.")
    actor: User | None = Field(description="Who did it; null where it was nobody, or somebody who left.")
    detail: dict[str, Any] = Field(description="What there is to say besides, such as a `reason`.")
    created_at: Moment
    read: bool


class Notifications(Items[Notification]):
    """A page of what you were told of."""

    unread: int = Field(description="How many have not been seen; 100 means more than 99.")


class Watch(Schema):
    """How closely you follow something, and why."""

    level: WatchLevel
    reason: WatchReason


class Preferences(Schema):
    """What you want to be told of, and how."""

    posting: WatchLevel = Field(description="What writing in a topic raises its level to.")
    reading: WatchLevel = Field(description="What some minutes of reading raise it to.")
    mail: bool = Field(description="false: no mail of any kind.")
    channels: dict[NotificationKind, list[str]] = Field(description="Of each kind: `app`, `mail`.")
