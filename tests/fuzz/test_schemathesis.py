"""schemathesis over the whole interface: as visitor, guest, member and moderator, by cookie and by token.

What it makes of the OpenAPI document is sent, good and bad; an answer must be one that the document tells of, never a 5xx,
and what the document says is refused without signing in must be. In the suite a few of each; `make schemathesis` sends many.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    IgnoredAuth,
    allow_header_conformance,
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from forum.access.models import RoleName
from forum.accounts.models import User
from forum.web.csrf import token_for
from tests.cast import Cast
from tests.factories import grant, make_post, make_token, make_topic

SignIn = Callable[[User], FlaskClient]

EXAMPLES = int(
    os.environ.get("SCHEMATHESIS_EXAMPLES", "0")
)  # for each operation, good and bad alike; 0: a look


def refused_or_not_there(ctx: Any, response: Any, case: Any) -> bool | None:
    """Without signing in one is refused, or the thing is not there: what visitors may not read they are not told of."""
    try:
        return ignored_auth(ctx, response, case)
    except IgnoredAuth as found:
        if "got `404 Not Found`" in found.message:
            return None
        raise


CHECKS = [
    allow_header_conformance, content_type_conformance, refused_or_not_there, missing_required_header, negative_data_rejection,
    not_a_server_error, response_headers_conformance, response_schema_conformance, status_code_conformance,
    unsupported_method,
]  # fmt: skip
ALL_SCOPES = ("write", "moderate", "account")


@dataclass(frozen=True)
class Principal:
    """Who asks, and the headers that sign them in."""

    name: str
    headers: dict[str, str]


def of_cookie(app: Flask, name: str, browser: FlaskClient) -> Principal:
    cookie = browser.get_cookie(app.extensions["forum_config"].session_cookie)
    assert cookie is not None
    signed = {"Cookie": f"{cookie.key}={cookie.value}", "X-CSRF-Token": token_for(app, cookie.value)}
    return Principal(f"{name} by cookie", signed)


def of_token(app: Flask, name: str, user: User, *scopes: str) -> Principal:
    with app.app_context():
        text = make_token(user, *scopes)
    return Principal(f"{name} by token", {"Authorization": f"Bearer {text}"})


@pytest.fixture
def principals(app: Flask, cast: Cast, sign_in: SignIn) -> list[Principal]:
    return [
        Principal("visitor", {}),
        of_cookie(app, "guest", sign_in(cast.guest)),
        of_token(app, "guest", cast.guest, *ALL_SCOPES),
        of_cookie(app, "member", sign_in(cast.member)),
        of_token(app, "member", cast.member, *ALL_SCOPES),
        of_token(app, "member who reads", cast.member),
        of_cookie(app, "moderator", sign_in(cast.moderator)),
        of_token(app, "moderator", cast.moderator, *ALL_SCOPES),
    ]


@pytest.fixture
def known(app: Flask, cast: Cast) -> dict[str, list[str]]:
    """What the arguments of addresses may stand for, so that more than 404 is tried."""
    with app.app_context():
        topics = [
            make_topic(place, author)
            for place, author in (
                (cast.welcome, cast.guest), (cast.lounge, cast.member), (cast.lounge, cast.moderator),
                (cast.porch, cast.other), (cast.desk, cast.staff), (cast.secret, cast.confidant),
            )
        ]  # fmt: skip
        posts = [make_post(topic, cast.member) for topic in topics[:4] for _ in range(2)]
        posts.append(make_post(topics[0], cast.guest))
        grant(cast.moderator, RoleName.MODERATOR, cast.welcome.place)
    return {
        "topic_id": [str(topic.id) for topic in topics],
        "post_id": [str(post.id) for post in posts],
        "slug": ["welcome", "lounge", "porch", "desk"],
        "username": ["mina", "gaspard", "nobody"],
    }


def config() -> SchemathesisConfig:
    """The credentials are ours: schemathesis makes none up but where it checks that they count."""
    generation = GenerationConfig(with_security_parameters=False, database="none")
    return SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))


def operations(app: Flask) -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config())
    for found in schema.get_all_operations():
        yield found.ok()


def drive(operation: Any, principal: Principal, known: dict[str, list[str]], examples: int) -> int:
    """Send so many good and bad requests to an operation. Answers how many."""
    sent = 0
    settings = hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=EXAMPLES == 0,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    bad = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @settings
    @hypothesis.given(case=good | bad, data=st.data())
    def send(case: Any, data: Any) -> None:
        nonlocal sent
        is_good = case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE
        for name, values in known.items() if is_good else ():
            if name in case.path_parameters and data.draw(st.integers(0, 3), label="known") > 0:
                case.path_parameters[name] = data.draw(st.sampled_from(values), label=name)
        case.call_and_validate(headers=principal.headers, checks=CHECKS)
        sent += 1

    try:
        send()
    except BaseException as error:
        error.add_note(f"as {principal.name}")
        raise
    return sent


@pytest.mark.one_database
def test_what_is_served_is_what_the_document_says(
    app: Flask, cast: Cast, principals: list[Principal], known: dict[str, list[str]]
) -> None:
    sent = 0
    for place, operation in enumerate(operations(app)):
        if EXAMPLES:
            chosen = principals
        else:  # each operation as two of them, each of them at some of every kind
            chosen = [principals[place % len(principals)], principals[(place + 3) % len(principals)]]
        for principal in chosen:
            sent += drive(operation, principal, known, EXAMPLES or 3)
    assert sent > 150
    if EXAMPLES:
        print(f"{sent} requests")


@pytest.mark.one_database
def test_no_operation_passes_over_what_does_not_sign_in(app: Flask, known: dict[str, list[str]]) -> None:
    """Every operation, also those open to all: a token that is none is never taken for nobody."""
    client = app.test_client()
    for operation in operations(app):
        path = operation.full_path
        for name in ("topic_id", "post_id", "slug", "username"):
            path = path.replace("{" + name + "}", known[name][0])
        path = re.sub(r"\{\w+\}", "1", path)
        answer = client.open(path, method=operation.method.upper(), headers={"Authorization": "Bearer none"})
        assert (answer.status_code, answer.json["code"]) == (401, "invalid_token"), (operation.method, path)
