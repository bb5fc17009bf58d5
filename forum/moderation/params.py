"""What the doors of moderation take."""

from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import Field, StringConstraints

from forum.core.errors import Invalid
from forum.discussions.params import IdText
from forum.moderation.kinds import Act, FlagReason, Sort
from forum.web.params import Cursor, ListParams, Params, Whole

Note = Annotated[str, StringConstraints(max_length=1000)]
Slug = Annotated[str, StringConstraints(max_length=100)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class FlagParams(Params):
    reason: FlagReason
    note: Note = Field("", description="Needed where the reason is `other`.")


class FlagBody(FlagParams):
    post_id: IdText


def refuse_without_note(given: FlagParams) -> None:
    """Something else is something to be said. Raises Invalid."""
    if given.reason is FlagReason.OTHER and not given.note:
        raise Invalid({"note": _("Say what it is.")})


class JudgeParams(Params):
    act: Act
    reason: Reason
    version: Whole | None = Field(
        None, description="Of the reports as you have read them; 409 where there are more by now."
    )


class QueueParams(Params):
    category: Slug = ""
    sort: Literal["", "oldest", "most"] = ""
    after: Cursor | None = None


class QueueListParams(ListParams):
    category: Slug = Field("", description="The slug of a category; empty for all that you look after.")
    sort: Sort = Field(Sort.OLDEST, description="`oldest` first, or those with the `most` reports.")


class OwnFlagsParams(Params):
    after: Cursor | None = None
