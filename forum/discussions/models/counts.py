"""How many topics and posts there are, by who may read them."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base


class AudienceCount(Base):
    """Topics and posts of a place, a person or a tag by audience: what is shown is the sum over what the viewer may read."""

    __tablename__ = "audience_counts"

    subject_kind: Mapped[str] = mapped_column(primary_key=True)  # place, user, tag
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    audience_id: Mapped[int] = mapped_column(ForeignKey("audiences.id"), primary_key=True)
    topic_count: Mapped[int] = mapped_column(default=0)
    post_count: Mapped[int] = mapped_column(default=0)
    last_topic_id: Mapped[int | None]
    last_seq: Mapped[int] = mapped_column(default=0)
