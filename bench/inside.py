"""What must be done inside the application, in a process of its own: sign people in, find pages, count statements.

python -m bench.inside prepare|prepare_live|statements; DATABASE_URL says which database. Facts come as JSON on stdin, the answer goes to stdout.
"""

import gzip
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bench.goals import ROTATING
from forum.access.models import Audience, AudienceKind
from forum.accounts.actions.personal_tokens import make_personal_token
from forum.accounts.identity import token_hash
from forum.accounts.models import Session, User
from forum.app import create_app
from forum.boards.models import Category
from forum.config import Config
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.models import Post, Topic
from forum.messaging.actions.starting import write_to
from forum.messaging.writing import prepare as prepare_message
from forum.web.csrf import token_for
from forum.web.token_scopes import TokenScope

WRITERS = 8


def prepare() -> dict[str, Any]:
    """Sign in the known accounts and the writers; name the pages to measure."""
    with app.app_context():
        great = db.session.scalars(sa.select(Topic).order_by(Topic.last_number.desc()).limit(1)).one()
        usual = db.session.scalars(
            sa.select(Topic)
            .where(Topic.place_id == great.place_id, Topic.audience_id == great.audience_id)
            .where(Topic.id != great.id, Topic.locked_at.is_(None), Topic.hidden_at.is_(None))
            .order_by(Topic.last_number.desc())
            .limit(1)
        ).one()
        category = db.session.scalars(sa.select(Category).where(Category.place_id == great.place_id)).one()
        last = db.session.scalars(
            sa.select(Post.number).where(Post.topic_id == great.id).order_by(Post.path.desc()).limit(1)
        ).one()
        topics = list(
            db.session.scalars(
                sa.select(Topic.id)
                .where(Topic.audience_id == great.audience_id, Topic.locked_at.is_(None))
                .where(Topic.hidden_at.is_(None), Topic.last_number < 100)
                .order_by(Topic.id.desc())
                .limit(WRITERS)
            )
        )
        people = list(
            db.session.scalars(
                sa.select(User)
                .where(User.username.like("person%"), User.member_until > clock.now())
                .order_by(User.username)
                .limit(ROTATING)
            )
        )
        known = {
            name: _find(name) for name in ("bench-guest", "bench-member", "bench-moderator", "bench-staff")
        }
        tokens = _sign_in([*known.values(), *people])
        if len(people) < ROTATING:
            raise SystemExit(f"only {len(people)} members to ask for pages in turn; {ROTATING} are needed")
        many = db.session.execute(
            sa.select(Topic.id, Topic.slug)
            .join(Audience, Audience.id == Topic.audience_id)
            .where(Audience.read_kind == AudienceKind.PUBLIC, Topic.hidden_at.is_(None), Topic.id != great.id)
            .where(Topic.deleted_at.is_(None))
            .order_by(Topic.last_number.desc(), Topic.id)
            .limit(ROTATING)
        ).all()
        at = f"/t/{great.id}/{great.slug}"
        return {
            "pages": {
                "topic": f"/t/{usual.id}/{usual.slug}",
                "first flat": f"{at}?view=flat",
                "last flat": f"{at}/{great.last_number}?view=flat",
                "first threaded": f"{at}?view=threaded",
                "last threaded": f"{at}/{last}?view=threaded",
                "permalink deep": f"{at}/{great.last_number // 2}",
                "category": f"/c/{category.slug}",
                "home": "/",
            },
            "tokens": {name: tokens[user.id] for name, user in known.items()},
            "writers": [
                {
                    "token": tokens[user.id],
                    "csrf": token_for(app, tokens[user.id]),
                    "address": f"/t/{topic_id}/reply",
                }
                for user, topic_id in zip(people[:WRITERS], topics, strict=True)
            ],
            "rotating": {
                "topic": [f"/t/{topic.id}/{topic.slug}" for topic in many],
                "tokens": [tokens[user.id] for user in people],
            },
            "cookie": app.extensions["forum_config"].session_cookie,
            "made_at": clock.now().isoformat(),
        }


def prepare_live() -> dict[str, Any]:
    """Two hundred people who talk two by two, each signed in; a topic that all may read, and a token that answers in it."""
    with app.app_context():
        people = list(
            db.session.scalars(
                sa.select(User)
                .where(User.username.like("person%"), User.member_until > clock.now())
                .order_by(User.username.desc())
                .limit(ROTATING)
            )
        )
        member = _find("bench-member")
        topic_id = db.session.scalars(
            sa.select(Topic.id)
            .join(Audience, Audience.id == Topic.audience_id)
            .where(Audience.read_kind == AudienceKind.PUBLIC, Topic.locked_at.is_(None))
            .where(Topic.hidden_at.is_(None), Topic.deleted_at.is_(None), Topic.last_number < 100)
            .order_by(Topic.id)
            .limit(1)
        ).one()
        tokens = _sign_in(people)
        pairs: list[dict[str, Any]] = []
        cookie = app.extensions["forum_config"].session_cookie
        for one, other in zip(people[::2], people[1::2], strict=True):
            begun = write_to(
                other, author=one, written=prepare_message("Hello."), client_id=f"bench-{one.id}"
            )
            pairs += [
                {"cookie": f"{cookie}={tokens[user.id]}", "conversation": str(begun.conversation_id)}
                for user in (one, other)
            ]
        made = make_personal_token(
            member, name="Bench", scopes=[TokenScope.READ, TokenScope.WRITE, TokenScope.MODERATE], days=1
        )
        return {"people": pairs, "topic": str(topic_id), "token": made.text}


def statements(facts: dict[str, Any]) -> dict[str, Any]:
    """How many statements each page sends, warm, and how large it is."""
    sent: list[str] = []
    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *a: sent.append(a[2]))
    found: dict[str, Any] = {}
    for who, token in (("visitor", None), ("signed in", facts["tokens"]["bench-member"])):
        client = app.test_client()
        if token:
            client.set_cookie(facts["cookie"], token)
        for name, address in facts["pages"].items():
            for _ in range(3):
                sent.clear()
                response = client.get(address)
            if response.status_code != 200:
                raise SystemExit(f"{address} answered {response.status_code} to {who}")
            counted = [s for s in sent if not s.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]
            found[f"{name}, {who}"] = {
                "statements": len(counted),
                "bytes": len(response.data),
                "compressed": len(gzip.compress(response.data, 6)),
            }
    return found


def _find(username: str) -> User:
    return db.session.scalars(sa.select(User).where(User.username == username)).one()


def _sign_in(people: list[User]) -> dict[int, str]:
    now, tokens = clock.now(), {}
    with transaction():
        for user in people:
            tokens[user.id] = token = f"bench-session-{user.id}"
            db.session.add(
                Session(
                    token_hash=token_hash(token),
                    user_id=user.id,
                    created_at=now,
                    used_at=now,
                    proved_at=now,
                    expires_at=now + timedelta(days=30),
                )
            )
    return tokens


if __name__ == "__main__":
    app = create_app(replace(Config.from_environment(), rate_limits=False, log_level="WARNING"))
    ways: dict[str, Callable[[], dict[str, Any]]] = {
        "prepare": prepare,
        "prepare_live": prepare_live,
        "statements": lambda: statements(json.load(sys.stdin)),
    }
    result = ways[sys.argv[1]]()
    print(json.dumps(result))
