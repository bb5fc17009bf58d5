"""Reporting a post, and what becomes of it: the queue of those who look after the place, and what each of the people is told."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, NotFound
from forum.discussions.actions import concealing
from forum.discussions.models import Post, Topic
from forum.jobs import outbox
from forum.moderation.actions import flag_post, judge_flags
from forum.moderation.kinds import Act, FlagReason, Outcome
from forum.moderation.models import Flag, Review
from forum.notifications.models import Notification
from forum.web import limits
from tests.api.conftest import Program
from tests.cast import Cast
from tests.factories import choice, make_post, make_topic, make_user, settled
from tests.racing import Race

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


def me(user: User) -> User:
    return db.session.get_one(User, user.id)


def flag(post: Post, by: User, reason: FlagReason = FlagReason.RUDE, note: str = "") -> Review:
    made, _new = flag_post(db.session.get_one(Post, post.id), actor=me(by), reason=reason, note=note)
    return settled(db.session.get_one(Review, made.review_id))


def review_of(review: Review) -> Review:
    db.session.rollback()
    return db.session.get_one(Review, review.id, populate_existing=True)


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


@pytest.fixture
def post(app: Flask, cast: Cast) -> Post:
    """By `other`, in the lounge."""
    with app.app_context():
        return make_post(
            make_topic(cast.lounge, cast.member, "About rotas"), cast.other, "You are all fools."
        )


def test_a_post_is_reported_judged_and_everybody_told(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn, submit: Submit
) -> None:
    member, moderator = sign_in(cast.member), sign_in(cast.moderator)
    page = member.get(f"/t/{post.topic_id}/about-rotas").text
    assert f'href="/posts/{post.id}/flag"' in page
    assert "You are all fools." in main_of(member.get(f"/posts/{post.id}/flag").text)
    sent = submit(member, f"/posts/{post.id}/flag", reason="rude", note="It hurts.")
    assert sent.status_code == 303
    assert "Thank you." in member.get(sent.headers["Location"]).text
    assert "It waits for a moderator." in member.get("/flags").text

    home = moderator.get("/").text
    assert re.search(r'href="/moderation".*?class="count">1<', home, re.DOTALL)
    queue = main_of(moderator.get("/moderation").text)
    for words in ("About rotas", "You are all fools.", "Otto Other", "Rude", "It hurts.", "Mina Member"):
        assert words in queue, words
    (where,) = re.findall(r'action="(/moderation/queue/\d+)"', queue)
    (version,) = re.findall(r'name="version" value="(\d+)"', queue)
    assert (
        submit(moderator, where, act="hide_post", reason="We speak kindly.", version=version).status_code
        == 303
    )
    assert "Nothing waits for you." in moderator.get("/moderation").text
    assert "Mo Moderator" in main_of(moderator.get(where).text)

    told = main_of(member.get("/flags").text)
    assert "The post was hidden." in told
    assert "We speak kindly." not in told  # its author and moderators read that
    other = sign_in(cast.other)
    thread = other.get(f"/t/{post.topic_id}/about-rotas").text
    assert "We speak kindly." in thread
    assert "It hurts." not in thread
    log = moderator.get("/moderation/log").text
    assert "acted on reports of a post in" in log
    assert "hid a post in" in log
    with app.app_context():
        outbox.sweep()
        outbox.sweep()
        told_of = db.session.scalars(select(Notification).where(Notification.kind == "flagged")).all()
        assert [(n.user_id, n.detail["verdict"]) for n in told_of] == [(cast.member.id, "post_hidden")]
    heard = main_of(member.get("/notifications").text)
    assert "What you reported was looked at. The post was hidden." in heard
    assert ("Mo Moderator" in heard, "We speak kindly." in heard) == (False, False)
    # Its author hears what was decided and why, and the name of neither.
    heard = main_of(other.get("/notifications").text)
    assert "The moderators hid your post in “\u2068About rotas\u2069” after a report" in heard
    assert "We speak kindly." in heard
    assert not re.search("Mo Moderator|Mina Member|It hurts", heard)


def test_who_looks_after_the_place_is_told_that_something_waits(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn
) -> None:
    with app.app_context():
        flag(post, cast.member)
        flag(post, cast.grace)
        by_the_moderator = make_post(db.session.get_one(Topic, post.topic_id), cast.moderator)
        flag(by_the_moderator, cast.member)
        outbox.sweep()
        told = db.session.execute(
            select(Notification.user_id, Notification.post_id).where(Notification.kind == "flagged")
        ).all()
        others = {cast.site_moderator.id, cast.staff.id}
        assert sorted(told) == sorted(
            [(cast.moderator.id, post.id), *((user_id, by_the_moderator.id) for user_id in others)]
        )
    page = sign_in(cast.moderator).get("/notifications").text
    assert "waits for a moderator" in page
    assert 'href="/moderation/queue/' in page


def test_what_is_found_in_order_is_answered_with_the_reason(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        review = flag(post, cast.member)
    sent = submit(
        sign_in(cast.moderator), f"/moderation/queue/{review.id}", act="dismiss", reason="Blunt, not rude."
    )
    assert sent.status_code == 303
    told = main_of(sign_in(cast.member).get("/flags").text)
    assert "Nothing was found wrong with it." in told
    assert "Blunt, not rude." in told
    with app.app_context():
        outbox.sweep()
    heard = main_of(sign_in(cast.member).get("/notifications").text)
    assert "Nothing was found wrong with it." in heard
    assert "Blunt, not rude." in heard
    assert "report" not in main_of(sign_in(cast.other).get("/notifications").text)
    assert "Blunt" not in sign_in(cast.other).get(f"/t/{post.topic_id}/about-rotas").text
    with app.app_context():
        assert db.session.get_one(Post, post.id).is_visible
    # Judged is judged: the same person may report it again, and that is another matter.
    with app.app_context():
        assert flag(post, cast.member).id != review.id


def test_a_report_needs_a_reason_and_something_else_a_note(
    cast: Cast, post: Post, sign_in: SignIn, submit: Submit
) -> None:
    member, where = sign_in(cast.member), f"/posts/{post.id}/flag"
    for fields, words in (
        ({}, "Choose what is wrong with it."),
        ({"reason": "ugly"}, "Choose what is wrong with it."),
        ({"reason": "other"}, "Say what it is."),
        ({"reason": "other", "note": "\u200b\u2060"}, "Say what it is."),
        ({"reason": "spam", "note": "x" * 1001}, "1000"),
    ):
        refused = submit(member, where, **fields)
        assert refused.status_code == 422
        assert words in refused.text
    assert submit(member, where, reason="other", note="Not from here.").status_code == 303


def test_a_second_report_by_the_same_person_changes_nothing_and_is_told_so(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn, submit: Submit, program: Callable[[User], Program]
) -> None:
    member, where = sign_in(cast.member), f"/posts/{post.id}/flag"
    submit(member, where, reason="rude")
    again = submit(member, where, reason="spam")
    assert "already" in member.get(again.headers["Location"]).text
    answer = program(cast.member).post("/flags", {"post_id": str(post.id), "reason": "off_topic"})
    assert answer.status_code == 201
    assert answer.json["reason"] == "rude"  # the first one
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Flag)) == 1
        assert db.session.scalars(select(Review)).one().flag_count == 1


def test_twenty_identical_reports_at_once_are_one(
    app: Flask, cast: Cast, post: Post, program: Callable[[User], Program]
) -> None:
    sides = [program(cast.member) for _ in range(20)]
    body = {"post_id": str(post.id), "reason": "spam"}
    with ThreadPoolExecutor(len(sides)) as pool:
        answers = list(pool.map(lambda side: side.post("/flags", body), sides))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Flag)) == 1


@pytest.mark.one_database("postgresql")
def test_of_two_who_judge_at_once_the_second_is_told_who_was_faster(
    app: Flask, cast: Cast, post: Post, database: str
) -> None:
    with app.app_context():
        review = flag(post, cast.member)

    def hide(pause: Callable[[], None]) -> None:
        from forum.core.transactions import transaction

        with transaction():
            judge_flags(review.id, actor=me(cast.moderator), act=Act.HIDE_POST, reason="Rude.")
            pause()

    def dismiss() -> None:
        judge_flags(review.id, actor=me(cast.staff), act=Act.DISMISS, reason="Fine.")

    _first, second = Race(app, database).run(hide, dismiss)
    assert isinstance(second, Conflict), second
    assert second.message == "Mo Moderator was faster: The post was hidden."
    with app.app_context():
        assert review_of(review).outcome is Outcome.POST_HIDDEN


def test_who_comes_second_or_has_not_read_all_decides_nothing(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        review = flag(post, cast.member)
        flag(post, cast.grace)
    moderator, where = sign_in(cast.moderator), f"/moderation/queue/{review.id}"
    late = submit(moderator, where, act="hide_post", reason="Rude, is it not?", version=str(review.version))
    assert late.status_code == 409
    assert "Somebody else has reported it too" in late.text
    assert "Rude, is it not?" in late.text  # what was typed is kept
    assert "Greta Grace" in late.text
    unclear = submit(moderator, where, act="", reason="")
    assert unclear.status_code == 422
    assert "Choose what is to be done." in unclear.text
    for field in ("act", "reason"):
        assert f'href="#f-{field}"' in unclear.text
        assert f'id="f-{field}"' in unclear.text
    assert submit(moderator, where, act="dismiss", reason="Fine.").status_code == 303
    again = submit(moderator, where, act="hide_post", reason="Rude.")  # in another tab
    assert "You have decided this already: Nothing was found wrong with it." in again.text
    second = submit(sign_in(cast.staff), where, act="hide_post", reason="Rude.")
    assert second.status_code == 409
    assert "Mo Moderator was faster: Nothing was found wrong with it." in second.text
    with app.app_context():
        assert db.session.get_one(Post, post.id).is_visible


def test_one_judgment_settles_every_report_and_does_the_act(app: Flask, cast: Cast) -> None:
    with app.app_context():
        for act, outcome in (
            (Act.SETTLE, Outcome.SETTLED),
            (Act.HIDE_POST, Outcome.POST_HIDDEN),
            (Act.DELETE_POST, Outcome.POST_DELETED),
            (Act.LOCK_TOPIC, Outcome.TOPIC_LOCKED),
            (Act.HIDE_TOPIC, Outcome.TOPIC_HIDDEN),
            (Act.DELETE_TOPIC, Outcome.TOPIC_DELETED),
        ):
            topic = make_topic(cast.lounge, cast.other)
            first = db.session.scalars(select(Post).where(Post.topic_id == topic.id)).one()
            for by in (cast.member, cast.grace):
                review = flag(first, by)
            assert review.flag_count == 2
            judge_flags(review.id, actor=me(cast.moderator), act=act, reason="Because.")
            now, then = review_of(review), db.session.get_one(Topic, topic.id)
            assert (now.outcome, now.reason, now.judged_by_id) == (outcome, "Because.", cast.moderator.id)
            done = db.session.get_one(Post, first.id)
            assert [
                done.hidden_at is not None,
                done.deleted_at is not None,
                then.is_locked,
                then.hidden_at is not None,
                then.deleted_at is not None,
            ] == [
                act == each
                for each in ("hide_post", "delete_post", "lock_topic", "hide_topic", "delete_topic")
            ]


def test_a_topic_is_not_hidden_for_one_of_its_replies(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        review = flag(post, cast.member)
    moderator, where = sign_in(cast.moderator), f"/moderation/queue/{review.id}"
    assert "Hide the whole topic" not in moderator.get(where).text
    refused = submit(moderator, where, act="hide_topic", reason="All of it.")
    assert refused.status_code == 422
    assert "first post" in refused.text


def test_nobody_judges_their_own_post_or_learns_who_reported_it(
    app: Flask, cast: Cast, sign_in: SignIn, program: Callable[[User], Program]
) -> None:
    with app.app_context():
        mine = make_post(make_topic(cast.lounge, cast.member), cast.moderator, "I know better.")
        review = flag(mine, cast.other, note="Arrogant.")
    moderator = sign_in(cast.moderator)
    assert "Nothing waits for you." in moderator.get("/moderation").text
    assert 'class="count"' not in moderator.get("/moderation").text.partition('href="/moderation"')[2][:200]
    absent = moderator.get("/moderation/queue/123456")
    assert moderator.get(f"/moderation/queue/{review.id}").data == absent.data
    assert program(cast.moderator).items("/moderation/queue") == []
    with app.app_context(), pytest.raises(NotFound):
        judge_flags(review.id, actor=me(cast.moderator), act=Act.DISMISS, reason="I do.")
    assert "Arrogant." in sign_in(cast.site_moderator).get("/moderation").text


def test_each_moderator_sees_what_they_look_after_and_may_read(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        where = {
            "lounge": make_topic(cast.lounge, cast.other, "In the lounge"),
            "nook": make_topic(cast.nook, cast.other, "In the nook"),
            "welcome": make_topic(cast.welcome, cast.other, "At the door"),
            "closed": make_topic(cast.closed, cast.insider, "Among trialists"),
        }
        second = make_user("ida", name="Ida Insider")
        from forum.access.models import RoleName
        from forum.groups.actions import add_people
        from tests.factories import grant

        add_people(cast.closed_group, [second])
        grant(second, RoleName.MODERATOR, cast.closed.place)
        for name, topic in where.items():
            first = db.session.scalars(select(Post).where(Post.topic_id == topic.id)).one()
            flag(first, second if name == "closed" else cast.member)
    for user, seen in (
        (cast.moderator, {"lounge", "nook"}),
        (cast.site_moderator, {"lounge", "nook", "welcome"}),
        (cast.staff, {"lounge", "nook", "welcome"}),
        (second, {"closed"}),
    ):
        page = sign_in(user).get("/moderation").text
        assert {name for name, topic in where.items() if topic.title in page} == seen, user.username
        assert re.search(rf'href="/moderation".*?class="count">{len(seen)}<', page, re.DOTALL)
    assert sign_in(cast.member).get("/moderation").status_code == 403


def test_who_no_longer_reads_no_longer_judges(app: Flask, cast: Cast, post: Post) -> None:
    """Also between the door and the deed."""
    from forum.discussions.actions.audiences import set_audience

    with app.app_context():
        review = flag(post, cast.insider)
        topic = db.session.get_one(Topic, post.topic_id)
        set_audience(topic, actor=me(cast.staff), choice=choice("group", group_id=cast.closed_group.id))
        with pytest.raises(NotFound):
            judge_flags(review.id, actor=me(cast.moderator), act=Act.HIDE_POST, reason="Rude.")
        assert review_of(review).is_open


def test_what_its_author_deletes_stays_in_the_queue_and_what_a_moderator_hides_is_settled(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn
) -> None:
    with app.app_context():
        review = flag(post, cast.member)
        concealing.delete_post(db.session.get_one(Post, post.id), actor=me(cast.other))
        outbox.sweep()
        assert review_of(review).is_open
    assert "You are all fools." in sign_in(cast.moderator).get("/moderation").text
    with app.app_context():
        concealing.hide_post(db.session.get_one(Post, post.id), actor=me(cast.moderator), reason="Rude.")
        outbox.sweep()
        now = review_of(review)
        assert (now.outcome, now.judged_by_id) == (Outcome.POST_HIDDEN, cast.moderator.id)
        outbox.sweep()
        told = db.session.scalars(select(Notification).where(Notification.key == f"review:{review.id}")).all()
        assert [one.user_id for one in told] == [cast.member.id]


def test_a_hidden_topic_settles_what_was_reported_in_it(app: Flask, cast: Cast, post: Post) -> None:
    with app.app_context():
        review = flag(post, cast.member)
        concealing.hide_topic(db.session.get_one(Topic, post.topic_id), actor=me(cast.staff), reason="No.")
        outbox.sweep()
        assert review_of(review).outcome is Outcome.TOPIC_HIDDEN


def test_who_reported_reads_their_reports_whatever_becomes_of_the_place(
    app: Flask, cast: Cast, sign_in: SignIn, program: Callable[[User], Program]
) -> None:
    from forum.discussions.actions.audiences import set_audience

    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "Between us")
        first = db.session.scalars(select(Post).where(Post.topic_id == topic.id)).one()
        flag(first, cast.member, note="Not for here.")
        set_audience(topic, actor=me(cast.staff), choice=choice("staff"))
    page = main_of(sign_in(cast.member).get("/flags").text)
    assert "A post that is closed to you" in page
    assert "Not for here." in page
    assert "Between us" not in page
    (own,) = program(cast.member).items("/flags")
    assert own["post_id"] is None
    assert program(cast.grace).items("/flags") == []


def test_the_queue_is_paged_by_key_in_either_order(
    app: Flask, cast: Cast, program: Callable[[User], Program]
) -> None:
    with app.app_context():
        posts = []
        for _ in range(5):
            clock.advance(timedelta(minutes=1))
            posts.append(make_post(make_topic(cast.lounge, cast.other), cast.other))
            flag(posts[-1], cast.member)
        for post in (posts[2], posts[4]):
            flag(post, cast.grace)
        flag(posts[4], cast.insider)
        nook = make_post(make_topic(cast.nook, cast.other), cast.other)
        flag(nook, cast.member)
    side = program(cast.moderator)
    ids = [str(post.id) for post in posts]

    def order(query: str) -> list[str]:
        return [item["post"]["id"] for item in side.items(f"/moderation/queue?limit=2{query}")]

    assert order("") == [*ids, str(nook.id)]
    most = [ids[4], ids[2], ids[0], ids[1], ids[3], str(nook.id)]
    assert order("&sort=most") == most
    assert order("&category=nook") == [str(nook.id)]
    assert order("&category=secret-circle") == []


def test_programs_report_and_judge(
    app: Flask, cast: Cast, post: Post, program: Callable[[User], Program]
) -> None:
    member, moderator = program(cast.member), program(cast.moderator)
    assert member.post("/flags", {"post_id": "12345", "reason": "spam"}).status_code == 404
    assert member.post("/flags", {"post_id": "9" * 19, "reason": "spam"}).status_code == 404
    assert program(cast.guest).post("/flags", {"post_id": str(post.id), "reason": "spam"}).status_code == 404
    assert program(cast.other).post("/flags", {"post_id": str(post.id), "reason": "spam"}).status_code == 403
    assert member.post("/flags", {"post_id": str(post.id), "reason": "other"}).status_code == 422
    assert member.post("/flags", {"post_id": str(post.id), "reason": "spam"}).status_code == 201
    assert member.get("/moderation/queue").status_code == 403
    (item,) = moderator.items("/moderation/queue")
    assert (item["topic_title"], item["category"]["slug"], item["flag_count"]) == ("About rotas", "lounge", 1)
    assert item["flags"][0]["reporter"]["username"] == "mina"
    where = f"/moderation/queue/{item['id']}"
    assert member.get(where).status_code == 404
    judged = moderator.post(
        where, {"act": "delete_post", "reason": "An advertisement.", "version": item["version"]}
    )
    assert judged.json["outcome"] == "post_deleted"
    again = program(cast.staff).post(where, {"act": "dismiss", "reason": "Fine."})
    assert again.status_code == 409
    assert "Mo Moderator" in again.json["detail"]
    (own,) = member.items("/flags")
    assert (own["outcome"], own["answer"]) == ("post_deleted", "")


def test_ten_reports_an_hour(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.extensions["forum_limits"], "on", True)
    limits_before = app.extensions["forum_limits"]
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        posts = [make_post(topic, cast.other) for _ in range(11)]
    member = sign_in(cast.member)
    answers = [submit(member, f"/posts/{post.id}/flag", reason="spam").status_code for post in posts]
    assert answers == [303] * 10 + [429]
    with app.app_context():
        limits.clear("flag", cast.member.id)
    assert limits_before is app.extensions["forum_limits"]


def test_a_longer_queue_costs_no_more_statements(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any
) -> None:
    moderator = sign_in(cast.moderator)
    counts: dict[str, list[int]] = {}
    for number in (1, 6):
        with app.app_context():
            for _ in range(number):
                post = make_post(make_topic(cast.lounge, make_user()), make_user())
                for by in (cast.member, cast.grace)[: 1 + number % 2]:
                    flag(post, by)
                flag(post, make_user(), note=f"See [@x](/posts/{post.id}).")
        for browser, page in ((moderator, "/moderation"), (sign_in(cast.member), "/flags")):
            browser.get(page)
            with count_statements() as sent:
                assert browser.get(page).status_code == 200
            counts.setdefault(page, []).append(len(sent))
    assert counts["/moderation"][0] == counts["/moderation"][1] <= 4, counts
    assert counts["/flags"][0] == counts["/flags"][1] <= 4, counts


def test_whoever_reported_it_and_may_still_read_it_is_told_why(
    app: Flask, cast: Cast, sign_in: SignIn, program: Callable[[User], Program]
) -> None:
    acts = (Act.HIDE_POST, Act.DELETE_TOPIC, Act.LOCK_TOPIC, Act.DISMISS)
    with app.app_context():
        for act in acts:
            topic = make_topic(cast.lounge, cast.other)
            first = db.session.scalars(select(Post).where(Post.topic_id == topic.id)).one()
            for by in (cast.member, cast.site_moderator):
                review = flag(first, by)
            judge_flags(review.id, actor=me(cast.moderator), act=act, reason=f"Because: {act}.")
    for who, told in ((cast.member, acts[2:]), (cast.site_moderator, acts)):
        page = main_of(sign_in(who).get("/flags").text)
        assert [act for act in acts if f"Because: {act}." in page] == list(told), who.username
        answers = [one["answer"] for one in program(who).items("/flags")]
        assert sorted(filter(None, answers)) == sorted(f"Because: {act}." for act in told)
