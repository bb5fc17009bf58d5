"""Saying something, catching up, reading: the same for everybody in a conversation, and not there for anybody else."""

from typing import Any

from tests.api.conftest import Program, ProgramOf
from tests.cast import Cast


def begin(who: Program, *names: str, body: str = "Hello.", client_id: str = "c-1", **more: Any) -> Any:
    given = {"participants": list(names), "body": body, "client_id": client_id, **more}
    return who.post("/conversations", given)


def say(who: Program, where: str, body: str, client_id: str, **more: Any) -> Any:
    return who.post(f"/conversations/{where}/messages", {"body": body, "client_id": client_id, **more})


def test_two_people_have_one_conversation_whoever_begins(cast: Cast, program: ProgramOf) -> None:
    mina, otto = program(cast.member), program(cast.other)
    made = begin(mina, "otto")
    assert made.status_code == 201, made.text
    assert made.json["name"] == "Otto Other"
    assert made.json["last_message"]["body"] == "Hello."
    found = begin(otto, "mina", body="Hello back.")
    assert found.json["id"] == made.json["id"]
    assert found.json["last_message"]["seq"] == 2
    here = made.json["id"]
    said = mina.get(f"/conversations/{here}/messages?after_seq=0").json
    assert [(one["seq"], one["body"]) for one in said["items"]] == [(1, "Hello."), (2, "Hello back.")]
    assert said["last_seq"] == 2
    assert not said["more"]
    assert mina.get("/inbox").json["counts"]["messages"] == 1
    assert mina.put(f"/conversations/{here}/read", {"seq": 2}).json == {"unread": 0}
    assert mina.put(f"/conversations/{here}/read", {"seq": 1}).json == {"unread": 0}
    people = otto.get(f"/conversations/{here}").json["participants"]
    assert {one["user"]["username"]: one["read_seq"] for one in people} == {"mina": 2, "otto": 2}
    for outside in (cast.staff, cast.site_moderator, cast.grace):
        there, never = (
            program(outside).get(f"/conversations/{one}/messages") for one in (here, "914400000000000001")
        )
        assert (there.status_code, there.data) == (404, never.data)


def test_the_same_client_id_says_a_thing_once(cast: Cast, program: ProgramOf) -> None:
    mina, otto = program(cast.member), program(cast.other)
    here = begin(mina, "otto").json["id"]
    assert begin(mina, "otto").json["last_seq"] == 1
    one, two = (say(mina, here, "Once.", "x") for _ in range(2))
    assert one.status_code == 201
    assert one.json == two.json
    assert say(mina, here, "Another.", "x").status_code == 409
    assert say(otto, here, "Mine.", "x").json["seq"] == 3


def test_what_is_changed_comes_again_under_the_next_number(cast: Cast, program: ProgramOf) -> None:
    mina, otto = program(cast.member), program(cast.other)
    here = begin(mina, "otto", body="Helo.").json["id"]
    first = otto.get(f"/conversations/{here}/messages").json["items"][0]
    assert mina.patch(f"/messages/{first['id']}", {"body": "Hello **there**."}).json["rev"] == 2
    assert otto.patch(f"/messages/{first['id']}", {"body": "No."}).status_code == 403
    assert mina.put(f"/messages/{first['id']}/reactions/like").status_code == 403
    liked = otto.put(f"/messages/{first['id']}/reactions/like").json
    assert liked["reactions"][0]["user_ids"] == [str(cast.other.id)]
    assert otto.put(f"/messages/{first['id']}/reactions/like").json["rev"] == 3
    missed = otto.get(f"/conversations/{here}/messages?after_seq=1").json
    assert [(one["seq"], one["rev"]) for one in missed["items"]] == [(1, 3)]
    assert "<strong>there</strong>" in missed["items"][0]["html"]
    assert mina.get("/messages?q=THERE").json["items"][0]["id"] == first["id"]
    assert otto.delete(f"/messages/{first['id']}").status_code == 403
    gone = mina.delete(f"/messages/{first['id']}").json
    assert (gone["rev"], gone["body"], gone["html"], gone["reactions"]) == (4, "", "", [])
    assert otto.get("/messages?q=there").json["items"] == []
