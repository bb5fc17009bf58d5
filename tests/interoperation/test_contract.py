"""Everything that the contract says of Socket.IO, asked for by both official clients, over both transports, signed in both ways."""

import contextlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from forum.app import create_app
from forum.boards.models import Category
from forum.core.db import db
from forum.discussions.models import Topic
from forum.discussions.reactions import reaction_kinds
from tests.conftest import make_config, services_required
from tests.delivery.servers import Forum, World, call
from tests.factories import make_category, make_token, make_topic, make_user
from tests.interoperation.clients import Client, ConnectRefusedError, NodeClient, PythonClient

pytestmark = pytest.mark.one_database

MESSAGE = {"id", "conversation_id", "seq", "rev", "client_id", "author", "body", "html", "created_at"}
MESSAGE |= {"edited_at", "deleted_at", "reply_to", "reactions"}


@dataclass
class Served:
    """A running forum, who is in it, and how each signs in."""

    forum: Forum
    ways: dict[str, dict[str, dict[str, str]]]  # person -> cookie | token -> arguments of a client
    tokens: dict[str, str]
    topic: str
    hidden: str
    conversation: str
    reaction: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("interoperation")
    world = World(f"sqlite:///{folder}/forum.db", folder, {})
    app = create_app(make_config(world.url, folder))
    with app.app_context():
        from forum.core import migrations

        migrations.upgrade()
        people = {name: make_user(name) for name in ("ada", "ben", "eve")}
        for name, user in people.items():
            world.tokens[name] = make_token(user, "read", "write", "messages")
        category: Category = make_category("open", read="public")
        closed: Category = make_category("shut", read="members")
        topic: Topic = make_topic(category, people["ada"], "Heard by everybody")
        hidden: Topic = make_topic(closed, people["ada"], "Not for visitors")
        reaction = next(iter(reaction_kinds()))
        cookies = {name: session_cookie(app, user) for name, user in people.items()}
        db.session.remove()
        db.engine.dispose()
    ways = {
        name: {"cookie": {"cookie": cookies[name]}, "token": {"token": world.tokens[name]}} for name in people
    }
    with contextlib.ExitStack() as stack:
        forum = Forum(world)
        stack.callback(forum.stop)
        forum.start()
        conversation = begun(forum, world.tokens["ada"])
        yield Served(forum, ways, world.tokens, str(topic.id), str(hidden.id), conversation, reaction)
    assert not forum.tracebacks(), forum.log.read_text()[-3000:]


def begun(forum: Forum, token: str) -> str:
    """A new conversation with Ben."""
    given = {"participants": ["ben"], "name": "Two of us", "client_id": str(uuid.uuid4()), "body": "Hello."}
    return call("POST", f"{forum.address}/api/v1/conversations", token, given)["id"]


def session_cookie(app: Any, user: Any) -> str:
    """What a browser of this person sends."""
    from forum.accounts.sessions import begin_session
    from forum.core.transactions import transaction

    with transaction():
        token = begin_session(user, is_staff=False, device="a program", network="127.0.0.1")
    return f"{app.extensions['forum_config'].session_cookie}={token}"


Connect = Callable[..., Client]


@pytest.fixture(params=["python", "node"])
def connect(request: pytest.FixtureRequest, served: Served) -> Iterator[Connect]:
    if request.param == "node" and not NodeClient.is_here():
        if services_required():
            pytest.fail(
                "REQUIRE_SERVICES=1, and socket.io-client is not here (make client-tools, which needs npm)"
            )
        pytest.skip("for whoever has Node: make client-tools")
    kind = PythonClient if request.param == "python" else NodeClient
    with contextlib.ExitStack() as stack:

        def connected(
            person: str = "", way: str = "cookie", transports: list[str] | None = None, **more: str
        ) -> Client:
            signed_in = served.ways[person][way] if person else {}
            client = kind(served.forum.address, transports=transports or ["websocket"], **signed_in, **more)
            stack.callback(client.close)
            return client

        yield connected


