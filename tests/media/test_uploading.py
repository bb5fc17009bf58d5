"""Bringing pictures and files: what is taken, what is made of it, and how it is served."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from forum.admin.actions import change_settings
from forum.core import clock, settings
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import drafting
from forum.discussions.models import Draft, Post
from forum.discussions.params import DraftText
from forum.jobs import outbox
from forum.media import actions, kinds, queries
from forum.media.models import Upload
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_topic, make_user
from tests.media.conftest import Bring, as_form, opened, picture, stored, write


def test_a_picture_is_made_anew_in_the_widths_that_pages_use(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring
) -> None:
    browser = sign_in(cast.member)
    answer = bring(browser, picture(3000, 1500, "JPEG"), "From the ward.JPG")
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    assert (made["kind"], made["width"], made["height"], made["frames"]) == ("image", 2400, 1200, 1)
    assert made["markdown"] == f"![](/uploads/{made['id']}/2400x1200.webp)"
    for name, size in (
        ("320.webp", (320, 160)),
        ("1200.webp", (1200, 600)),
        ("2400x1200.webp", (2400, 1200)),
    ):
        served = browser.get(f"/uploads/{made['id']}/{name}")
        assert (served.status_code, served.mimetype) == (200, "image/webp")
        assert opened(served.data).size == size
        assert served.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        assert served.headers["Cache-Control"] == "private, no-store"
        assert 'inline; filename="From the ward.webp"' in served.headers["Content-Disposition"]
        assert browser.head(f"/uploads/{made['id']}/{name}").content_length == len(served.data)
    assert browser.get(f"/uploads/{made['id']}/99.webp").status_code == 404


def test_nothing_but_the_picture_is_left_of_a_picture(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring, folder: Path
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "CANARY-DESCRIPTION"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[29] = "CANARY-GPS"
    sent = picture(400, 200, "JPEG", exif=exif, comment=b"CANARY-COMMENT") + b"<script>CANARY-AFTER</script>"
    assert b"CANARY-GPS" in sent
    made = bring(sign_in(cast.member), sent, "CANARY-NAME.jpg").get_json()
    assert (made["width"], made["height"]) == (200, 400)  # turned upright
    files = stored(folder)
    assert files
    assert not [path for path in files if b"CANARY" in path.read_bytes() or "CANARY" in str(path)]
    for path in files:
        assert not opened(path.read_bytes()).getexif()


def test_an_animation_stands_still_in_a_text_and_leads_to_where_it_moves(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring
) -> None:
    frames = [Image.new("RGB", (600, 300), color) for color in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=80)
    browser = sign_in(cast.member)
    made = bring(browser, out.getvalue(), "moves.gif").get_json()
    assert made["frames"] == 3
    assert opened(browser.get(made["url"]).data).n_frames == 3  # type: ignore[attr-defined]
    assert made["markdown"] == f"![](/uploads/{made['id']}/600x300.moving.webp)"
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        for alt in ("A valve", ""):
            write(topic, cast.member, f"![{alt}]({made['url']})")
    page = browser.get(f"/t/{topic.id}/{topic.slug}").text
    shown = set(re.findall(r"(?:src|srcset)=\"(/uploads/[^\"]*)", page))
    still = {one.split()[0] for several in shown for one in several.split(", ")}
    assert still == {f"/uploads/{made['id']}/{name}.webp" for name in ("320", "600x300")}
    for address in (*still, made["thumbnail_url"]):
        assert not getattr(opened(browser.get(address).data), "is_animated", False), address
    link = rf'<a class="picture" href="{made["url"]}"><img [^>]*><span class="picture__play">Play the moving picture</span></a>'
    assert len(re.findall(link, page)) == 2


def test_what_was_brought_before_there_were_still_frames_stands_still_by_command(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring, folder: Path
) -> None:
    frames = [Image.new("RGB", (600, 300), color) for color in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    browser = sign_in(cast.member)
    made = bring(browser, out.getvalue(), "moves.gif").get_json()
    kept = bring(browser, out.getvalue(), "new.gif").get_json()
    before = made["url"].replace(".moving.webp", ".webp")
    with app.app_context():
        upload = db.session.get_one(Upload, int(made["id"]))
        parts = folder / upload.key
        (parts / "600x300.moving.webp").replace(parts / "600x300.webp")  # as it was kept
        with transaction():
            upload.parts = {name: size for name, size in upload.parts.items() if "moving" not in name}
        topic = make_topic(cast.lounge, cast.member)
        post = write(topic, cast.member, f"![A valve]({before}) and [there]({kept['url']})")
        text = DraftText(title="", body=f"![]({before})")
        drafting.begin_draft(f"edit:{post.id}", author=cast.member, client_id="tab", text=text)
    assert opened(browser.get(before).data).n_frames == 3  # type: ignore[attr-defined]
    ran = app.test_cli_runner().invoke(args=["media", "still"])
    assert ran.output == "Moving pictures that stand still from now on: 1.\n"
    assert app.test_cli_runner().invoke(args=["media", "still"]).output == "Nothing had to be made.\n"
    assert not parts.exists()
    assert not getattr(opened(browser.get(before).data), "is_animated", False)
    assert opened(browser.get(made["url"]).data).n_frames == 3  # type: ignore[attr-defined]
    with app.app_context():
        outbox.sweep()
        assert db.session.get_one(Post, post.id).body.startswith(f"![A valve]({made['url']})")
        assert db.session.scalars(db.select(Draft.body)).one() == f"![]({made['url']})"
    page = browser.get(f"/t/{topic.id}/{topic.slug}").text
    assert f'<a class="picture" href="{made["url"]}"><img' in page
    assert page.count("Play the moving picture") == 1


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16"])
def test_every_kind_of_color_is_shown(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring, mode: str
) -> None:
    out = io.BytesIO()
    Image.new(mode, (30, 20)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    made = bring(sign_in(cast.member), out.getvalue(), "x.png")
    assert made.status_code == 201, made.text


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("page.html", b"<p>hello", "SVG and XML are not taken"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG and XML are not taken"),
        ("notes.txt", b"  <!DOCTYPE html><script>alert(1)</script>", "SVG and XML are not taken"),
        ("notes.txt", b"hello <script>alert(1)</script>", "not what its name says"),
        ("notes.txt", b"\x00\x01\x02", "not what its name says"),
        ("tool.exe", b"MZ....", "Programs are not taken"),
        ("notes.txt", b"MZ\x90\x00", "Programs are not taken"),
        ("report.pdf", b"no pdf", "not what its name says"),
        ("report.docx", b"PK\x03\x04 no archive", "not what its name says"),
        ("report.docm", b"PK\x03\x04", "Programs are not taken"),
        ("picture.png", b"no picture", "no picture that can be read"),
        ("picture.heic", b"....ftypheic", "Files of this kind are not taken"),
        ("nothing.txt", b"", "empty"),
        ("large.txt", b"x" * (kinds.MOST_BYTES + 1), "larger than 10 MB"),
    ],
)
def test_what_is_not_taken_is_refused_in_words_and_leaves_nothing(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring, folder: Path, name: str, data: bytes, says: str
) -> None:
    answer = bring(sign_in(cast.member), data, name)
    assert answer.status_code == 422
    assert says in answer.get_json()["errors"]["file"]
    assert stored(folder) == []
    with app.app_context():
        assert db.session.query(Upload).count() == 0


def test_a_file_is_saved_as_it_was_and_run_by_nobody(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring
) -> None:
    browser = sign_in(cast.member)
    sent = b"%PDF-1.4 and so on"
    made = bring(browser, sent, "a/../Größe \u202egpj.pdf").get_json()
    assert (made["name"], made["kind"]) == ("Größe gpj.pdf", "file")
    assert made["markdown"] == f"[Größe gpj.pdf (1 KB)](/uploads/{made['id']}/Gr%C3%B6%C3%9Fe%20gpj.pdf)"
    served = browser.get(made["url"])
    assert (served.data, served.mimetype) == (sent, "application/octet-stream")
    told = served.headers["Content-Disposition"]
    assert told == "attachment; filename=\"Gr__e gpj.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20gpj.pdf"
    assert served.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert browser.get(f"/uploads/{made['id']}/other.pdf").status_code == 404


def test_what_is_larger_is_refused_before_it_is_read_and_elsewhere_all_stays_tight(
    app: Flask, cast: Cast, sign_in: SignIn, csrf: Any, client: Any, bring: Bring
) -> None:
    browser = sign_in(cast.member)
    refused = bring(browser, b"x" * 12_000_000, "large.txt")
    assert (refused.status_code, refused.get_json()["code"]) == (413, "too_large")
    assert "larger than 10 MB" in refused.get_json()["detail"]
    for address, sender in (("/drafts", browser), ("/api/v1/uploads", client), ("/uploads", client)):
        refused = sender.post(
            address, headers={"X-CSRF-Token": csrf(sender)}, **as_form(b"x" * 2_000_000, "large.txt")
        )
        assert refused.status_code in {401, 413}, address


def test_who_may_upload(app: Flask, cast: Cast, sign_in: SignIn, bring: Bring, client: Any) -> None:
    for name in ("guest", "member", "staff"):
        assert bring(sign_in(getattr(cast, name))).status_code == 201
    assert bring(sign_in(cast.unconfirmed)).status_code == 403
    assert bring(client).status_code == 401
    with app.app_context():
        change_settings({"upload_quota": 0}, actor=cast.staff)
        settings.forget()
    assert "takes no uploads" in bring(sign_in(cast.member)).get_json()["errors"]["file"]


def test_room_and_days_are_bounded_and_deleting_makes_room_but_no_day(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring, submit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        change_settings({"upload_quota": 1}, actor=cast.staff)
    browser = sign_in(cast.member)
    first = bring(browser, b"x" * 600_000, "a.txt").get_json()
    refused = bring(browser, b"x" * 600_000, "b.txt")
    assert "room for uploads is used up" in refused.get_json()["errors"]["file"]
    assert bring(sign_in(cast.other), b"x" * 600_000, "b.txt").status_code == 201
    assert submit(browser, f"/uploads/{first['id']}/delete").status_code == 303
    assert browser.get(first["url"]).status_code == 404
    assert bring(browser, b"x" * 600_000, "b.txt").status_code == 201
    monkeypatch.setattr(kinds, "MOST_A_DAY", 1_250_000)
    assert "within a day" in bring(browser, b"x" * 100_000, "c.txt").get_json()["errors"]["file"]
    clock.advance(timedelta(hours=25))
    assert bring(browser, b"x" * 100_000, "c.txt").status_code == 201


def test_a_day_has_so_many_uploads(
    app: Flask, cast: Cast, sign_in: SignIn, csrf: Any, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter = app.extensions["forum_limits"]
    monkeypatch.setattr(limiter, "on", True)
    browser = sign_in(cast.member)
    answers = [bring(browser, b"text", "a.txt").status_code for _ in range(21)]
    assert answers == [201] * 20 + [429]
    limiter.clear("upload", cast.member.id)
    # What is refused counts for less, and not for nothing.
    answers = [bring(browser, b"MZ", "a.exe").status_code for _ in range(40)]
    assert answers == [422] * 40
    assert bring(browser, b"text", "a.txt").status_code == 429
    page = browser.post(
        "/uploads?to=/t/1/reply", **as_form(b"text", "a.txt", csrf_token=csrf(browser), body="Typed")
    )
    assert (page.status_code, "Typed</textarea>" in page.text) == (429, True)
    for name in ("upload", "upload:tries"):
        limiter.clear(name, cast.member.id)


def test_what_was_typed_beside_too_large_a_file_comes_back(
    app: Flask, cast: Cast, sign_in: SignIn, csrf: Any, client: Any
) -> None:
    browser = sign_in(cast.member)
    typed = {"csrf_token": csrf(browser), "title": "A <case>", "body": "Typed for an hour: Größe\r\nand more"}
    sent = as_form(b"x" * 12_000_000, "large.pdf", **typed)
    sent["data"] = sent["data"].replace(
        b"\r\n--edge--", b'\r\n--edge\r\nContent-Disposition: form-data; name="tags"\r\n\r\nicu\r\n--edge--'
    )
    page = browser.post("/uploads?to=/new?category=lounge", **sent)
    assert page.status_code == 413
    for there in (
        "larger than 10 MB",
        "Typed for an hour: Größe\nand more</textarea>",
        'name="title" value="A &lt;case&gt;"',
        'name="tags" value="icu"',
        'action="/new?category=lounge"',
    ):
        assert there in page.text, there
    assert page.text.count(typed["csrf_token"]) == browser.get("/new?category=lounge").text.count(
        typed["csrf_token"]
    )
    alone = browser.post("/uploads", **as_form(b"x" * 12_000_000, "large.pdf", csrf_token=csrf(browser)))
    assert (alone.status_code, "larger than 10 MB" in alone.text) == (413, True)
    # More than is heard out, no form at all, and one that is broken: the plain answer, or as much as came.
    assert browser.post("/uploads", data=b"x" * 12_000_000).status_code == 413
    broken = {**sent, "data": b"nothing" * 2_000_000}
    assert browser.post("/uploads?to=/new", **broken).status_code == 413
    huge = as_form(b"x" * 40_000_000, "huge.pdf", **typed)
    assert "Typed for an hour" in browser.post("/uploads?to=/new", **huge).text
    assert client.post("/uploads?to=/new", **sent).status_code in {401, 413}


def test_an_upload_that_fails_half_way_leaves_nothing(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, left = type(app.extensions["forum_media"]).put, [1]

    def fails(self: Any, key: str, source: Path) -> None:
        if not left:
            raise OSError("the disk is full")
        left.pop()
        put(self, key, source)

    monkeypatch.setattr(type(app.extensions["forum_media"]), "put", fails)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert bring(sign_in(cast.member)).status_code == 500
    app.config["PROPAGATE_EXCEPTIONS"] = None
    assert stored(folder) == []
    with app.app_context():
        assert db.session.query(Upload).count() == 0


def test_without_scripts_the_text_comes_back_with_the_file_in_it(
    app: Flask, cast: Cast, sign_in: SignIn, csrf: Any
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    browser = sign_in(cast.member)
    page = browser.get(f"/t/{topic.id}/{topic.slug}").text
    assert f'formaction="/uploads?to=/t/{topic.id}/reply"' in page
    fields = {
        "csrf_token": csrf(browser),
        "body": "Look at this:",
        "reply_to": "1",
        "client_id": "abc",
        "draft": "",
    }
    back = browser.post(f"/uploads?to=/t/{topic.id}/reply", **as_form(picture(), "x.png", **fields))
    assert back.status_code == 200
    assert "Look at this:\n\n![](/uploads/" in back.text
    assert 'name="reply_to" value="1"' in back.text
    refused = browser.post(f"/uploads?to=/t/{topic.id}/reply", **as_form(b"<svg/>", "x.svg", **fields))
    assert refused.status_code == 422
    assert "SVG" in refused.text
    assert "Look at this:" in refused.text
    # The form as a whole sends the name of the file along, and the text is taken all the same.
    answered = browser.post(f"/t/{topic.id}/reply", data=fields | {"file": "x.png"})
    assert answered.status_code == 303


def test_own_uploads_are_listed_with_where_they_stand(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring, count_statements: Any
) -> None:
    browser = sign_in(cast.member)
    browser.get("/settings/uploads")
    counts = []
    for many in (1, 4):
        for _ in range(many):
            made = bring(browser).get_json()
            with app.app_context():
                topic = make_topic(cast.lounge, cast.other, "Where it stands")
                write(topic, cast.member, made["markdown"])
        with count_statements() as sent:
            page = browser.get("/settings/uploads")
        counts.append(len(sent))
    assert "Where it stands" in page.text
    assert counts[0] == counts[1] <= 11, sent
    other = sign_in(cast.other)
    assert "picture.png" not in other.get("/settings/uploads").text
    assert other.get(f"/api/v1/uploads/{made['id']}").status_code == 404
    assert other.delete(f"/api/v1/uploads/{made['id']}").status_code == 403  # no token
    listed = browser.get("/api/v1/uploads?limit=2").get_json()
    assert [one["used"] for one in listed["items"]] == [True, True]
    assert browser.get("/api/v1/uploads", query_string={"after": listed["next"]}).get_json()["items"]


def test_what_stands_in_a_post_or_a_draft_is_not_deleted(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring, csrf: Any
) -> None:
    browser = sign_in(cast.member)
    token = {"X-CSRF-Token": csrf(browser)}
    kept, drafted, alone = (bring(browser).get_json() for _ in range(3))
    with app.app_context():
        write(make_topic(cast.lounge, cast.member), cast.member, kept["markdown"])
    draft = {"target": "topic", "client_id": "a-tab-of-mine", "body": drafted["markdown"]}
    assert browser.post("/api/v1/drafts", json=draft, headers=token).status_code == 201
    deleted = {
        one["id"]: browser.delete(f"/api/v1/uploads/{one['id']}", headers=token).status_code
        for one in (kept, drafted, alone)
    }
    assert list(deleted.values()) == [409, 409, 204]
    assert browser.get(f"/api/v1/uploads/{alone['id']}").status_code == 404


@pytest.mark.one_database("postgresql")
def test_two_at_once_do_not_get_more_room_than_there_is(app: Flask, cast: Cast, database: str) -> None:
    """The second one waits for the first, and counts what that brought. On SQLite there is one writer at a time."""
    from tests.racing import Race

    with app.app_context():
        change_settings({"upload_quota": 1}, actor=cast.staff)
        someone = make_user()
    before = actions._note

    def keep(pause: Any = None) -> Any:
        return actions.keep_upload("a.txt", io.BytesIO(b"x" * 600_000), owner_id=someone.id)

    def first(pause: Any) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            real = queries.usage_of
            calls: list[int] = []

            def slow(user_id: int) -> Any:
                calls.append(1)
                found = real(user_id)
                if len(calls) == 2:
                    pause()
                return found

            patch.setattr(actions, "usage_of", slow)
            return keep()

    one, two = Race(app, database).run(first, keep)
    assert isinstance(one, Upload), one
    assert "room for uploads" in str(getattr(two, "errors", two))
    assert before
