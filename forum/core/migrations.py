"""Migrations: one set of scripts for both databases."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from forum.core.db import db

FOLDER = Path(__file__).parents[2] / "migrations"


def init_migrations(app: Flask) -> None:
    Migrate(app, db, directory=str(FOLDER), render_as_batch=True, compare_type=True)
