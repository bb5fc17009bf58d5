"""Mbox files become topics, posts and people: once, in the threads the headers say, whatever the order."""

import random
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.access.models import AudienceKind
from forum.access.places import AudienceChoice, audience_for, change_place
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.boards.models import Category
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions import counting
from forum.discussions.actions.reading import mark_read, mark_unread_from
from forum.discussions.actions.writing import Written, reply
from forum.discussions.models import Post, PostAlias, PostKind, Topic
from forum.discussions.queries import topics, unread
from forum.importers import pace, runs, senders
from forum.importers.mail import mbox
from forum.importers.mail.identity import message_key
from forum.importers.models import ImportedMessage, ImportedName
from forum.importers.writing import Batch
from forum.markup import render
from tests.cast import Cast
from tests.importers.mailbox_worlds import (
    Mail,
    check_soundness,
    import_now,
    random_archive,
    state,
    write_mbox,
)
from tests.importers.samples import OWN
from tests.importers.test_threads import by_the_book, roots

pytestmark = pytest.mark.usefixtures("context")


def post_of(name: str) -> Post:
    found = select(Post).join(ImportedMessage, ImportedMessage.post_id == Post.id)
    return db.session.scalars(found.where(ImportedMessage.message_id == name)).one()


def topic_of(name: str) -> Topic:
    return db.session.get_one(Topic, post_of(name).topic_id, populate_existing=True)


def test_messages_become_posts_in_threads() -> None:
    report = import_now(OWN / "garden.mbox", category="garden")
    assert report.as_json() == {
        "created": {"topics": 3, "posts": 5, "users": 5},
        "existing": 0,
        "skipped": [],
    }
    topic = topic_of("rose-1@garden.example")
    assert (topic.title, topic.slug, topic.post_count, topic.last_number) == (
        "Pruning old roses",
        "pruning-old-roses",
        3,
        3,
    )
    assert [
        post_of(f"rose-{n}@{host}.example").number for n, host in ((1, "garden"), (2, "field"), (3, "wood"))
    ] == [1, 2, 3]
    assert post_of("rose-3@wood.example").parent_id == post_of("rose-2@field.example").id
    assert topic.last_post_at.isoformat() == "1993-03-01T11:00:00+00:00"
    assert "<blockquote" in post_of("rose-2@field.example").body_html
    check_soundness()


def test_the_category_is_made_for_members() -> None:
    import_now(OWN / "garden.mbox", category="old-garden")
    category = db.session.scalars(select(Category).where(Category.slug == "old-garden")).one()
    assert category.name == "Old garden"
    assert category.place.read_kind is AudienceKind.MEMBERS


def test_a_second_run_creates_nothing() -> None:
    import_now(OWN / "garden.mbox")
    before = state()
    report = import_now(OWN / "garden.mbox")
    assert report.as_json() == {
        "created": {"topics": 0, "posts": 0, "users": 0},
        "existing": 5,
        "skipped": [],
    }
    assert state() == before


def test_a_dry_run_tells_the_same_and_changes_nothing() -> None:
    foretold = import_now(OWN, dry_run=True)
    assert db.session.scalar(select(Category)) is None
    assert db.session.scalar(select(User)) is None
    assert import_now(OWN).as_json() == foretold.as_json()
    again = import_now(OWN, dry_run=True)
    assert (again.topics, again.posts, again.users, again.existing) == (0, 0, 0, 7)


def test_a_cross_post_stands_once() -> None:
    report = import_now(OWN / "garden.mbox", OWN / "late.mbox")
    assert (report.posts, report.existing) == (6, 1)


def test_each_category_keeps_its_own_archive() -> None:
    import_now(OWN / "garden.mbox", category="one")
    report = import_now(OWN / "late.mbox", category="two")
    assert (report.topics, report.posts, report.users) == (2, 2, 1)
    check_soundness()


