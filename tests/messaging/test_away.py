"""Whoever is not here is told by mail, a while later, that there is something; not where they have read it meanwhile."""

from datetime import timedelta

from flask import Flask

from forum.core import clock
from forum.jobs import outbox
from forum.messaging.tasks import tell_of_waiting_messages
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.mailbox import Mailbox
from tests.messaging.test_talking import begin, say


def tick(app: Flask) -> None:
    with app.app_context():
        tell_of_waiting_messages()
        outbox.sweep()


def test_unread_messages_are_mailed_once_and_never_what_they_say(
    app: Flask, cast: Cast, program: ProgramOf, mailbox: Mailbox
) -> None:
    mina, otto, greta = program(cast.member), program(cast.other), program(cast.grace)
    here = begin(mina, "otto", body="A secret word.").json["id"]
    with_greta = begin(mina, "greta", body="Read at once.").json["id"]
    greta.put(f"/conversations/{with_greta}/read", {"seq": 1})
    tick(app)
    assert mailbox.messages() == []
    clock.advance(timedelta(minutes=6))
    say(mina, here, "Another secret.", "b")
    tick(app)
    tick(app)
    (mail,) = mailbox.messages()
    assert mail["To"] == "otto@example.org"
    assert "2 unread messages" in mail["Subject"]
    text = mail.get_content()
    assert "Mina Member" in text
    assert f"/messages/{here}" in text
    assert "secret" not in str(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    clock.advance(timedelta(minutes=6))
    otto.put(f"/conversations/{here}/keep", {"muted": True})
    say(mina, here, "Muted.", "c")
    clock.advance(timedelta(minutes=6))
    tick(app)
    assert len(mailbox.messages()) == 1
