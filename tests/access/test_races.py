"""What two people do at the same moment ends as if one had come after the other, with the rights of the later one."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.access.models import NOBODY, Audience, AudienceKind, Place
from forum.access.permissions import Permission
from forum.accounts.models import User
from forum.boards.actions import CategoryPlan, change_category, start_topic_in
from forum.boards.models import Category
from forum.core.db import db
from forum.core.errors import Forbidden, Invalid, NotFound
from forum.core.transactions import transaction
from forum.discussions import counting
from forum.discussions.actions import concealing, moving, splitting, writing
from forum.discussions.actions.audiences import set_audience
from forum.discussions.actions.loading import topic_to_change
from forum.discussions.models import Post, Topic
from forum.groups.actions import change_kind, remove_people
from forum.groups.models import Group, GroupKind
from tests.cast import Cast
from tests.factories import choice, make_post, make_topic, written
from tests.racing import Race

pytestmark = pytest.mark.one_database("postgresql")


@pytest.fixture
def race(app: Flask, database: str) -> Race:
    return Race(app, database)


def me(person: User) -> User:
    """The same person in the session of this thread."""
    return db.session.get_one(User, person.id)


def plan(category: Category, **changes: Any) -> CategoryPlan:
    place = category.place
    changes = {name: AudienceKind(kind) for name, kind in changes.items()}
    now = {
        "name": category.name,
        "read": place.read_kind,
        "reply": place.reply_kind,
        "start": place.start_kind,
    }
    return CategoryPlan(**{**now, **changes})


def made(app: Flask, make: Callable[[], Topic]) -> Topic:
    with app.app_context():
        return make()


def test_who_answers_while_a_topic_is_closed_to_them_finds_it_gone(
    app: Flask, cast: Cast, race: Race
) -> None:
    topic = made(app, lambda: make_topic(cast.lounge, cast.other))

    def close(pause: Callable[[], None]) -> None:
        with transaction():
            set_audience(topic, actor=me(cast.moderator), choice=choice("staff"))
            pause()

    first, second = race.run(
        close, lambda: writing.reply(topic, author=me(cast.member), written=written("Late."))
    )
    assert first is None
    assert isinstance(second, NotFound)


def test_who_answers_while_a_topic_is_opened_wider_is_heard(app: Flask, cast: Cast, race: Race) -> None:
    topic = made(app, lambda: make_topic(cast.lounge, cast.other))

    def widen(pause: Callable[[], None]) -> None:
        with transaction():
            set_audience(topic, actor=me(cast.moderator), choice=choice("guests", opened=True))
            pause()

    first, second = race.run(
        widen, lambda: writing.reply(topic, author=me(cast.member), written=written("Hello."))
    )
    assert first is None
    assert isinstance(second, Post), second
    with app.app_context():
        assert counting.counted() == counting.stored()


def test_who_is_thrown_out_of_a_group_while_answering_there_is_not_heard(
    app: Flask, cast: Cast, race: Race
) -> None:
    topic = made(app, lambda: make_topic(cast.closed, cast.insider))

    def throw_out(pause: Callable[[], None]) -> None:
        with transaction():
            topic_to_change(topic.id, Permission.REPLY, me(cast.insider))  # holds the topic
            remove_people(cast.closed_group, [me(cast.insider)])
            pause()

    first, second = race.run(
        throw_out, lambda: writing.reply(topic, author=me(cast.insider), written=written("Still here."))
    )
    assert first is None
    assert isinstance(second, NotFound)


def test_a_topic_begun_while_its_place_is_closed_stands_behind_the_new_gate(
    app: Flask, cast: Cast, race: Race
) -> None:
    def close(pause: Callable[[], None]) -> None:
        with transaction():
            change_category(
                cast.lounge,
                plan(cast.lounge, read="staff", reply="staff", start="staff"),
                actor=me(cast.staff),
            )
            pause()

    first, second = race.run(
        close,
        lambda: writing.start_topic(
            cast.lounge.place, author=me(cast.other), title="T", written=written("B"), choice=choice("public")
        ),
    )
    assert first is None, first
    assert isinstance(second, Topic), second
    assert_gated_as_its_place(app, second.id)


def test_a_topic_begun_while_the_place_around_is_closed_stands_behind_that_gate(
    app: Flask, cast: Cast, race: Race
) -> None:
    def close(pause: Callable[[], None]) -> None:
        with transaction():
            change_category(
                cast.lounge,
                plan(cast.lounge, read="staff", reply="staff", start="staff"),
                actor=me(cast.staff),
            )
            pause()

    first, second = race.run(
        close,
        lambda: writing.start_topic(
            cast.nook.place, author=me(cast.other), title="T", written=written("B"), choice=choice("public")
        ),
    )
    assert first is None, first
    assert isinstance(second, Topic), second
    assert_gated_as_its_place(app, second.id)


def test_the_place_around_is_closed_while_a_topic_is_begun_and_gates_it(
    app: Flask, cast: Cast, race: Race
) -> None:
    def begin(pause: Callable[[], None]) -> Topic:
        with transaction():
            topic = writing.start_topic(
                cast.nook.place,
                author=me(cast.other),
                title="T",
                written=written("B"),
                choice=choice("public"),
            )
            pause()
        return topic

    first, second = race.run(
        begin,
        lambda: change_category(
            cast.lounge, plan(cast.lounge, read="staff", reply="staff", start="staff"), actor=me(cast.staff)
        ),
    )
    assert isinstance(first, Topic), first
    assert isinstance(second, Category), second
    assert_gated_as_its_place(app, first.id)


def test_a_topic_begun_for_a_group_that_closes_is_overseen_by_nobody(
    app: Flask, cast: Cast, race: Race
) -> None:
    with app.app_context(), transaction():
        change_kind(db.session.get_one(Group, cast.closed_group.id), GroupKind.OPEN)

    def close(pause: Callable[[], None]) -> None:
        with transaction():
            change_kind(db.session.get_one(Group, cast.closed_group.id), GroupKind.SECRET)
            pause()

    first, second = race.run(
        close,
        lambda: writing.start_topic(
            cast.lounge.place,
            author=me(cast.insider),
            title="T",
            written=written("B"),
            choice=choice("group", group_id=cast.closed_group.id),
        ),
    )
    assert first is None, first
    assert isinstance(second, Topic), second
    with app.app_context():
        audience = db.session.get_one(Audience, second.audience_id)
        assert audience.overseers_id == audience.oversight_id == NOBODY


def test_who_starts_a_topic_while_the_place_closes_to_them_is_refused(
    app: Flask, cast: Cast, race: Race
) -> None:
    def close(pause: Callable[[], None]) -> None:
        with transaction():
            change_category(cast.lounge, plan(cast.lounge, start="staff"), actor=me(cast.staff))
            pause()

    first, second = race.run(
        close, lambda: start_topic_in(cast.lounge, author=me(cast.other), title="T", written=written("B"))
    )
    assert first is None, first
    assert isinstance(second, Forbidden), second


def test_hiding_in_one_topic_and_answering_another_do_not_block_each_other(
    app: Flask, cast: Cast, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        one, other = make_topic(cast.lounge, cast.other), make_topic(cast.lounge, cast.other)
        post = make_post(other, cast.member)
    whole, pausing = counting.add_post, []

    def paused(*args: Any) -> None:
        if pausing:
            pausing.pop()()
        whole(*args)

    monkeypatch.setattr(counting, "add_post", paused)

    def answer(pause: Callable[[], None]) -> Post:
        pausing.append(pause)
        return writing.reply(one, author=me(cast.other), written=written("A."))

    first, second = race.run(
        answer, lambda: concealing.hide_post(post, actor=me(cast.moderator), reason="No.")
    )
    assert isinstance(first, Post), first
    assert second is None, second
    with app.app_context():
        assert counting.counted() == counting.stored()


def test_a_reply_while_everything_is_counted_anew_is_counted_once(app: Flask, cast: Cast, race: Race) -> None:
    topic = made(app, lambda: make_topic(cast.lounge, cast.other))

    def recount(pause: Callable[[], None]) -> int:
        with transaction():
            wrong = counting.recount()
            pause()
        return wrong

    first, second = race.run(
        recount, lambda: writing.reply(topic, author=me(cast.member), written=written("A."))
    )
    assert first == 0
    assert isinstance(second, Post), second
    with app.app_context():
        assert counting.counted() == counting.stored()


def assert_gated_as_its_place(app: Flask, topic_id: int) -> None:
    """The gates are those that working them out anew would give."""
    with app.app_context():
        topic = db.session.get_one(Topic, topic_id)
        audience = db.session.get_one(Audience, topic.audience_id)
        place = db.session.get_one(Place, topic.place_id)
        parent = db.session.get(Place, place.parent_id) if place.parent_id else None
        default = select(Audience.read_scope_id).where(Audience.inherits.is_(True))
        assert audience.gate1_id == db.session.scalar(default.where(Audience.place_id == place.id))
        if parent is not None:
            assert audience.gate2_id == db.session.scalar(default.where(Audience.place_id == parent.id))


def test_an_answer_lands_once_while_its_topic_is_merged(app: Flask, cast: Cast, race: Race) -> None:
    source = made(app, lambda: make_topic(cast.lounge, cast.member))
    target = made(app, lambda: make_topic(cast.lounge, cast.member))

    def merge(pause: Callable[[], None]) -> None:
        with transaction():
            splitting.merge_topic(source, actor=me(cast.moderator), target_id=target.id)
            pause()

    merged, answer = race.run(
        merge, lambda: writing.reply(source, author=me(cast.other), written=written("Meanwhile.")).topic_id
    )
    assert merged is None
    assert answer == target.id
    with app.app_context():
        assert db.session.scalars(select(Post.topic_id).where(Post.body == "Meanwhile.")).all() == [target.id]
        with transaction():
            assert counting.recount() == 0


def test_an_answer_lands_once_where_its_post_was_split_to(app: Flask, cast: Cast, race: Race) -> None:
    topic = made(app, lambda: make_topic(cast.lounge, cast.member))
    with app.app_context():
        post = make_post(topic, cast.other)
    new: list[int] = []

    def split(pause: Callable[[], None]) -> None:
        with transaction():
            made_of_it = splitting.split_topic(
                topic, actor=me(cast.moderator), post_ids=[post.id], with_replies=True, title="Apart"
            )
            new.append(made_of_it.id)
            pause()

    done, where = race.run(
        split,
        lambda: (
            writing.reply(
                topic, author=me(cast.insider), written=written("To it."), parent_id=post.id
            ).topic_id
        ),
    )
    assert done is None
    assert [where] == new


def test_two_moderators_merge_two_topics_into_each_other(app: Flask, cast: Cast, race: Race) -> None:
    one = made(app, lambda: make_topic(cast.lounge, cast.member))
    two = made(app, lambda: make_topic(cast.lounge, cast.member))

    def first(pause: Callable[[], None]) -> None:
        with transaction():
            splitting.merge_topic(one, actor=me(cast.moderator), target_id=two.id)
            pause()

    done, late = race.run(first, lambda: splitting.merge_topic(two, actor=me(cast.staff), target_id=one.id))
    assert done is None
    assert isinstance(late, NotFound)
    with app.app_context():
        assert set(db.session.scalars(select(Post.topic_id))) == {two.id}


def test_two_moderators_split_the_same_post_off(app: Flask, cast: Cast, race: Race) -> None:
    topic = made(app, lambda: make_topic(cast.lounge, cast.member))
    with app.app_context():
        post = make_post(topic, cast.other)

    def split(actor: User) -> int:
        return splitting.split_topic(
            topic, actor=me(actor), post_ids=[post.id], with_replies=True, title="Apart"
        ).id

    def first(pause: Callable[[], None]) -> int:
        with transaction():
            new = split(cast.moderator)
            pause()
        return new

    new, late = race.run(first, lambda: split(cast.staff))
    assert isinstance(late, Invalid)
    with app.app_context():
        assert db.session.get_one(Post, post.id).topic_id == new


def test_a_topic_moved_by_two_at_once_ends_in_one_place(app: Flask, cast: Cast, race: Race) -> None:
    topic = made(app, lambda: make_topic(cast.lounge, cast.member))

    def first(pause: Callable[[], None]) -> None:
        with transaction():
            moving.move_topic(topic, actor=me(cast.staff), place_id=cast.nook.place_id)
            pause()

    race.run(first, lambda: moving.move_topic(topic, actor=me(cast.staff), place_id=cast.porch.place_id).id)
    with app.app_context():
        assert db.session.get_one(Topic, topic.id).place_id == cast.porch.place_id
        with transaction():
            assert counting.recount() == 0


def test_a_post_hidden_while_it_is_split_off_is_hidden_where_it_stands(
    app: Flask, cast: Cast, race: Race
) -> None:
    topic = made(app, lambda: make_topic(cast.lounge, cast.member))
    with app.app_context():
        first_post, post = make_post(topic, cast.other), make_post(topic, cast.other)

    def split(pause: Callable[[], None]) -> int:
        with transaction():
            new = splitting.split_topic(
                topic,
                actor=me(cast.moderator),
                post_ids=[first_post.id, post.id],
                with_replies=True,
                title="Apart",
            ).id
            pause()
        return new

    new, hidden = race.run(split, lambda: concealing.hide_post(post, actor=me(cast.staff), reason="No."))
    assert hidden is None
    with app.app_context():
        assert db.session.get_one(Topic, new).post_count == 1
        with transaction():
            assert counting.recount() == 0
