"""A reported message: a copy of what was chosen goes to those of the whole site, and nothing else of the conversation."""

from typing import Any

from flask import Flask

from forum.jobs import outbox
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.conftest import SignIn
from tests.messaging.test_talking import begin, say


def test_a_report_shows_what_was_chosen_and_nothing_else(
    app: Flask, cast: Cast, program: ProgramOf, sign_in: SignIn, submit: Any
) -> None:
    mina, otto = program(cast.member), program(cast.other)
    here = begin(mina, "otto", body="Private alpha.").json["id"]
    context = say(mina, here, "Context beta.", "b").json["id"]
    rude = say(otto, here, "Rude gamma.", "c").json["id"]
    say(mina, here, "Private delta.", "d")
    own = otto.post(f"/messages/{rude}/flag", {"reason": "rude"})
    assert own.status_code == 403
    assert program(cast.staff).post(f"/messages/{rude}/flag", {"reason": "rude"}).status_code == 404
    sent = {"reason": "rude", "note": "See.", "context": [context]}
    made = mina.post(f"/messages/{rude}/flag", sent)
    assert made.status_code == 201, made.text
    assert made.json["message_count"] == 2
    assert mina.post(f"/messages/{rude}/flag", sent).json["id"] == made.json["id"]
    otto.patch(f"/messages/{rude}", {"body": "Never said."})
    otto.delete(f"/messages/{rude}")
    for outside in (cast.moderator, cast.other, cast.grace):
        assert program(outside).get("/moderation/messages").status_code == 403
        assert program(outside).get(f"/moderation/messages/{made.json['id']}").status_code == 404
    staff = program(cast.staff)
    (flag,) = staff.items("/moderation/messages")
    assert [one["body"] for one in flag["messages"]] == ["Context beta.", "Rude gamma."]
    with app.app_context():
        outbox.sweep()
    page = sign_in(cast.site_moderator).get(f"/moderation/messages/{flag['id']}")
    assert "Rude gamma." in page.text
    assert "Private" not in page.text.partition("<main")[2].replace("Private messages", "")
    bell = staff.get("/notifications").json["items"]
    assert bell, "those who judge are told"
    assert not otto.get("/notifications").json["items"]
    judged = staff.post(f"/moderation/messages/{flag['id']}", {"act": "settle", "reason": "We spoke."})
    assert judged.json["outcome"] == "settled"
    again = {"act": "dismiss", "reason": "No."}
    assert program(cast.site_moderator).post(f"/moderation/messages/{flag['id']}", again).status_code == 409
    with app.app_context():
        outbox.sweep()
    (mine,) = mina.items("/message-flags")
    assert (mine["outcome"], mine["answer"]) == ("settled", "We spoke.")
    assert "It has been dealt with" in mina.get("/notifications").text


def test_reporting_works_as_plain_pages(cast: Cast, program: ProgramOf, sign_in: SignIn, submit: Any) -> None:
    mina, otto = program(cast.member), program(cast.other)
    here = begin(mina, "otto", body="Before.").json["id"]
    rude = say(otto, here, "Rude.", "c").json["id"]
    browser = sign_in(cast.member)
    form = browser.get(f"/messages/said/{rude}/flag")
    assert "Before." in form.text
    assert submit(browser, f"/messages/said/{rude}/flag", note="x").status_code == 422
    assert submit(browser, f"/messages/said/{rude}/flag", reason="rude").status_code == 303
    assert "It waits for a moderator" in browser.get("/flags/messages").text
    staff = sign_in(cast.staff)
    assert "Otto Other" in staff.get("/moderation/messages").text
    flag = program(cast.staff).items("/moderation/messages")[0]["id"]
    assert submit(staff, f"/moderation/messages/{flag}").status_code == 422
    assert submit(staff, f"/moderation/messages/{flag}", act="dismiss", reason="Fine.").status_code == 303
    assert "Fine." in staff.get(f"/moderation/messages/{flag}").text
    assert flag in staff.get("/moderation/messages?judged=true").text
