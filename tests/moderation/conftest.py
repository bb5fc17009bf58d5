"""Programs at the doors of moderation."""

from tests.api.conftest import program

__all__ = ["program"]
