"""The real archives, imported whole: as many posts and topics as there are messages and threads, in any order of files."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.core.db import db
from forum.discussions.models import Post, PostKind, Topic
from forum.importers import rendering
from forum.importers.mail.identity import message_key
from forum.importers.models import ImportedMessage
from forum.importers.threads import ThreadIndex
from forum.markup import Rendered, render
from tests.importers.mailbox_worlds import check_soundness, import_now, state
from tests.importers.samples import MAIL_LISTS, USENET, needs_real_archives
from tests.importers.test_real_headers import envelopes

pytestmark = [needs_real_archives, pytest.mark.usefixtures("context")]
FILES = [USENET / f"{name}.mbox" for name in ("comp.graphics", "sci.electronics", "sci.med")]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without rendering, which is tested elsewhere and takes most of the time."""
    shown = render("Shown.")

    def render_nothing(_body: str) -> Rendered:
        return shown

    monkeypatch.setattr(rendering, "render_long", render_nothing)


def sizes() -> list[int]:
    """Messages in each topic, largest first."""
    found = (
        select(func.count())
        .select_from(Post)
        .join(ImportedMessage, ImportedMessage.post_id == Post.id)
        .group_by(Post.topic_id)
    )
    return sorted(db.session.scalars(found), reverse=True)


@pytest.mark.usefixtures("quick")
def test_the_usenet_archive_stands_in_the_threads_its_headers_tell(app: Flask) -> None:
    """On SQLite at once, on PostgreSQL file by file from the last to the first: both as a look at all headers tells."""
    if app.extensions["forum_config"].is_sqlite:
        reports = [import_now(USENET)]
    else:
        reports = [import_now(path) for path in reversed(FILES)]
        assert [report.posts for report in reports] == [1000, 1000, 994]
    totals = [sum(getattr(report, name) for report in reports) for name in ("posts", "users", "existing")]
    assert totals == [2994, 1817, 6]
    assert not any(report.skipped for report in reports)
    assert (len(sizes()), sizes()[0], sum(size > 1 for size in sizes())) == (1574, 50, 507)
    assert db.session.scalar(select(func.count()).where(Post.kind == PostKind.POST)) == 2994
    check_soundness(recount=False)

    found = state()
    with ThreadIndex() as index:
        names: dict[int, str] = {}
        for envelope in envelopes(USENET):
            key = message_key(envelope.message_id)
            names[key] = envelope.message_id
            index.add(
                key, *(tuple(map(message_key, ids)) for ids in (envelope.references, envelope.in_reply_to))
            )
        index.resolve()
        for key, parent, root, has_gap in index.scratch.execute(
            "SELECT key, parent, root, has_gap FROM messages"
        ):
            assert found[names[key]][0] == (names[parent] if parent is not None else None)
            assert names[root] in found[names[key]][1]
            assert parent is not None or found[names[key]][2] == bool(has_gap)

    again = import_now(*FILES)
    assert again.as_json() == {
        "created": {"topics": 0, "posts": 0, "users": 0},
        "existing": 3000,
        "skipped": [],
    }


def test_the_mailing_lists_as_people_read_them() -> None:
    report = import_now(MAIL_LISTS)
    assert (report.topics, report.posts, report.existing, report.skipped) == (60, 127, 10, [])
    assert (len(sizes()), sizes()[0], sum(size > 1 for size in sizes())) == (60, 13, 24)
    check_soundness()
    again = import_now(MAIL_LISTS)
    assert (again.topics, again.posts, again.users, again.existing) == (0, 0, 0, 137)
    bodies = list(db.session.scalars(select(Post.body_html).where(Post.kind == PostKind.POST)))
    assert all(html.strip() for html in bodies)
    assert not any("\ufffd" in html for html in bodies)
    titles = set(db.session.scalars(select(Topic.title)))
    assert not any(title.lower().startswith(("re:", "fwd:", "[users@")) for title in titles)


def test_a_folder_is_a_path_too(tmp_path: Path) -> None:
    (tmp_path / "one.mbox").symlink_to(MAIL_LISTS / "text_enriched.mbox")
    report = import_now(tmp_path)
    assert report.posts == 1
    html = db.session.scalars(select(Post.body_html).where(Post.kind == PostKind.POST)).one()
    assert "<Context" not in html
    assert "&lt;Context" in html
