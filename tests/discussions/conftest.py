"""What the tests of discussions share with those of the API."""

from tests.api.conftest import program  # noqa: F401 - a fixture
