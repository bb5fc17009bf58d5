"""A dump of a Stack Exchange site becomes topics, posts and people: once, whole, whatever is broken or missing in it."""

import json
import os
import re
import subprocess
import sys
import time
import tracemalloc
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.boards.models import Category
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import transaction
from forum.discussions import counting
from forum.discussions.actions.tagging import TagPlan, create_tag
from forum.discussions.models import Post, Revision, Topic, TopicEvent
from forum.discussions.models.tags import Tag, TopicTag
from forum.importers.claiming import give_posts
from forum.importers.models import ImportedMessage
from forum.importers.stackexchange import importing
from forum.importers.stackexchange.dump import NotADump, rows
from forum.importers.stackexchange.texts import body_of, from_comment, link_pattern, with_own_links
from forum.markup import render_long
from tests.cast import Cast
from tests.conftest import KEY
from tests.elsewhere import DATA, needs_data
from tests.factories import make_user
from tests.importers.dumps import (
    answer,
    comment,
    history,
    import_dump,
    question,
    row,
    user,
    write,
)

FRENCH = DATA / "forum" / "stackexchange-french-meta"


def post_named(name: str) -> Post:
    found = select(Post).join(ImportedMessage, ImportedMessage.post_id == Post.id)
    return db.session.scalars(found.where(ImportedMessage.message_id == f"stackexchange {name}")).one()


def topic_of(name: str) -> Topic:
    return db.session.get_one(Topic, post_named(name).topic_id, populate_existing=True)


def bodies() -> dict[str, tuple[int, str, int | None]]:
    found = select(ImportedMessage.message_id, Post.number, Post.body, Post.parent_id).join(
        Post, Post.id == ImportedMessage.post_id
    )
    return {name: (number, body, parent) for name, number, body, parent in db.session.execute(found)}


def sound() -> None:
    assert counting.counted() == counting.stored()


@pytest.mark.usefixtures("context")
def test_questions_answers_and_comments_become_a_thread(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "d",
        Posts=[question(1), answer(2, 1, 5), answer(3, 1, 9, Score=-2, OwnerUserId=1)],
        Comments=[comment(1, 2, 6), comment(2, 1, 3), comment(3, 3, 30, "See *this*:\n1. no list")],
    )
    report = import_dump(folder)
    assert report.as_json() == {
        "created": {
            "topics": 1,
            "posts": 6,
            "users": 3,
            "revisions": 0,
            "tags": 1,
            "accepted answers": 0,
            "descriptions of tags": 0,
        },
        "existing": 0,
        "skipped": [],
    }
    names = ["question 1", "comment 2", "answer 2", "comment 1", "answer 3", "comment 3"]
    posts = [post_named(name) for name in names]
    assert [post.number for post in posts] == [1, 2, 3, 4, 5, 6]
    under = {name: post.parent_id for name, post in zip(names, posts, strict=True)}
    ids = {name: post.id for name, post in zip(names, posts, strict=True)}
    assert [under["answer 2"], under["answer 3"]] == [None, None]
    assert [under["comment 2"], under["comment 1"], under["comment 3"]] == [
        ids["question 1"],
        ids["answer 2"],
        ids["answer 3"],
    ]
    assert [post.score for post in posts] == [3, 0, 5, 0, -2, 0]
    topic = topic_of("question 1")
    assert (topic.title, topic.post_count, topic.view_count) == ("Title 1", 6, 40)
    people = db.session.scalars(select(User).order_by(User.name)).all()
    assert {person.name for person in people} == {"Änne Öhler", "Bo", "智子"}
    assert all(person.is_placeholder for person in people)
    sound()


