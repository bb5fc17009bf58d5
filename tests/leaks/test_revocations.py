"""What was read a moment ago is gone with the revocation: from everything that is kept, for every tag that a browser shows."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, request

from forum.access import viewer as viewers
from forum.accounts.models import User
from forum.core.db import db
from forum.core.remembered import Remembered
from forum.discussions import page as topic_page
from forum.discussions import stamps
from forum.discussions.actions import concealing, writing
from forum.discussions.actions.audiences import set_audience
from forum.discussions.api import topics as topics_api
from forum.discussions.models import Post
from forum.discussions.queries import topics as topic_queries
from forum.groups.actions import remove_people
from tests.factories import choice, written
from tests.leaks.harvest import SignIn, browser_of
from tests.leaks.test_planted_leaks import any_topic
from tests.leaks.world import World

Patch = pytest.MonkeyPatch
NEVER = ("/t/123456/x", "/api/v1/topics/123456")
PAGES = ("/t/{id}/{slug}", "/t/{id}/{slug}?view=threaded", "/t/{id}/{slug}/1")
SHAPES = (*PAGES, "/api/v1/topics/{id}", "/api/v1/topics/{id}/posts")
READERS = {
    "visitor": ["public", "opened-public"],
    "guest": ["opened", "guests"],
    "invited": ["people"],
    "member": ["members", "nook"],
    "insider": ["closed", "group"],
}


def me(user: User | None) -> User:
    assert user is not None
    return db.session.get_one(User, user.id)


def addresses(world: World, names: list[str], shapes: tuple[str, ...] = SHAPES) -> list[str]:
    topics = [world.topics[name] for name in names]
    return [shape.format(id=topic.id, slug=topic.slug) for topic in topics for shape in shapes]


def revoke(world: World) -> None:
    """By every road: a topic narrowed, hidden, deleted; a name taken out; a group left."""
    cast, topics = world.cast, world.topics
    site = me(cast.site_moderator)
    set_audience(topics["public"], actor=site, choice=choice("staff"))
    set_audience(topics["opened"], actor=site, choice=None)
    set_audience(topics["people"], actor=site, choice=choice("people", opened=True), people=[])
    for name in ("opened-public", "members", "nook"):
        concealing.hide_topic(topics[name], actor=site, reason="Why.")
    concealing.delete_topic(topics["guests"], actor=site, reason="Why.")
    remove_people(cast.closed_group, [me(cast.insider)])


def left_over(app: Flask, world: World, sign_in: SignIn) -> list[str]:
    """What is still to be had after the revocation of what could be read before."""
    browsers = {name: browser_of(app, world, name, sign_in) for name in READERS}
    tags: dict[tuple[str, str], str] = {}
    for name, topics in READERS.items():
        for address in addresses(world, topics):
            for _ in range(2):  # the second time from what is kept
                answer = browsers[name].get(address)
                assert answer.status_code == 200, (name, address)
            tags[name, address] = answer.headers.get("ETag", "")
    assert len([tag for tag in tags.values() if tag]) > 15
    with app.app_context():
        revoke(world)
    found = []
    for (name, address), tag in tags.items():
        never = NEVER[address.startswith("/api")]
        for headers in ({}, {"If-None-Match": tag or "*"}):
            answer = browsers[name].get(address, headers=headers)
            expected = browsers[name].get(never, headers=headers)
            if (answer.status_code, answer.data) != (expected.status_code, expected.data):
                found.append(f"{name} is answered {answer.status_code} at {address}, sending {headers}")
    return found


def stale(app: Flask, world: World, sign_in: SignIn) -> list[str]:
    """Where a text is still read that its author has taken back."""
    token = next(token for token, facet in world.tokens.items() if facet == "public.body")
    pages = addresses(world, ["public"], PAGES)
    browsers = {name: browser_of(app, world, name, sign_in) for name in ("visitor", "guest", "member")}
    assert all(token in browser.get(address).text for browser in browsers.values() for address in pages)
    with app.app_context():
        first = sa.select(Post).where(Post.topic_id == world.topics["public"].id, Post.number == 1)
        author = me(world.principals["author"])
        writing.edit_post(db.session.scalars(first).one(), actor=author, written=written("Taken back."))
    return [
        f"{name} still reads it at {address}"
        for name, browser in browsers.items()
        for address in pages
        if token in browser.get(address).text
    ]


def test_nothing_kept_outlives_a_revocation(app: Flask, world: World, sign_in: SignIn) -> None:
    assert left_over(app, world, sign_in) == []


def test_nothing_kept_outlives_an_edit(app: Flask, world: World, sign_in: SignIn) -> None:
    assert stale(app, world, sign_in) == []


# Known-bad changes, planted one by one.


def remembered_without_its_row(patch: Patch) -> None:
    def get(self: Any, key: Any, row: Any, load: Callable[[], Any]) -> Any:
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = (row, load())
        return kept[1]

    patch.setattr(topic_queries, "_topics", Remembered(1000))
    patch.setattr(Remembered, "get", get)


def pages_kept_without_their_stamp(patch: Patch) -> None:
    patch.setattr(stamps, "reading", type("Reading", (), {"first": staticmethod(lambda *_a, **_k: (1, 1))}))


def rights_kept_without_their_key(patch: Patch) -> None:
    first: dict[int, Any] = {}
    before = viewers.rights_of
    patch.setattr(
        viewers,
        "rights_of",
        lambda person, **how: first.get(person.id) or first.setdefault(person.id, before(person, **how)),
    )


def a_tag_that_is_believed_before_the_rule(patch: Patch) -> None:
    before = topics_api.find_topic

    def find(viewer: Any, topic_id: int) -> Any:
        return any_topic(viewer, topic_id) if request.if_none_match else before(viewer, topic_id)

    patch.setattr(topics_api, "find_topic", find)


def pages_shared_without_their_version(patch: Patch) -> None:
    first: dict[Any, Any] = {}
    before = topic_page.shared_page

    def shared(topic: Any, **how: Any) -> Any:
        key = (topic.id, *how.values())
        return first.get(key) or first.setdefault(key, before(topic, **how))

    patch.setattr(topic_page, "shared_page", shared)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("plant", "look"),
    [
        (remembered_without_its_row, left_over),
        (pages_kept_without_their_stamp, left_over),
        (rights_kept_without_their_key, left_over),
        (a_tag_that_is_believed_before_the_rule, left_over),
        (pages_shared_without_their_version, stale),
    ],
)
def test_a_planted_memory_is_seen(
    app: Flask, world: World, sign_in: SignIn, monkeypatch: Patch, plant: Callable[[Patch], None], look: Any
) -> None:
    plant(monkeypatch)
    assert look(app, world, sign_in)
