"""What comes in at the doors of notifications."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from forum.notifications.kinds import NotificationKind, WatchLevel
from forum.web.params import Cursor, ListParams, Params, Whole

IdText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,19}$")]
Next = Annotated[str, StringConstraints(max_length=2000)]
TopicLevel = Literal["muted", "normal", "tracking", "watching"]
PlaceLevel = Literal["muted", "normal", "tracking", "watching", "first_post"]


class NotificationPageParams(Params):
    show: Literal["", "all"] = ""
    after: Cursor | None = None


class NotificationListParams(ListParams):
    unread: bool = Field(False, description="Only those that were not seen yet.")


class SeenParams(Params):
    """All up to one have been seen, or those of a kind about a topic."""

    up_to: Whole
    topic: Whole | None = None
    kind: NotificationKind | None = None


class SeenBody(Params):
    ids: Annotated[list[IdText], Field(max_length=200)] = Field([], description="Of notifications.")
    up_to: IdText | None = Field(None, description="The id of one: it and all before it.")

    @property
    def seen(self) -> list[int]:
        return [number for number in map(int, self.ids) if number < 2**63]

    @property
    def last(self) -> int | None:
        return min(int(self.up_to), 2**63 - 1) if self.up_to else None


class TopicWatchParams(Params):
    """A level, or nothing to take the choice back; and where to go on."""

    level: Literal["", TopicLevel] = ""
    next: Next = ""

    @property
    def chosen(self) -> WatchLevel | None:
        return WatchLevel(self.level) if self.level else None


class PlaceWatchParams(Params):
    level: Literal["", PlaceLevel] = ""
    next: Next = ""

    @property
    def chosen(self) -> WatchLevel | None:
        return WatchLevel(self.level) if self.level else None


class TopicWatchBody(Params):
    level: TopicLevel


class PlaceWatchBody(Params):
    level: PlaceLevel


class FollowedPageParams(Params):
    after: Cursor | None = None


Rising = Literal["normal", "tracking", "watching"]


class PreferencesParams(Params):
    """What one wants to be told of: the kinds in the app, and those by mail."""

    posting: Rising = "tracking"
    reading: Rising = "tracking"
    by_mail: Literal["", "1"] = ""
    app: list[NotificationKind] = []
    mail: list[NotificationKind] = []

    @property
    def posting_level(self) -> WatchLevel:
        return WatchLevel(self.posting)

    @property
    def reading_level(self) -> WatchLevel:
        return WatchLevel(self.reading)

    @property
    def channels(self) -> dict[NotificationKind, frozenset[str]]:
        return {
            kind: frozenset(way for way, kinds in (("app", self.app), ("mail", self.mail)) if kind in kinds)
            for kind in NotificationKind
        }


class UnsubscribeParams(Params):
    scope: Literal["", "topic", "kind", "all"] = ""


class PreferencesBody(Params):
    """What you want to be told of. Kinds that are not named stay as they are."""

    posting: Rising = Field("tracking", description="What writing in a topic raises its level to.")
    reading: Rising = Field("tracking", description="What some minutes of reading raise it to.")
    mail: bool = Field(True, description="false: no mail of any kind.")
    channels: dict[NotificationKind, list[Literal["app", "mail"]]] = {}
