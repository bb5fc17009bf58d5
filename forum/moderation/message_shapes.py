"""Reported private messages as programs get them."""

from collections.abc import Sequence

from forum.access.viewer import Viewer
from forum.accounts.schemas import User
from forum.discussions.queries.quotes import sources_of, text_for
from forum.discussions.writing import in_words
from forum.moderation import models, schemas


def own_message_flag_of(flag: models.MessageFlag) -> schemas.OwnMessageFlag:
    return schemas.OwnMessageFlag(
        id=str(flag.id),
        reason=flag.reason,
        note=flag.note,
        created_at=flag.created_at,
        message_count=len(flag.copies),
        outcome=flag.outcome,
        answer=flag.answer,
        judged_at=flag.judged_at,
    )


def message_flags_of(viewer: Viewer, flags: Sequence[models.MessageFlag]) -> list[schemas.MessageFlag]:
    """With what is quoted from posts as far as the viewer may read it."""
    sources = sources_of(viewer, [copy.body_html for flag in flags for copy in flag.copies])
    return [
        schemas.MessageFlag(
            id=str(flag.id),
            reporter=User.of(flag.reporter),
            author=User.of(flag.author),
            reason=flag.reason,
            note=flag.note,
            created_at=flag.created_at,
            messages=[
                schemas.CopiedMessage(
                    author=User.of(copy.author),
                    body=text_for(viewer, copy.body) if "/posts/" in copy.body else copy.body,
                    html=str(
                        in_words(copy.body_html, within=f"copy-{flag.id}-{copy.position}", sources=sources)
                    ),
                    said_at=copy.said_at,
                    reported=copy.is_reported,
                )
                for copy in flag.copies
            ],
            outcome=flag.outcome,
            answer=flag.answer,
            judged_at=flag.judged_at,
            judged_by=User.of(flag.judged_by) if flag.judged_by is not None else None,
        )
        for flag in flags
    ]


def message_flag_of(viewer: Viewer, flag: models.MessageFlag) -> schemas.MessageFlag:
    return message_flags_of(viewer, [flag])[0]
