"""Programs that talk."""

from tests.api.conftest import by_token, program

__all__ = ["by_token", "program"]
