"""What stands nowhere goes after a day; what is in use never does."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import NotFound
from forum.discussions.actions import concealing, drafting, writing
from forum.discussions.models import Post
from forum.discussions.params import DraftText
from forum.discussions.writing import prepare
from forum.media import actions
from forum.media.models import Attachment, Upload
from forum.media.schemas import markdown_of
from tests.cast import Cast
from tests.factories import make_topic, settled
from tests.media.conftest import stored, write
from tests.racing import Race

A_DAY = timedelta(hours=25)


def upload(owner: User, name: str = "a.txt") -> Upload:
    return settled(actions.keep_upload(name, io.BytesIO(b"text"), owner_id=owner.id))


def there() -> set[int]:
    return set(db.session.scalars(db.select(Upload.id).where(Upload.deleted_at.is_(None))))


@pytest.mark.usefixtures("context")
def test_only_what_stands_nowhere_for_a_day_is_swept(app: Flask, cast: Cast, folder: Path) -> None:
    alone, posted, drafted, hidden, edited = (upload(cast.member, f"{n}.txt") for n in range(5))
    topic = make_topic(cast.lounge, cast.member)
    write(topic, cast.member, markdown_of(posted))
    concealing.hide_post(write(topic, cast.member, markdown_of(hidden)), actor=cast.moderator, reason="Why.")
    writing.edit_post(
        write(topic, cast.member, markdown_of(edited)), actor=cast.member, written=prepare("Out.")
    )
    text = DraftText(body=markdown_of(drafted))
    draft = drafting.begin_draft("topic", author=cast.member, client_id="a-tab-of-mine", text=text)
    assert actions.sweep() == 0
    clock.advance(A_DAY)
    late = upload(cast.member, "late.txt")
    assert actions.sweep() == 1
    assert there() == {one.id for one in (posted, drafted, hidden, edited, late)}
    assert len(stored(folder)) == 5
    assert not any(alone.key in str(path) for path in stored(folder))
    drafting.discard_draft(draft.id, author=cast.member)
    assert actions.sweep() == 1
    clock.advance(A_DAY)
    actions.sweep()
    assert db.session.query(Upload).count() == 3  # the rows of what was deleted go after a day
    assert len(stored(folder)) == 3


@pytest.mark.usefixtures("context")
def test_bytes_of_a_process_that_died_are_swept_and_those_on_their_way_are_not(
    app: Flask, cast: Cast, folder: Path
) -> None:
    known = upload(cast.member)
    for day in ("2026-11-17", "2026-11-20"):
        (folder / day / "abc").mkdir(parents=True, exist_ok=True)
        (folder / day / "abc" / "file").write_bytes(b"lost")
    actions.sweep()
    assert [path.parent.name for path in stored(folder)] == sorted(["abc", known.key.rpartition("/")[2]])
    assert not (folder / "2026-11-17").exists()


@pytest.mark.usefixtures("context")
def test_an_interrupted_deletion_is_finished(
    app: Flask, cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = upload(cast.member)

    def fails(*_args: Any) -> None:
        raise OSError("away")

    with monkeypatch.context() as patch:
        patch.setattr(type(app.extensions["forum_media"]), "delete", fails)
        actions.delete_upload(one.id, owner_id=cast.member.id)
    assert len(stored(folder)) == 1
    assert there() == set()
    clock.advance(A_DAY)
    actions.sweep()
    assert stored(folder) == []
    assert db.session.query(Upload).count() == 0


@pytest.mark.parametrize("first_is", ["the writer", "the sweep"])
@pytest.mark.one_database("postgresql")
def test_who_posts_and_who_sweeps_at_the_same_moment(
    app: Flask, cast: Cast, database: str, folder: Path, first_is: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either it is posted and stays, or it has gone before: never a post that holds what is swept after it."""
    with app.app_context():
        one = upload(cast.member)
        topic = make_topic(cast.lounge, cast.member)
        written = prepare(markdown_of(one))
    clock.advance(A_DAY)

    def post(pause: Any = None) -> Any:
        from forum.discussions.actions import attaching

        if pause:
            real = attaching.db.session.add_all

            def add_all(things: Any) -> None:
                real(things)
                db.session.flush()
                pause()

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(attaching.db.session, "add_all", add_all, raising=False)
                return writing.reply(topic, author=cast.member, written=written).id
        return writing.reply(topic, author=cast.member, written=written).id

    def sweep(pause: Any = None) -> Any:
        if pause:
            real = Upload.delete

            def delete(self: Upload, at: Any) -> bool:
                gone = real(self, at)
                db.session.flush()
                pause()
                return gone

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(Upload, "delete", delete)
                return actions.sweep()
        return actions.sweep()

    race = Race(app, database)
    if first_is == "the writer":
        post_id, swept = race.run(post, sweep)
    else:
        swept, post_id = race.run(sweep, post)
    assert not isinstance(swept, Exception), swept
    assert not isinstance(post_id, Exception), post_id
    with app.app_context():
        kept = db.session.query(Attachment).count()
        assert db.session.get(Post, post_id)
        assert (swept, kept, len(stored(folder))) == ((0, 1, 1) if first_is == "the writer" else (1, 0, 0))


@pytest.mark.usefixtures("context")
def test_nobody_deletes_what_is_not_theirs(app: Flask, cast: Cast) -> None:
    one = upload(cast.member)
    with pytest.raises(NotFound):
        actions.delete_upload(one.id, owner_id=cast.other.id)


def test_the_command_sweeps(app: Flask, cast: Cast) -> None:
    with app.app_context():
        upload(cast.member)
    clock.advance(A_DAY)
    ran = app.test_cli_runner().invoke(args=["media", "sweep"])
    assert ran.output == "1 uploads were deleted.\n"
    assert app.test_cli_runner().invoke(args=["media", "sweep"]).output == "Nothing had to be deleted.\n"