@pytest.mark.parametrize("way", ["cookie", "token"])
@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]], ids="+".join)
def test_a_message_is_sent_heard_changed_and_read(
    connect: Connect, served: Served, way: str, transports: list[str]
) -> None:
    conversation = begun(served.forum, served.tokens["ada"])
    ada, ben = connect("ada", way, transports), connect("ben", way, transports)
    client_id = str(uuid.uuid4())
    sent = {"conversation_id": conversation, "client_id": client_id, "body": "Are **you** there?"}
    message = ok(ada.ask("message:send", sent))["message"]
    assert set(message) >= MESSAGE
    assert (message["client_id"], message["body"], message["rev"]) == (
        client_id,
        "Are **you** there?",
        message["seq"],
    )
    assert message["author"]["username"] == "ada"
    assert "<strong>you</strong>" in message["html"]
    assert ok(ada.ask("message:send", sent))["message"]["id"] == message["id"]
    assert ben.hear("message:new")["message"]["id"] == message["id"]

    answer = ok(
        ben.ask(
            "message:send",
            {**sent, "client_id": str(uuid.uuid4()), "body": "Here.", "reply_to": message["id"]},
        )
    )["message"]
    assert (answer["seq"], answer["reply_to"]) == (message["seq"] + 1, message["id"])

    edited = ok(ada.ask("message:edit", {"id": message["id"], "body": "Are you there now?"}))["message"]
    assert (edited["seq"], edited["rev"]) == (message["seq"], answer["rev"] + 1)
    assert ben.hear("message:changed")["message"]["body"] == "Are you there now?"
    assert (
        ok(ben.ask("message:react", {"id": message["id"], "name": served.reaction, "on": True}))["message"][
            "rev"
        ]
        == edited["rev"] + 1
    )
    assert ada.hear("message:changed")["message"]["id"] == message["id"]

    synced = ok(ben.ask("messages:sync", {"conversation_id": conversation, "after_seq": message["seq"] - 1}))
    assert [one["id"] for one in synced["messages"]] == [answer["id"], message["id"]]
    assert synced["last_seq"] == edited["rev"] + 1
    assert synced["more"] is False
    inbox = ok(ada.ask("inbox:sync", {}))
    [row] = [one for one in inbox["conversations"] if one["id"] == conversation]
    assert (row["last_seq"], row["unread"]) == (synced["last_seq"], 1)
    assert set(inbox["counts"]) >= {"notifications", "messages"}
    assert ok(ada.ask("inbox:sync", {"cursor": inbox["cursor"]})) is not None
    assert ok(ada.ask("message:read", {"conversation_id": conversation, "seq": answer["seq"]})) == {
        "unread": 0
    }
    assert ok(ada.ask("message:read", {"conversation_id": conversation, "seq": 1})) == {"unread": 0}
    heard = ben.hear("message:read")
    assert (heard["conversation_id"], heard["seq"]) == (conversation, answer["seq"])
    assert ok(ada.ask("typing", {"conversation_id": conversation})) == {}
    assert ben.hear("typing")["conversation_id"] == conversation
    deleted = ok(ada.ask("message:delete", {"id": message["id"]}))["message"]
    assert deleted["deleted_at"]
    assert not deleted["body"]
    assert ben.hear("message:changed")["message"]["id"] == message["id"]


def test_a_topic_is_heard_by_those_who_have_it_open(connect: Connect, served: Served) -> None:
    ada, visitor = connect("ada", "token"), connect()
    for client in (ada, visitor):
        assert ok(client.ask("topic:join", {"topic_id": served.topic}))["last_number"] >= 1
    said = call(
        "POST",
        f"{served.forum.address}/api/v1/topics/{served.topic}/posts",
        served.tokens["ben"],
        {"body": "Heard."},
    )
    for client in (ada, visitor):
        assert client.hear("post:new") == {
            "topic_id": served.topic,
            "number": said["number"],
            "id": said["id"],
        }
    call(
        "PATCH",
        f"{served.forum.address}/api/v1/posts/{said['id']}",
        served.tokens["ben"],
        {"body": "Heard again."},
    )
    assert visitor.hear("post:changed")["id"] == said["id"]
    assert ok(visitor.ask("topic:leave", {"topic_id": served.topic})) is not None
    call(
        "POST",
        f"{served.forum.address}/api/v1/topics/{served.topic}/posts",
        served.tokens["ben"],
        {"body": "Not by all."},
    )
    assert ada.hear("post:new")
    assert visitor.heard_nothing("post:new")


def test_what_one_may_not_read_is_not_there(connect: Connect, served: Served) -> None:
    eve, visitor = connect("eve"), connect()
    sent = {"conversation_id": served.conversation, "client_id": str(uuid.uuid4()), "body": "Let me in"}
    nowhere = {**sent, "conversation_id": "1"}
    assert not_ok(eve.ask("message:send", sent)) == not_ok(eve.ask("message:send", nowhere))
    sync = {"conversation_id": served.conversation, "after_seq": 0}
    assert not_ok(eve.ask("messages:sync", sync)) == not_ok(
        eve.ask("messages:sync", {**sync, "conversation_id": "1"})
    )
    assert not_ok(visitor.ask("topic:join", {"topic_id": served.hidden})) == not_ok(
        visitor.ask("topic:join", {"topic_id": "1"})
    )
    assert not_ok(visitor.ask("message:send", sent))


def test_nonsense_is_answered_in_words(connect: Connect) -> None:
    ada = connect("ada")
    whole = {"conversation_id": {"a": 1}, "client_id": "c", "body": "b"}
    for given in (None, "text", 7, [], {}, {"conversation_id": "x"}, whole):
        error = not_ok(ada.ask("message:send", given))
        assert error["code"]
        assert error["message"]
        assert "Traceback" not in str(error)


def test_another_site_is_refused(connect: Connect, served: Served) -> None:
    for origin in ("https://evil.example", "http://127.0.0.1:9", "null"):
        with pytest.raises(ConnectRefusedError):
            connect("ada", origin=origin)
    assert connect("ada", origin=served.forum.address).transport == "websocket"


def test_a_token_that_does_not_hold_is_refused(connect: Connect) -> None:
    with pytest.raises(ConnectRefusedError):
        connect(token="collegium_" + "x" * 43)


def ok(answer: dict[str, Any]) -> Any:
    assert answer["ok"] is True, answer
    return answer["data"]


def not_ok(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer["ok"] is False, answer
    found: dict[str, Any] = answer["error"]
    return found
