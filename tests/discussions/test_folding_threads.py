"""Branches folded by the server: nothing of them is read, all pages agree, and every step is a link."""

import itertools
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.core.db import db
from forum.discussions.actions.concealing import hide_post
from forum.discussions.models import Post, Topic
from forum.discussions.queries.paging import StoredPage, stored_page
from tests.cast import Cast
from tests.factories import make_post, make_topic


def make_forest(cast: Cast, seed: int, posts: int) -> Topic:
    choose = random.Random(seed)
    topic = make_topic(cast.lounge, cast.member, f"Forest {seed}")
    written: list[Post] = []
    for _n in range(posts):
        parent = choose.choice(written[-8:]) if written and choose.random() < 0.8 else None
        written.append(make_post(topic, cast.member, parent=parent))
    return topic


def expected(paths: dict[int, bytes], folded: frozenset[int], shown: int | None = None) -> list[int]:
    """The thread without what is below the folded posts; a branch that holds `shown` is not folded."""
    heads = [paths[number] for number in folded if number > 1 and number in paths]
    if shown is not None:
        heads = [head for head in heads if not (paths[shown].startswith(head) and paths[shown] != head)]
    ordered = sorted(paths, key=lambda number: paths[number])
    return [n for n in ordered if not any(paths[n].startswith(head) and paths[n] != head for head in heads)]


def pages(topic: Topic, limit: int, folded: frozenset[int]) -> Iterator[StoredPage]:
    def read(**at: Any) -> StoredPage:
        return stored_page(topic, view="threaded", limit=limit, folded=folded, **at)

    page = read()
    yield page
    while page.after is not None:
        page = read(after=page.after)
        yield page


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.usefixtures("context")
def test_pages_show_the_thread_without_what_is_folded(cast: Cast, seed: int) -> None:
    choose = random.Random(seed)
    topic = db.session.get_one(Topic, make_forest(cast, seed, 45).id)
    rows = db.session.execute(select(Post.number, Post.path).where(Post.topic_id == topic.id)).all()
    paths: dict[int, bytes] = {number: path for number, path in rows}  # noqa: C416
    for _n in range(12):
        limit = choose.choice([1, 4, 7, 20])
        folded = frozenset(choose.sample(range(1, 55), choose.randint(0, 12)))
        wanted = expected(paths, folded)
        found = list(pages(topic, limit, folded))
        assert [post.number for page in found for post in page.posts] == wanted
        for page, onward in itertools.pairwise(found):
            path = paths[onward.posts[0].number]
            above = [int.from_bytes(path[i : i + 3], "big") for i in range(0, len(path) - 3, 3)]
            assert list(page.goes_on) == [number for number in above if number > 1]
            back = stored_page(
                topic, view="threaded", limit=limit, before=onward.posts[0].number, folded=folded
            )
            assert [post.number for post in back.posts] == [post.number for post in page.posts]
        shown = choose.choice(list(paths))
        around = stored_page(topic, view="threaded", limit=limit, around=shown, folded=folded)
        there = [post.number for post in around.posts]
        assert shown in there
        whole = expected(paths, folded, shown)
        at = whole.index(there[0])
        assert there == whole[at : at + limit]


@pytest.mark.usefixtures("context")
def test_where_all_that_follows_is_folded_its_head_is_shown(cast: Cast) -> None:
    topic = make_topic(cast.lounge, cast.member)
    head = make_post(topic, cast.member)
    for _n in range(5):
        make_post(topic, cast.member, parent=head)
    topic = db.session.get_one(Topic, topic.id)
    page = stored_page(topic, view="threaded", limit=3, after=2, folded=frozenset({2}))
    assert [post.number for post in page.posts] == [2]
    assert (page.before, page.after) == (2, None)


def hrefs(page: str, marked: str) -> list[str]:
    return [found.replace("&amp;", "&") for found in re.findall(rf'href="([^"]*)"[^>]*>{marked}', page)]


def numbers(page: str) -> list[int]:
    return [int(n) for n in re.findall(r'<article [^>]*data-number="(\d+)"', page)]


def test_a_long_branch_is_folded_and_unfolded_by_links(app: Flask, cast: Cast, client: FlaskClient) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member)
        head = make_post(topic, cast.member)
        inner = make_post(topic, cast.member, parent=head)
        replies = [make_post(topic, cast.member, parent=inner) for _n in range(30)]
        hide_post(replies[-1], actor=cast.staff, reason="Said twice.")
        last = make_post(topic, cast.member)
    here = f"/t/{topic.id}/{topic.slug}"
    page = client.get(f"{here}?view=threaded").text
    assert numbers(page) == list(range(1, 21))
    outer_one, inner_one = hrefs(page, "Fold all under")
    assert outer_one == f"{here}?view=threaded&after=2&fold=2"
    assert inner_one == f"{here}?view=threaded&after=3&fold=3"

    after = client.get(outer_one).text
    assert numbers(after) == [last.number]
    assert 'content="noindex' in after
    (earlier,) = hrefs(after, "<svg[^>]*>.*?</svg>Earlier posts")
    assert earlier == f"{here}?view=threaded&before={last.number}&fold=2"
    folded = client.get(earlier).text
    assert numbers(folded) == [1, 2]
    assert "30 replies" in folded  # the one that is hidden is not counted
    (unfold,) = re.findall(r'class="thread__more" href="([^"]*)"', folded)
    assert unfold == f"{here}/2?view=threaded#post-{head.id}"
    assert numbers(client.get(unfold.partition("#")[0]).text)[:3] == [2, 3, 4]

    inside = client.get(f"{here}?view=threaded&after=20").text
    assert hrefs(inside, "Fold the rest") == [f"{here}?view=threaded&after=3&fold=3"]
    both = client.get(f"{here}?view=threaded&fold=3.{last.number}").text
    assert numbers(both) == [1, 2, 3, last.number]
    assert "29 replies" in both
    assert client.get(f"{here}?view=flat&fold=2").text.count('data-number="4"') == 1
    for damaged in ("2.", "two", "2,3", "-1", "1" * 9):
        assert client.get(f"{here}?view=threaded&fold={damaged}").status_code in {400, 422}


def test_folding_costs_the_same_for_a_long_branch(
    app: Flask, cast: Cast, client: FlaskClient, count_statements: Any
) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member)
        heads = [make_post(topic, cast.member) for _n in range(6)]
    address = f"/t/{topic.id}/{topic.slug}?view=threaded&fold={'.'.join(str(h.number) for h in heads)}"
    client.get(address)
    counts = []
    for several in (1, 6):
        with app.app_context():
            for head in heads[:several]:
                for _n in range(3):
                    make_post(topic, cast.member, parent=head)
        with count_statements() as sent:
            assert client.get(address).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_branch_that_is_shut_says_how_many_replies_stand_in_it(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Counted")
        two = make_post(topic, cast.member)
        three = make_post(topic, cast.member, parent=two)
        make_post(topic, cast.member, parent=three)
        make_post(topic, cast.member)
    shown = client.get(f"/t/{topic.id}/counted?view=threaded").text
    told = re.findall(
        r'class="thread__shut">.*?</svg>(\d+) repl(?:y|ies)<span class="only-read-aloud"> to post (\d)', shown
    )
    assert told == [("2", "2"), ("1", "3")]
