"""To whom one may write: what the society allows, what a person takes, who blocks whom; and nobody can tell which it was."""

import itertools
from datetime import timedelta

import pytest

from forum.access.rules.messaging import Addressee, exchanges
from forum.access.viewer import viewer_of
from forum.core import clock, settings
from forum.core.transactions import transaction
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.messaging.test_talking import begin, say

CIRCLES = ("everyone", "members", "nobody")


@pytest.mark.usefixtures("context")
@pytest.mark.one_database
def test_both_sides_and_the_society_must_want_it(cast: Cast) -> None:
    people = {
        "guest": viewer_of(cast.guest),
        "member": viewer_of(cast.member),
        "staff": viewer_of(cast.staff),
    }
    others = {
        "guest": viewer_of(cast.expired),
        "member": viewer_of(cast.other),
        "staff": viewer_of(cast.staff),
    }
    for of_members, of_guests, taken in itertools.product(CIRCLES, CIRCLES, CIRCLES):
        with transaction():
            settings.change({"members_write_to": of_members, "guests_write_to": of_guests}, actor_id=None)

        def reaches(circle: str, whom: str) -> bool:
            return circle == "everyone" or (circle == "members" and whom != "guest")

        for who, whom in itertools.product(people, others):
            circle = {"guest": of_guests}.get(who, of_members)
            back = {"guest": of_guests}.get(whom, of_members)
            wanted = who == "staff" or (reaches(circle, whom) and reaches(back, who) and reaches(taken, who))
            said = exchanges(people[who], Addressee(others[whom], taken))
            assert said is wanted, (of_members, of_guests, taken, who, whom)


def test_whoever_takes_nothing_and_whoever_is_not_there_look_the_same(cast: Cast, program: ProgramOf) -> None:
    mina, otto, staff = program(cast.member), program(cast.other), program(cast.staff)
    assert otto.patch("/messages/preferences", {"takes_from": "nobody"}).json["takes_from"] == "nobody"
    refused = begin(mina, "otto")
    assert refused.status_code == 422
    for name in ("nobody-there", "sven", "gaspard"):
        never = begin(mina, name)
        assert never.json["errors"]["participants"] == refused.json["errors"]["participants"].replace(
            "otto", name
        )
    assert begin(program(cast.guest), "mina").status_code == 403
    written = begin(staff, "otto", body="From the office.")
    assert written.status_code == 201
    assert say(otto, written.json["id"], "An answer.", "a").status_code == 201
    to_guest = begin(staff, "gaspard", body="Hello, guest.")
    assert say(program(cast.guest), to_guest.json["id"], "Thank you.", "a").status_code == 201


def test_a_block_looks_like_silence_in_every_answer(cast: Cast, program: ProgramOf) -> None:
    mina, otto, greta = program(cast.member), program(cast.other), program(cast.grace)
    here = begin(mina, "otto", body="First.").json["id"]
    early = say(otto, here, "Early words.", "e").json["id"]
    mina.put(f"/conversations/{here}/read", {"seq": 2})
    before = otto.get(f"/conversations/{here}").json
    assert mina.put("/blocked/otto").status_code == 204
    assert mina.items("/blocked")[0]["user"]["username"] == "otto"
    assert otto.get(f"/conversations/{here}").json == before
    clock.advance(timedelta(seconds=1))
    said = say(otto, here, "Hello?", "h")
    assert said.status_code == 201
    assert otto.patch(f"/messages/{early}", {"body": "Words put in later."}).status_code == 200
    # The one who blocks reads what they read before, and nothing of what came since.
    texts = [one["body"] for one in mina.get(f"/conversations/{here}/messages?after_seq=0").json["items"]]
    assert sorted(texts) == ["Early words.", "First."]
    assert mina.get(f"/messages/{said.json['id']}").status_code == 404
    assert mina.get(f"/conversations/{here}").json["unread"] == 0
    assert mina.items("/messages?q=hello") == mina.items("/messages?q=later") == []
    assert mina.put(f"/conversations/{here}/read", {"seq": 4}).json == {"unread": 0}
    read = {
        one["user"]["username"]: one["read_seq"]
        for one in otto.get(f"/conversations/{here}").json["participants"]
    }
    assert read["mina"] == 2
    assert say(mina, here, "No.", "n").status_code == 403
    assert mina.get(f"/conversations/{here}").json["blocked"]
    # A group that the blocked one begins is not there, until somebody else writes in it.
    group = begin(otto, "mina", "greta", body="All of us.", client_id="g", name="All").json
    assert {one["user"]["username"] for one in group["participants"]} == {"mina", "otto", "greta"}
    assert mina.get(f"/conversations/{group['id']}").status_code == 404
    assert say(greta, group["id"], "Good idea.", "x").status_code == 201
    texts = [one["body"] for one in mina.get(f"/conversations/{group['id']}/messages").json["items"]]
    assert texts == ["Good idea."]
    # Taken back, what is said from then on arrives, and what was said meanwhile never does.
    assert mina.delete("/blocked/otto").status_code == 204
    say(otto, here, "Here again.", "y")
    texts = [one["body"] for one in mina.get(f"/conversations/{here}/messages").json["items"]]
    assert texts == ["Here again.", "Early words.", "First."]


def test_whom_one_ignores_one_reads_and_counts_nowhere(cast: Cast, program: ProgramOf) -> None:
    mina, otto = program(cast.member), program(cast.other)
    here = begin(otto, "mina", body="Psst.").json["id"]
    assert mina.get("/inbox").json["counts"]["messages"] == 1
    mina.put("/users/otto/ignore")
    assert mina.get("/inbox").json["counts"]["messages"] == 0
    assert mina.get(f"/conversations/{here}/messages").json["items"][0]["folded"]
    mina.put(f"/conversations/{here}/read", {"seq": 1})
    people = otto.get(f"/conversations/{here}").json["participants"]
    assert {one["user"]["username"]: one["read_seq"] for one in people}["mina"] in {0, 1}
    assert "psst" in mina.get(f"/conversations/{here}").json["last_message"]["body"].lower()


def test_receipts_go_both_ways_or_not_at_all(cast: Cast, program: ProgramOf) -> None:
    mina, otto = program(cast.member), program(cast.other)
    here = begin(mina, "otto").json["id"]
    otto.put(f"/conversations/{here}/read", {"seq": 1})

    def seen_by(who: object, name: str) -> object:
        people = who.get(f"/conversations/{here}").json["participants"]  # type: ignore[attr-defined]
        return {one["user"]["username"]: one["read_seq"] for one in people}[name]

    assert seen_by(mina, "otto") == 1
    mina.patch("/messages/preferences", {"receipts": False})
    assert seen_by(mina, "otto") is None
    assert seen_by(otto, "mina") is None
    assert seen_by(otto, "otto") == 1
