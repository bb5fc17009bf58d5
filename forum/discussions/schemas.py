"""Topics and posts on the way out."""

from pydantic import Field

from forum.access.models import AudienceKind
from forum.accounts.schemas import User
from forum.web.schemas import Id, Items, Moment, Schema


class Audience(Schema):
    """Who can read something, and who can answer."""

    read: AudienceKind
    reply: AudienceKind
    inherits: bool = Field(description="Whether it is left to the place.")
    opened: bool = Field(description="Expressly opened: to be read by those who may not read its place.")
    group_id: Id | None = Field(description="Whose group, where `read` or `reply` is `group`.")
    people: list[str] = Field(description="Usernames, for those who may change the audience; else empty.")
    sentence: str = Field(description="The same in words, in the reader's language.")


class Quoting(Schema):
    """A post elsewhere that quotes a topic."""

    title: str
    href: str


class AudienceEffect(Schema):
    """What a change of audience would come to, in words of the reader's language."""

    sentence: str = Field(description="Who could read and answer it then.")
    gains: list[str] = Field(
        description="Who can read it from then on and cannot now: kinds of people, and people by name."
    )
    loses: list[str] = Field(description="Who can read it now and could not any more.")
    answers_gained: list[str] = Field(description="Of those who read it before and after: who could answer.")
    answers_lost: list[str] = Field(
        description="Of those who read it before and after: who could not answer."
    )
    writers_lose: list[str] = Field(description="Names of people who have written in it and would lose it.")
    writers_untold: bool = Field(
        description="Others have written in it, and who of them would lose it is not told: it would tell of a group."
    )
    you_lose: bool = Field(description="Whether you yourself could no longer read it.")
    nobody_answers: bool = Field(description="It is locked or in an archive: nobody can answer, now or then.")
    stops_answers: bool = Field(
        description="It comes to stand in what is locked or an archive: nobody could answer any more."
    )
    opens_answers: bool = Field(
        description="It leaves what is locked or an archive: then it could be answered again."
    )
    quoted: list[Quoting] = Field(description="Posts in other topics that quote it.")


class NeededTags(Schema):
    """Tags of which a topic of a place needs one."""

    group: str
    tags: list[str]


class DroppedTag(Schema):
    """A tag that does not go with those of another topic."""

    name: str
    why: str


class MovingEffect(AudienceEffect):
    """What it would come to if posts went elsewhere, in words of the reader's language."""

    post_count: int = Field(description="How many posts go elsewhere.")
    takes_answer: bool = Field(
        description="Whether the accepted answer is among them: it is none from then on, unless the act is undone."
    )
    tags_needed: list[NeededTags] = Field(
        description="Groups of which the category needs a tag, and none is given: without one it is refused."
    )
    tags_gained: list[str] = Field(description="Of a merge: names of the tags that the other topic gains.")
    tags_dropped: list[DroppedTag] = Field(description="Of a merge: the tags that are dropped.")


class PlaceName(Schema):
    """A category by its name. Whoever may read a topic may know where it stands, if no more than that."""

    id: Id
    slug: str | None = Field(description="null where the reader may not read the category itself.")
    name: str


class TagName(Schema):
    """A tag of a topic."""

    slug: str
    name: str


class Tag(Schema):
    """A word that topics are found by."""

    slug: str
    name: str
    description: str
    group: str | None = Field(description="The name of the tags that it belongs to.")
    synonyms: list[str] = Field(description="Other words: typing one gives this tag.")
    topic_count: int = Field(description="Of topics that the reader may read.")


class Tags(Items[Tag]):
    """All tags that the reader may know of."""


class Topic(Schema):
    """A title, a first post and its replies."""

    id: Id
    slug: str
    title: str
    category: PlaceName | None
    author: User
    audience: Audience
    tags: list[TagName]
    answer_id: Id | None = Field(
        description="The post that was accepted as the answer, where the category is for questions."
    )
    created_at: Moment
    last_post_at: Moment
    last_number: int = Field(description="The number of the newest post, hidden ones included.")
    post_count: int = Field(description="Posts that are not hidden or deleted.")
    view_count: int = Field(description="People who saw it, each counted once a day; a little late.")
    unread: int = Field(description="Posts by others not read yet; 100 means more than 99. 0 for a visitor.")
    new: bool = Field(description="Never opened, and begun since the reader last marked all as read.")
    first_unread: int | None = Field(description="The number of the first unread post.")
    locked: bool
    pinned: bool
    pinned_everywhere: bool = Field(description="Pinned on home too, not only in its category.")
    pinned_until: Moment | None = Field(description="When it ceases to be pinned; null for no end.")
    archived: bool = Field(description="Kept to be read alone: nobody writes in it.")
    slow_seconds: int = Field(description="Between two posts of one person; 0 for as they like.")
    hidden_at: Moment | None = Field(description="For moderators; nobody else can read a hidden topic.")
    deleted_at: Moment | None = Field(description="For moderators; nobody else can read a deleted topic.")


