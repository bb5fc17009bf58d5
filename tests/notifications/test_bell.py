"""What is under the bell: who is told of what, once, as long as they may read it; and what takes it away again."""

from typing import Any

from flask import Flask

from forum.access.viewer import viewer_of
from forum.accounts.actions.ignoring import ignore
from forum.accounts.models import Ignore, User
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import audiences, concealing, locking, writing
from forum.discussions.writing import prepare
from forum.jobs import outbox
from forum.notifications.actions.watching import choose_place_level, choose_topic_level
from forum.notifications.models import (
    Notification,
    NotificationPreferences,
    TopicWatch,
    WatchLevel,
    WatchReason,
)
from forum.notifications.queries.listing import lines_of
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import choice, make_post, make_topic
from tests.notifications.conftest import Heard


def now(user: User) -> User:
    return db.session.get_one(User, user.id)


def test_a_reply_is_told_to_whom_it_answers_and_who_began(app: Flask, cast: Cast, heard: Heard) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Rounding")
        first = make_post(topic, cast.other)
        make_post(topic, cast.staff, parent=first)
    assert heard(cast.other) == [("reply", "Rounding")]
    assert heard(cast.member) == [("reply", "Rounding")] * 2
    assert heard(cast.staff) == heard(cast.grace) == []


def test_of_one_post_the_strongest_is_told_once(app: Flask, cast: Cast, heard: Heard) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Rounding")
        first = make_post(topic, cast.other, "Words.")
        outbox.sweep()
        for user in (cast.other, cast.grace, cast.staff):
            choose_topic_level(user, topic.id, WatchLevel.WATCHING)
        body = f"> [@otto](/posts/{first.id}):\n>\n> Words.\n\nAsk @greta."
        written = prepare(body)
        writing.reply(topic, author=now(cast.insider), written=written, parent_id=first.id)
    assert heard(cast.other) == [("quote", "Rounding")]
    assert heard(cast.grace) == [("mention", "Rounding")]
    assert heard(cast.staff) == [("watched", "Rounding")]


def test_with_the_strongest_switched_off_the_next_is_told(app: Flask, cast: Cast, heard: Heard) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Rounding")
        outbox.sweep()
        with transaction():
            db.session.add(
                NotificationPreferences(user_id=cast.other.id, channels={"mention": [], "watched": []})
            )
            db.session.add(NotificationPreferences(user_id=cast.grace.id, channels={"mention": []}))
        choose_topic_level(cast.grace, topic.id, WatchLevel.WATCHING)
        choose_topic_level(cast.other, topic.id, WatchLevel.WATCHING)
        make_post(topic, cast.staff, "Ask @greta and @otto.")
    assert heard(cast.grace) == [("watched", "Rounding")]
    assert heard(cast.other) == []


def test_new_topics_are_told_where_a_place_is_watched(app: Flask, cast: Cast, heard: Heard) -> None:
    with app.app_context():
        choose_place_level(cast.other, cast.lounge.place_id, WatchLevel.FIRST_POST)
        choose_place_level(cast.grace, cast.lounge.place_id, WatchLevel.WATCHING)
        choose_place_level(cast.staff, cast.lounge.place_id, WatchLevel.TRACKING)
        choose_place_level(cast.staff, cast.nook.place_id, WatchLevel.FIRST_POST)
        topic = make_topic(cast.nook, cast.member, "In the nook")
        make_post(topic, cast.insider)
        make_topic(cast.lounge, cast.member, "In the lounge")
    assert heard(cast.other) == [("first_post", "In the nook"), ("first_post", "In the lounge")]
    assert heard(cast.grace) == [
        ("first_post", "In the nook"),
        ("watched", "In the nook"),
        ("first_post", "In the lounge"),
    ]
    assert heard(cast.staff) == [("first_post", "In the nook")]


def test_an_edit_tells_only_whom_it_names_anew(app: Flask, cast: Cast, heard: Heard) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Rounding")
        post = make_post(topic, cast.staff, "Ask @otto.")
        outbox.sweep()
        writing.edit_post(post, actor=now(cast.staff), written=prepare("Ask @otto, or @greta."))
    assert heard(cast.other) == heard(cast.grace) == [("mention", "Rounding")]
    assert heard(cast.member) == [("reply", "Rounding")]


