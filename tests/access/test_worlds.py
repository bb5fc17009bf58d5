"""The criterion in SQL, the check for one object, and the rule in words name the same people, in worlds made by chance."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.access.models import AudienceKind
from tests.access.building import Changed, disagreements
from tests.access.grand_world import GRAND, TURNS
from tests.access.strategies import worlds
from tests.access.worlds import World

DEFAULTS = (
    AudienceKind.PUBLIC,
    AudienceKind.MEMBERS,
    AudienceKind.STAFF,
)  # of places that are changed afterwards
pytestmark = pytest.mark.usefixtures("context")


def test_they_agree_on_something_of_everything() -> None:
    told = disagreements(GRAND, TURNS)
    assert not told, told[:5]


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(worlds(), st.sampled_from([24.0, 48.0]), st.sampled_from([None, *DEFAULTS]), st.sampled_from(Changed))
def test_they_agree_on_any_world(
    world: World, later: float, by_way_of: AudienceKind | None, changed: Changed
) -> None:
    told = disagreements(world, (0.0, later), by_way_of=by_way_of, changed=changed)
    assert not told, told[:5]
