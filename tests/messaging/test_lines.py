"""Private talk on the live line: acknowledged when it is stored, heard on every device of those who take part, by nobody else."""

from datetime import timedelta

from flask import Flask

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.messaging.actions.choosing import block, set_preferences, stop_blocking
from forum.messaging.actions.peopling import remove_participant
from forum.messaging.actions.starting import start_group, write_to
from forum.messaging.writing import prepare
from tests.cast import Cast
from tests.factories import make_token
from tests.lines import OpenLine


def talk(app: Flask, one: User, other: User) -> str:
    with app.app_context():
        me, you = db.session.get_one(User, one.id), db.session.get_one(User, other.id)
        said = write_to(you, author=me, written=prepare("Hello."), client_id="begin")
        return str(said.conversation_id)


def test_what_is_said_is_heard_on_every_device(app: Flask, cast: Cast, open_line: OpenLine) -> None:
    here = talk(app, cast.member, cast.other)
    phone, desk, otto, staff = (open_line(one) for one in (cast.member, cast.member, cast.other, cast.staff))
    for line in (phone, desk, otto, staff):
        line.heard()
    sent = {"conversation_id": here, "client_id": "a", "body": "Are *you* there?"}
    told = phone.ask("message:send", sent)
    assert told["ok"], told
    message = told["data"]["message"]
    assert (message["seq"], message["rev"], message["client_id"]) == (2, 2, "a")
    assert phone.ask("message:send", sent) == told
    assert phone.ask("message:send", {**sent, "body": "Other."})["error"]["code"] == "conflict"
    for line in (phone, desk, otto):
        assert line.heard("message:new") == [{"message": message}]
    assert otto.ask("inbox:sync", {})["data"]["counts"] == {"notifications": 0, "messages": 2}
    synced = otto.ask("messages:sync", {"conversation_id": here, "after_seq": 1})["data"]
    assert synced == {"messages": [message], "last_seq": 2, "more": False}
    assert otto.ask("message:react", {"id": message["id"], "name": "like", "on": True})["ok"]
    assert desk.heard("message:changed")[0]["message"]["reactions"][0]["name"] == "like"
    assert otto.ask("message:read", {"conversation_id": here, "seq": 2}) == {
        "ok": True,
        "data": {"unread": 0},
    }
    read = {"conversation_id": here, "user_id": str(cast.other.id), "seq": 2}
    assert desk.heard("message:read") == [read]
    assert otto.heard("counts")[-1]["messages"] == 0
    assert phone.ask("message:edit", {"id": message["id"], "body": "Hm."})["data"]["message"]["rev"] == 4
    assert phone.ask("message:delete", {"id": message["id"]})["data"]["message"]["body"] == ""
    assert [each["message"]["rev"] for each in otto.heard("message:changed")] == [4, 5]
    assert staff.heard() == []


def test_typing_is_passed_on_once_in_three_seconds(app: Flask, cast: Cast, open_line: OpenLine) -> None:
    here = talk(app, cast.member, cast.other)
    mina, otto = open_line(cast.member), open_line(cast.other)
    mina.heard()
    for _each in range(3):
        assert otto.ask("typing", {"conversation_id": here}) == {"ok": True, "data": {}}
    told = {"conversation_id": here, "user_id": str(cast.other.id)}
    assert mina.heard("typing") == [told]
    clock.advance(timedelta(seconds=3))
    otto.ask("typing", {"conversation_id": here})
    assert mina.heard("typing") == [told]
    assert otto.heard("typing") == []


def test_who_is_here_is_told_to_those_one_talks_with(app: Flask, cast: Cast, open_line: OpenLine) -> None:
    talk(app, cast.member, cast.other)
    mina, greta = open_line(cast.member), open_line(cast.grace)
    for line in (mina, greta):
        line.heard()
    otto = open_line(cast.other)
    told = {"user_id": str(cast.other.id), "state": "online"}
    assert mina.heard("presence") == [told]
    assert greta.heard("presence") == []
    assert otto.ask("inbox:sync", {})["data"]["online"] == [str(cast.member.id)]
    with app.app_context():
        set_preferences(db.session.get_one(User, cast.other.id), invisible=True)
    assert mina.heard("presence") == [{**told, "state": "offline"}]
    assert mina.ask("inbox:sync", {})["data"]["online"] == []