def test_every_post_says_where_it_came_from_and_under_which_license(
    app: Flask, cast: Cast, sign_in: Callable[[User], FlaskClient], tmp_path: Path
) -> None:
    folder = write(
        tmp_path / "d",
        Posts=[
            question(1, ContentLicense="CC BY-SA 4.0"),
            answer(2, 1, 5, ContentLicense='"><script>'),
            answer(3, 1, 6, OwnerUserId=-1),
        ],
        Comments=[comment(7, 2, 6)],
    )
    with app.app_context():
        import_dump(folder, category="lounge", site="soil.example")
        topic = topic_of("question 1")
        for name in ("question 1", "answer 2", "answer 3", "comment 7"):
            assert post_named(name).origin is not None
        assert "author_url" not in (post_named("answer 3").origin or {})
    reader = sign_in(cast.member)
    for address in (f"/t/{topic.id}/{topic.slug}", f"/t/{topic.id}/{topic.slug}/print"):
        page = reader.get(address).text
        for link in (
            "https://soil.example/q/1",
            "https://soil.example/a/2",
            "https://soil.example/posts/comments/7",
            "https://soil.example/users/3",
            "https://creativecommons.org/licenses/by-sa/4.0/",
            "https://creativecommons.org/licenses/by-sa/3.0/",
        ):
            assert f'href="{link}"' in page
    (first, *_rest) = reader.get(f"/api/v1/topics/{topic.id}/posts").json["items"]
    assert first["origin"] == {
        "license": "CC BY-SA 4.0",
        "license_url": "https://creativecommons.org/licenses/by-sa/4.0/",
        "site": "soil.example",
        "url": "https://soil.example/q/1",
        "author_url": "https://soil.example/users/1",
    }


@pytest.mark.usefixtures("context")
def test_a_second_run_makes_nothing_and_a_later_dump_adds_what_is_new(tmp_path: Path) -> None:
    folder = write(tmp_path / "d", Posts=[question(1), answer(2, 1)], Comments=[comment(1, 2)])
    import_dump(folder)
    before = bodies()
    again = import_dump(folder)
    assert (again.topics, again.posts, again.users, again.existing) == (0, 0, 0, 3)
    assert bodies() == before
    write(
        folder,
        Posts=[question(1), answer(2, 1), answer(9, 1, 50)],
        Comments=[comment(1, 2), comment(2, 9, 51)],
    )
    later = import_dump(folder)
    assert (later.topics, later.posts, later.users, later.existing) == (0, 2, 0, 3)
    assert bodies()["stackexchange answer 9"][0] == 4
    sound()


@pytest.mark.usefixtures("context")
def test_a_dry_run_foretells_and_changes_nothing(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "d",
        Posts=[question(1, LastEditDate="2015-03-01T10:20:00"), answer(2, 1)],
        PostHistory=[history(1, 2, 1, 0, "Old."), history(2, 5, 1, 20, "New.", UserId=4)],
    )
    foretold = import_dump(folder, dry_run=True)
    assert db.session.scalar(select(Category)) is None
    assert db.session.scalar(select(User)) is None
    assert import_dump(folder).as_json() == foretold.as_json()
    assert foretold.more == {"revisions": 1, "tags": 1, "accepted answers": 0, "descriptions of tags": 0}


@pytest.mark.usefixtures("context")
def test_what_was_edited_has_its_history(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "d",
        Posts=[question(1, Body="<p>Third.</p>", Title="Later", LastEditDate="2015-03-01T10:30:00")],
        PostHistory=[
            history(1, 2, 1, 0, "First.\r\n\r\nLine."),
            history(2, 1, 1, 0, "Before"),
            history(3, 3, 1, 0, "<soil>"),
            history(4, 5, 1, 10, "Second.", UserId=2, Comment="Typo."),
            history(5, 6, 1, 15, "<soil><rain>"),
            history(6, 4, 1, 30, "Later", UserId=3),
            history(7, 8, 1, 30, "Third.", UserId=3, Comment="rollback"),
        ],
    )
    assert import_dump(folder).more == {
        "revisions": 2,
        "tags": 1,
        "accepted answers": 0,
        "descriptions of tags": 0,
    }
    post = post_named("question 1")
    assert post.body == "Third."
    assert post.edited_at is not None
    versions = db.session.scalars(select(Revision).order_by(Revision.id)).all()
    names = {person.id: person.name for person in db.session.scalars(select(User))}
    assert [(v.body, v.title, names[v.edited_by_id], v.reason, v.edited_at.minute) for v in versions] == [
        ("First.\n\nLine.", None, "Bo", "Typo.", 10),
        ("Second.", "Before", "智子", "rollback", 30),
    ]