class Topics(Items[Topic]):
    """A page of topics."""


class ReactionCount(Schema):
    """How many people gave a post one of the society's reactions."""

    name: str
    label: str = Field(description="What it means, in the reader's language.")
    emoji: str = Field(description="Empty where it can no longer be given.")
    count: int
    mine: bool = Field(description="Whether the reader is among them.")


class Reaction(Schema):
    """One reaction of one person."""

    name: str
    user: User
    created_at: Moment


class Reactions(Items[Reaction]):
    """A page of reactions."""


class Post(Schema):
    """One contribution to a topic.

    Of a post that is hidden or deleted a tombstone is left for all but its author and moderators: its number and
    where it stands, with `concealed` true and null for everything else. A `gap` is the place of a message that an
    imported archive does not have.
    """

    id: Id
    topic_id: Id
    number: int
    kind: str = Field(description="`post` or `gap`.")
    concealed: bool
    reply_to: Id | None = Field(description="The id of the post it answers.")
    depth: int = Field(description="How deep it stands in the thread; 0 answers nobody.")
    author: User | None
    body: str | None = Field(description="Markdown, as written.")
    html: str | None = Field(description="The same as HTML, sanitized.")
    created_at: Moment | None
    edited_at: Moment | None
    poll: "Poll | None"
    accepted: bool = Field(description="Whether it is the accepted answer to its topic.")
    hidden_at: Moment | None = Field(description="For its author and moderators.")
    hidden_reason: str | None = Field(description="For moderators.")
    deleted_at: Moment | None = Field(description="For its author and moderators.")
    score: int | None = Field(
        description="Of votes, where it was imported from; null for what was written here."
    )
    origin: "Origin | None" = Field(description="Where it was imported from; null for what was written here.")
    reactions: list[ReactionCount] = Field(description="Those that somebody gave.")


class Origin(Schema):
    """Where a post was written first. Whoever shows its text elsewhere says so, as its license asks."""

    license: str = Field(description='As "CC BY-SA 4.0".')
    license_url: str
    site: str | None
    url: str | None = Field(description="The post there.")
    author_url: str | None


class PollOption(Schema):
    text: str
    votes: int | None = Field(
        description="Of a ranked poll: who put it first. null as long as results are not shown to you."
    )


class Poll(Schema):
    """A poll in a post. Options go by their place in the list, from 0."""

    question: str
    options: list[PollOption]
    kind: str = Field(description="`single`, `multiple` or `ranked`.")
    least: int
    most: int
    closes_at: Moment | None
    closed: bool
    results: str = Field(description="When they are shown: `always`, `voted` or `closed`.")
    open: bool = Field(description="Whether readers see who voted what.")
    final: bool
    ballot_count: int
    mine: list[int] | None = Field(description="Your own vote.")
    rounds: list[list[int | None]] | None = Field(
        description="Of a ranked poll: votes by option in each round; null for what is out by then."
    )
    winners: list[int] | None
    may_vote: bool


class Ballot(Schema):
    """What somebody voted in an open poll."""

    user: User
    choices: list[int]


class Ballots(Items[Ballot]):
    """Who voted what."""


class Posts(Items[Post]):
    """A page of posts."""


class Bookmark(Schema):
    """A post that the reader keeps. Nobody else knows of it."""

    id: Id
    post_id: Id
    topic_id: Id | None = Field(description="null where the post is not open to the reader any more.")
    title: str | None = Field(description="Of its topic; null likewise.")
    number: int | None = Field(description="Of the post; null likewise.")
    author: User | None = Field(description="null likewise, and for former members.")
    note: str
    remind_at: Moment | None
    created_at: Moment


class Bookmarks(Items[Bookmark]):
    """A page of bookmarks."""


class Revision(Schema):
    """How a post read before an edit."""

    id: Id
    body: str | None = Field(description="null where a moderator has hidden it, for all but moderators.")
    edited_at: Moment
    edited_by: User
    reason: str
    hidden_at: Moment | None


class Revisions(Items[Revision]):
    """A page of revisions, newest first."""


class ReadState(Schema):
    """How far the reader has read a topic."""

    number: int = Field(description="All up to this number is read.")
    unread: int
    first_unread: int | None


class Draft(Schema):
    """What one is writing and has not sent."""

    id: Id
    target: str = Field(description="`topic`, `reply:` and a topic's id, or `edit:` and a post's.")
    title: str
    body: str
    fields: dict[str, str]
    version: int
    created_at: Moment
    updated_at: Moment


class Drafts(Items[Draft]):
    """A page of drafts, the one written at last first."""


class Quote(Schema):
    """What quotes a post, to be put into a text."""

    body: str = Field(description="Markdown.")


class Preview(Schema):
    """Markdown as it will look."""

    html: str = Field(description="Sanitized.")
