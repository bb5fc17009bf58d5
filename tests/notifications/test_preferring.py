"""What somebody wants to be told of: on the page, by programs, and a list of what they follow."""

from typing import Any

from flask import Flask

from forum.discussions.actions import concealing
from forum.notifications.actions.watching import choose_place_level, choose_topic_level, stop_mail
from forum.notifications.models import WatchLevel
from forum.notifications.queries.preferences import THE_USUAL, preferences_of
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_post, make_topic
from tests.notifications.conftest import Heard
from tests.notifications.test_bell import now


def test_the_page_keeps_what_one_wants(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Any, heard: Heard
) -> None:
    browser = sign_in(cast.member)
    page = browser.get("/settings/notifications").text
    assert 'name="app" value="reply" checked' in page and 'name="mail" value="poll">' in page  # noqa: PT018
    wanted = {"app": ["mention"], "mail": ["mention", "reply"], "by_mail": "1", "posting": "watching"}
    assert submit(browser, "/settings/notifications", **wanted, reading="normal").status_code == 303
    page = browser.get("/settings/notifications").text
    assert 'name="app" value="reply">' in page and 'name="mail" value="reply" checked' in page  # noqa: PT018
    with app.app_context():
        wishes = preferences_of(cast.member.id)
        assert (wishes.posting, wishes.reading, wishes.mail) == ("watching", "normal", True)
        make_post(make_topic(cast.lounge, cast.member), cast.other)
    assert heard(cast.member) == []  # by mail alone
    assert submit(browser, "/settings/notifications", app=["loud"]).status_code == 422
    assert submit(browser, "/settings/notifications", posting="muted").status_code == 422


def test_programs_do_the_same_and_name_only_what_changes(
    app: Flask, cast: Cast, sign_in: SignIn, csrf: Any
) -> None:
    browser = sign_in(cast.member)
    headers = {"X-CSRF-Token": csrf(browser)}
    address = "/api/v1/notifications/preferences"
    usual = browser.get(address).get_json()
    assert usual["channels"]["poll"] == ["app"]
    body = {"mail": False, "channels": {"poll": [], "reply": ["mail"]}}
    changed = browser.put(address, json=body, headers=headers).get_json()
    assert changed == browser.get(address).get_json()
    assert changed == {
        **usual,
        "mail": False,
        "channels": {**usual["channels"], "poll": [], "reply": ["mail"]},
    }
    assert browser.put(address, json={"channels": {"poll": ["fax"]}}, headers=headers).status_code == 422
    with app.app_context():
        assert preferences_of(cast.other.id) == THE_USUAL


def test_the_list_of_what_one_follows(app: Flask, cast: Cast, sign_in: SignIn, submit: Any) -> None:
    with app.app_context():
        mine, muted, stopped, hidden = (
            make_topic(cast.lounge, author, title)
            for author, title in (
                (cast.member, "Mine"), (cast.other, "Muted one"), (cast.other, "Stopped"), (cast.other, "Hidden one"),
            )
        )  # fmt: skip
        choose_topic_level(cast.member, muted.id, WatchLevel.MUTED)
        choose_topic_level(cast.member, hidden.id, WatchLevel.WATCHING)
        stop_mail(cast.member, stopped.id)
        choose_place_level(cast.member, cast.nook.place_id, WatchLevel.FIRST_POST)
        choose_place_level(cast.member, cast.closed.place_id, WatchLevel.WATCHING)  # read no longer
        concealing.hide_topic(hidden, actor=now(cast.staff), reason="Why.")
    browser = sign_in(cast.member)
    page = browser.get("/settings/watching").text
    for words in ("Because you started it.", "Muted one", "No mail about it.", "Watching new topics", "Nook"):
        assert words in page, words
    assert "Hidden one" not in page
    assert "/c/closed-circle/watch" not in page
    answer = submit(browser, f"/t/{muted.id}/watch", level="", next="/settings/watching")
    assert answer.headers["Location"] == "/settings/watching"
    submit(browser, f"/t/{mine.id}/watch", level="normal")
    submit(browser, "/c/nook/watch", level="")
    page = browser.get("/settings/watching").text
    assert "Muted one" not in page and "Watching new topics" not in page  # noqa: PT018
    assert "Normal. You chose this." in page


def test_the_list_costs_the_same_for_more_rows(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any
) -> None:
    browser, counts = sign_in(cast.member), []
    for several in (1, 8):
        with app.app_context():
            for _each in range(several):
                make_topic(cast.lounge, cast.member)
        browser.get("/settings/watching")
        with count_statements() as sent:
            browser.get("/settings/watching")
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 4, sent
