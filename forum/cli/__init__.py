"""The `forum` command."""

from flask import Flask


def register(app: Flask) -> None:
    """Add every command to the application, for `forum …` and `flask --app wsgi …`."""
    from forum.cli import bench, database, groups, serving

    app.cli.commands.pop("db", None)
    for command in (
        bench.bench_commands,
        database.db_commands,
        groups.group_commands,
        serving.serve,
        serving.worker,
    ):
        app.cli.add_command(command)
