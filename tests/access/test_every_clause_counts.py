"""Each clause of the rule, taken away in turn, is missed by the tests of the worlds. What none misses is not needed."""

from collections.abc import Callable, Iterable, Iterator

import pytest

from forum.access import audience, places, viewer
from forum.access.models import AudienceKind
from forum.accounts.models import User
from forum.core.transactions import transaction
from tests.access.building import build, differences, disagreements
from tests.access.grand_world import GRAND, HOURS, SMALL, TIMELY, TURNS
from tests.access.mutants import Mutant, mutants_of

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.one_database("sqlite")]

# What looks at a world, and what makes it.
LOOKING = (
    audience.allows_reading,
    audience.may_read,
    audience.may_reply,
    viewer._work_out,
    viewer._scopes_of_roles,
    viewer._roles_of,
    viewer._next,
    User.is_suspended,
    User.standing_at,
    User.has_member_rights,
)
MAKING = (
    audience.fits_within,
    audience.reply_kind_for,
    places._set_gates,
    places._is_closed_group,
    places._default_audience,
    places._scope_id,
)
# Clauses without which nobody reads or answers more or less, each with the reason.
SAME_RIGHTS = {
    "audience.allows_reading: isinstance(scopes, BindParameter) is": "how scopes are handed over, not what they are",
    "viewer._work_out: roles is True": "saves a statement where there are none",
    "viewer._next: without turn > at in turn is not None and turn > at": "worked out more often",
    "viewer._next: edge of turn > at": "worked out once more",
    "models.User.standing_at: without at < self.member_until in": "a word, held by test_standing",
    "models.User.standing_at: edge of at < self.member_until": "a word, held by test_standing",
    "models.User.is_suspended: without at in at or clock.now()": "the moment asked for is always now",
    "models.User.is_suspended: without clock.now() in at or clock.now()": "held by test_standing",
    "models.User.has_member_rights: without self.member_until is not None in": "said for the type checker",
    "audience.fits_within: edge of RANK[reply] <= RANK[read]": "the same kind becomes itself",
    "audience.fits_within: without reply is read in": "the same kind becomes itself",
    "places._is_closed_group: without scope is None in": "said for the type checker",
    "places._default_audience: without db.session.flush()": "the next statement flushes",
    "places._scope_id: not topic_id is False": "a refusal, held by test_audiences_that_cannot_be",
    "places._scope_id: not group_id is False": "a refusal, held by test_audiences_that_cannot_be",
}


def survivors(functions: Iterable[Callable[..., object]], look: Callable[[], Iterator[str]]) -> list[Mutant]:
    return [mutant for function in functions for mutant in mutants_of(function) if survives(mutant, look)]


def survives(mutant: Mutant, look: Callable[[], Iterator[str]]) -> bool:
    """Whether nothing is seen to differ. A mutant that breaks down has been seen."""
    with mutant.in_place():
        try:
            return next(look(), None) is None
        except Exception:  # noqa: BLE001 - any fault shows it
            return False


def unknown(mutants: list[Mutant]) -> list[str]:
    return [str(m) for m in mutants if not any(known in str(m) for known in SAME_RIGHTS)]


def test_every_clause_that_looks_at_a_world_is_missed() -> None:
    with transaction():
        timely, grand = build(TIMELY), build(GRAND)

    def look() -> Iterator[str]:
        viewer.forget_all()
        yield from differences(grand, TURNS[1:])
        yield from differences(timely, HOURS)

    assert not list(look())
    unmissed = unknown(survivors(LOOKING, look))
    assert not unmissed, "\n".join(unmissed)


def test_every_clause_that_makes_a_world_is_missed() -> None:
    def look() -> Iterator[str]:
        yield from disagreements(SMALL)
        yield from disagreements(SMALL, by_way_of=AudienceKind.PUBLIC)

    assert not list(look())
    unmissed = unknown(survivors(MAKING, look))
    assert not unmissed, "\n".join(unmissed)
