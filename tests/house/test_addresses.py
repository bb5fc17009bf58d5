"""The addresses of the application: how numbers in them are read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter

from forum.app import create_app
from tests.conftest import make_config
from tests.house.sources import Finding, tell


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder: Path = tmp_path_factory.mktemp("addresses")
    return create_app(make_config(f"sqlite:///{folder}/none.db", folder))


def find_unbounded_numbers(app: Flask) -> Iterator[Finding]:
    """`<int:…>` lets numbers through that no database holds; `<id:…>` answers those with the 404 of what never was."""
    for rule in app.url_map.iter_rules():
        if any(type(converter) is IntegerConverter for converter in rule._converters.values()):
            yield Finding(rule.endpoint, 0, f"{rule.rule}: say <id:…> for <int:…>")


def test_no_address_takes_a_number_without_end(app: Flask) -> None:
    findings = list(find_unbounded_numbers(app))
    assert not findings, tell(findings)


def test_such_an_address_is_caught() -> None:
    planted = Flask("planted")
    planted.add_url_rule("/people/<int:person_id>", "person", lambda person_id: str(person_id))
    assert [finding.path for finding in find_unbounded_numbers(planted)] == ["person"]
