"""Threads are a function of the messages known: no order of arrival, no batch and no copy changes them."""

import random
from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forum.importers.threads import ThreadIndex, weakest_links

Message = tuple[int, tuple[int, ...], tuple[int, ...]]
Forest = dict[int, int | None]


def by_index(messages: Iterable[Message]) -> Forest:
    with ThreadIndex() as index:
        for message in messages:
            index.add(*message)
        index.resolve()
        return dict(index.parents())


def roots(forest: Forest) -> dict[int, int]:
    def root(key: int) -> int:
        above = forest[key]
        return key if above is None else root(above)

    return {key: root(key) for key in forest}


def by_the_book(messages: Iterable[Message]) -> Forest:
    """The rule, said as plainly as possible."""
    named: dict[int, list[tuple[int, int]]] = {}
    for key, references, in_reply_to in messages:
        names = [*enumerate(in_reply_to, -len(in_reply_to)), *enumerate(references)]
        names = [(at, name) for at, name in names if name != key]
        named[key] = max(named.get(key, []), names, key=lambda n: (len(n), n))
    own: Forest = {k: next((n for _, n in reversed(names) if n in named), None) for k, names in named.items()}
    cut_circles(own, set(own))
    root = roots(own)
    told: Forest = dict(own)
    for key in named:
        if named[key]:
            continue
        claims = []
        for names in named.values():
            at = next((at for at, name in names if name == key and at > 0), None)
            claims += [
                (at - p, n)
                for p, n in names
                if at is not None and 0 <= p < at and n in named and root[n] != key
            ]
        told[key] = min(claims)[1] if claims else None
    cut_circles(told, {key for key in named if own[key] is None})
    return told


def cut_circles(forest: Forest, weak: set[int]) -> None:
    for start in forest:
        path = [start]
        while (above := forest[path[-1]]) is not None and above not in path:
            path.append(above)
        if above is not None:
            forest[min(set(path[path.index(above) :]) & weak)] = None


keys = st.integers(0, 11)
anything = st.lists(
    st.tuples(keys, st.lists(keys, max_size=4).map(tuple), st.lists(keys, max_size=2).map(tuple)), max_size=14
)


@st.composite
def honest_archives(draw: st.DrawFn) -> tuple[Forest, list[Message]]:
    """A true forest, each message with References that may be cut short, some with In-Reply-To alone."""
    size = draw(st.integers(1, 25))
    forest: Forest = {}
    messages: list[Message] = []
    for key in range(size):
        parent = draw(st.none() | st.integers(0, key - 1)) if key else None
        forest[key] = parent
        chain: list[int] = []
        above = parent
        while above is not None:
            chain.insert(0, above)
            above = forest[above]
        kept = chain[-draw(st.integers(1, 6)) :] if draw(st.booleans()) else chain
        if kept and draw(st.booleans()):
            messages.append((key, tuple(kept), ()))
        else:
            messages.append((key, (), tuple(kept[-1:])))
    return forest, messages


@given(anything)
@example([(1, (2,), ()), (2, (1,), ())])
@example([(1, (), ()), (2, (3, 1), ()), (3, (), ()), (4, (1, 3), ())])
@example([(1, (), ()), (1, (2,), ()), (2, (), ())])
def test_the_index_follows_the_rule(messages: list[Message]) -> None:
    assert by_index(messages) == by_the_book(messages)


@given(anything, st.randoms(use_true_random=False))
def test_no_order_of_arrival_changes_a_thread(messages: list[Message], rng: random.Random) -> None:
    shuffled = list(messages)
    rng.shuffle(shuffled)
    assert by_index(shuffled) == by_index(messages)


@given(anything)
def test_nobody_is_their_own_ancestor_and_roots_agree(messages: list[Message]) -> None:
    with ThreadIndex() as index:
        for message in messages:
            index.add(*message)
        index.resolve()
        forest = dict(index.parents())
        stored = dict(index.scratch.execute("SELECT key, root FROM messages"))
    assert stored == roots(forest)


