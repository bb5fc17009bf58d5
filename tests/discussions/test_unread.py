"""What is unread and what is new, exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core.db import db
from forum.discussions.actions import concealing, reading
from forum.discussions.models import Topic
from forum.discussions.queries import unread
from tests.cast import Cast
from tests.factories import make_post, make_topic

pytestmark = pytest.mark.usefixtures("context")


def of_topic(user: User, topic: Topic) -> unread.Unread:
    return unread.unread_of_topics(viewer_of(user), [topic.id])[topic.id]


def of_lounge(user: User, cast: Cast) -> tuple[int, int]:
    found = unread.unread_of_places(viewer_of(user), [cast.lounge.place_id])[cast.lounge.place_id]
    return found.topics, found.new


def test_a_topic_by_another_is_new_until_it_is_opened(cast: Cast) -> None:
    topic = make_topic(cast.lounge, cast.other)
    assert of_topic(cast.member, topic).is_new
    assert of_topic(cast.member, topic).count == 1
    assert of_lounge(cast.member, cast) == (1, 1)
    reading.mark_read(topic, reader=cast.member, numbers=[1])
    assert of_topic(cast.member, topic).count == 0
    assert not of_topic(cast.member, topic).is_new
    assert of_lounge(cast.member, cast) == (0, 0)


def test_what_one_wrote_oneself_is_never_unread(cast: Cast) -> None:
    topic = make_topic(cast.lounge, cast.member)
    make_post(topic, cast.member)
    assert of_topic(cast.member, topic).count == 0
    assert of_lounge(cast.member, cast) == (0, 0)
    make_post(topic, cast.other)
    assert of_topic(cast.member, topic).count == 1
    assert of_topic(cast.member, topic).first == 3
    assert not of_topic(cast.member, topic).is_new
    assert of_lounge(cast.member, cast) == (1, 0)


def test_posts_read_ahead_count_once_and_fold_in(cast: Cast) -> None:
    topic = make_topic(cast.lounge, cast.other)
    for _ in range(9):
        make_post(topic, cast.other)
    reading.mark_read(topic, reader=cast.member, numbers=[1, 8])
    state = of_topic(cast.member, topic)
    assert (state.count, state.first, state.read_to) == (8, 2, 1)
    reading.mark_read(topic, reader=cast.member, numbers=[2, 3, 4, 5, 6, 7])
    state = of_topic(cast.member, topic)
    assert (state.count, state.first, state.read_to) == (2, 9, 8)


def test_a_hidden_post_is_not_unread_and_leaves_the_order_as_it_was(cast: Cast) -> None:
    topic = make_topic(cast.lounge, cast.other)
    reading.mark_read(topic, reader=cast.member, numbers=[1])
    post = make_post(topic, cast.other)
    assert of_lounge(cast.member, cast) == (1, 0)
    concealing.hide_post(post, actor=cast.moderator, reason="Off topic.")
    assert of_topic(cast.member, topic).count == 0
    assert of_lounge(cast.member, cast) == (0, 0)


def test_marking_all_read_sets_a_floor_and_new_posts_rise_above_it(cast: Cast) -> None:
    topics = [make_topic(cast.lounge, cast.other) for _ in range(3)]
    assert of_lounge(cast.member, cast) == (3, 3)
    reading.mark_all_read([cast.lounge.place], reader=cast.member)
    assert of_lounge(cast.member, cast) == (0, 0)
    make_post(topics[1], cast.other)
    assert of_lounge(cast.member, cast) == (1, 0)
    assert of_topic(cast.member, topics[1]).count == 1


def test_marked_unread_from_here_stays_so_below_the_floor_and_late_reports_are_ignored(cast: Cast) -> None:
    topic = make_topic(cast.lounge, cast.other)
    for _ in range(4):
        make_post(topic, cast.other)
    reading.mark_all_read([cast.lounge.place], reader=cast.member)
    before = of_topic(cast.member, topic)
    reading.mark_unread_from(topic, reader=cast.member, number=3)
    after = of_topic(cast.member, topic)
    assert (after.count, after.first) == (3, 3)
    assert of_lounge(cast.member, cast) == (1, 0)
    reading.mark_read(topic, reader=cast.member, numbers=[3, 4, 5], generation=before.generation)
    assert of_topic(cast.member, topic).count == 3
    reading.mark_read(topic, reader=cast.member, numbers=[3, 4, 5], generation=after.generation)
    assert of_topic(cast.member, topic).count == 0
    assert of_lounge(cast.member, cast) == (0, 0)
    reading.mark_unread_from(topic, reader=cast.member, number=1)
    assert of_lounge(cast.member, cast) == (1, 0)
    reading.mark_all_read([cast.lounge.place], reader=cast.member)
    assert of_lounge(cast.member, cast) == (0, 0)


def test_a_topic_one_may_not_read_is_in_no_count(cast: Cast) -> None:
    make_topic(cast.secret, cast.confidant)
    place_id = cast.secret.place_id
    assert unread.unread_of_places(viewer_of(cast.member), [place_id])[place_id].topics == 0
    assert unread.unread_of_places(viewer_of(cast.insider), [place_id])[place_id].topics == 0


def test_a_guest_and_a_visitor_have_theirs(cast: Cast) -> None:
    topic = make_topic(cast.porch, cast.other)
    assert of_topic(cast.guest, topic).count == 1
    assert unread.unread_of_topics(viewer_of(None), [topic.id]) == {}


@given(
    st.integers(0, 30),
    st.lists(
        st.tuples(st.integers(1, 40), st.integers(0, 5)).map(lambda t: (t[0], t[0] + t[1])), max_size=12
    ),
)
def test_merging_is_a_union_whatever_the_order(number: int, ranges: list[tuple[int, int]]) -> None:
    def covered(n: int, apart: list[tuple[int, int]]) -> set[int]:
        return set(range(1, n + 1)) | {i for a, b in apart for i in range(a, b + 1)}

    merged = reading.merge(number, ranges)
    assert covered(*merged) == covered(number, ranges)
    assert reading.merge(number, ranges[::-1]) == merged
    assert reading.merge(*merged) == merged
    assert all(a > merged[0] + 1 for a, _b in merged[1])


def test_counts_are_what_the_rows_say(cast: Cast) -> None:
    from forum.core.transactions import transaction
    from forum.discussions import counting

    first = make_topic(cast.lounge, cast.other)
    post = make_post(first, cast.member)
    make_post(first, cast.other, parent=post)
    make_topic(cast.welcome, cast.member)
    concealing.hide_post(post, actor=cast.moderator, reason="No.")
    concealing.hide_topic(first, actor=cast.moderator, reason="No.")
    concealing.restore_topic(first, actor=cast.moderator)
    assert counting.counted() == counting.stored()
    with transaction():
        assert counting.recount() == 0
    assert db.session.get_one(Topic, first.id).post_count == 2