def test_muted_and_ignored_stay_silent(app: Flask, cast: Cast, heard: Heard) -> None:
    with app.app_context():
        topic, quiet = make_topic(cast.lounge, cast.member), make_topic(cast.nook, cast.other)
        choose_topic_level(cast.member, topic.id, WatchLevel.MUTED)
        choose_place_level(cast.grace, cast.nook.place_id, WatchLevel.MUTED)
        with transaction():
            db.session.add(Ignore(user_id=cast.other.id, ignored_id=cast.staff.id, created_at=clock.now()))
        make_post(topic, cast.staff, "Ask @mina.")
        make_post(quiet, cast.staff, "Ask @otto and @greta.")
        make_post(quiet, cast.member, "Ask @otto.")
    assert heard(cast.member) == heard(cast.grace) == []
    assert heard(cast.other) == [("mention", quiet.title)]
    with app.app_context():  # nor do they follow it for what they do not hear
        levels = db.session.scalars(db.select(TopicWatch).where(TopicWatch.topic_id == quiet.id))
        reasons = {watch.user_id: watch.reason for watch in levels}
        assert reasons == {cast.other.id: WatchReason.STARTED, cast.member.id: WatchReason.POSTED} | {
            cast.staff.id: WatchReason.POSTED
        }


def test_what_one_may_no_longer_read_is_neither_listed_nor_counted(
    app: Flask, cast: Cast, heard: Heard
) -> None:
    with app.app_context():
        hidden = make_topic(cast.lounge, cast.member, "Hidden later")
        post = make_post(hidden, cast.staff, "Ask @otto.")
        deleted = make_topic(cast.lounge, cast.member, "Deleted later")
        make_post(deleted, cast.staff, "Ask @otto.")
        narrowed = make_topic(cast.lounge, cast.staff, "Narrowed later")
        make_post(narrowed, cast.staff, "Ask @otto.")
    assert len(heard(cast.other)) == 3
    with app.app_context():
        concealing.hide_post(post, actor=now(cast.staff), reason="Why.")
        concealing.delete_topic(deleted, actor=now(cast.staff), reason="Why.")
        audiences.set_audience(narrowed, actor=now(cast.staff), choice=choice("staff"), reason="Why.")
    assert heard(cast.other) == []
    with app.app_context():
        concealing.restore_post(post, actor=now(cast.staff), reason="Why.")
        with transaction():
            now(cast.other).suspend(at=clock.now(), until=None, reason="Why.")
            now(cast.other).rights_epoch += 1
    assert heard(cast.other) == []


def test_a_post_that_has_moved_is_where_it_is_now(app: Flask, cast: Cast, heard: Heard) -> None:
    """Into a topic for others: the topic that it was told of does not bring it back."""
    with app.app_context():
        topic, secret = (
            make_topic(cast.lounge, cast.member, "Open"),
            make_topic(cast.secret, cast.confidant, "Secret"),
        )
        post = make_post(topic, cast.staff, "Ask @otto.")
        outbox.sweep()
        with transaction():
            moved = db.session.merge(post)
            moved.topic_id, moved.number, moved.path = secret.id, 2, b"\0\0\2"
    assert heard(cast.other) == []


