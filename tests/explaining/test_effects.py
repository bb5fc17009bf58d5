"""What a change of audience comes to, told before it is saved: it is what then is, and tells nobody more than they may know."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.access.audience import may_read, may_reply
from forum.access.guises import stand_in
from forum.access.models import Audience, AudienceKind, Scope, ScopePerson
from forum.access.places import (
    AudienceChoice,
    audience_for,
    change_place,
    find_scope,
    planned_audience,
    planned_changes,
)
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.boards.models import Category
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions.audiences import set_audience
from forum.discussions.actions.locking import lock_topic
from forum.discussions.effects import Effect, effect_of_joining, effect_of_moving, effect_on_topic
from forum.discussions.models import Post, Topic
from forum.discussions.queries.topics import find_topic
from tests.access.building import undone
from tests.cast import Cast
from tests.factories import choice, make_category, make_post, make_topic
from tests.leaks.test_leaks import masked_token

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]
SIX = ("read_scope_id", "reply_scope_id", "gate1_id", "gate2_id", "oversight_id", "overseers_id")
KINDS = [kind for kind in AudienceKind if kind is not AudienceKind.GROUP]
ALL_CHOICES = [
    (read, reply, opened) for read in AudienceKind for reply in AudienceKind for opened in (False, True)
]


def same(one: Audience, other: Audience) -> bool:
    """The same walls; what would be made anew is known by standing for nobody."""
    return all(
        getattr(one, column) == getattr(other, column) or getattr(one, column) < 0 for column in SIX
    ) and (one.read_kind, one.reply_kind, one.opened) == (other.read_kind, other.reply_kind, other.opened)


@pytest.mark.usefixtures("context")
def test_what_is_planned_is_what_is_made(cast: Cast, database: str) -> None:
    """For every choice, in open, nested and closed places; and planning makes nothing. On PostgreSQL for every third."""
    choices = ALL_CHOICES if database.startswith("sqlite") else ALL_CHOICES[::3]
    for category in (cast.welcome, cast.lounge, cast.nook, cast.closed, cast.desk):
        for read, reply, opened in choices:
            for group in (cast.closed_group, cast.secret_group):
                chosen = AudienceChoice(read, reply, group.id, opened)
                before = db.session.query(Audience).count(), db.session.query(Scope).count()
                planned = planned_audience(category.place, chosen, topic_id=77)
                assert (db.session.query(Audience).count(), db.session.query(Scope).count()) == before
                with undone():
                    assert same(planned, audience_for(category.place, chosen, topic_id=77)), (
                        category.slug,
                        chosen,
                    )


@pytest.mark.usefixtures("context")
def test_what_is_planned_for_a_place_is_what_it_becomes(cast: Cast) -> None:
    inner = make_category("inner", read="members", parent=cast.lounge)
    make_topic(cast.lounge, cast.member, audience=choice("guests", opened=True))
    make_topic(cast.lounge, cast.member, audience=choice("members"))
    make_topic(inner, cast.member, audience=choice("guests"))
    for read in [*KINDS[:-1], AudienceKind.GROUP]:
        chosen = AudienceChoice(read, read, cast.closed_group.id)
        lounge = db.session.get_one(Category, cast.lounge.id)
        planned = {now.id: then for now, then in planned_changes(lounge.place, chosen, parent=None)}
        assert len(planned) >= 5
        db.session.expire_all()
        with undone():
            place = db.session.get_one(Category, cast.lounge.id).place
            change_place(place, chosen, read)
            for audience_id, then in planned.items():
                made = db.session.get_one(Audience, audience_id)
                assert same(then, made), (read, made.inherits, made.read_kind)


def effect(
    topic: Topic, asker: User, chosen: AudienceChoice | None, people: list[User] | None = None
) -> Effect:
    viewer = viewer_of(db.session.get_one(User, asker.id, populate_existing=True))
    found = find_topic(viewer, topic.id)
    assert found is not None
    return effect_on_topic(found, chosen, people or [], asker=viewer)


@pytest.mark.usefixtures("context")
def test_who_gains_and_who_loses_is_who_then_does(cast: Cast) -> None:
    """Told by kind for every change between the fixed kinds, and held against what is read before and after."""
    words = {
        "visitor": "Everybody without an account, and search engines",
        "guest": "Guests",
        "member": "Members",
    }
    for first in ("public", "guests", "members", "staff"):
        for then in ("public", "guests", "members", "staff"):
            topic = make_topic(cast.lounge, cast.member, audience=choice(first, opened=True))
            told = effect(topic, cast.moderator, choice(then, opened=True))
            before = {
                k: may_read(stand_in(k), db.session.get_one(Audience, topic.audience_id)) for k in words
            }
            made = set_audience(
                topic, actor=db.session.get_one(User, cast.moderator.id), choice=choice(then, opened=True)
            )
            after = {k: may_read(stand_in(k), made.audience) for k in words}
            assert {k for k, w in words.items() if w in told.gains} == {
                k for k in words if after[k] and not before[k]
            }
            assert {k for k, w in words.items() if w in told.loses} == {
                k for k in words if before[k] and not after[k]
            }


@pytest.mark.usefixtures("context")
def test_people_are_told_by_name_and_whoever_wrote_and_loses_it(cast: Cast) -> None:
    topic = make_topic(cast.lounge, cast.member, "Among members")
    make_post(topic, cast.other)
    make_post(topic, cast.moderator)
    told = effect(topic, cast.member, choice("people", opened=True), [cast.guest])
    assert "Gaspard Guest" in told.gains
    assert told.loses == ["Members"]
    assert told.writers_lose == ["Otto Other"]  # the moderator oversees it, the author is one of them
    assert not told.you_lose
    set_audience(
        topic,
        actor=db.session.get_one(User, cast.moderator.id),  # the author may not widen it again
        choice=choice("people", opened=True),
        people=[cast.guest],
    )
    back = effect(topic, cast.member, None)
    assert "Gaspard Guest" in back.loses
    assert back.gains == ["Members"]


@pytest.mark.usefixtures("context")
def test_answers_are_told_apart_from_reading(cast: Cast) -> None:
    topic = make_topic(cast.welcome, cast.member, "Open")
    told = effect(topic, cast.member, choice("public", "members"))
    assert told.gains == told.loses == []
    assert told.answers_lost == ["Guests"]
    narrow = effect(topic, cast.member, choice("members"))
    assert set(narrow.loses) == {"Everybody without an account, and search engines", "Guests"}
    assert narrow.answers_lost == []


def joined(source: Topic, target: Topic, asker: User, posts: list[Post] | None = None) -> Effect:
    viewer = viewer_of(db.session.get_one(User, asker.id, populate_existing=True))
    found = [find_topic(viewer, topic.id) for topic in (source, target)]
    assert found[0] is not None
    assert found[1] is not None
    ids = [post.id for post in posts] if posts is not None else None
    return effect_of_joining(found[0], found[1], asker=viewer, post_ids=ids)


@pytest.mark.usefixtures("context")
def test_what_joins_another_topic_is_gained_and_lost_by_whom_that_reaches(cast: Cast) -> None:
    """By kind, for all pairs of places: what is told is the difference of what both may read and answer."""
    words = {
        "visitor": "Everybody without an account, and search engines",
        "guest": "Guests",
        "member": "Members",
    }
    topics = [
        make_topic(c, cast.staff) for c in (cast.welcome, cast.porch, cast.lounge, cast.nook, cast.desk)
    ]
    topics.append(make_topic(cast.welcome, cast.staff, audience=choice("public", "members")))
    for source in topics:
        for target in topics:
            told = joined(source, target, cast.site_moderator)
            audiences = [db.session.get_one(Audience, topic.audience_id) for topic in (source, target)]
            for kind, name in words.items():
                was, will = (may_read(stand_in(kind), audience) for audience in audiences)
                assert (name in told.gains, name in told.loses) == (will and not was, was and not will)
                may = [may_reply(stand_in(kind), audience) for audience in audiences]
                change = (may[1] - may[0]) if was and will else 0
                assert (name in told.answers_gained, name in told.answers_lost) == (change > 0, change < 0)
            same = source.audience_id == target.audience_id
            assert told.is_nothing is (
                same or {source.place_id, target.place_id} <= {cast.lounge.place_id, cast.nook.place_id}
            )


@pytest.mark.usefixtures("context")
def test_who_is_named_elsewhere_is_told_only_to_those_who_may_know(cast: Cast) -> None:
    plain = make_topic(cast.lounge, cast.member, "Plain")
    aside = make_post(plain, cast.other)
    make_post(plain, cast.insider)
    named = make_topic(
        cast.porch, cast.member, audience=choice("people", opened=True), people=[cast.guest, cast.moderator]
    )
    told = joined(plain, named, cast.moderator, [aside])
    assert "Those who are named for the other topic" in told.gains
    assert told.loses[0] == "Members"
    assert told.writers_lose == ["Otto Other"]  # of the posts that are meant
    assert "Gaspard" not in repr(told)
    assert (
        told.sentence
        == effect(named, cast.staff, choice("people", opened=True), [cast.guest, cast.moderator]).sentence
    )
    assert "Gaspard Guest" in joined(plain, named, cast.site_moderator, [aside]).gains
    assert "Gaspard Guest" in joined(named, plain, cast.site_moderator).loses


@pytest.mark.usefixtures("context")
def test_whoever_is_named_and_is_left_behind_by_a_move_is_told_of(cast: Cast) -> None:
    topic = make_topic(cast.lounge, cast.member, audience=choice("people"), people=[cast.other])
    viewer = viewer_of(db.session.get_one(User, cast.site_moderator.id))
    found = find_topic(viewer, topic.id)
    told = {
        category.slug: effect_of_moving(found, category.place, asker=viewer)
        for category in (cast.nook, cast.porch, cast.desk)
    }
    assert "Otto Other" not in [*told["nook"].loses, *told["porch"].loses]
    assert "Otto Other" in told["desk"].loses
    assert "Members" not in told["desk"].loses  # they never read it


@pytest.mark.usefixtures("context")
def test_who_is_in_a_group_is_not_told_where_posts_go(cast: Cast) -> None:
    into = make_topic(cast.closed, cast.insider)
    with transaction():
        db.session.add(
            ScopePerson(scope_id=find_scope("group", cast.closed_group.id), user_id=cast.site_moderator.id)
        )
        db.session.get_one(User, cast.site_moderator.id).rights_epoch += 1
    answers = []
    for writer in (cast.insider, cast.other):
        topic = make_topic(cast.lounge, cast.member, "Plain")
        post = make_post(topic, writer)
        answers.append(joined(topic, into, cast.site_moderator, [post]))
    assert answers[0] == answers[1]
    assert answers[0].writers_untold
    assert "Members" in answers[0].loses


def test_the_pages_of_moving_splitting_and_merging_say_who_gains_and_who_loses(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    nothing = "Nobody gains it, and nobody loses it."
    with app.app_context():
        topic, other = make_topic(cast.welcome, cast.member), make_topic(cast.welcome, cast.member)
        post, locked = make_post(topic, cast.guest), make_topic(cast.lounge, cast.member)
        lock_topic(locked, actor=cast.staff, reason="Done.")
    staff = sign_in(cast.staff)
    choose, merge = f"/t/{topic.id}/choose", f"/t/{topic.id}/merge"
    look = {"step": "look", "posts": str(post.id), "title": "Apart"}
    for page in (
        submit(staff, choose, act="split", **look),
        submit(staff, choose, act="join", target=f"/t/{other.id}", **look),
        submit(staff, merge, target=f"/t/{other.id}", step="look"),
    ):
        assert nothing in page.text
    for page in (
        submit(staff, choose, act="split", category="lounge", **look),
        submit(staff, choose, act="join", target=f"/t/{locked.id}", **look),
        submit(staff, merge, target=f"/t/{locked.id}", step="look"),
        submit(staff, f"/t/{topic.id}/move", category="lounge", step="look"),
    ):
        assert nothing not in page.text
        for words in (
            "Can no longer read it",
            "search engines",
            "Gaspard Guest",
            "Members can read this and answer.",
        ):
            assert words in page.text, words
    several = {"topics": [str(topic.id), str(other.id)], "act": "move", "step": "look"}
    page = submit(staff, "/c/welcome/choose", **several, category="lounge").text
    assert "Can no longer read it" in page
    assert (
        nothing
        in submit(
            staff, "/c/lounge/choose", topics=str(locked.id), act="move", category="nook", step="look"
        ).text
    )
    assert "nobody could answer any more" in submit(staff, merge, target=f"/t/{locked.id}", step="look").text
    page = submit(staff, f"/t/{locked.id}/merge", target=f"/t/{topic.id}", step="look").text
    assert "Then it could be answered again." in page
    assert "Can read it from then on" in page


@pytest.mark.usefixtures("context")
def test_staff_are_told_numbers_and_nobody_else_is(cast: Cast) -> None:
    topic = make_topic(cast.lounge, cast.member, "Plain")
    assert effect(topic, cast.staff, choice("guests", opened=True)).gains == ["Guests (2)"]
    assert effect(topic, cast.member, choice("guests", opened=True)).gains == ["Guests"]


@pytest.mark.usefixtures("context")
def test_who_is_in_a_group_is_not_told_by_an_effect(cast: Cast) -> None:
    """Whether the other one who wrote is in the group or not, its author reads the same."""
    answers = []
    for writer in (cast.confidant, cast.other):
        topic = make_topic(cast.lounge, cast.insider, "Plain")
        make_post(topic, writer)
        told = effect(topic, cast.insider, choice("group", group_id=cast.closed_group.id))
        assert told.writers_lose == []
        assert told.writers_untold
        assert "Members" in told.loses
        answers.append(told)
    assert answers[0] == answers[1]
    staff = effect(topic, cast.staff, choice("group", group_id=cast.closed_group.id))
    assert staff.writers_lose == ["Otto Other"]
    assert staff.you_lose


@pytest.mark.usefixtures("context")
def test_a_suspension_is_not_told_by_an_effect(cast: Cast) -> None:
    mine = make_topic(
        cast.lounge, cast.member, "Mine", audience=choice("people", opened=True), people=[cast.guest]
    )
    told = effect(mine, cast.member, choice("people", opened=True), [cast.suspended, cast.other])
    assert {"Sven Suspended", "Otto Other"} <= set(told.gains)
    assert "Gaspard Guest" in told.loses


def test_the_page_shows_the_effect_and_changes_nothing(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Plain")
        make_post(topic, cast.guest)
    author, guest = sign_in(cast.member), sign_in(cast.guest)
    fields = {"inherits": "0", "read": "members", "reply": "members", "reason": "Names."}
    page = submit(author, f"/t/{topic.id}/audience", **fields, step="look")
    assert page.status_code == 200
    for words in ("Gaspard Guest", "Guests", "search engines", "Have written in it, and would lose it"):
        assert words in page.text, words
    assert guest.get(f"/t/{topic.id}/plain").status_code == 200
    saved = submit(author, f"/t/{topic.id}/audience", **fields, step="save")
    assert saved.status_code == 303
    assert guest.get(f"/t/{topic.id}/plain").status_code == 404
    again = submit(author, f"/t/{topic.id}/audience", **fields, step="look")
    assert "Nobody gains it, and nobody loses it." in again.text


def test_programs_ask_for_the_effect_first(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Plain")
        make_post(topic, cast.guest)
        for_members = make_topic(cast.lounge, cast.member, "For members")
    author, other, guest = sign_in(cast.member), sign_in(cast.other), sign_in(cast.guest)
    at = f"/api/v1/topics/{topic.id}/audience/effect"
    told = author.post(at, json={"read": "members"}, headers=masked_token(author))
    assert told.status_code == 200
    assert told.get_json()["loses"] == ["Everybody without an account, and search engines", "Guests"]
    assert told.get_json()["writers_lose"] == ["Gaspard Guest"]
    assert other.post(at, json={"read": "guests"}, headers=masked_token(other)).status_code == 403
    elsewhere = f"/api/v1/topics/{for_members.id}/audience/effect"
    assert guest.post(elsewhere, json={"read": "guests"}, headers=masked_token(guest)).status_code == 404
    refused = author.post(at, json={"read": "staff"}, headers=masked_token(author))
    assert refused.status_code == 422
    assert author.get(f"/api/v1/topics/{topic.id}").get_json()["audience"]["read"] == "public"


def test_staff_see_what_another_default_comes_to(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        make_topic(cast.lounge, cast.member)
        make_topic(cast.lounge, cast.member)
        make_topic(cast.lounge, cast.member, audience=choice("guests", opened=True))
        make_topic(cast.nook, cast.member)
        make_topic(cast.closed, cast.insider)
    staff = sign_in(cast.staff)
    fields = {"name": "Lounge", "slug": "lounge", "read": "staff", "reply": "staff", "start": "staff"}
    page = submit(staff, "/staff/categories/lounge", **fields, step="look")
    assert page.status_code == 200
    for words in (
        "2 topics that leave it to the place",
        "1 topic that leaves it to the place, in Nook",
        "1 topic with an audience of its own",
        "Can no longer read it",
        "Members (",
    ):
        assert words in page.text, words
    assert sign_in(cast.member).get("/c/lounge").status_code == 200  # nothing has changed
    closed = {"name": "C", "slug": "closed-circle", "read": "members", "reply": "members", "start": "members"}
    page = submit(staff, "/staff/categories/closed-circle", **closed, step="look")
    assert "not counted here" in page.text
    assert "topic that leaves" not in page.text
