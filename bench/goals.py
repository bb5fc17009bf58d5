"""What is measured and what it should come to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page as somebody asks for it. `goal` is the least share of F0's rate."""

    label: str
    page: str
    who: str | None = None
    goal: float | None = None
    unchanged: bool = False  # asked for with the ETag it had
    rotates: bool = False  # by many people in turn, each time another page of the kind


MEMBER = "bench-member"
PAGES = (
    Page("topic, visitor", "topic", goal=0.5),
    Page("topic, visitor, unchanged (304)", "topic", goal=0.7, unchanged=True),
    Page("topic, signed in", "topic", MEMBER),
    Page("topic, 200 signed in, 200 topics", "topic", MEMBER, 0.2, rotates=True),
    Page("category, visitor", "category"),
    Page("category, signed in", "category", MEMBER),
    Page("category, 200 signed in", "category", MEMBER, 0.15, rotates=True),
    Page("home, visitor", "home"),
    Page("home, signed in", "home", MEMBER),
    Page("home, 200 signed in", "home", MEMBER, 0.15, rotates=True),
    Page("5,000 posts: first page, flat", "first flat", MEMBER),
    Page("5,000 posts: last page, flat", "last flat", MEMBER),
    Page("5,000 posts: first page, threaded", "first threaded", MEMBER),
    Page("5,000 posts: last page, threaded", "last threaded", MEMBER),
    Page("permalink to post 2,500, visitor", "permalink deep"),
    Page("permalink to post 2,500, signed in", "permalink deep", MEMBER),
)
# (what, figure, against): at most so many times its time.
COMPARED = (
    ("last page against first, flat", "5,000 posts: last page, flat", "5,000 posts: first page, flat"),
    (
        "last page against first, threaded",
        "5,000 posts: last page, threaded",
        "5,000 posts: first page, threaded",
    ),
)
ROTATING = 200  # people, and topics
MOST_LAST_PAGE = 1.1
MOST_AT_SCALE = 1.2
STATEMENTS = {
    "topic, visitor": 1,
    "topic, signed in": 5,
    "category, visitor": 1,
    "category, signed in": 5,
    "home, visitor": 1,
    "home, signed in": 6,
}
REPLIES_A_SECOND = {"sqlite": 150, "postgresql": 200}
MOST_REPLY_MS = 60
MOST_MEMORY_MB = 150
MOST_SECOND_START = 5
MOST_PAGE_KB, MOST_CSS_KB, MOST_JS_KB = 15, 20, 45
IDLE = 10_000  # lines in one process
MESSAGES_A_SECOND = 500  # that must hold
LIVE = {  # what, its figure, its goal
    "sqlite": {"p50": 3, "p99": 10, "share": 0.5},
    "postgresql": {"p50": 5, "p99": 10, "share": 0.35},
}
ALONE_MS = (3, 8)  # p50, p99
MOST_IDLE_KB = 60
LEAST_CONNECTS_A_SECOND = 700
MOST_FANOUT_MS = 150
MOST_STORM_SECONDS = 15
MOST_OTHERS_P99_MS = 500
