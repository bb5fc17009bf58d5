"""Each clause of the rule, taken away in turn, is missed by the tests of the worlds. What none misses is not needed."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

import pytest

from forum.access import audience, places, viewer
from forum.access.models import AudienceKind
from forum.accounts.models import User
from forum.core import clock, settings
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import inviting
from forum.discussions.models import Topic
from forum.discussions.queries import topics as topic_queries
from tests.access.building import Built, Changed, build, differences, disagreements, undone
from tests.access.grand_world import GRAND, HOURS, SMALL, TIMELY, TURNS
from tests.access.mutants import Mutant, mutants_of
from tests.access.worlds import Oracle
from tests.conftest import NOW

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
    places.refresh_gates,
    places.change_place,
    places.audience_for,
)
# How a world comes to be what it is: what is changed, and what its places had before.
WAYS = (
    (Changed.EVERYTHING, AudienceKind.PUBLIC),
    (Changed.AROUND, AudienceKind.PUBLIC),
    (Changed.PARENTS, AudienceKind.PUBLIC),
    (Changed.EVERYTHING, AudienceKind.MEMBERS),
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
    "places.refresh_gates: without db.session.flush()": "the next statement flushes",
    "places.refresh_gates: without lock_place(place.id)": "held by test_races",
    "places.refresh_gates: without bump_site()": "what is kept ends by it, held by test_places",
    "places.refresh_gates: without audience.version += 1": "its other columns tell that it has changed",
    "places.audience_for: found is not None is False": "what is there is found by its key",
    "places.audience_for: default is None is False": "said for the type checker",
    "viewer.rights_of: kept and kept.key == key and": "worked out more often",
    "viewer.rights_of: without at < kept.valid_until in kept.valid_until is None or": "worked out more often",
    "viewer.rights_of: current_transaction() is not None is True": "worked out more often",
    "viewer.rights_of: without which_database()": "there is one here",
    "viewer.rights_of: without _kept.move_to_end(slot)": "which is dropped first, where there are many",
    "viewer.rights_of: without _kept.popitem(last=False)": "how many are kept",
    "viewer.rights_of: edge of len(_kept) > MOST_KEPT": "how many are kept",
    "inviting.invite: without db.session.flush()": "the next statement flushes",
    "inviting.invite: not changed is False": "saves two statements where there is nothing to say",
    "topics.opened_topics: without Audience.inherits.is_(False) in": "who reads the default reads the place",
    "places._scope_id: not group_id is False": "a refusal, held by test_audiences_that_cannot_be",
}


def survivors(functions: Iterable[Callable[..., object]], look: Callable[[], Iterator[str]]) -> list[Mutant]:
    """Those that nothing misses, but for the known ones: they would be looked for the longest."""
    wanted = [m for function in functions for m in mutants_of(function) if not is_known(m)]
    assert wanted
    return [mutant for mutant in wanted if survives(mutant, look)]


def survives(mutant: Mutant, look: Callable[[], Iterator[str]]) -> bool:
    """Whether nothing is seen to differ. A mutant that breaks down has been seen."""
    with mutant.in_place():
        try:
            return next(look(), None) is None
        except Exception:  # noqa: BLE001 - any fault shows it
            return False


def is_known(mutant: Mutant) -> bool:
    return any(known in str(mutant) for known in SAME_RIGHTS)


def test_every_clause_that_looks_at_a_world_is_missed() -> None:
    with transaction():
        timely, grand = build(TIMELY), build(GRAND)

    def look() -> Iterator[str]:
        viewer.forget_all()
        yield from differences(grand, TURNS[1:])
        yield from differences(timely, HOURS)

    assert not list(look())
    unmissed = [str(m) for m in survivors(LOOKING, look) if "with_roles" not in str(m)]  # held by test_tokens
    assert not unmissed, "\n".join(unmissed)


def test_every_clause_that_makes_a_world_is_missed() -> None:
    def look() -> Iterator[str]:
        yield from disagreements(SMALL)
        for changed, before in WAYS:
            yield from disagreements(SMALL, by_way_of=before, changed=changed)

    assert not list(look())
    unmissed = [str(m) for m in survivors(MAKING, look)]
    assert not unmissed, "\n".join(unmissed)


def test_every_clause_of_what_is_kept_of_rights_is_missed() -> None:
    """People are named, named until a day, and no longer named, while their rights are kept; and what they hold elsewhere stays."""
    with transaction():
        built = build(TIMELY)
    here, elsewhere = built.topics[3], built.topics[0]
    author_id, lapsing_id, guest_id, other_id = (
        built.people[0],
        built.people[1],
        built.people[4],
        built.people[5],
    )

    def user(user_id: int) -> User:
        return db.session.get_one(User, user_id, populate_existing=True)

    def name(*people: int, at: int = here, hours: float | None = None) -> tuple[int, int, int]:
        """How many were added, removed, and given another end."""
        until = NOW + timedelta(hours=hours) if hours else None
        with transaction():
            topic = db.session.get_one(Topic, at)
            named = [user(user_id) for user_id in people]
            done = inviting.invite(topic, user(author_id), named, until=until)
        return len(done.added), len(done.removed), len(done.redated)

    def fail() -> None:
        """Somebody is named, their rights are asked for, and nothing of it is kept; then something else changes for them."""
        with undone():
            inviting.invite(db.session.get_one(Topic, here), user(author_id), [user(guest_id)])
            viewer.viewer_of(user(guest_id))
        with transaction():
            user(guest_id).rights_epoch += 1

    def shorten_grace() -> None:
        with transaction():
            settings.change({"grace_days": 0}, actor_id=None)

    def holders() -> set[int]:
        """Who is among the named here, as far as their rights say."""
        scope = places.find_scope("people", here)
        everybody = (author_id, guest_id, other_id)
        return {who for who in everybody if scope in viewer.viewer_of(user(who)).scopes}

    def look() -> Iterator[str]:
        viewer.forget_all()
        both = {author_id, guest_id}
        try:
            name()
            name(guest_id, at=elsewhere, hours=70)
            suspended, in_group = (viewer.viewer_of(user(built.people[n])) for n in (2, 3))
            if not suspended.rights.is_suspended or not in_group.is_member:
                yield "rights of somebody else"
            steps: list[tuple[Callable[[], object], object, set[int]]] = [
                (lambda: name(), (0, 0, 0), {author_id}),
                (fail, None, {author_id}),
                (lambda: name(guest_id), (1, 0, 0), both),
                (lambda: name(guest_id), (0, 0, 0), both),
                (lambda: name(other_id), (1, 1, 0), {author_id, other_id}),
                (lambda: name(guest_id, other_id, hours=5), (1, 0, 1), {*both, other_id}),
                (lambda: name(guest_id, hours=9), (0, 1, 1), both),
                (lambda: clock.freeze(NOW + timedelta(hours=6)), None, both),
                (lambda: clock.freeze(NOW + timedelta(hours=9)), None, {author_id}),
            ]
            for number, (step, answer, expected) in enumerate(steps):
                if step() != answer or holders() != expected:
                    yield f"step {number}"
                db.session.rollback()
            ends = inviting.until_of_invited(here), inviting.until_of_invited(elsewhere)
            hours = NOW + timedelta(hours=9), NOW + timedelta(hours=70)
            if ends != tuple({author_id: None, guest_id: end} for end in hours):
                yield "the ends"
            clock.freeze(NOW + timedelta(hours=30))
            before = viewer.viewer_of(user(lapsing_id)).is_member
            shorten_grace()
            if (before, viewer.viewer_of(user(lapsing_id)).is_member) != (True, False):
                yield "grace"
        finally:
            clock.freeze(NOW)
            with transaction():
                settings.change({"grace_days": TIMELY.grace_days}, actor_id=None)

    assert not list(look())
    # That rights with roles and without are kept apart, tests/api/test_tokens.py holds.
    found = survivors((viewer.rights_of, inviting.invite), look)
    unmissed = [str(m) for m in found if "without with_roles" not in str(m)]
    assert not unmissed, "\n".join(unmissed)


def test_every_clause_of_what_is_open_to_somebody_is_missed() -> None:
    with transaction():
        built = build(GRAND)

    def look() -> Iterator[str]:
        viewer.forget_all()
        for who, somebody in built.viewers().items():
            if who in LOOKERS and opened_to(somebody) != opened_in_words(built, who):
                yield f"{who}"

    assert not list(look())
    assert sum(len(opened_in_words(built, who)) for who in LOOKERS) > 30
    unmissed = [str(m) for m in survivors((topic_queries.opened_topics,), look)]
    assert not unmissed, "\n".join(unmissed)


LOOKERS = (None, 0, 1, 17, 18, 22, 23)


def opened_to(somebody: viewer.Viewer) -> list[int]:
    """All pages, and that each is no longer than asked for."""
    found, after = [], None
    while True:
        page = topic_queries.opened_topics(somebody, after=after, limit=2)
        assert len(page.items) <= 2
        assert len(found) < 500
        found += [topic.id for topic in page.items]
        if page.after is None:
            return found
        after = page.after


def opened_in_words(built: Built, who: int | None) -> list[int]:
    """Visible topics that somebody may read in places that they may not, newest first."""
    oracle = Oracle(built.world)
    found = [
        built.topics[n]
        for n, it in enumerate(built.world.topics)
        if not it.hidden and oracle.may_read(who, n) and not oracle.may_read_place(who, it.place)
    ]
    return sorted(found, reverse=True)
