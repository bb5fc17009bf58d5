"""What is borrowed from the tests of the API."""

from tests.api.conftest import program  # noqa: F401 - a fixture
