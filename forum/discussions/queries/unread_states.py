"""What of a topic and of a place somebody has not read: the answers of `unread.py`."""

from collections.abc import Collection
from dataclasses import dataclass

from forum.discussions.models import BELOW_ALL, Post, PostKind
from forum.notifications.queries.watching import NOT_WATCHED, Watch

MOST = 100  # counted no further: shown as 99+


@dataclass(frozen=True, slots=True)
class Unread:
    """Of a topic for a person. `first` is the first unread number (0 where all is read); `generation` goes into reports."""

    count: int = 0
    is_new: bool = False
    read_to: int = 0
    first: int = 0
    generation: int = 0
    floor: int = BELOW_ALL  # everything up to it counts as read
    ahead: tuple[tuple[int, int], ...] = ()  # ranges read above `read_to`
    is_ignored: bool = False  # begun by somebody whom the person ignores
    watch: Watch = NOT_WATCHED

    def has_unread(self, post: Post, reader_id: int | None, ignored: Collection[int] = ()) -> bool:
        """Whether this post of the topic is one of those counted: the twin of the criterion in SQL. `ignored`: whose posts are folded."""
        visible = post.hidden_at is None and post.deleted_at is None and post.kind is PostKind.POST
        above = post.number > self.read_to and post.seq > self.floor
        by_another = post.author_id is None or (post.author_id != reader_id and post.author_id not in ignored)
        return visible and above and by_another and not any(a <= post.number <= b for a, b in self.ahead)

    @property
    def text(self) -> str:
        return "99+" if self.count >= MOST else str(self.count)

    @property
    def is_set_aside(self) -> bool:
        """The person wants to hear nothing of it: no list counts it."""
        return self.is_ignored or self.watch.is_muted

    @property
    def counted(self) -> int:
        """What lists show."""
        return 0 if self.is_set_aside else self.count


@dataclass(frozen=True, slots=True)
class PlaceUnread:
    """Of a place: topics with something unread, and those among them never opened."""

    topics: int = 0
    new: int = 0
    waiting: int = 0  # reported posts of others, for those who moderate anything: counted along with the rest
    watch: Watch = NOT_WATCHED

    @property
    def text(self) -> str:
        return "99+" if self.topics >= MOST else str(self.topics)


NONE = Unread()