def test_people_are_placeholders_one_for_each_address() -> None:
    import_now(OWN)
    people = list(db.session.scalars(select(User)))
    assert sorted(person.name for person in people) == [
        "Ann Apple",
        "Bob Birch",
        "Carol Cedar",
        "Eve Elm",
        "Fay Fir",
        "dan",
    ]
    for person in people:
        assert person.is_placeholder
        assert (person.email, person.password_hash, person.email_confirmed_at) == (None, None, None)
        assert "example" not in person.username


def names_of_people() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(User.name).where(User.imported_at.is_not(None))))


@pytest.mark.parametrize("seed", range(3))
def test_every_order_of_files_and_runs_gives_the_same_names(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {
        "ann@x.test": ["Ann"] * 3 + ["Ann Apple"] * 4 + ["A. Apple of the Garden"],
        "bob@x.test": ["Robertissimus", "Bob Birch", "Bobby Birch", "Bob Burch"],
        "eve@x.test": ["Eve B", "Eve A"],
        "dan@x.test": ["", "dan", "Dan Dune", "Dan Dune"],
    }
    mails = [
        Mail(f"{address[:3]}{n}", author=f"{name} <{address}>", minute=n)
        for address, names in said.items()
        for n, name in enumerate(names)
    ]
    rng = random.Random(seed)
    rng.shuffle(mails)
    monkeypatch.setattr(pace, "_SMALLEST", 2)
    monkeypatch.setattr(pace, "_LARGEST", 3)
    monkeypatch.setattr(senders, "_REMEMBERED", 1)
    while mails:
        take = rng.randint(1, len(mails))
        import_now(write_mbox(tmp_path / f"{len(mails)}.mbox", mails[:take]))
        mails = mails[take:]
    assert names_of_people() == {"Ann Apple", "Bobby Birch", "Eve A", "Dan Dune"}
    assert db.session.scalar(select(func.sum(ImportedName.messages))) == sum(map(len, said.values()))


def test_whoever_has_an_account_keeps_its_name(tmp_path: Path, cast: Cast) -> None:
    author = f"Somebody Else <{cast.member.email}>"
    import_now(write_mbox(tmp_path / "1.mbox", [Mail("a", author=author)]))
    import_now(write_mbox(tmp_path / "2.mbox", [Mail("b", author=author)]))
    assert db.session.get_one(User, cast.member.id, populate_existing=True).name == cast.member.name
    assert names_of_people() == set()


def test_another_text_under_an_id_that_is_there_is_reported(tmp_path: Path) -> None:
    one = write_mbox(tmp_path / "1.mbox", [Mail("a", body="From here.\n>From there."), Mail("b")])
    (tmp_path / "2.mbox").write_text(
        one.read_text().replace("\nFrom here", "\n>From here").replace(".\n", ".  \n\n")
    )
    other = write_mbox(tmp_path / "3.mbox", [Mail("b"), Mail("a", body="Other words.")])
    report = import_now(one, tmp_path / "2.mbox", other)
    why = "there already under the same id with another text, which stays"
    place = f"3.mbox, message 2 (byte {len(str(Mail('b')))})"
    assert (report.posts, report.existing, report.skipped) == (2, 4, [{"where": place, "why": why}])
    again = import_now(other)
    assert (again.posts, again.existing, again.skipped) == (0, 2, report.skipped)
    assert "there" in post_of("a@archive.example").body


def test_what_answers_a_missing_message_shows_a_gap_each() -> None:
    import_now(OWN / "garden.mbox")
    for name in ("dig-2@moor.example", "dig-3@moor.example"):
        topic, post = topic_of(name), post_of(name)
        gap = db.session.scalars(select(Post).where(Post.topic_id == topic.id, Post.number == 1)).one()
        assert (gap.kind, gap.author_id, gap.body) == (PostKind.GAP, None, "")
        assert (post.number, post.parent_id) == (2, gap.id)
        assert (topic.title, topic.post_count, topic.last_number) == ("Digging", 1, 2)
    assert topic_of("dig-2@moor.example").id != topic_of("dig-3@moor.example").id


def test_a_message_that_comes_late_fills_the_gap_and_joins_what_answers_it() -> None:
    import_now(OWN / "garden.mbox")
    stays, goes = topic_of("dig-2@moor.example"), topic_of("dig-3@moor.example")
    stays, goes = sorted((stays, goes), key=lambda topic: topic.id)
    moved = next(n for n in ("dig-2@moor.example", "dig-3@moor.example") if post_of(n).topic_id == goes.id)
    report = import_now(OWN / "late.mbox")
    assert (report.topics, report.posts, report.existing) == (0, 1, 1)
    assert (report.joined, report.as_json()["joined"]) == (1, 1)
    assert "Topics joined           1" in report.as_table()
    parent = post_of("dig-1@nowhere.example")
    assert (parent.topic_id, parent.number, parent.kind) == (stays.id, 1, PostKind.POST)
    assert {post_of(f"dig-{n}@moor.example").parent_id for n in (2, 3)} == {parent.id}
    topic = topic_of("dig-1@nowhere.example")
    assert (topic.post_count, topic.created_at.hour) == (3, 8)
    assert db.session.get(Topic, goes.id) is None
    aliases = {(a.topic_id, a.number): a.post_id for a in db.session.scalars(select(PostAlias))}
    assert aliases == {(goes.id, 1): parent.id, (goes.id, 2): post_of(moved).id}
    check_soundness()


def test_old_links_lead_to_where_the_posts_are(client: FlaskClient) -> None:
    import_now(OWN / "garden.mbox")
    with transaction():
        # A place for everybody, so that a visitor may follow.
        place = db.session.scalars(select(Category)).one().place
        change_place(place, AudienceChoice(AudienceKind.PUBLIC, AudienceKind.MEMBERS), AudienceKind.MEMBERS)
    goes = max(topic_of("dig-2@moor.example").id, topic_of("dig-3@moor.example").id)
    assert client.get(f"/t/{goes}/digging/2").status_code == 200
    import_now(OWN / "late.mbox")
    stays = topic_of("dig-1@nowhere.example").id
    for old in (f"/t/{goes}", f"/t/{goes}/digging", f"/t/{goes}/digging/1", f"/t/{goes}/digging/2"):
        answer = client.get(old)
        assert answer.status_code == 301
        assert f"/t/{stays}/" in answer.headers["Location"]


def test_a_parent_that_comes_late_takes_its_answers_from_an_earlier_ancestor(tmp_path: Path) -> None:
    a, b, c = Mail("a"), Mail("b", ("a",), minute=1), Mail("c", ("a", "b"), minute=2)
    import_now(write_mbox(tmp_path / "1.mbox", [a, c]))
    assert state()["c@archive.example"][0] == "a@archive.example"
    number = post_of("c@archive.example").number
    import_now(write_mbox(tmp_path / "2.mbox", [b]))
    assert state()["c@archive.example"][0] == "b@archive.example"
    assert post_of("c@archive.example").number == number
    assert post_of("b@archive.example").number == 3
    check_soundness()


def test_a_gap_stays_where_its_message_answers_another_missing_one(tmp_path: Path) -> None:
    b, c = Mail("b", ("a",), minute=1), Mail("c", ("a", "b"), minute=2)
    import_now(write_mbox(tmp_path / "1.mbox", [c]))
    topic = topic_of("c@archive.example").id
    import_now(write_mbox(tmp_path / "2.mbox", [b]))
    assert state()["c@archive.example"] == (
        "b@archive.example",
        frozenset({"b@archive.example", "c@archive.example"}),
        True,
    )
    import_now(write_mbox(tmp_path / "3.mbox", [Mail("a")]))
    assert topic_of("a@archive.example").id == topic
    assert post_of("a@archive.example").number == 1
    assert post_of("c@archive.example").number == 2
    check_soundness()


def test_a_missing_message_that_turns_out_to_be_an_answer_takes_the_thread_along(tmp_path: Path) -> None:
    import_now(
        write_mbox(
            tmp_path / "1.mbox", [Mail("a"), Mail("c", ("b",), minute=2), Mail("d", ("b", "c"), minute=3)]
        )
    )
    old = topic_of("c@archive.example").id
    import_now(write_mbox(tmp_path / "2.mbox", [Mail("b", ("a",), minute=1)]))
    assert state()["c@archive.example"][0] == "b@archive.example"
    assert topic_of("d@archive.example").id == topic_of("a@archive.example").id
    assert db.session.get(Topic, old) is None
    check_soundness()


@pytest.mark.parametrize("seed", range(5))
def test_every_order_of_files_and_runs_gives_the_same_threads(tmp_path: Path, seed: int) -> None:
    mails = random_archive(seed)
    rng = random.Random(seed)
    rng.shuffle(mails)
    files = []
    while mails:
        take = rng.randint(1, 9)
        files.append(write_mbox(tmp_path / f"{len(files)}.mbox", mails[:take]))
        mails = mails[take:]
    while files:
        run = rng.randint(1, 3)
        import_now(*files[:run])
        files = files[run:]
    check_soundness()

    keys = {
        name: message_key(f"{name}@archive.example")
        for name in [f"m{n}" for n in range(30)] + [f"unseen{n}" for n in range(4)]
    }
    names = {key: f"{name}@archive.example" for name, key in keys.items()}
    forest = by_the_book(
        (keys[m.name], tuple(keys[n] for n in m.references), tuple(keys[n] for n in m.in_reply_to))
        for m in random_archive(seed)
    )
    root = roots(forest)
    found = state()
    assert {name: parent for name, (parent, _, _) in found.items()} == {
        names[key]: names[parent] if parent is not None else None for key, parent in forest.items()
    }
    assert {name: members for name, (_, members, _) in found.items()} == {
        names[key]: frozenset(names[other] for other in root if root[other] == root[key]) for key in forest
    }


def test_a_reply_tells_its_own_subject_whatever_the_order_of_runs(tmp_path: Path) -> None:
    mails = [
        Mail("a", subject="Roses"),
        Mail("b", ("a",), subject="Tulips *now*", minute=1),
        Mail("c", ("a", "b"), subject="tulips now", minute=2),
        Mail("d", ("a", "b", "c"), subject="Thorns", minute=3, body="-- \nDan"),
        Mail("e", ("x",), subject="Elms", minute=4),
        Mail("x", ("a",), subject="Roses", minute=5, body=" "),
    ]
    for number, order in enumerate(("abcdex", "xedcba", "cadbxe", "dacexb")):
        for name in order:
            mail = next(mail for mail in mails if mail.name == name)
            import_now(write_mbox(tmp_path / f"{number}{name}.mbox", [mail]), category=f"c{number}")
    bodies: dict[str, set[tuple[str, str]]] = {}
    found = select(ImportedMessage.message_id, Post.body, Post.body_html)
    for name, body, shown in db.session.execute(found.join(Post, Post.id == ImportedMessage.post_id)):
        bodies.setdefault(name[0], set()).add((body, shown))
    assert {name: len(texts) for name, texts in bodies.items()} == dict.fromkeys("abcdex", 1)
    told = {name: texts.pop()[0].split("\n\n")[0] for name, texts in bodies.items()}
    assert (told["b"], told["d"], told["e"]) == ("**Tulips \\*now\\***", "**Thorns**", "**Elms**")
    assert not any(told[name].startswith("**") for name in "acx")


def test_a_text_that_somebody_has_edited_is_left_alone(tmp_path: Path) -> None:
    import_now(write_mbox(tmp_path / "1.mbox", [Mail("b", ("a",), subject="Tulips", minute=1)]))
    with transaction():
        post = post_of("b@archive.example")
        post.body, post.edited_at = "My own words.", post.created_at
    import_now(write_mbox(tmp_path / "2.mbox", [Mail("a")]))
    assert post_of("b@archive.example").body == "My own words."


def test_posts_of_this_forum_move_along(tmp_path: Path, cast: Cast) -> None:
    larger = [Mail("x", ("a",), minute=2), *(Mail(name, ("x",), minute=3) for name in ("v", "w", "y"))]
    answers = [Mail("b", ("a",), minute=1), *larger]
    import_now(write_mbox(tmp_path / "1.mbox", answers))
    goes, head = topic_of("b@archive.example"), post_of("b@archive.example").id
    written = Written("Still so today.", render("Still so today.").html, 1)
    answer = reply(goes, author=cast.member, written=written, parent_id=head).id
    remark = reply(goes, author=cast.other, written=written).id
    mark_read(goes, reader=cast.guest, up_to=3)
    import_now(write_mbox(tmp_path / "2.mbox", [Mail("a")]))
    topic = topic_of("a@archive.example")
    for post_id in (answer, remark):
        moved = db.session.get_one(Post, post_id, populate_existing=True)
        assert (moved.topic_id, moved.parent_id) == (topic.id, head)
    # What somebody had read stays read: all but the remark.
    states = {
        name: unread.unread_of_topics(viewer_of(getattr(cast, name)), [topic.id])
        for name in ("guest", "staff")
    }
    assert states["guest"][topic.id].count == 1
    assert states["staff"][topic.id].count == 2
    check_soundness()


def test_threads_do_not_join_across_readers(tmp_path: Path) -> None:
    import_now(write_mbox(tmp_path / "1.mbox", [Mail("b", ("a",)), Mail("c", ("a",)), Mail("d", ("c",))]))
    with transaction():
        topic = topic_of("b@archive.example")
        place = db.session.scalars(select(Category)).one().place
        counting.add_topic(topic, -1)
        topic.audience_id = audience_for(place, AudienceChoice(AudienceKind.STAFF, AudienceKind.STAFF)).id
        db.session.flush()
        counting.add_topic(topic, +1)
    report = import_now(write_mbox(tmp_path / "2.mbox", [Mail("a")]))
    assert report.posts == 1
    assert len(report.skipped) == 1
    assert "other readers" in report.skipped[0]["why"]
    assert topic_of("a@archive.example").id == topic_of("c@archive.example").id
    assert topic_of("b@archive.example").id != topic_of("a@archive.example").id
    check_soundness()


def test_threads_deeper_than_pages_show_join_as_others_do(tmp_path: Path) -> None:
    chain = [Mail(f"m{n}", (f"m{n - 1}",) if n else (), minute=n) for n in range(160)]
    import_now(write_mbox(tmp_path / "1.mbox", [mail for mail in chain if mail.name not in ("m40", "m100")]))
    assert len({members for _, members, _ in state().values()}) == 3
    import_now(write_mbox(tmp_path / "2.mbox", [chain[100]]))
    check_soundness()
    import_now(write_mbox(tmp_path / "3.mbox", [chain[40]]))
    check_soundness()
    found = state()
    assert len(found["m0@archive.example"][1]) == 160
    assert all(found[f"m{n}@archive.example"][0] == f"m{n - 1}@archive.example" for n in range(1, 160))


@pytest.mark.parametrize("names", [("p", "q"), ("q", "p")])
def test_a_copy_that_closes_a_circle_turns_the_thread_as_the_rule_says(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    a, b = names
    import_now(
        write_mbox(tmp_path / "1.mbox", [Mail(a), Mail(b, (a,), minute=1), Mail("c", (a, b), minute=2)])
    )
    import_now(write_mbox(tmp_path / "2.mbox", [Mail(a, (b,))]))
    keys = {name: message_key(f"{name}@archive.example") for name in (a, b)}
    first, second = sorted(names, key=keys.__getitem__)
    found = state()
    assert found[f"{first}@archive.example"][0] is None
    assert found[f"{second}@archive.example"][0] == f"{first}@archive.example"
    assert len(found["c@archive.example"][1]) == 3
    check_soundness()


def test_what_is_broken_is_skipped_with_its_reason_and_place(tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_text(f"From nobody\n\nno headers at all\n\n{Mail('a')}{Mail('b', minute=1)}")
    (tmp_path / "b.mbox").write_bytes(b"\x89PNG\0\0\0")
    (tmp_path / "passwd.mbox").write_text("root:x:0:0:root:/root:/bin/bash\nbin:x:1:1:bin:/bin:/bin/false\n")
    report = import_now(tmp_path, tmp_path / "missing.mbox")
    assert report.posts == 2
    assert report.skipped == [
        {"where": "a.mbox, message 1 (byte 0)", "why": "no headers"},
        {"where": "b.mbox", "why": "neither an mbox nor a message"},
        {"where": "passwd.mbox", "why": "neither an mbox nor a message: no headers of mail"},
        {"where": "missing.mbox", "why": "cannot be read: No such file or directory"},
    ]


def test_a_text_longer_than_a_post_may_be_is_one_post_all_the_same(tmp_path: Path) -> None:
    words = "\n\n".join(f"Paragraph {n} of a *long* text." for n in range(2_000))
    report = import_now(write_mbox(tmp_path / "a.mbox", [Mail("a", body=words)]))
    post = post_of("a@archive.example")
    assert (report.posts, report.skipped) == (1, [])
    assert len(post.body) > 60_000
    assert "Paragraph 1999 of a *long* text." in post.body_html


def test_a_text_beyond_all_measure_is_cut_and_reported(tmp_path: Path) -> None:
    report = import_now(write_mbox(tmp_path / "a.mbox", [Mail("a", body="word " * 60_000)]))
    assert report.posts == 1
    assert report.skipped == [
        {"where": "a.mbox, message 1 (byte 0)", "why": "longer than 200 KB: the rest was cut off"}
    ]


def test_where_there_is_no_mail_the_report_says_so(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "empty.mbox"
    folder.mkdir()
    (folder / "readme.txt").write_text("Words.")
    file.write_text("\n\n")
    report = import_now(folder, file, write_mbox(tmp_path / "a.mbox", [Mail("a")]))
    assert report.posts == 1
    assert report.skipped == [
        {"where": "folder", "why": f"no messages found in {folder}"},
        {"where": "empty.mbox", "why": f"no messages found in {file}"},
    ]


def nested(depth: int) -> str:
    """A message within a message within a message."""
    lines = ["From x Mon Mar  1 00:00:00 1993", "Message-ID: <a@archive.example>", "From: ann@garden.example"]
    for at in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="b{at}"', "", f"--b{at}"]
    return "\n".join([*lines, "", "Words.", "", ""])


@pytest.mark.parametrize("depth", [3, 3_000])
def test_a_message_that_cannot_be_read_keeps_its_place_for_what_answers_it(
    tmp_path: Path, depth: int
) -> None:
    answers = [Mail("b", ("a",), minute=1), Mail("c", ("a", "b"), minute=2), Mail("d", ("a",), minute=3)]
    (tmp_path / "a.mbox").write_text(nested(depth) + "".join(map(str, answers)))
    report = import_now(tmp_path)
    assert report.posts == 4
    assert (post_of("a@archive.example").body == "*This message could not be read.*") is (depth > 100)
    whys = [item["why"] for item in report.skipped]
    assert [why.startswith("cannot be read: Recursion") for why in whys] == [True] * (depth > 100)
    found = state()
    assert {name[0]: parent and parent[0] for name, (parent, _, _) in found.items()} == {
        "a": None,
        "b": "a",
        "c": "b",
        "d": "a",
    }
    check_soundness()
    assert import_now(tmp_path).as_json()["created"] == {"topics": 0, "posts": 0, "users": 0}


def test_a_text_that_the_renderer_refuses_is_shown_and_answered(tmp_path: Path) -> None:
    mails = [Mail("a", body="[" * 190_000), Mail("b", ("a",), minute=1)]
    report = import_now(write_mbox(tmp_path / "a.mbox", mails))
    assert report.posts == 2
    assert post_of("b@archive.example").parent_id == post_of("a@archive.example").id
    assert post_of("a@archive.example").body_html.count("[") > 90_000
    check_soundness()


def test_a_file_that_is_gone_is_read_by_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("gone")

    path = write_mbox(tmp_path / "a.mbox", [Mail("a"), Mail("b", ("a",), minute=1)])
    with monkeypatch.context() as patched:
        patched.setattr(mbox, "read", fail)
        assert import_now(path).posts == 0
    assert import_now(path).posts == 2
    assert state()["b@archive.example"][0] == "a@archive.example"


def test_an_archive_is_unread_for_nobody(cast: Cast) -> None:
    import_now(OWN)
    ids = [topic.id for topic in db.session.scalars(select(Topic))]
    place_id = db.session.scalars(select(Category.place_id).where(Category.slug == "archive")).one()
    viewer = viewer_of(cast.member)
    assert all(
        state.count == 0 and not state.is_new for state in unread.unread_of_topics(viewer, ids).values()
    )
    assert unread.unread_of_places(viewer, [place_id])[place_id] == unread.PlaceUnread()


def test_what_was_imported_can_be_marked_unread_and_read_again(cast: Cast) -> None:
    import_now(OWN)
    topic = topic_of("rose-1@garden.example")
    viewer = viewer_of(cast.member)
    mark_unread_from(topic, reader=cast.member, number=2)
    assert unread.unread_of_topics(viewer, [topic.id])[topic.id].count == 2
    mark_read(topic, reader=cast.member, up_to=3)
    assert unread.unread_of_topics(viewer, [topic.id])[topic.id].count == 0


def test_an_answer_given_here_is_unread_and_comes_first(cast: Cast) -> None:
    import_now(OWN)
    topic = topic_of("dig-1@nowhere.example")
    reply(topic, author=cast.other, written=Written("Still so.", render("Still so.").html, 1))
    viewer = viewer_of(cast.member)
    assert unread.unread_of_topics(viewer, [topic.id])[topic.id].count == 1
    place_id = db.session.scalars(select(Category.place_id).where(Category.slug == "archive")).one()
    assert topics.topics_of(viewer, place_id).items[0].id == topic.id
    check_soundness()


def test_a_place_tells_its_newest_topic(cast: Cast) -> None:
    import_now(OWN)
    place_id = db.session.scalars(select(Category.place_id).where(Category.slug == "archive")).one()
    viewer = viewer_of(cast.member)
    count = topics.counts_of_places(viewer, [place_id])[place_id]
    assert (count.topics, count.posts, count.last_topic_id) == (2, 6, topic_of("dig-1@nowhere.example").id)
    listed = [topic.title for topic in topics.topics_of(viewer, place_id).items]
    assert listed == ["Digging", "Pruning old roses"]


def test_batches_do_not_shrink_where_others_use_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        """A processor that is there for a moment in every hour."""

        now = 0.0

        def tick(self) -> float:
            self.now += 1.0
            return self.now

        monotonic = tick

        def thread_time(self) -> float:
            return self.tick() / 1000

        def sleep(self, _seconds: float) -> None:
            pass

    sizes: list[int] = []
    fill = runs.Run._fill

    def note(run: runs.Run, work: list[runs.Work]) -> tuple[Batch, list[tuple[str, str]]]:
        sizes.append(len(work))
        return fill(run, work)

    monkeypatch.setattr(pace, "time", Clock())
    monkeypatch.setattr(runs.Run, "_fill", note)
    import_now(write_mbox(tmp_path / "a.mbox", [Mail(f"n{n}", minute=n) for n in range(400)]))
    assert sizes[0] >= 16
    assert sizes[-2] == pace._LARGEST == 64


def test_a_pool_of_processes_does_the_same() -> None:
    report = import_now(OWN, processes=2)
    assert (report.topics, report.posts) == (2, 6)
    check_soundness()
