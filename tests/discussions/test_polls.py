"""Polls: made with a post, voted in once by each person, counted, closed, and nobody's secret told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Forbidden, Invalid
from forum.discussions.actions import concealing, locking, polling
from forum.discussions.actions.polling import PollPlan
from forum.discussions.actions.writing import reply
from forum.discussions.models import Post, Topic
from forum.discussions.models.polls import Poll, PollBallot, PollKind, PollResults
from forum.discussions.polls import runoff
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.conftest import NOW
from tests.factories import make_post, make_topic, make_user, settled, written

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]
ROOMS = PollPlan("How many rooms?", ("Two", "Three", "None at all"))


def make(cast: Cast, topic: Topic, author: User | None = None, **how: Any) -> Post:
    plan = PollPlan(**({"question": ROOMS.question, "options": ROOMS.options} | how))
    return settled(reply(topic, author=author or cast.member, written=written("Say."), poll=plan))


@pytest.fixture
def topic(app: Flask, cast: Cast) -> Topic:
    with app.app_context():
        return make_topic(cast.lounge, cast.member, "The meeting")


def tally(post: Post) -> tuple[dict[str, int], int, int]:
    poll = db.session.get_one(Poll, post.id, populate_existing=True)
    rows = db.session.scalar(select(func.count()).where(PollBallot.post_id == post.id))
    return poll.tally, poll.ballot_count, rows or 0


def test_a_poll_is_made_with_a_topic_voted_in_and_closed(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    member, other = sign_in(cast.member), sign_in(cast.other)
    sent = submit(
        member, "/new", category="lounge", title="Rooms", body="Well?", poll_question="How many rooms?",
        poll_options="Two\r\nThree\r\n", poll_closes="2026-12-31T18:00",
    )  # fmt: skip
    assert sent.status_code == 303
    page = other.get(sent.location).text
    assert "How many rooms?" in page
    with app.app_context():
        post = db.session.scalars(select(Post).where(Post.has_poll)).one()
    voted = submit(other, f"/posts/{post.id}/poll", choices="1")
    assert voted.status_code == 303
    seen = other.get(sent.location).text
    assert "1 vote" in seen
    assert "your vote" in seen
    assert "your vote" not in member.get(sent.location).text
    submit(other, f"/posts/{post.id}/poll", choices="0")
    submit(member, f"/posts/{post.id}/poll", choices="0")
    submit(member, f"/posts/{post.id}/poll/withdraw")
    with app.app_context():
        assert tally(post) == ({"0": 1}, 1, 1)
    assert submit(other, f"/posts/{post.id}/poll/close").status_code == 403
    assert "cannot be opened again" in member.get(f"/posts/{post.id}/poll/close").text
    assert submit(member, f"/posts/{post.id}/poll/close", reason="All have voted.").status_code == 303
    submit(member, f"/posts/{post.id}/poll/close")
    seen = other.get(sent.location).text
    assert seen.count("closed the poll in post 1") == 1
    assert "All have voted." in seen
    late = submit(other, f"/posts/{post.id}/poll", choices="1")
    assert (late.status_code, "This poll is closed." in late.text) == (422, True)


def test_a_poll_comes_with_a_reply_and_what_was_typed_stays(
    app: Flask, cast: Cast, topic: Topic, sign_in: SignIn, submit: Submit
) -> None:
    member, where = sign_in(cast.member), f"/t/{topic.id}/reply"
    asked = submit(member, where, body="I wonder.", **{"with": "poll"})
    assert asked.status_code == 200
    assert "I wonder.</textarea>" in asked.text
    assert 'name="poll_question"' in asked.text
    for wrong, told in (
        ({"poll_question": "", "poll_options": "A\nB"}, "Fill this in."),
        ({"poll_options": "Only one"}, "From 2 to 20 options"),
        ({"poll_options": "A\na"}, "Two options are the same."),
        ({"poll_closes": "2020-01-01T00:00"}, "This moment is past."),
        ({"poll_kind": "multiple", "poll_most": "3"}, "There are only 2 options."),
        ({"poll_kind": "ranked", "poll_least": "2", "poll_most": "1"}, "more than can be chosen"),
        ({"poll_options": f"A\n{'x' * 201}"}, "At most 200 characters."),
    ):
        fields = {"body": "I wonder.", "poll_question": "Which?", "poll_options": "A\nB"} | wrong
        page = submit(member, where, **fields)
        assert (page.status_code, told in page.text) == (422, True), told
        assert "I wonder.</textarea>" in page.text
    sent = submit(member, where, body="I wonder.", poll_question="Which?", poll_options="A\nB")
    assert "Which?" in member.get(sent.location).text


def test_an_edit_changes_a_poll_until_the_first_vote(
    app: Flask, cast: Cast, topic: Topic, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        post = make(cast, topic)
    member, where = sign_in(cast.member), f"/posts/{post.id}/edit"
    assert "Three\nNone at all</textarea>" in member.get(where).text
    fields = {"body": "Say.", "poll_question": "How many?", "poll_options": "One\nTwo"}
    assert submit(member, where, **fields).status_code == 303
    with app.app_context():
        assert db.session.get_one(Poll, post.id).options == ["One", "Two"]
        polling.vote(post, [0], voter=cast.other)
    assert "can no longer be changed" in member.get(where).text
    assert submit(member, where, **(fields | {"poll_options": "One\nFive"})).status_code == 422
    assert submit(member, where, body="Said.").status_code == 303
    with app.app_context():
        assert db.session.get_one(Poll, post.id).options == ["One", "Two"]
        polling.withdraw_vote(post, voter=cast.other)
    assert submit(member, where, body="Said.", poll_question="", poll_options="").status_code == 303
    with app.app_context():
        assert db.session.get(Poll, post.id) is None
    assert member.get(f"/posts/{post.id}/poll").status_code == 404


def test_what_may_be_chosen(app: Flask, cast: Cast, topic: Topic) -> None:
    with app.app_context():
        one = make(cast, topic)
        two = make(cast, topic, kind=PollKind.MULTIPLE, least=2, most=2)
        ranked = make(cast, topic, kind=PollKind.RANKED, least=1, most=3)
        for post, choices in (
            (one, []),
            (one, [0, 1]),
            (one, [3]),
            (two, [0]),
            (two, [0, 0]),
            (ranked, []),
            (ranked, [1, 1]),
        ):
            with pytest.raises(Invalid):
                polling.vote(post, choices, voter=cast.other)
        polling.vote(two, [2, 0], voter=cast.other)
        polling.vote(ranked, [2, 0], voter=cast.other)
        assert (tally(two)[0], tally(ranked)[0]) == ({"0 2": 1}, {"2 0": 1})


def test_a_final_vote_stays(app: Flask, cast: Cast, topic: Topic) -> None:
    with app.app_context():
        post = make(cast, topic, is_final=True)
        polling.vote(post, [0], voter=cast.other)
        polling.vote(post, [0], voter=cast.other)
        with pytest.raises(Forbidden):
            polling.vote(post, [1], voter=cast.other)
        with pytest.raises(Forbidden):
            polling.withdraw_vote(post, voter=cast.other)
        assert tally(post) == ({"0": 1}, 1, 1)


def test_whoever_may_not_answer_does_not_vote(
    app: Flask, cast: Cast, topic: Topic, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        post, hidden = make(cast, topic), make(cast, topic)
        concealing.hide_post(hidden, actor=cast.moderator, reason="No.")
    other = sign_in(cast.other)
    assert submit(sign_in(cast.guest), f"/posts/{post.id}/poll", choices="0").status_code == 404
    assert submit(other, f"/posts/{hidden.id}/poll", choices="0").status_code == 404
    assert other.get(f"/posts/{hidden.id}/poll").status_code == 404
    assert sign_in(cast.moderator).get(f"/posts/{hidden.id}/poll").status_code == 200
    with app.app_context():
        locking.lock_topic(topic, actor=cast.moderator, reason="Enough.")
    assert submit(other, f"/posts/{post.id}/poll", choices="0").status_code == 403
    assert "This topic is locked" in other.get(f"/posts/{post.id}/poll").text


def test_a_poll_ends_with_its_time_and_nothing_has_to_be_done(app: Flask, cast: Cast, topic: Topic) -> None:
    with app.app_context():
        post = make(cast, topic, closes_at=NOW + timedelta(hours=1), results=PollResults.CLOSED)
        polling.vote(post, [0], voter=cast.other)
        clock.freeze(NOW + timedelta(hours=1))
        with pytest.raises(Invalid):
            polling.vote(post, [1], voter=cast.member)
        polling.close_poll(post, actor=cast.member)
        assert db.session.get_one(Poll, post.id).closed_at is None


@pytest.mark.parametrize(
    ("results", "shown"), [("always", (1, 1, 1)), ("voted", (0, 1, 1)), ("closed", (0, 0, 1))]
)
def test_results_are_shown_when_they_may_be(
    app: Flask, cast: Cast, topic: Topic, program: ProgramOf, results: str, shown: tuple[int, int, int]
) -> None:
    with app.app_context():
        post = make(cast, topic, results=PollResults(results), is_open=True)
        polling.vote(post, [0], voter=cast.other)
    author, voter = program(cast.member), program(cast.other)

    def sees(who: Any) -> bool:
        poll = who.get(f"/posts/{post.id}/poll").json
        page = who.browser.get(f"/posts/{post.id}/poll").text if hasattr(who, "browser") else ""
        listed = who.get(f"/posts/{post.id}/poll/ballots").json["items"]
        known = poll["options"][0]["votes"] is not None
        assert known == bool(listed) == (poll["winners"] is not None)
        assert known or "100 %" not in page
        return known

    assert (sees(author), sees(voter)) == tuple(map(bool, shown[:2]))
    with app.app_context():
        polling.close_poll(post, actor=cast.member)
    assert sees(author) == bool(shown[2])


def test_a_secret_vote_is_told_to_nobody(
    app: Flask, cast: Cast, topic: Topic, program: ProgramOf, sign_in: SignIn
) -> None:
    with app.app_context():
        secret, is_open = make(cast, topic), make(cast, topic, is_open=True)
        for post in (secret, is_open):
            polling.vote(post, [1], voter=cast.other)
    for who in (cast.member, cast.moderator, cast.staff, cast.other):
        assert program(who).get(f"/posts/{secret.id}/poll/ballots").json["items"] == []
        assert (
            "Otto Other"
            not in sign_in(who)
            .get(f"/posts/{secret.id}/poll")
            .text.partition("<main")[2]
            .partition("</main>")[0]
        )
        ballots = program(who).get(f"/posts/{is_open.id}/poll/ballots").json["items"]
        assert [(one["user"]["username"], one["choices"]) for one in ballots] == [("otto", [1])]
    assert program(cast.guest).get(f"/posts/{is_open.id}/poll/ballots").status_code == 404
    with app.app_context():
        assert not db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("%poll%"))).all()
    assert program(cast.other).get(f"/posts/{secret.id}/poll").json["mine"] == [1]
    assert program(cast.staff).get(f"/posts/{secret.id}/poll").json["mine"] is None


def test_programs_make_polls_and_vote(app: Flask, cast: Cast, program: ProgramOf) -> None:
    member, other = program(cast.member), program(cast.other)
    poll = {
        "question": "Which?",
        "options": ["A", "B", "C"],
        "kind": "ranked",
        "closes_at": "2026-12-31T00:00:00Z",
    }
    made = member.post("/categories/lounge/topics", {"title": "T", "body": "B", "poll": poll})
    assert made.status_code == 201
    first = member.items(f"/topics/{made.json['id']}/posts")[0]
    assert (first["poll"]["question"], first["poll"]["most"]) == ("Which?", 3)
    cast_vote = other.put(f"/posts/{first['id']}/poll/ballot", {"choices": [2, 0]})
    assert (cast_vote.json["mine"], cast_vote.json["rounds"]) == ([2, 0], [[0, 0, 1]])
    assert other.put(f"/posts/{first['id']}/poll/ballot", {"choices": [5]}).status_code == 422
    assert other.delete(f"/posts/{first['id']}/poll/ballot").json["ballot_count"] == 0
    assert other.put(f"/posts/{first['id']}/poll/closed").status_code == 403
    assert member.put(f"/posts/{first['id']}/poll/closed").json["closed"] is True
    bad = member.post(
        f"/topics/{made.json['id']}/posts", {"body": "B", "poll": poll | {"options": ["A", "A"]}}
    )
    assert (bad.status_code, list(bad.json["errors"])) == (422, ["poll.options"])
    assert member.get(f"/posts/{made.json['id']}/poll").status_code == 404


RUNOFFS = [
    ({"0": 6, "1": 4}, 2, [[6, 4]], [0]),
    ({"0 1": 4, "1 0": 3, "2 1": 2}, 3, [[4, 3, 2], [4, 5]], [1]),  # the third's votes go to the second
    ({"0": 4, "1": 3, "2": 2}, 3, [[4, 3, 2], [4, 3]], [0]),  # votes that name nobody else are spent
    ({"0": 2, "1": 2}, 2, [[2, 2]], [0, 1]),
    ({}, 3, [[0, 0, 0]], []),
    (
        {"0": 4, "1 0": 2, "2 1": 2, "3": 1},
        4,
        [[4, 2, 2, 1], [4, 2, 2], [4, 4]],
        [0, 1],
    ),  # of equals the last goes
    ({"0": 3, "1": 2, "3": 2}, 4, [[3, 2, 0, 2], [3, 2, 2], [3, 2]], [0]),  # what nobody chose goes first
    ({"0 1": 3, "1 2": 3, "2 0": 2, "3 2": 1}, 4, [[3, 3, 2, 1], [3, 3, 3]], [0, 1, 2]),
]


@pytest.mark.parametrize(("cast_votes", "options", "rounds", "winners"), RUNOFFS)
def test_ranked_votes_are_counted_by_instant_runoff(
    cast_votes: dict[str, int], options: int, rounds: list[list[int]], winners: list[int]
) -> None:
    found = runoff(cast_votes, options)
    assert [list(each.votes.values()) for each in found.rounds] == rounds
    assert list(found.winners) == winners
    for each in found.rounds:
        assert sum(each.votes.values()) + each.spent == sum(cast_votes.values())


def test_fifty_tries_at_once_are_one_vote(app: Flask, cast: Cast, topic: Topic) -> None:
    with app.app_context():
        post = make(cast, topic)

    def attempt(n: int) -> None:
        with app.app_context():
            polling.vote(post, [n % 3], voter=cast.other)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(attempt, range(50)))
    with app.app_context():
        votes, count, rows = tally(post)
        assert (sum(votes.values()), count, rows) == (1, 1, 1)


def test_a_page_costs_the_same_for_more_options_and_voters(
    app: Flask, cast: Cast, topic: Topic, sign_in: SignIn, count_statements: Any
) -> None:
    browser, page = sign_in(cast.member), f"/t/{topic.id}/{topic.slug}"
    with app.app_context():
        make_post(topic, cast.other)

    def cost() -> int:
        browser.get(page)
        with count_statements() as sent:
            browser.get(page)
        return len(sent)

    without = cost()
    with app.app_context():
        small = make(cast, topic, kind=PollKind.RANKED, most=3)
        polling.vote(small, [0], voter=cast.other)
    few = cost()
    with app.app_context():
        large = make(
            cast, topic, options=tuple(f"Number {n}" for n in range(20)), kind=PollKind.RANKED, most=20
        )
        for n in range(8):
            polling.vote(large, [n, 19], voter=make_user(f"voter{n}"))
    assert cost() == few <= without + 1


def test_paper_and_feeds_hold_the_poll(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        public = make_topic(cast.welcome, cast.member)
        post = make(cast, public, options=("Two", "<b>Three</b>"))
        polling.vote(post, [1], voter=cast.other)
    paper = app.test_client().get(f"/t/{public.id}/{public.slug}/print").text
    assert "How many rooms?" in paper
    assert "&lt;b&gt;Three" in paper
    feed = app.test_client().get("/feeds/site.atom").text
    assert "How many rooms?" in feed
