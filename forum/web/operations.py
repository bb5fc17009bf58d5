"""Doors for programs. What an operation takes and answers is declared once: by that it is read, answered and documented."""

import functools
import hashlib
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, g, request

from forum.core.errors import PreconditionFailed
from forum.web import params, submissions
from forum.web.params import Params
from forum.web.schemas import Schema
from forum.web.token_scopes import TokenScope

API = "/api/v1"
_STRONG_TAG = re.compile(r'(?<!W/)"([0-9a-f]{1,12})-[0-9a-f]+"')


@dataclass(frozen=True, slots=True)
class Operation:
    """What is declared of one method of one address. `answers` is None where there is nothing to say (204)."""

    name: str
    summary: str
    description: str
    answers: type[Schema] | None
    status: int
    takes: type[Params] | None
    query: type[Params] | None
    edits: bool
    takes_file: bool
    finds: bool
    scope: TokenScope | None

    def scope_for(self, method: str) -> TokenScope:
        """What a token must be good for: what is declared, else reading or writing."""
        return self.scope or (TokenScope.READ if method in {"GET", "HEAD"} else TokenScope.WRITE)


@dataclass(frozen=True, slots=True)
class Answer:
    """A body, with the version that `If-Match` is held against, and the address of what was made.

    `kept` is what is stored for a repeat under the same `Idempotency-Key`, where the body holds a secret.
    """

    body: Schema
    version: int | None = None
    location: str = ""
    kept: Schema | None = None


Result = Schema | Answer | None


def operation(
    answers: type[Schema] | None = None,
    *,
    status: int = 0,
    takes: type[Params] | None = None,
    query: type[Params] | None = None,
    edits: bool = False,
    takes_file: bool = False,
    finds: bool = False,
    scope: TokenScope | None = None,
) -> Callable[[Callable[..., Result]], Callable[..., Response]]:
    """Declare an operation, below the door that says who may: whoever may not hears of nothing else.

    The view gets the body as `given`, the query as `asked` and, where it `edits`, the versions that `If-Match` allows
    as `expected` (None: any). One that `takes_file` finds it in the request. `finds` says that the
    body names a thing that may not be there. It answers a Schema, an Answer, or None where there is nothing to tell.
    """

    def decorate(view: Callable[..., Result]) -> Callable[..., Response]:
        summary, _, description = inspect.cleandoc(view.__doc__ or "").partition("\n")
        declared = Operation(
            name=view.__name__,
            summary=summary.rstrip("."),
            description=" ".join(description.split()),
            answers=answers,
            status=status or (200 if answers else 204),
            takes=takes,
            query=query,
            edits=edits,
            takes_file=takes_file,
            finds=finds,
            scope=scope,
        )

        @functools.wraps(view)
        def run(*subjects: Any, **url: Any) -> Response:
            if query is not None:
                url["asked"] = params.read_whole_query(query)
            if takes is not None:
                url["given"] = params.read_json(takes)
            if edits:
                url["expected"] = expected_versions()
            if "keyed" not in g:
                return _respond(declared, view(*subjects, **url))[0]
            try:
                return submissions.once(g.keyed, lambda: _respond(declared, view(*subjects, **url)))
            except submissions.AnsweredBefore:
                return submissions.say_again(submissions.answered(g.keyed))

        run.operation = declared  # type: ignore[attr-defined]
        return run

    return decorate


def operation_of(view: Any) -> Operation | None:
    """What a view declares, also through the door around it."""
    declared: Operation | None = getattr(view, "operation", None)
    return declared


def expected_versions() -> frozenset[int] | None:
    """The versions that the client is prepared to change; None where it does not say, or takes any."""
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    known = frozenset(int(version, 16) for version in _STRONG_TAG.findall(header))
    if not known:
        raise PreconditionFailed
    return known


def _respond(declared: Operation, result: Result) -> tuple[Response, bytes]:
    """The response, and the body to keep of it for a repeat."""
    if result is None:
        return Response(status=204), b""
    answer = result if isinstance(result, Answer) else Answer(result)
    body = answer.body.model_dump_json().encode()
    response = Response(body, status=declared.status, mimetype="application/json")
    if answer.location:
        response.headers["Location"] = answer.location
    is_read = request.method in {"GET", "HEAD"}
    if is_read or answer.version is not None:
        tag = _tag(body, answer.version)
        response.set_etag(tag)
        if is_read and request.if_none_match.contains_weak(tag):
            return Response(status=304, headers={"ETag": response.headers["ETag"]}), b""
    return response, body if answer.kept is None else answer.kept.model_dump_json().encode()


def _tag(body: bytes, version: int | None) -> str:
    """The version, which `If-Match` is held against, and what makes this very answer differ from all others."""
    digest = hashlib.blake2s(body, digest_size=10).hexdigest()
    return f"{version:x}-{digest}" if version is not None else f"-{digest}"