@pytest.mark.usefixtures("context")
def test_a_whole_site_may_be_edited_in_one_second(tmp_path: Path) -> None:
    """A program there has put other addresses into hundreds of posts at once: versions keep their order, and none is lost."""
    posts, told = [], []
    for n in range(1, 301):
        posts.append(question(n))
        told += [
            history(10 * n, 2, n, 0, "A."),
            history(10 * n + 1, 5, n, 30, "B."),
            history(10 * n + 2, 5, n, 30, "C.", RevisionGUID=f"h{n}"),
        ]
    report = import_dump(write(tmp_path / "d", Posts=posts, PostHistory=told))
    assert (report.more["revisions"], report.skipped) == (600, [])
    versions = db.session.execute(select(Revision.post_id, Revision.body).order_by(Revision.id)).all()
    by_post: dict[int, list[str]] = {}
    for post_id, body in versions:
        by_post.setdefault(post_id, []).append(body)
    assert set(map(tuple, by_post.values())) == {("A.", "B.")}


@pytest.mark.usefixtures("context")
def test_markdown_is_taken_where_it_is_whole_and_current_else_html(tmp_path: Path) -> None:
    html = "<p>As <strong>shown</strong>.</p>"
    folder = write(
        tmp_path / "d",
        Posts=[
            question(1, Body=html),
            question(2, Body=html, LastEditDate="2015-03-01T11:30:00"),
            question(3, Body=html),
            question(4, Body="<p>Press <kbd>A</kbd> now.</p>"),
        ],
        PostHistory=[
            history(1, 2, 1, 0, "As __shown__."),
            history(2, 2, 2, 0, "As it was before."),
            history(3, 5, 3, 0, "Only an edit is left."),
            history(4, 2, 4, 0, "Press <kbd>A</kbd> now."),
        ],
    )
    import_dump(folder)
    assert [post_named(f"question {n}").body for n in (1, 2, 3)] == [
        "As __shown__.",
        "As **shown**.",
        "As **shown**.",
    ]
    assert "<kbd>" not in post_named("question 4").body


@pytest.mark.usefixtures("context")
def test_tags_are_those_that_are_there_or_made(tmp_path: Path) -> None:
    create_tag(TagPlan("Soil", words=("earth",)), actor=None)
    posts = [
        question(1, Tags="<soil><rain>"),
        question(2, Tags="|earth|Rain|soil|"),
        question(3, Tags="", DeletionDate="2015-03-01T10:20:00"),
        question(4, Tags="<a><b><c><d><e><f><,>"),
    ]
    folder = write(tmp_path / "d", Posts=posts)
    assert import_dump(folder, dry_run=True).more["tags"] == import_dump(folder).more["tags"] == 6
    names = {tag.id: tag.name for tag in db.session.scalars(select(Tag))}
    tags = {n: [names[i] for i in topic_of(f"question {n}").tag_ids] for n in (1, 2, 3, 4)}
    assert tags == {1: ["Soil", "rain"], 2: ["Soil", "rain"], 3: [], 4: list("abcde")}
    assert db.session.scalar(select(func.count()).select_from(TopicTag)) == 9
    sound()


