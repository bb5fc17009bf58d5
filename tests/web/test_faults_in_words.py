"""Whatever is wrong with a value, of whatever field: the words are ours, and can be translated."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel, ValidationError

import forum
from forum.core import faults, settings
from forum.core.errors import Invalid
from forum.core.faults import in_words
from forum.core.settings import Settings
from forum.core.transactions import transaction
from forum.web.params import Params

OTHERWISE = "This cannot be taken as it is."
WRONG: list[Any] = [
    None,
    "",
    " ",
    "x" * 100_000,
    "\u202e",
    "0",
    "-1",
    "1.5",
    "nan",
    "9" * 30,
    "9" * 5000,
    "2026-13-45",
    "2026-01-01T10:00:00",
    "not of this list",
    "\ud800",
    True,
    -1,
    1.5,
    10**30,
    1e308,
    float("inf"),
    float("nan"),
    {},
    {"x": "y"},
    {"reason": "y" * 10_000, "title": 1},
    [],
    [1],
    ["x"] * 2_000,
    [[1]],
    [[1, 2, 3]],
    [["a", "b"]] * 2_000,
]


def models() -> Iterator[type[BaseModel]]:
    for found in pkgutil.walk_packages(forum.__path__, "forum."):
        if found.name.rpartition(".")[2] in {"params", "routes"} or "api" in found.name:
            importlib.import_module(found.name)
    left: list[type[BaseModel]] = [Params]
    while left:
        model = left.pop()
        left += model.__subclasses__()
        yield model
    yield Settings


def faults_of(model: type[BaseModel]) -> Iterator[Any]:
    """As doors find them: loosely in forms and addresses, strictly in JSON."""
    for values in [
        {},
        {"no_such_field": 1},
        *({name: wrong} for name in model.model_fields for wrong in WRONG),
    ]:
        try:
            model.model_validate(values)
        except ValidationError as error:
            yield from error.errors(include_url=False)
        try:
            model.model_validate_json(json.dumps(values), strict=True)
        except ValidationError as error:
            yield from error.errors(include_url=False)
        except ValueError:
            pass  # halves of characters are no JSON


@pytest.mark.one_database
@pytest.mark.usefixtures("context")
def test_every_fault_of_every_field_is_told_in_our_words() -> None:
    seen: set[str] = set()
    for model in models():
        for error in faults_of(model):
            said = in_words(error)
            told = f"{model.__name__} {error['loc']} {error['type']}"
            assert said, told
            assert said != error["msg"], told
            assert said != OTHERWISE, told  # there is a better sentence for what can arise
            assert not said.startswith(("Input should", "Value error", "Invalid isoformat", "month must")), (
                told
            )
            seen.add(error["type"])
    assert {
        "missing",
        "string_too_long",
        "extra_forbidden",
        "literal_error",
        "int_parsing",
        "value_error",
    } <= seen


@pytest.mark.usefixtures("context")
def test_settings_are_refused_in_our_words() -> None:
    for name, value, words in (
        ("grace_days", "many", "Give a whole number."),
        ("grace_days", -1, "Not below 0."),
        ("name", "", "Fill this in."),
        ("default_view", "upside down", "Choose one of: 'flat', 'threaded'."),
    ):
        with pytest.raises(Invalid) as refused, transaction():
            settings.change({name: value}, actor_id=None)
        assert refused.value.errors == {name: words}


def test_a_fault_that_nobody_thought_of_is_told_too(app: Flask) -> None:
    with app.test_request_context():
        assert in_words({"type": "of_tomorrow", "msg": "Input should be tomorrow"}) == OTHERWISE
        assert faults.in_words({"type": "value_error", "msg": "Value error, x"}) == OTHERWISE
