"""The `forum` command."""

from flask import Flask


def register(app: Flask) -> None:
    """Add every command to the application, for `forum …` and `flask --app wsgi …`."""
    from forum.cli import database, groups, serving

    app.cli.commands.pop("db", None)
    for command in (database.db_commands, groups.group_commands, serving.serve, serving.worker):
        app.cli.add_command(command)
