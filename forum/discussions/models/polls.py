"""Polls: a question with options, in a post; what each person voted, and what that comes to."""

import enum
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.accounts.models import User
from forum.core.db import Base


class PollKind(enum.StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    RANKED = "ranked"


class PollResults(enum.StrEnum):
    """When results are shown: at any time, to whoever has voted, or to nobody before the end."""

    ALWAYS = "always"
    VOTED = "voted"
    CLOSED = "closed"


class Poll(Base):
    """A post has one at most. Options are named by their place in `options`; a vote is those that were chosen, as "2 0".

    `tally` says how often each vote was cast: all that results need, and nothing of who cast it.
    """

    __tablename__ = "polls"
    __table_args__ = (
        Index(
            "ix_polls_untold",
            "closes_at",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    question: Mapped[str]
    options: Mapped[list[str]] = mapped_column(JSON)
    kind: Mapped[PollKind]
    least: Mapped[int] = mapped_column(default=1)
    most: Mapped[int] = mapped_column(default=1)
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  # by hand
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    told_at: Mapped[datetime | None]  # when those who took part began to hear that it has closed
    results: Mapped[PollResults]
    is_open: Mapped[bool] = mapped_column(default=False)  # everybody sees who voted what
    is_final: Mapped[bool] = mapped_column(default=False)  # a vote can be neither changed nor taken back
    tally: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    ballot_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    def is_closed(self, at: datetime) -> bool:
        return self.closed_at is not None or (self.closes_at is not None and self.closes_at <= at)

    def close(self, *, by: User, at: datetime) -> bool:
        if self.is_closed(at):
            return False
        self.closed_at, self.closed_by_id = at, by.id
        return True

    def shows_results(self, at: datetime, *, has_voted: bool) -> bool:
        if self.results is PollResults.ALWAYS or self.is_closed(at):
            return True
        return self.results is PollResults.VOTED and has_voted

    def count(self, vote: str, by: int) -> None:
        """Add a vote (+1) or take one away (-1)."""
        left = self.tally.get(vote, 0) + by
        self.tally = {**{v: n for v, n in self.tally.items() if v != vote}, **({vote: left} if left else {})}
        self.ballot_count += by


class PollBallot(Base):
    """What somebody voted: one ballot a person, which the database sees to."""

    __tablename__ = "poll_ballots"

    post_id: Mapped[int] = mapped_column(ForeignKey("polls.post_id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    vote: Mapped[str]
    cast_at: Mapped[datetime]