@pytest.mark.usefixtures("context")
def test_the_accepted_answer_is_the_answer_here(tmp_path: Path) -> None:
    posts = [question(1, AcceptedAnswerId=3), answer(2, 1), answer(3, 1, 4), question(5, AcceptedAnswerId=99)]
    report = import_dump(write(tmp_path / "d", Posts=posts))
    assert report.more["accepted answers"] == 1
    topic = topic_of("question 1")
    assert topic.answer_id == post_named("answer 3").id
    assert topic.answered_by_id == topic.author_id
    assert topic_of("question 5").answer_id is None
    place = db.session.scalars(select(Category).where(Category.slug == "archive")).one().place
    assert place.for_questions
    assert import_dump(tmp_path / "d").more["accepted answers"] == 0
    sound()


@pytest.mark.usefixtures("context")
def test_closed_and_deleted(tmp_path: Path) -> None:
    closed = {"ClosedDate": "2015-03-01T10:07:00.000"}
    voters = '{"OriginalQuestionIds":[1],"Voters":[{"Id":2,"DisplayName":"Bo"}]}'
    folder = write(
        tmp_path / "d",
        Posts=[
            question(1),
            question(5, 1, **closed),
            answer(6, 5, 2),
            answer(7, 5, 30),
            question(8, DeletionDate="2015-03-01T10:20:00"),
            answer(9, 8, 3),
            question(10),
            answer(11, 10, 4),
        ],
        PostHistory=[
            history(1, 10, 5, 7, voters, Comment="101", UserId=""),
            history(2, 12, 11, 40, UserId=3),
            history(3, 10, 1, 8, "{}", Comment="102"),
            history(4, 11, 1, 9, "{}"),
        ],
    )
    import_dump(folder)
    topic = topic_of("question 5")
    assert topic.locked_at is not None
    assert not topic_of("question 1").is_locked  # it was opened again
    (event,) = db.session.scalars(select(TopicEvent)).all()
    assert (event.topic_id, event.kind, event.after_number) == (topic.id, "locked", 2)
    assert event.reason == "Closed where it came from, as a duplicate of “Title 1”."
    assert db.session.get_one(User, event.actor_id).name == "Bo"
    assert not topic_of("question 8").is_visible
    assert not post_named("answer 11").is_visible
    assert topic_of("question 10").post_count == 1
    sound()
    write(folder, Comments=[comment(1, 5, 50)])
    import_dump(folder)
    assert db.session.scalar(select(func.count()).select_from(TopicEvent)) == 1


@pytest.mark.usefixtures("context")
def test_people_without_an_account_and_the_same_one_on_two_sites(tmp_path: Path) -> None:
    first = write(
        tmp_path / "one",
        Posts=[
            row(
                Id=1,
                PostTypeId=1,
                CreationDate="2015-03-01T10:00:00",
                Body="<p>B</p>",
                Title="T",
                OwnerDisplayName="user22",
            ),
            row(Id=2, PostTypeId=2, ParentId=1, CreationDate="2015-03-01T10:01:00", Body="<p>C</p>"),
            answer(3, 1, 4, OwnerUserId=77),
        ],
        Comments=[
            row(
                Id=1, PostId=1, Text="Mine too.", CreationDate="2015-03-01T10:09:00", UserDisplayName="user22"
            )
        ],
    )
    report = import_dump(first)
    assert (report.posts, report.users, report.skipped) == (4, 3, [])
    assert post_named("comment 1").author_id == post_named("question 1").author_id
    second = write(
        tmp_path / "two",
        Users=[
            user(-1, "Community", AccountId=-1, CreationDate="2012-01-01T00:00:00"),
            user(9, "Änne", AccountId=1001),
        ],
        Posts=[question(1, 30, OwnerUserId=9)],
    )
    write(tmp_path / "three", Posts=[question(40)])
    import_dump(tmp_path / "three", category="three")
    assert import_dump(second, category="two").users == 0
    sound()


