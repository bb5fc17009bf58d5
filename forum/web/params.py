"""What comes in: one typed model a door, read from a form, from JSON or from the query; faults told by field."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

import orjson
from flask import request
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from werkzeug.datastructures import MultiDict

from forum.core.errors import Invalid, Malformed, WrongMediaType
from forum.core.faults import in_words
from forum.web.csrf import FIELD

DEEPEST_JSON = 20
MOST_ERRORS = 50  # told at once; more help nobody
LONGEST_NAME = 100  # of a field, in what is told about it

FILE_FIELD = "file"  # a form without its file parts holds the name of the file under this one: it is not read

# What no database stores and no program can read: NUL, and halves of characters.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


class Params(BaseModel):
    """The base of all params: unknown fields are refused, text is stripped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


P = TypeVar("P", bound=Params)

# What the database can hold: a larger number is no fault of ours.
Whole = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ListParams(Params):
    """How lists are paged: by key, from the cursor that came with the page before."""

    after: Cursor | None = Field(None, description="The `next` of the page before.")
    limit: int = Field(30, ge=1, le=100, description="How many to answer at most.")


def read(model: type[P]) -> P:
    """The body of this request as `model`. Raises Invalid by field, Malformed where it cannot be read at all."""
    return parse(model, json_body() if request.is_json else form_values(model, request.form))


def read_query(model: type[P]) -> P:
    """The query of this request as `model`; names the model does not know are left alone (links carry many things)."""
    known = MultiDict((k, v) for k, v in request.args.items(multi=True) if k in model.model_fields)
    try:
        return parse(model, form_values(model, known))
    except Invalid as error:
        raise Malformed(" ".join(error.errors.values())) from None


def read_json(model: type[P]) -> P:
    """The JSON body as `model`, each value of the very type that is declared; no body at all is an empty object."""
    sent = request.get_data()
    if sent and request.mimetype != "application/json":
        raise WrongMediaType(_("Send JSON, as Content-Type: application/json."))
    if sent:
        _refuse_no_text(json_body())
    try:
        return model.model_validate_json(sent or b"{}", strict=True)
    except ValidationError as error:
        raise Invalid(_told(error)) from None


def read_object(model: type[P], sent: Any) -> P:
    """What came as one JSON object by another way than a request, as strictly as `read_json`; nothing is an empty object."""
    if sent is not None and not isinstance(sent, dict):
        raise Malformed(_("Send one JSON object."))
    values = sent or {}
    if _depth(values) > DEEPEST_JSON:
        raise Malformed(_("The body is nested too deeply."))
    _refuse_no_text(values)
    try:
        return model.model_validate_json(orjson.dumps(values), strict=True)
    except ValidationError as error:
        raise Invalid(_told(error)) from None


def read_whole_query(model: type[P]) -> P:
    """The query as `model`; unlike for pages, a name that the model does not know is refused."""
    try:
        return parse(model, form_values(model, request.args))
    except Invalid as error:
        raise Malformed(errors=error.errors) from None


def parse(model: type[P], values: dict[str, Any]) -> P:
    _refuse_no_text(values)
    try:
        return model.model_validate(values, strict=False)
    except ValidationError as error:
        raise Invalid(_told(error)) from None


def json_body() -> dict[str, Any]:
    """The JSON object that was sent. Not-a-number, double keys and deep nesting are refused."""
    try:
        body = json.loads(
            request.get_data().decode("utf-8"), object_pairs_hook=_no_doubles, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        raise Malformed(_("The body is not valid JSON.")) from None
    if not isinstance(body, dict):
        raise Malformed(_("The body must be a JSON object."))
    if _depth(body) > DEEPEST_JSON:
        raise Malformed(_("The body is nested too deeply."))
    return body


def form_values(model: type[BaseModel], form: MultiDict[str, str]) -> dict[str, Any]:
    """Form fields as plain values: several of one name become a list where the model wants one, else they are refused."""
    values: dict[str, Any] = {}
    for name in form:
        if name in (FIELD, FILE_FIELD):
            continue
        field = model.model_fields.get(name)
        several = form.getlist(name)
        if field is not None and "list" in str(field.annotation):
            values[name] = [v for v in several if v != ""]
        elif len(several) > 1:
            raise Malformed(_("The field %(name)s was sent more than once.", name=name))
        else:
            values[name] = several[0].replace("\r\n", "\n")
    return values


def _told(error: ValidationError) -> dict[str, str]:
    several = error.errors(include_url=False, include_input=False)[:MOST_ERRORS]
    return {".".join(map(str, e["loc"]))[:LONGEST_NAME] or "body": in_words(e) for e in several}


def _refuse_no_text(values: dict[str, Any]) -> None:
    if any(_NO_TEXT.search(text) for text in _texts(values)):
        raise Malformed(_("There are characters in this that are no text."))


def _texts(value: Any) -> Iterator[str]:
    """Every text in what was sent, names of fields included."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            left += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            left += one


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [
            inner
            for outer in level
            for inner in (
                outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ()
            )
        ]
        if deepest > DEEPEST_JSON + 1:
            break
    return deepest