def test_whoever_wrote_something_hears_what_a_moderator_did_to_it(
    app: Flask, cast: Cast, heard: Heard, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Rounding")
        post = make_post(topic, cast.other)
        concealing.hide_post(post, actor=now(cast.moderator), reason="Said twice.")
        locking.lock_topic(topic, actor=now(cast.moderator), reason="Settled.")
        concealing.hide_topic(topic, actor=now(cast.moderator), reason="Let us look at it.")
    assert heard(cast.other) == [("moderated", "")]  # hidden with its topic, whose title is told no more
    assert heard(cast.member) == [("moderated", "Rounding")] * 2
    page = sign_in(cast.member).get("/notifications").text
    assert "hid your topic" in page and "Let us look at it." in page and "Settled." in page  # noqa: PT018
    assert f'href="/t/{topic.id}' not in page


def test_the_bell_and_the_page_and_what_takes_it_away(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Any, csrf: Any
) -> None:
    with app.app_context():
        topic, other = (
            make_topic(cast.lounge, cast.member, "Rounding"),
            make_topic(cast.lounge, cast.member, "Ports"),
        )
        for author in (cast.other, cast.grace, cast.staff, cast.staff):
            make_post(topic, author)
        make_post(other, cast.other, "Ask @mina.")
        outbox.sweep()
    browser = sign_in(cast.member)
    count = 'data-count="notifications">{}</span>'
    page = browser.get("/notifications").text
    assert count.format(5) in page
    assert "Stella Staff\u2069 and 2 others replied to you in" in page
    assert "4 posts" in page
    assert f"/t/{topic.id}/{topic.slug}/2#post-" in page  # where the oldest of them stands
    headers = {"X-CSRF-Token": csrf(browser)}
    assert browser.get("/api/v1/notifications?limit=1").get_json()["unread"] == 5
    browser.put(f"/t/{topic.id}/read", json={"numbers": [2, 3]}, headers=headers)
    page = browser.get("/notifications").text
    assert count.format(3) in page
    assert "and 2 others" not in page
    assert "and 2 others" not in browser.get("/notifications?show=all").text
    line = {"up_to": newest(app, cast.member), "topic": topic.id, "kind": "reply"}
    assert submit(browser, "/notifications/read", **line).headers["Location"] == "/notifications"
    page = browser.get("/notifications").text
    assert count.format(1) in page and "Ports" in page and "Rounding" not in page  # noqa: PT018
    submit(browser, "/notifications/read", up_to=newest(app, cast.member))
    page = browser.get("/notifications").text
    assert count.format("") in page and "Nothing new." in page  # noqa: PT018
    assert "Rounding" in browser.get("/notifications?show=all").text


def newest(app: Flask, user: User) -> int:
    with app.app_context():
        wanted = db.select(db.func.max(Notification.id)).where(Notification.user_id == user.id)
        return int(db.session.scalar(wanted) or 0)


def test_programs_list_and_mark(app: Flask, cast: Cast, sign_in: SignIn, csrf: Any) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Rounding")
        for _each in range(3):
            make_post(topic, cast.other)
        outbox.sweep()
    browser, others = sign_in(cast.member), sign_in(cast.other)
    headers = {"X-CSRF-Token": csrf(browser)}
    first = browser.get("/api/v1/notifications?limit=2").get_json()
    rest = browser.get(f"/api/v1/notifications?limit=2&after={first['next']}").get_json()
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    told = first["items"][0]
    assert told["kind"] == "reply" and told["topic"]["title"] == "Rounding" and told["number"] == 4  # noqa: PT018
    assert told["actor"]["username"] == "otto"
    mark = {"json": {"ids": [told["id"]]}}
    assert (
        others.put("/api/v1/notifications/read", **mark, headers={"X-CSRF-Token": csrf(others)}).status_code
        == 204
    )
    assert (
        browser.get("/api/v1/notifications?unread=true").get_json()["unread"] == 3
    )  # not somebody else's to mark
    assert browser.put("/api/v1/notifications/read", **mark, headers=headers).status_code == 204
    assert len(browser.get("/api/v1/notifications?unread=true").get_json()["items"]) == 2
    browser.put("/api/v1/notifications/read", json={"up_to": first["items"][1]["id"]}, headers=headers)
    assert browser.get("/api/v1/notifications?unread=true").get_json() == {
        "items": [],
        "next": None,
        "unread": 0,
    }
    assert app.test_client().get("/api/v1/notifications").status_code == 401


def test_the_list_is_paged_by_key(cast: Cast, context: None) -> None:
    topics = [make_topic(cast.lounge, cast.member, f"Topic {i}") for i in range(5)]
    for topic in topics:
        make_post(topic, cast.other)
    outbox.sweep()
    viewer, seen, after = viewer_of(now(cast.member)), [], None
    while True:
        page = lines_of(viewer, after=after, limit=2)
        seen += [line.newest.title for line in page.items]
        after = page.after
        if after is None:
            break
    assert seen == [f"Topic {i}" for i in (4, 3, 2, 1, 0)]


def test_no_page_costs_more_for_the_bell_and_the_list_not_for_its_rows(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any
) -> None:
    browser = sign_in(cast.member)
    counts = []
    for several in (1, 12):
        with app.app_context():
            for _each in range(several):
                make_post(make_topic(cast.lounge, cast.member), cast.other, "Ask @mina.")
            outbox.sweep()
        costs = []
        for page in ("/c", "/notifications", "/api/v1/notifications"):
            browser.get(page)
            with count_statements() as sent:
                browser.get(page)
            costs.append(len(sent))
        counts.append(costs)
    assert counts[0] == counts[1]
    assert counts[0][0] <= 6
    assert counts[0][1:] == [4, 4], sent


def test_what_was_told_before_is_new_no_longer_once_muted_or_ignored(
    app: Flask, cast: Cast, heard: Heard
) -> None:
    with app.app_context():
        muted, kept = make_topic(cast.lounge, cast.member, "Noise"), make_topic(cast.lounge, cast.member)
        make_post(muted, cast.other)
        make_post(kept, cast.other)
        make_post(kept, cast.grace, "Ask @mina.")
        locking.lock_topic(muted, actor=cast.moderator, reason="Enough.")
    assert len(heard(cast.member)) == 4
    with app.app_context():
        choose_topic_level(cast.member, muted.id, WatchLevel.MUTED)
    assert sorted(kind for kind, _title in heard(cast.member)) == ["mention", "moderated", "reply"]
    with app.app_context():
        ignore(cast.other, reader=cast.member)
        ignore(cast.moderator, reader=cast.member)
    assert sorted(kind for kind, _title in heard(cast.member)) == ["mention", "moderated"]