@pytest.mark.usefixtures("context")
def test_what_was_written_of_tags_describes_them(tmp_path: Path) -> None:
    told = "About the ground. " * 20
    folder = write(
        tmp_path / "d",
        Posts=[
            question(1, Tags="<soil><rain><wind><sun>"),
            *(
                row(Id=number, PostTypeId=kind, CreationDate="2015-03-01T10:00:00", Body=body)
                for number, kind, body in (
                    (11, 4, f"  {told}\r\n"),
                    (12, 5, "<p>At length.</p>"),
                    (13, 5, "<p>What <b>falls</b> &amp; wets.</p>"),
                    (14, 4, "What dries."),
                    (15, 4, "Of no topic."),
                )
            ),
        ],
        Tags=[
            row(Id=1, TagName="soil", ExcerptPostId=11, WikiPostId=12),
            row(Id=2, TagName="rain", WikiPostId=13),
            row(Id=3, TagName="sun", ExcerptPostId=14),
            row(Id=4, TagName="snow", ExcerptPostId=15),
            row(Id=5, TagName="wind"),
        ],
    )
    create_tag(TagPlan("Sun", description="Ours."), actor=None)
    foretold = import_dump(folder, dry_run=True)
    report = import_dump(folder)
    assert report.as_json() == foretold.as_json()
    assert report.more["descriptions of tags"] == 2
    found = {tag.name: tag.description for tag in db.session.scalars(select(Tag))}
    assert found.keys() == {"soil", "rain", "wind", "Sun"}
    assert (found["rain"], found["Sun"], found["wind"]) == ("What falls & wets.", "Ours.", "")
    assert found["soil"].startswith("About the ground.")
    assert found["soil"].endswith("ground …")
    assert len(found["soil"]) <= 200
    assert import_dump(folder).more["descriptions of tags"] == 0


@pytest.mark.usefixtures("context")
def test_what_is_broken_is_skipped_with_its_reason_and_place(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "d",
        Posts=[
            question(1),
            answer(2, 99),
            '  <row Id="3" PostTypeId="1" Body="cut',
            question(4, CreationDate="yesterday"),
            row(PostTypeId=1, CreationDate="2015-03-01T10:00:00", Body="x"),
            question(1, 8),
            row(Id=6, PostTypeId=1, CreationDate="2015-03-01T10:00:00"),
            '  <row Id="7" PostTypeId="1" CreationDate="2015-03-01T10:00:00" Body="&lol;" />',
            row(Id=8, PostTypeId=5, CreationDate="2015-03-01T10:00:00", Body="wiki"),
            row(Id=9, PostTypeId=2, CreationDate="2015-03-01T10:00:00", Body="answers what?"),
            question(10, 9),
        ],
        Comments=[comment(1, 1), comment(2, 50), comment(3, 2), comment(4, 1, text=" ")],
    )
    report = import_dump(folder)
    assert (report.topics, report.posts) == (2, 3)
    assert report.left_out == {"tag wikis": 1}
    assert [(item["where"], item["why"]) for item in report.skipped] == [
        ("Posts.xml, row 3", "it is not a whole row"),
        ("Posts.xml, row 4", "it has no date"),
        ("Posts.xml, row 5", "it has no id"),
        ("Posts.xml, row 6", "another one before it has the same id"),
        ("Posts.xml, row 7", "it has no text"),
        ("Posts.xml, row 8", "it names an entity that is not there: &lol;"),
        ("Posts.xml, row 10", "it does not say what it answers"),
        ("Comments.xml, row 4", "it has no text"),
        ("Posts.xml, row 2", "it answers a question that is not in the dump"),
        ("Comments.xml, row 2", "it is about a post that is not in the dump"),
        ("Comments.xml, row 3", "it is about a post that is not in the dump"),
    ]
    sound()


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_encoding_any_order_and_files_that_are_not_there(tmp_path: Path, encoding: str) -> None:
    """An answer may stand before its question, as after a migration; of the files only Posts.xml is needed."""
    folder = write(tmp_path / "d", encoding=encoding, Posts=[answer(2, 30, 5), question(30, 9)])
    (folder / "Users.xml").unlink()
    report = import_dump(folder)
    assert (report.topics, report.posts, report.users) == (1, 2, 2)
    assert [post_named(name).number for name in ("question 30", "answer 2")] == [1, 2]


