"""A picture that must not be there is gone for good: its bytes at once, and what is said of it in every text."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import drafting, locking, writing
from forum.discussions.actions.removing import remove_file, take_out
from forum.discussions.models import Draft, Post, Revision, Topic
from forum.discussions.params import DraftText
from forum.discussions.writing import prepare
from forum.jobs import outbox
from forum.markup import render, shown_without_upload, without_upload
from forum.media import actions
from forum.media.models import Upload
from forum.notifications.models import Notification
from tests.api.conftest import Program
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_topic
from tests.media.conftest import Bring, picture, stored, write

Submit = Callable[..., Any]
SAID = "A picture or file was removed here."


def me(user: User) -> User:
    return db.session.get_one(User, user.id)


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


@pytest.fixture
def topic(app: Flask, cast: Cast) -> Topic:
    with app.app_context():
        return make_topic(cast.lounge, cast.other, "A case")


def standing(app: Flask, topic: Topic, author: User, made: Any, words: str = "Mr Smith, bed 4") -> Post:
    with app.app_context():
        return write(topic, me(author), f"Look: ![{words}]({made['url']})\n\nAnd more.")


def test_a_moderator_removes_a_picture_for_good_and_says_why(
    app: Flask, cast: Cast, topic: Topic, sign_in: SignIn, bring: Bring, submit: Submit, folder: Path
) -> None:
    member, moderator, other = (sign_in(who) for who in (cast.member, cast.moderator, cast.other))
    made, kept = bring(member, picture(1600, 900)).get_json(), bring(member).get_json()
    post = standing(app, topic, cast.member, made)
    with app.app_context():
        quoted = f"> [@mina](/posts/{post.id}):\n>\n> ![Mr Smith, bed 4]({made['url']})\n\nIndeed."
        quoting = write(topic, me(cast.other), quoted)
        again = f"Look: ![Mr Smith]({made['url']}) and ![]({kept['url']})"
        writing.edit_post(post, actor=me(cast.member), written=prepare(again))
        draft = DraftText(title="", body=f"Again ![Mr Smith]({made['url']})")
        drafting.begin_draft(f"edit:{post.id}", author=me(cast.member), client_id="tab", text=draft)
        locking.lock_topic(topic, actor=me(cast.moderator))
    here, where = f"/t/{topic.id}/{topic.slug}", f"/posts/{post.id}/remove-file"
    assert f'href="{where}"' in moderator.get(here).text
    assert f'href="{where}"' not in other.get(here).text
    assert (other.get(where).status_code, sign_in(cast.guest).get(where).status_code) == (403, 404)
    assert submit(other, where, upload=made["id"], reason="No.").status_code == 403
    asked = moderator.get(where).text
    assert "This cannot be undone." in asked
    assert asked.count('type="radio"') == 2
    for fields in (
        {"upload": made["id"]},
        {"reason": "A patient."},
        {"upload": "12", "reason": "A patient."},
    ):
        refused = submit(moderator, where, **fields)
        assert (refused.status_code, fields.get("reason", "") in refused.text) == (422, True)
    before = len(stored(folder))
    addresses = [made["url"], *(f"/uploads/{made['id']}/{width}.webp" for width in (320, 1200))]
    tags = [member.get(address).headers["ETag"] for address in addresses]
    done = submit(moderator, where, upload=made["id"], reason="A patient can be recognized.")
    assert done.status_code == 303, re.findall(r"field__error.*", done.text)
    for browser in (member, moderator, other):  # also for whoever has a copy and asks whether it still holds
        for address, tag in zip(addresses, tags, strict=True):
            assert browser.get(address).status_code == 404
            assert browser.get(address, headers={"If-None-Match": tag}).status_code == 404
    assert len(stored(folder)) == before - 3
    assert member.get(kept["url"]).status_code == 200
    seen = main_of(other.get(here).text)
    assert seen.count(SAID) == 2  # in the post, and in the quote of it
    assert made["url"] not in seen
    assert "Smith" not in seen
    assert "Smith" not in moderator.get(f"/posts/{post.id}/history").text
    with app.app_context():
        bodies = [*db.session.scalars(select(Post.body)), *db.session.scalars(select(Revision.body))]
        bodies += db.session.scalars(select(Draft.body))
        assert not any("Smith" in body or f"/uploads/{made['id']}/" in body for body in bodies)
        assert db.session.get_one(Post, quoting.id).body.endswith("Indeed.")
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "post:file_removed")).one()
        assert (entry.reason, entry.actor_id) == ("A patient can be recognized.", cast.moderator.id)
        outbox.sweep()
        told = db.session.scalars(select(Notification).where(Notification.user_id == cast.member.id))
        assert ["file_removed" for one in told if one.detail.get("act") == "file_removed"] == ["file_removed"]
    heard = main_of(member.get("/notifications").text)
    assert "removed a picture or file of yours from “" in heard
    assert "A patient can be recognized." in heard
    assert "removed a picture or file from a post in" in moderator.get("/moderation/log").text
    assert made["id"] not in member.get("/settings/uploads").text
    # Whoever edits it puts nothing back.
    with app.app_context():
        locking.unlock_topic(topic, actor=me(cast.moderator))
        writing.edit_post(post, actor=me(cast.member), written=prepare(f"![Back]({made['url']})"))
    assert member.get(made["url"]).status_code == 404


def test_whoever_brought_it_takes_it_back_wherever_it_stands(
    app: Flask, cast: Cast, topic: Topic, sign_in: SignIn, bring: Bring, submit: Submit, folder: Path
) -> None:
    member = sign_in(cast.member)
    made, named = bring(member).get_json(), bring(member, b"%PDF-1.4", "smith.pdf").get_json()
    post = standing(app, topic, cast.member, made)
    with app.app_context():
        write(topic, me(cast.member), f"See [smith.pdf (1 KB)]({named['url']}).")
    assert submit(member, f"/uploads/{made['id']}/delete").status_code == 403
    assert f'href="/uploads/{made["id"]}/remove"' in member.get("/settings/uploads").text
    assert "This cannot be undone." in member.get(f"/uploads/{made['id']}/remove").text
    for stranger in (cast.other, cast.staff):
        browser = sign_in(stranger)
        assert browser.get(f"/uploads/{made['id']}/remove").status_code == 404
        assert submit(browser, f"/uploads/{made['id']}/remove").status_code == 404
    for _again in range(2):
        assert submit(member, f"/uploads/{made['id']}/remove").status_code == 303
    program = Program(app, member)
    assert program.delete(f"/uploads/{named['id']}").status_code == 409
    assert program.delete(f"/uploads/{named['id']}?everywhere=true").status_code == 204
    seen = main_of(sign_in(cast.other).get(f"/t/{topic.id}/{topic.slug}").text)
    assert (seen.count(SAID), "smith" in seen) == (2, False)
    assert stored(folder) == []
    with app.app_context():
        assert not db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "post:file_removed")
        ).all()
        version = db.session.get_one(Post, post.id).version
        take_out(int(made["id"]))  # told once more by the worker, nothing changes
        assert db.session.get_one(Post, post.id, populate_existing=True).version == version


def test_programs_remove_too_and_nothing_goes_before_the_commit(
    app: Flask,
    cast: Cast,
    topic: Topic,
    sign_in: SignIn,
    bring: Bring,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    member = sign_in(cast.member)
    made = bring(member).get_json()
    post = standing(app, topic, cast.member, made)
    with app.app_context(), pytest.raises(ZeroDivisionError), transaction():
        remove_file(post, int(made["id"]), actor=me(cast.moderator), reason="No.")
        raise ZeroDivisionError
    assert member.get(made["url"]).status_code == 200
    moderator, other = Program(app, sign_in(cast.moderator)), Program(app, sign_in(cast.other))
    where = f"/posts/{post.id}/uploads/{made['id']}"
    assert (
        other.delete(where).status_code,
        moderator.delete(f"/posts/{post.id}/uploads/12").status_code,
    ) == (404, 404)
    assert (moderator.delete(where).status_code, list(moderator.delete(where).json["errors"])) == (
        422,
        ["reason"],
    )
    # Where the bytes cannot be deleted now, the sweep does it; nobody sees them meanwhile.
    with monkeypatch.context() as patched:
        patched.setattr("forum.media.storage.Folder.delete", lambda *_: 1 / 0)
        assert moderator.delete(where, {"reason": "A patient."}).status_code == 204
    assert member.get(made["url"]).status_code == 404
    assert stored(folder)
    with app.app_context():
        actions.sweep()
        assert db.session.get_one(Upload, int(made["id"])).name == ""
    assert stored(folder) == []


@pytest.mark.parametrize(
    "text",
    [
        "![Mr Smith](/uploads/12/640x480.webp)",
        '![Mr \\] Smith [x]](</uploads/12/640x480.webp> "Smith")',
        "[![Smith](/uploads/12/640x480.webp)](https://example.org/)",
        "[smith.pdf (1 KB)](/uploads/12/smith.pdf)",
        "![a](https://here.example/uploads/12/640x480.webp) /uploads/12/smith.pdf",
    ],
)
def test_no_form_of_it_is_left_in_a_text(text: str) -> None:
    left = without_upload(f"Before {text} after ![b](/uploads/123/640x480.webp)", 12)
    assert not re.search(r"smith|/uploads/12/", left, re.IGNORECASE)
    assert "Before" in left and left.endswith("after ![b](/uploads/123/640x480.webp)")  # noqa: PT018
    assert without_upload(left, 12) == left
    html = shown_without_upload(render(f"{text} ![b](/uploads/123/640x480.webp)").html, 12)
    assert "/uploads/12/" not in html
    assert "/uploads/123/" in html
    assert 'class="removed-file"' in render("![](/uploads/removed)").html


def test_a_text_that_names_it_by_hand_says_so_too(
    app: Flask, cast: Cast, topic: Topic, sign_in: SignIn, bring: Bring, submit: Submit
) -> None:
    """Of somebody who did not bring it: written before it was removed, and after."""
    member, other = sign_in(cast.member), sign_in(cast.other)
    made = bring(member, picture(1600, 900)).get_json()
    post = standing(app, topic, cast.member, made)
    by_hand = f"See ![Mr Smith]({made['url']}) or [him](http://localhost{made['url']})."
    with app.app_context():
        named = write(topic, me(cast.other), by_hand)
        corrected = write(topic, me(cast.other), by_hand)
        writing.edit_post(corrected, actor=me(cast.other), written=prepare("Nothing."))
        text = DraftText(title="", body=by_hand)
        drafting.begin_draft(f"edit:{named.id}", author=me(cast.other), client_id="tab", text=text)
        remove_file(post, int(made["id"]), actor=me(cast.moderator), reason="A patient.")
        outbox.sweep()
        after = write(topic, me(cast.other), f"{by_hand} {'And more.'}")
        texts = [*db.session.scalars(select(Post.body)), *db.session.scalars(select(Revision.body))]
        texts += [
            *db.session.scalars(select(Draft.body)),
            *map(str, db.session.scalars(select(Post.body_html))),
        ]
        assert [text for text in texts if "Smith" in text or made["url"] in text] == []
        assert db.session.get_one(Post, after.id).body.endswith("And more.")
    seen = main_of(other.get(f"/t/{topic.id}/{topic.slug}").text)
    assert seen.count(SAID) == 5  # where it stood, and twice each where it was named
    looked = submit(other, "/preview?to=/new", body=by_hand, title="T").text
    assert (looked.count(SAID) >= 2, made["url"] in main_of(looked).partition("<form")[0]) == (True, False)
