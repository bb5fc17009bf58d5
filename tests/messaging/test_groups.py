"""Groups: whoever owns one says who is in it; whoever comes reads from then on, whoever goes reads nothing more."""

import io
from typing import Any

from flask import Flask

from forum.core.db import db
from forum.media.actions import keep_upload
from forum.media.schemas import address_of
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_user
from tests.messaging.test_talking import begin, say


def texts(program: Any, where: str) -> list[str]:
    return [one["body"] for one in program.get(f"/conversations/{where}/messages").json["items"]]


def test_who_comes_later_reads_from_then_on_and_who_goes_nothing_more(cast: Cast, program: ProgramOf) -> None:
    mina, otto, greta, ines = (program(one) for one in (cast.member, cast.other, cast.grace, cast.insider))
    made = begin(mina, "otto", "greta", body="We begin.", name="Tunis  planning").json
    here = made["id"]
    assert (made["name"], made["kind"], made["may_manage"]) == ("Tunis planning", "group", True)
    first = made["last_message"]["id"]
    assert otto.put(f"/conversations/{here}/participants/ines").status_code == 403
    assert mina.put(f"/conversations/{here}/participants/ines").status_code == 200
    assert mina.put(f"/conversations/{here}/participants/nobody-there").status_code == 422
    assert texts(ines, here) == []
    assert ines.get(f"/messages/{first}").status_code == 404
    answer = say(otto, here, "Now with Ines.", "a", reply_to=first).json
    assert answer["reply_to"] == first
    (read,) = ines.get(f"/conversations/{here}/messages").json["items"]
    assert (read["body"], read["reply_to"]) == ("Now with Ines.", None)
    assert mina.delete(f"/conversations/{here}/participants/greta").status_code == 200
    assert greta.get(f"/conversations/{here}/messages").status_code == 404
    assert greta.get("/inbox").json["conversations"] == []
    say(otto, here, "Without Greta.", "b")
    mina.put(f"/conversations/{here}/participants/greta")
    say(otto, here, "With her again.", "c")
    assert texts(greta, here) == ["With her again."]
    assert (
        mina.patch(f"/conversations/{here}", {"owner": "otto", "name": "Tunis"}).json["may_manage"] is False
    )
    assert otto.post(f"/conversations/{here}/leave", {}).status_code == 204
    assert otto.get(f"/conversations/{here}").status_code == 404
    assert say(otto, here, "Still?", "d").status_code == 404
    owners = [
        one["user"]["username"]
        for one in mina.get(f"/conversations/{here}").json["participants"]
        if one["owner"]
    ]
    assert owners == ["mina"], "who has been in it longest owns it"
    pair = begin(mina, "ines").json["id"]
    assert mina.post(f"/conversations/{pair}/leave", {}).status_code == 403


def test_a_conversation_is_kept_as_one_wants_it(cast: Cast, program: ProgramOf) -> None:
    mina, otto, greta = program(cast.member), program(cast.other), program(cast.grace)
    one = begin(otto, "mina").json["id"]
    two = begin(greta, "mina").json["id"]
    assert [each["id"] for each in mina.items("/conversations")] == [two, one]
    mina.put(f"/conversations/{one}/keep", {"pinned": True})
    mina.put(f"/conversations/{two}/keep", {"archived": True, "muted": True})
    assert [each["id"] for each in mina.items("/conversations?limit=1")] == [one]
    assert [each["id"] for each in mina.items("/conversations?archived=true")] == [two]
    assert mina.get("/inbox").json["counts"]["messages"] == 1
    say(greta, two, "Are you there?", "a")
    assert [each["id"] for each in mina.items("/conversations?limit=1")] == [one, two]
    assert mina.put(f"/conversations/{one}/draft", {"body": "Dear"}).json == {"version": 1}
    assert mina.put(f"/conversations/{one}/draft", {"body": "Dear Otto", "version": 1}).json == {"version": 2}
    assert mina.put(f"/conversations/{one}/draft", {"body": "Other", "version": 1}).status_code == 409
    assert mina.get(f"/conversations/{one}").json["draft"] == "Dear Otto"
    cursor = mina.get("/inbox").json["cursor"]
    say(otto, one, "More.", "b")
    changed = mina.get(f"/inbox?cursor={cursor}").json["conversations"]
    assert {each["id"]: each["unread"] for each in changed}[one] == 2


def test_what_stands_in_a_message_is_open_to_those_who_read_it(
    app: Flask, cast: Cast, program: ProgramOf, sign_in: SignIn
) -> None:
    with app.app_context():
        upload = keep_upload("plan.txt", io.BytesIO(b"The plan."), owner_id=cast.member.id)
        address, markdown = address_of(upload), f"[plan]({address_of(upload)})"
        db.session.rollback()
    mina, otto = program(cast.member), program(cast.other)
    reader, staff = sign_in(cast.other), sign_in(cast.staff)
    here = begin(mina, "otto", "greta", body="No file yet.", name="Files").json["id"]
    assert reader.get(address).status_code == 404
    said = say(mina, here, f"Here: {markdown}", "f").json["id"]
    assert reader.get(address).data == b"The plan."
    assert staff.get(address).status_code == 404
    say(otto, here, f"Mine now: {markdown}", "g")
    otto.post(f"/conversations/{here}/leave", {})
    assert reader.get(address).status_code == 404
    greta = sign_in(cast.grace)
    assert greta.get(address).status_code == 200
    mina.delete(f"/messages/{said}")
    assert greta.get(address).status_code == 404


def test_a_list_costs_the_same_with_more_conversations_and_people(
    app: Flask, cast: Cast, program: ProgramOf, count_statements: Any
) -> None:
    mina = program(cast.member)
    counts = []
    for first, last in ((0, 2), (2, 6)):
        for number in range(first, last):
            with app.app_context():
                crowd = [make_user(f"row{number}x{i}").username for i in range(last)]
            begin(mina, *crowd, client_id=f"g{number}", name=f"Group {number}")
        mina.get("/conversations")
        with count_statements() as sent:
            assert len(mina.get("/conversations").json["items"]) == last
        counts.append(len(sent))
    assert counts[0] == counts[1], (counts, sent)
