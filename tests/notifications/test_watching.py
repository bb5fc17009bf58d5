"""How closely people follow topics and places: raised by what they do, chosen by themselves, never against a choice."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import reading
from forum.discussions.models import Topic
from forum.discussions.queries.unread import (
    followed_unread_of_places,
    unread_of_places,
    unread_of_topics,
    unread_topics,
)
from forum.jobs import outbox
from forum.notifications.actions.watching import choose_place_level, choose_topic_level
from forum.notifications.models import NotificationPreferences, WatchLevel
from forum.notifications.queries.watching import Watch, watches_of
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_post, make_topic


def level(app: Flask, user: User, topic: Topic) -> tuple[str, str]:
    """What the page says, and what the listener goes by: one and the same."""
    with app.app_context():
        outbox.sweep()
        watch = unread_of_topics(viewer_of(user), [topic.id])[topic.id].watch
        assert watches_of(topic.id).get(user.id, Watch()) == watch
        return str(watch.level), str(watch.reason)


def test_writing_raises_to_what_one_prefers(app: Flask, cast: Cast) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        make_post(topic, cast.other)
        with transaction():
            db.session.add(NotificationPreferences(user_id=cast.grace.id, posting=WatchLevel.NORMAL))
            db.session.add(NotificationPreferences(user_id=cast.staff.id, posting=WatchLevel.WATCHING))
        make_post(topic, cast.grace)
        make_post(topic, cast.staff)
    assert level(app, cast.member, topic) == ("tracking", "started")
    assert level(app, cast.other, topic) == ("tracking", "posted")
    assert level(app, cast.grace, topic) == ("normal", "default")
    assert level(app, cast.staff, topic) == ("watching", "posted")
    assert level(app, cast.insider, topic) == ("normal", "default")


def test_a_mention_raises_and_a_choice_stays(app: Flask, cast: Cast) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        choose_topic_level(cast.grace, topic.id, WatchLevel.NORMAL)
        choose_topic_level(cast.staff, topic.id, WatchLevel.WATCHING)
        make_post(topic, cast.member, "Ask @otto, @greta, @stella and @gaspard.")
    assert level(app, cast.other, topic) == ("tracking", "mentioned")
    assert level(app, cast.grace, topic) == ("normal", "chosen")
    assert level(app, cast.staff, topic) == ("watching", "chosen")
    assert level(app, cast.guest, topic) == ("normal", "default")  # who may not read it follows nothing


def test_what_came_about_by_itself_never_sinks(app: Flask, cast: Cast) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        with transaction():
            db.session.add(NotificationPreferences(user_id=cast.other.id, posting=WatchLevel.WATCHING))
        make_post(topic, cast.other)
        make_post(topic, cast.member, "As @otto says.")
    assert level(app, cast.other, topic) == ("watching", "posted")


def test_minutes_of_reading_raise_it_once_they_add_up(
    app: Flask, cast: Cast, sign_in: SignIn, csrf: Any
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    browser = sign_in(cast.other)

    def report(seconds: int) -> int:
        body = {"numbers": [1], "seconds": seconds}
        headers = {"X-CSRF-Token": csrf(browser)}
        return int(browser.put(f"/t/{topic.id}/read", json=body, headers=headers).status_code)

    assert report(100) == 204
    assert level(app, cast.other, topic) == ("normal", "default")
    assert report(reading.LONG - 100) == 204
    assert level(app, cast.other, topic) == ("tracking", "read")
    assert report(301) == 422
    assert report(-1) == 422


def test_looking_at_a_page_follows_nothing(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    sign_in(cast.other).get(f"/t/{topic.id}/{topic.slug}")
    assert level(app, cast.other, topic) == ("normal", "default")


@pytest.mark.parametrize(
    ("own", "posted", "place", "around", "holds"),
    [
        (None, False, "watching", None, ("watching", "place")),
        (None, False, "first_post", None, ("normal", "default")),
        (None, False, None, "muted", ("muted", "place")),
        (None, False, "normal", "muted", ("normal", "place")),
        (None, True, "watching", None, ("watching", "place")),  # the higher of both
        (None, True, "muted", None, ("tracking", "posted")),  # one takes part: not muted with its place
        ("muted", True, "watching", None, ("muted", "chosen")),
        ("normal", False, "muted", None, ("normal", "chosen")),
        ("normal", True, "watching", None, ("normal", "chosen")),
        (None, False, None, "tracking", ("tracking", "place")),
        (None, False, "first_post", "watching", ("normal", "default")),
        ("tracking", False, "muted", None, ("tracking", "chosen")),
    ],
)
def test_which_level_holds(
    app: Flask,
    cast: Cast,
    own: str | None,
    posted: bool,
    place: str | None,
    around: str | None,
    holds: tuple[str, str],
) -> None:
    with app.app_context():
        topic = make_topic(cast.nook, cast.member)
        if posted:
            make_post(topic, cast.other)
        if place:
            choose_place_level(cast.other, cast.nook.place_id, WatchLevel(place))
        if around:
            choose_place_level(cast.other, cast.lounge.place_id, WatchLevel(around))
        if own:
            choose_topic_level(cast.other, topic.id, WatchLevel(own))
    assert level(app, cast.other, topic) == holds
    with app.app_context():  # what is followed is found by statements of their own
        make_post(topic, cast.member)
        viewer, place_id = viewer_of(cast.other), cast.nook.place_id
        followed = holds[0] in ("tracking", "watching")
        assert unread_topics(viewer, [place_id], 10, only_followed=True) == [topic.id] * followed
        assert followed_unread_of_places(viewer, [place_id]) == ({place_id: 1} if followed else {})


def test_what_is_new_in_what_one_follows_has_a_list_and_exact_counts(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        tracked, other = (
            make_topic(cast.nook, cast.member, "Tracked"),
            make_topic(cast.lounge, cast.member, "Not"),
        )
        marked = make_topic(cast.lounge, cast.member, "Marked")
        choose_topic_level(cast.other, tracked.id, WatchLevel.TRACKING)
        choose_topic_level(cast.other, marked.id, WatchLevel.WATCHING)
        reading.mark_all_read([cast.nook.place, cast.lounge.place], reader=cast.other)
        for topic in (tracked, tracked, other):
            make_post(topic, cast.member)
        reading.mark_unread_from(marked, reader=cast.other, number=1)
    browser = sign_in(cast.other)
    page, everything = browser.get("/unread?show=followed").text, browser.get("/unread").text
    titles = re.findall(r'topic-row__link"[^>]*>(\w+)<', page)
    assert (sorted(titles), sorted(re.findall(r'topic-row__link"[^>]*>(\w+)<', everything))) == (
        ["Marked", "Tracked"],
        ["Marked", "Not", "Tracked"],
    )
    assert ("2 topics" in page, "3 topics" in everything, page.count("1 unread")) == (True, True, 2)
    assert re.search(r">2 new<", page)
    assert "Mark everything read" not in page
    listed = browser.get("/api/v1/unread?show=followed&limit=1").json
    assert [one["title"] for one in listed["items"]] == ["Marked"]
    rest = browser.get(f"/api/v1/unread?show=followed&after={listed['next']}").json
    assert ([one["title"] for one in rest["items"]], rest["next"]) == (["Tracked"], None)
    with app.app_context():
        reading.mark_all_read([cast.nook.place, cast.lounge.place], reader=cast.other)
    assert "You have read all that you follow." in browser.get("/unread?show=followed").text


def test_what_is_muted_is_not_counted_as_unread(app: Flask, cast: Cast) -> None:
    with app.app_context():
        muted, other = make_topic(cast.nook, cast.member), make_topic(cast.nook, cast.member)
        viewer, places = viewer_of(cast.other), [cast.lounge.place_id, cast.nook.place_id]
        choose_topic_level(cast.other, muted.id, WatchLevel.MUTED)
        assert unread_topics(viewer, places, 10) == [other.id]
        assert unread_of_places(viewer, places)[cast.nook.place_id].topics == 1
        states = unread_of_topics(viewer, [muted.id, other.id])
        assert (states[muted.id].count, states[muted.id].counted, states[other.id].counted) == (1, 0, 1)
        choose_place_level(cast.other, cast.lounge.place_id, WatchLevel.MUTED)
        assert unread_topics(viewer, places, 10) == []
        assert unread_of_places(viewer, places)[cast.nook.place_id].new == 0
        make_post(other, cast.other)  # by taking part one hears of it again
        make_post(other, cast.member)
        assert unread_topics(viewer, places, 10) == [other.id]


def test_the_page_says_the_level_and_why_and_takes_another(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Any
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    browser = sign_in(cast.other)
    address = f"/t/{topic.id}/{topic.slug}"
    assert "As usual." in browser.get(address).text
    assert submit(browser, f"/t/{topic.id}/watch", level="watching").status_code == 303
    assert level(app, cast.other, topic) == ("watching", "chosen")
    assert "You chose this." in browser.get(address).text
    assert submit(browser, f"/t/{topic.id}/watch", level="first_post").status_code == 422
    assert submit(browser, f"/t/{topic.id}/watch", level="").status_code == 303
    assert level(app, cast.other, topic) == ("normal", "default")
    assert submit(browser, "/c/lounge/watch", level="first_post").status_code == 303
    assert "Watching new topics" in browser.get("/c/lounge").text
    assert "As you chose for the place around it." in browser.get("/c/nook").text


def test_what_one_may_not_read_cannot_be_followed(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Any
) -> None:
    with app.app_context():
        topic = make_topic(cast.closed, cast.insider)
    browser = sign_in(cast.other)
    assert submit(browser, f"/t/{topic.id}/watch", level="watching").status_code == 404
    assert submit(browser, "/c/closed-circle/watch", level="watching").status_code == 404
    visitor = app.test_client()
    assert submit(visitor, "/c/welcome/watch", level="watching").status_code in {303, 401}


def test_programs_follow_too(app: Flask, cast: Cast, sign_in: SignIn, csrf: Any) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    browser = sign_in(cast.other)
    headers = {"X-CSRF-Token": csrf(browser)}
    for address, chosen in (
        (f"/api/v1/topics/{topic.id}/watch", "muted"),
        ("/api/v1/categories/lounge/watch", "first_post"),
    ):
        answer = browser.put(address, json={"level": chosen}, headers=headers)
        assert answer.get_json() == {"level": chosen, "reason": "chosen"}
        assert browser.put(address, json={"level": "loud"}, headers=headers).status_code == 422
        answer = browser.delete(address, headers=headers)
        assert answer.get_json() == {"level": "normal", "reason": "default"}


def test_time_with_a_topic_is_counted_no_further_than_it_matters(cast: Cast, context: None) -> None:
    topic = make_topic(cast.lounge, cast.member)
    for _again in range(3):
        clock.freeze(clock.now() + timedelta(minutes=5))
        marker = reading.mark_read(topic, reader=cast.other, seconds=300)
    assert marker.seconds == reading.LONG
