"""What the demo consists of, as its files say it: people, groups, places, discussions, and how far some have read."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Username = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{2,19}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Kind = Literal["public", "guests", "members", "group", "staff", "people"]
PlaceKind = Literal["public", "guests", "members", "group", "staff"]


class Piece(BaseModel):
    """One table of a file: unknown keys are mistakes, and nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Society(Piece):
    mail_domain: str
    name: str
    tagline: str
    rules: str
    welcome: str


class Suspension(Piece):
    days_ago: int = Field(gt=0)
    for_days: int = Field(gt=0)
    by: Username
    reason: str


class Person(Piece):
    username: Username
    name: str = Field(min_length=3, max_length=80)
    credentials: str
    specialty: str
    institution: str
    city: str
    country: str = Field(pattern=r"^[A-Z]{2}$")
    languages: list[str] = Field(min_length=1)
    bio: str = Field(max_length=300)
    standing: Literal["member", "guest", "lapsed"]
    days_ago: int = Field(gt=0)  # when the account was made
    until_days: int | None = Field(None, gt=0)
    ended_days_ago: int | None = Field(None, gt=0)
    roles: list[str] = []  # staff, moderator, moderator:<category>
    future: list[Literal["blogger", "editor"]] = []  # what they will be once that area exists
    demo: Literal["guest", "member", "blogger", "editor", "moderator", "staff"] | None = None
    demo_line: str = ""
    suspended: Suspension | None = None

    def is_member(self, grace_days: int) -> bool:
        """A member, or lapsed within grace."""
        if self.standing == "lapsed":
            return (self.ended_days_ago or 0) < grace_days
        return self.standing == "member"


class Group(Piece):
    slug: Slug
    name: str
    kind: Literal["open", "closed", "secret"]
    description: str
    days_ago: int = Field(gt=0)
    owners: list[Username] = Field(min_length=1)
    moderators: list[Username] = []
    members: list[Username] = []

    @property
    def everybody(self) -> list[str]:
        return [*self.owners, *self.moderators, *self.members]


class Category(Piece):
    slug: Slug
    name: str
    description: str
    guidelines: str
    hue: int = Field(ge=1, le=9)
    read: PlaceKind
    reply: PlaceKind
    parent: Slug | None = None
    group: Slug | None = None
    questions: bool = False


class TagGroup(Piece):
    name: str
    only_one: bool = False


class Tag(Piece):
    name: str = Field(max_length=32)
    group: str
    description: str = Field("", max_length=200)
    words: list[str] = []


class FormField(Piece):
    label: str
    kind: Literal["line", "text", "choice", "check", "consent"]
    help: str = ""
    required: bool = False
    choices: list[str] = []


class Template(Piece):
    category: Slug
    name: str
    intro: str
    fields: list[FormField]


class Deed(Piece):
    """Something a moderator did to a topic or a post."""

    by: Username
    ago: timedelta
    reason: str = ""


class Post(Piece):
    number: int
    parent: int | None
    author: Username
    ago: timedelta
    body: str
    line: int  # where it stands in its file
    edited: timedelta | None = None
    earlier: str = ""  # the body before the edit
    deleted: timedelta | None = None
    hidden: Deed | None = None

    @property
    def is_visible(self) -> bool:
        return self.deleted is None and self.hidden is None


class Poll(Piece):
    """A poll in the first post, and what people voted: numbers of options from 1, in a ranked one the best first."""

    question: str
    options: list[str]
    kind: Literal["single", "multiple", "ranked"] = "single"
    results: Literal["always", "voted", "closed"] = "always"
    open: bool = False
    days: int | None = None  # from now until it ends
    votes: dict[Username, list[int]] = {}


class Topic(Piece):
    slug: Slug
    title: str = Field(min_length=5, max_length=160)
    category: Slug
    tags: list[str] = []
    posts: list[Post] = Field(min_length=1)
    read: Kind | None = None  # None: as the place
    reply: Kind | None = None
    group: Slug | None = None
    opened: bool = False
    answer: int | None = None  # the number of the post that its author accepts
    people: list[Username] = []
    poll: Poll | None = None
    pinned: Deed | None = None
    locked: Deed | None = None
    archived: Deed | None = None

    @property
    def author(self) -> str:
        return self.posts[0].author

    @property
    def ago(self) -> timedelta:
        return self.posts[0].ago


class Flag(Piece):
    """What somebody reported; `judged` where a moderator found nothing wrong with it."""

    topic: Slug
    number: int
    by: Username
    ago: timedelta
    reason: Literal["spam", "rude", "off_topic", "patient", "other"]
    note: str = ""
    judged: Deed | None = None


class Counts(Piece):
    topics: int  # with something unread
    posts: int  # unread, in all
    new: int  # topics never opened


class Reader(Piece):
    username: Username
    floor: timedelta
    new: list[Slug] = []
    read: dict[str, int] = {}
    expect: Counts


class Said(Piece):
    by: Username
    ago: timedelta
    body: str = Field(min_length=1)
    reactions: list[Annotated[str, Field(pattern=r"^[a-z0-9]+ [a-z-]+$")]] = []


class Conversation(Piece):
    """Private talk. `unread`: how many of the last messages somebody has not read."""

    people: list[Username] = Field(min_length=2)
    name: str = ""
    messages: list[Said] = Field(min_length=1)
    unread: dict[Username, int] = {}


class Demo(Piece):
    society: Society
    people: list[Person]
    groups: list[Group]
    categories: list[Category]
    templates: list[Template]
    tag_groups: list[TagGroup]
    tags: list[Tag]
    topics: list[Topic]
    flags: list[Flag]
    conversations: list[Conversation]
    readers: list[Reader]
