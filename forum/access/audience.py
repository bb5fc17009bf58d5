"""The audience rule: who may read and who may reply, as SQL for lists and as a check for one object.

Both read the same six columns of `audiences`; `tests/access` holds them against each other and against the rule in words.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, literal, or_, select

from forum.access.models import GUESTS, MEMBERS, NOBODY, OVERSEERS, PUBLIC, Audience, AudienceKind
from forum.access.viewer import Viewer

# Wider before narrower; group, staff and people are not comparable with one another.
RANK = {
    AudienceKind.PUBLIC: 4,
    AudienceKind.GUESTS: 3,
    AudienceKind.MEMBERS: 2,
    AudienceKind.GROUP: 1,
    AudienceKind.STAFF: 1,
    AudienceKind.PEOPLE: 1,
}
FIXED_SCOPES = {
    AudienceKind.PUBLIC: PUBLIC,
    AudienceKind.GUESTS: GUESTS,
    AudienceKind.MEMBERS: MEMBERS,
}
KIND_OF_FIXED = {scope_id: kind for kind, scope_id in FIXED_SCOPES.items()}


# For statements that are built once: the viewer's scopes come with each sending.
SCOPES: BindParameter[Any] = bindparam("scopes", expanding=True)


def allows_reading(
    held: Iterable[int] | BindParameter[Any], audience: type[Audience] = Audience
) -> ColumnElement[bool]:
    """The criterion over a row of `audiences`, for scopes held: in the audience and through both gates, or overseeing it."""
    return or_(
        and_(audience.read_scope_id.in_(held), audience.gate1_id.in_(held), audience.gate2_id.in_(held)),
        audience.oversight_id.in_(held),
        audience.overseers_id.in_(held),
    )


def readable_by(viewer: Viewer, audience_id: Any) -> ColumnElement[bool]:
    """Whether the row with this `audience_id` may be read by the viewer: the one criterion of every list."""
    criterion = select(literal(1)).where(Audience.id == audience_id, allows_reading(viewer.scopes))
    return criterion.correlate_except(Audience).exists()


def may_read(viewer: Viewer, audience: Audience) -> bool:
    """The twin of `readable_by` for one object, over the same columns."""
    held = viewer.scopes
    return (
        (audience.read_scope_id in held and audience.gate1_id in held and audience.gate2_id in held)
        or audience.oversight_id in held
        or audience.overseers_id in held
    )


def may_reply(viewer: Viewer, audience: Audience) -> bool:
    """Readable, and among those who may answer (whoever oversees may always answer)."""
    held = viewer.scopes
    return may_read(viewer, audience) and (
        audience.reply_scope_id in held or audience.oversight_id in held or audience.overseers_id in held
    )


def effective_rank(audience: Audience) -> int:
    """How wide an audience is in the end, by `RANK`: no wider than what stands around it."""
    gates = (KIND_OF_FIXED.get(gate) for gate in (audience.gate1_id, audience.gate2_id))
    return min(RANK[audience.read_kind], *(RANK[kind] if kind else 1 for kind in gates))


def fits_within(reply: AudienceKind, read: AudienceKind) -> bool:
    """Whether those who reply are among those who read; kinds that cannot be compared fit only with themselves."""
    if RANK[read] == 1:
        return reply is read or (reply is AudienceKind.STAFF)
    return RANK[reply] <= RANK[read]


def reply_kind_for(reply: AudienceKind, read: AudienceKind) -> AudienceKind:
    """Reply is never wider than read, and nobody replies without an account."""
    if reply is AudienceKind.PUBLIC:
        reply = AudienceKind.GUESTS
    return reply if fits_within(reply, read) else read


__all__ = ["NOBODY", "OVERSEERS", "allows_reading", "may_read", "may_reply", "readable_by"]
