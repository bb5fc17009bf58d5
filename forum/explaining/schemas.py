"""Explanations on the way out."""

from pydantic import Field

from forum.web.schemas import Schema


class Explained(Schema):
    """Whether somebody reads and answers something, and why."""

    subject: str
    viewer: str = Field(description="`visitor`, `guest`, `member`, or a username with `@`.")
    readable: bool
    may_reply: bool
    rule: str = Field(
        description="The clause that lets them read: `audience`, `oversight` (moderators of the place) or `overseers` "
        "(staff and moderators of the site); or what keeps them out: `read` (its audience), `gate1` (its place), `gate2` "
        "(the place around that), `hidden`, `deleted`, or `gap` (not in the archive)."
    )
    because: list[str] = Field(description="Every clause in words, in the reader's language.")