def test_a_folder_without_posts_and_a_file_that_declares_entities_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        import_dump(write(tmp_path / "d", Comments=[]))
    bomb = tmp_path / "Posts.xml"
    bomb.write_text(
        '<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><posts><row Id="&b;"/></posts>'
    )
    with pytest.raises(NotADump, match="document type"):
        list(rows(bomb))
    bomb.write_text("no rows here")
    with pytest.raises(NotADump):
        list(rows(bomb))


def test_one_row_of_any_length_takes_no_more_memory_than_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "Posts.xml"
    with path.open("w") as file:
        file.write('<posts><row Id="1" Body="')
        for _ in range(64):
            file.write("x" * 1_000_000)
        file.write('" /><row Id="2" /></posts>')
    tracemalloc.start()
    found = [(one.number, one.values.get("Id"), bool(one.why)) for one in rows(path)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [(1, None, True), (2, "2", False)]
    assert peak < 30_000_000


@pytest.mark.usefixtures("context")
def test_links_to_posts_of_the_same_site_lead_to_ours(tmp_path: Path) -> None:
    link = "http://soil.stackexchange.com/questions/{}/some-title"
    folder = write(
        tmp_path / "d",
        Posts=[
            question(
                1,
                Body=f'<p>See <a href="{link.format(5)}">that</a> and <a href="{link.format(99)}">gone</a>.</p>',
            ),
            question(
                5,
                3,
                Body=f'<p>As <a href="{link.format(1)}">asked</a>, see <a href="http://soil.stackexchange.com/a/6/2">6</a>.</p>',
            ),
            answer(6, 5, 8, Body='<p><a href="https://meta.example.org/q/1">elsewhere</a></p>'),
        ],
        Comments=[
            comment(1, 6, 9, f"Read {link.format(5)} first, or [this](http://soil.stackexchange.com/q/1).")
        ],
        PostLinks=[
            row(Id=1, PostId=1, RelatedPostId=5, LinkTypeId=1),
            row(Id=2, PostId=5, RelatedPostId=1, LinkTypeId=1),
        ],
    )
    import_dump(folder)
    ids = {name: post_named(name).id for name in ("question 1", "question 5", "answer 6")}
    assert (
        post_named("question 1").body
        == f"See [that](</posts/{ids['question 5']}>) and [gone](<{link.format(99)}>)."
    )
    assert f"[asked](</posts/{ids['question 1']}>)" in post_named("question 5").body
    assert f"[6](</posts/{ids['answer 6']}>)" in post_named("question 5").body
    assert "meta.example.org/q/1" in post_named("answer 6").body
    told = post_named("comment 1").body
    assert (
        told
        == f"Read [{link.format(5)}](/posts/{ids['question 5']}) first, or [this](/posts/{ids['question 1']})."
    )


def test_texts_say_the_same_here() -> None:
    """Code with its language, spoilers, tags, formulas; remote pictures are links, as everywhere."""
    code = "Text.\n\n<!-- language: lang-py -->\n\n    def f():\n        pass\n\nMore."
    assert "```py\ndef f():\n    pass\n```" in body_of("", code)
    assert (
        body_of("", "Guess.\n\n>! It was\n>! Bo.\n\nEnd.") == "Guess.\n\n:::spoiler\nIt was\nBo.\n:::\n\nEnd."
    )
    assert body_of("", "Use [tag:soil].") == "Use `soil`."
    math = body_of("<p>So $\\alpha_1 &lt; 2$ and $$x^2_3$$, for $5 or $6.</p>", None)
    assert math == "So `$\\alpha_1 < 2$` and `$$x^2_3$$`, for $5 or $6."
    html = render_long(body_of("<p>So $a_{1}*b_{2}*c$ holds.</p>", None)).html
    assert "<code" in html
    assert "a_{1}*b_{2}*c" in html
    assert (
        "<img"
        not in render_long(body_of('<p><img src="https://i.example/x.png" alt="a plot"></p>', None)).html
    )
    assert from_comment("# no heading\n> no quote\n1. no list\n*but this*") == (
        "\\# no heading\n\n\\> no quote\n\n1\\. no list\n\n*but this*"
    )
    pattern = link_pattern(frozenset({"soil.example"}))
    kept = "    https://soil.example/q/1\n\n`https://soil.example/q/1`"
    assert with_own_links(kept, pattern, {1: 7}) == kept
    assert with_own_links("<https://soil.example/q/1>", pattern, {1: 7}) == "[/posts/7](/posts/7)"


@pytest.mark.usefixtures("context")
def test_an_interrupted_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    posts = [question(n, n % 50) for n in range(1, 60)] + [answer(100 + n, n, n % 50) for n in range(1, 60)]
    folder = write(tmp_path / "d", Posts=posts, Comments=[comment(n, 100 + n, 55) for n in range(1, 60)])

    def stop(stage: str, done: int, _total: int) -> None:
        if stage == "Posts" and done >= 64:
            raise KeyboardInterrupt

    report, interrupted = importing.import_stackexchange(
        folder, category_slug="archive", processes=0, progress=stop
    )
    assert interrupted
    db.session.rollback()
    assert 0 < db.session.scalar(select(func.count()).select_from(Post)) < 177  # type: ignore[operator]
    sound()
    rest = import_dump(folder)
    assert report.posts + rest.posts == 177
    assert report.topics + rest.topics == 59
    assert report.users + rest.users == 3
    assert rest.existing == report.posts
    straight = {name: value[:2] for name, value in bodies().items()}
    import_dump(folder, category="straight")
    found = select(ImportedMessage.message_id, Post.number, Post.body).join(
        Post, Post.id == ImportedMessage.post_id
    )
    place = db.session.scalar(select(Category.place_id).where(Category.slug == "straight"))
    rows_ = db.session.execute(found.where(ImportedMessage.place_id == place))
    assert {name: (number, body) for name, number, body in rows_} == straight
    sound()


@pytest.mark.usefixtures("context")
def test_staff_give_somebody_what_was_imported_under_their_name(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "d",
        Posts=[question(1, LastEditDate="2015-03-01T10:20:00"), answer(2, 1, OwnerUserId=1), answer(3, 1)],
        PostHistory=[history(1, 2, 1, 0, "Old."), history(2, 5, 1, 20, "New.")],
    )
    import_dump(folder)
    anne = make_user("anne", name="Anne")
    before = db.session.scalars(select(User).where(User.name == "Änne Öhler")).one()
    assert give_posts(anne, placeholder=before) == 2
    assert topic_of("question 1").author_id == post_named("answer 2").author_id == anne.id
    assert db.session.scalars(select(Revision.edited_by_id)).all() == [anne.id]
    assert db.session.scalar(select(User).where(User.name == "Änne Öhler")) is None
    assert import_dump(folder).users == 0
    sound()
    with pytest.raises(Invalid), transaction():
        give_posts(make_user("eve"), placeholder=db.session.get_one(User, anne.id))


def counted_straight() -> dict[str, Any]:
    """The French site, counted by a real parser and from nothing of ours."""

    def all_of(name: str) -> list[dict[str, str]]:
        return [dict(one.attrib) for one in ET.parse(FRENCH / f"{name}.xml").getroot()]

    posts, comments = all_of("Posts"), all_of("Comments")
    kinds = Counter(post["PostTypeId"] for post in posts)
    threads = {post["Id"] for post in posts if post["PostTypeId"] in "12"}
    edits = 0
    by_edit: dict[tuple[str, str], dict[str, str]] = {}
    for one in sorted(all_of("PostHistory"), key=lambda h: (h["CreationDate"], int(h["Id"]))):
        if one["PostId"] in threads and one["PostHistoryTypeId"] in {"1", "2", "4", "5", "7", "8"}:
            what = "body" if one["PostHistoryTypeId"] in {"2", "5", "8"} else "title"
            by_edit.setdefault((one["PostId"], one["RevisionGUID"]), {})[what] = one.get("Text", "")
    now: dict[str, dict[str, str]] = {}
    for (post, _guid), change in by_edit.items():
        known = now.setdefault(post, {})
        edits += bool(known) and any(known.get(what) != text for what, text in change.items())
        known.update(change)
    told = {post["Id"] for post in posts if post["PostTypeId"] in "45" and post.get("Body", "").strip()}
    tags = all_of("Tags")
    return {
        "topics": kinds["1"],
        "posts": kinds["1"] + kinds["2"] + len(comments),
        "wikis": kinds["4"] + kinds["5"],
        "described": sum({tag.get("ExcerptPostId"), tag.get("WikiPostId")} & told != set() for tag in tags),
        "revisions": edits,
        "tags": len({tag for post in posts for tag in re.findall(r"<([^>]+)>", post.get("Tags", ""))}),
        "tagged": sum(post.get("Tags", "").count("<") for post in posts if post["PostTypeId"] == "1"),
        "accepted answers": sum("AcceptedAnswerId" in post for post in posts),
        "closed": sum("ClosedDate" in post for post in posts),
        "score": sum(
            int(one["Score"]) for one in [*(p for p in posts if p["PostTypeId"] in "12"), *comments]
        ),
        "titles": {" ".join(post["Title"].split()) for post in posts if post["PostTypeId"] == "1"},
    }


@needs_data("forum", "stackexchange-french-meta")
def test_the_french_site_imports_whole(app: Flask, database: str) -> None:
    """Through the command; what the report says is what a parser counts, and what is then in the database."""
    environment = {**os.environ, "DATABASE_URL": database, "SECRET_KEY": KEY, "LOG_LEVEL": "ERROR"}
    command = [
        sys.executable,
        "-m",
        "forum.cli.entry",
        "import",
        "stackexchange",
        str(FRENCH),
        "--category",
        "french",
    ]
    started = time.monotonic()
    done = subprocess.run([*command, "--json"], env=environment, capture_output=True, text=True, check=True)
    took = time.monotonic() - started
    report, straight = json.loads(done.stdout), counted_straight()
    assert report["skipped"] == []
    assert report["left_out"] == {"tag wikis": straight["wikis"] - straight["described"]}
    made = report["created"]
    assert 0 < made["descriptions of tags"] <= straight["described"]
    assert {name: made[name] for name in ("topics", "posts", "revisions", "tags", "accepted answers")} == {
        name: straight[name] for name in ("topics", "posts", "revisions", "tags", "accepted answers")
    }
    print(f"{made['posts']} posts in {took:.1f} s")
    with app.app_context():
        count = lambda thing: db.session.scalar(select(func.count()).select_from(thing))  # noqa: E731
        assert (count(Topic), count(Post), count(Revision)) == (
            made["topics"],
            made["posts"],
            made["revisions"],
        )
        assert db.session.scalar(select(func.count()).where(User.imported_at.is_not(None))) == made["users"]
        assert (
            db.session.scalar(select(func.count()).where(Topic.locked_at.is_not(None))) == straight["closed"]
        )
        assert db.session.scalar(select(func.sum(Post.score))) == straight["score"]
        assert db.session.scalar(select(func.count()).select_from(TopicTag)) == straight["tagged"]
        assert set(db.session.scalars(select(Topic.title))) == straight["titles"]
        own = db.session.scalars(select(Post.body).where(Post.body.contains("](/posts/")))
        named = {int(found) for body in own for found in re.findall(r"\]\(/posts/(\d+)\)", body)}
        assert len(named) > 20
        assert len(db.session.scalars(select(Post.id).where(Post.id.in_(named))).all()) == len(named)
        sound()
