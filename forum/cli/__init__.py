"""The `forum` command: every module of this package that has `COMMANDS` adds them."""

import pkgutil
from importlib import import_module

from flask import Flask


def register(app: Flask) -> None:
    """Add every command to the application, for `forum …` and `flask --app wsgi …`."""
    app.cli.commands.pop("db", None)  # Flask-Migrate's own; ours is in `database`
    for module in pkgutil.iter_modules(__path__):
        if module.name not in {"entry", "server"}:
            for command in getattr(import_module(f"{__name__}.{module.name}"), "COMMANDS", ()):
                app.cli.add_command(command)
