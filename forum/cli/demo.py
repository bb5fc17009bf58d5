"""Demo content, until it is there."""

from forum.config import Config


def load_if_empty() -> None:
    """Load the demo where nothing is there yet."""


def accounts_to_show(config: Config) -> list[str]:
    """The accounts to name when the server starts."""
    return []