def test_whoever_is_blocked_cannot_tell_it_from_silence(app: Flask, cast: Cast, open_line: OpenLine) -> None:
    here = talk(app, cast.member, cast.other)
    mina, otto = open_line(cast.member), open_line(cast.other)
    with app.app_context():
        block(db.session.get_one(User, cast.other.id), actor=db.session.get_one(User, cast.member.id))
    assert otto.heard("presence")[-1] == {"user_id": str(cast.member.id), "state": "offline"}
    mina.heard()
    told = otto.ask("message:send", {"conversation_id": here, "client_id": "b", "body": "Hello?"})
    assert told["ok"]
    assert otto.ask("typing", {"conversation_id": here})["ok"]
    assert otto.ask("message:edit", {"id": told["data"]["message"]["id"], "body": "Hello!"})["ok"]
    assert otto.heard("message:new") == [told["data"]]
    assert [name for name, _payload in mina.heard() if name != "counts"] == []
    assert mina.ask("inbox:sync", {})["data"]["counts"]["messages"] == 0
    mina.ask("message:read", {"conversation_id": here, "seq": 3})
    assert otto.heard("message:read") == []
    assert mina.ask("messages:sync", {"conversation_id": here, "after_seq": 1})["data"]["messages"] == []
    refused = mina.ask("message:send", {"conversation_id": here, "client_id": "c", "body": "No."})
    assert refused["error"]["code"] == "forbidden"
    with app.app_context():
        stop_blocking(cast.other.id, actor=db.session.get_one(User, cast.member.id))
    assert otto.ask("message:send", {"conversation_id": here, "client_id": "d", "body": "Again."})["ok"]
    assert [each["message"]["body"] for each in mina.heard("message:new")] == ["Again."]
    synced = mina.ask("messages:sync", {"conversation_id": here, "after_seq": 1})["data"]
    assert ([each["body"] for each in synced["messages"]], synced["last_seq"]) == (["Again."], 4)


def test_who_is_taken_out_of_a_group_hears_that_and_nothing_more(
    app: Flask, cast: Cast, open_line: OpenLine
) -> None:
    with app.app_context():
        me, you, third = (db.session.get_one(User, one.id) for one in (cast.member, cast.other, cast.grace))
        said = start_group([you, third], author=me, name="Us", written=prepare("Hello."), client_id="g")
        here = str(said.conversation_id)
    mina, otto, greta = (open_line(one) for one in (cast.member, cast.other, cast.grace))
    with app.app_context():
        me = db.session.get_one(User, cast.member.id)
        remove_participant(int(here), person_id=cast.other.id, actor=me)
    assert otto.heard("conversation:changed") == [{"conversation_id": here, "gone": True}]
    assert greta.heard("conversation:changed") == [{"conversation_id": here, "gone": False}]
    otto.heard()
    sent = {"conversation_id": here, "client_id": "a", "body": "Without you."}
    message = mina.ask("message:send", sent)["data"]["message"]
    mina.ask("typing", {"conversation_id": here})
    mina.ask("message:edit", {"id": message["id"], "body": "Still without you."})
    mina.ask("message:read", {"conversation_id": here, "seq": 2})
    assert otto.heard() == []
    assert len(greta.heard("message:new")) == 1
    for event, asked in (
        ("message:send", sent),
        ("messages:sync", {"conversation_id": here, "after_seq": 0}),
    ):
        never = otto.ask(event, {**asked, "conversation_id": "914400000000000001"})
        assert otto.ask(event, asked) == never


def test_a_program_hears_of_messages_only_with_a_token_for_them(
    app: Flask, cast: Cast, open_line: OpenLine
) -> None:
    here = talk(app, cast.member, cast.other)
    with app.app_context():
        reading, talking = (
            make_token(cast.other, *scopes) for scopes in (("read", "write"), ("read", "messages"))
        )
    deaf = open_line(auth={"token": reading}, headers={})
    listening = open_line(auth={"token": talking}, headers={})
    mina = open_line(cast.member)
    mina.ask("message:send", {"conversation_id": here, "client_id": "a", "body": "Hello."})
    assert len(listening.heard("message:new")) == 1
    assert deaf.heard("message:new") == []
    refused = deaf.ask("messages:sync", {"conversation_id": here, "after_seq": 0})
    assert refused["error"]["code"] == "insufficient_scope"
    assert listening.ask("messages:sync", {"conversation_id": here, "after_seq": 0})["ok"]