@given(honest_archives(), st.randoms(use_true_random=False))
def test_a_whole_archive_gives_the_true_threads(
    archive: tuple[Forest, list[Message]], rng: random.Random
) -> None:
    forest, messages = archive
    rng.shuffle(messages)
    assert by_index(messages) == forest


@given(honest_archives(), st.randoms(use_true_random=False), st.sets(st.integers(0, 24), max_size=8))
def test_a_missing_parent_never_joins_its_answers(
    archive: tuple[Forest, list[Message]], rng: random.Random, missing: set[int]
) -> None:
    forest, messages = archive
    known = [message for message in messages if message[0] not in missing]
    rng.shuffle(known)
    found = roots(by_index(known))
    truth = roots(forest)
    for one in found:
        for other in found:
            if found[one] == found[other]:
                assert truth[one] == truth[other]


@given(anything, st.lists(st.integers(0, 13), max_size=3))
def test_messages_that_come_later_lead_to_the_same(messages: list[Message], cuts: list[int]) -> None:
    with ThreadIndex() as index:
        for at, message in enumerate(messages):
            index.add(*message)
            if at in cuts:
                index.resolve()
        index.resolve()
        assert dict(index.parents()) == by_index(messages)


def test_siblings_of_a_missing_message_are_threads_of_their_own_until_it_comes() -> None:
    answers = [(2, (1,), ()), (3, (1,), ())]
    assert by_index(answers) == {2: None, 3: None}
    assert by_index([*answers, (1, (), ())]) == {1: None, 2: 1, 3: 1}


def test_the_nearest_known_reference_counts_before_in_reply_to() -> None:
    assert by_index([(1, (), ()), (2, (), ()), (9, (1, 5), (2,))])[9] == 1
    assert by_index([(2, (), ()), (9, (1, 5), (2,))])[9] == 2


def test_a_parent_is_told_by_others_only_for_who_names_nobody() -> None:
    told = [(1, (), ()), (2, (), ()), (3, (1, 2), ())]
    assert by_index(told)[2] == 1
    assert by_index([(1, (), ()), (2, (8,), ()), (3, (1, 2), ())])[2] is None


def test_what_in_reply_to_names_tells_nothing_of_others() -> None:
    assert by_index([(1, (), ()), (2, (), ()), (3, (2,), (1,))])[2] is None


def test_a_copy_that_names_more_counts_whichever_comes_first() -> None:
    poor, rich = (2, (), ()), (2, (1,), ())
    for copies in ([poor, rich], [rich, poor]):
        assert by_index([(1, (), ()), *copies])[2] == 1


def test_gaps_are_marked_where_somebody_unknown_is_answered() -> None:
    with ThreadIndex() as index:
        for message in [
            (1, (), ()),
            (2, (7,), ()),
            (3, (7, 1), ()),
            (4, (), (8,)),
            (5, (6,), ()),
            (6, (5,), ()),
        ]:
            index.add(*message)
        index.resolve()
        gaps = [
            key for (key,) in index.scratch.execute("SELECT key FROM messages WHERE has_gap ORDER BY key")
        ]
    assert gaps == [2, 4]


@pytest.mark.parametrize(
    ("links", "cuts"), [({1: 2, 2: 1}, [1]), ({3: 1, 1: 2, 2: 1}, [1]), ({1: 1}, [1]), ({1: 2, 2: 3}, [])]
)
def test_circles_are_cut_at_the_smallest_key(links: dict[int, int], cuts: list[int]) -> None:
    assert weakest_links(links) == cuts


def test_a_long_chain_is_no_trouble() -> None:
    size = 5_000
    forest = by_index((key, tuple(range(max(0, key - 20), key)), ()) for key in range(size))
    assert forest[0] is None
    assert all(forest[key] == key - 1 for key in range(1, size))
