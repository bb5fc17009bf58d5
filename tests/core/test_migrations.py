"""Migrations: up, down and up again on both databases, and the models agree with them."""

from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa

from forum.app import create_app
from forum.core import migrations
from forum.core.db import Base, db
from tests.conftest import databases, make_config, postgresql_url


@pytest.mark.parametrize("kind", databases())
def test_the_way_up_down_and_up_again_ends_where_the_models_are(kind: str, tmp_path: Path) -> None:
    url, name = f"sqlite:///{tmp_path}/m.db", f"forum_migrations_{tmp_path.name}"
    server = (
        sa.create_engine(str(postgresql_url()), isolation_level="AUTOCOMMIT")
        if kind == "postgresql"
        else None
    )
    if server is not None:
        with server.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        url = sa.make_url(str(postgresql_url())).set(database=name).render_as_string(hide_password=False)
    app = create_app(make_config(url, tmp_path))
    try:
        with app.app_context():
            assert not migrations.is_current()
            migrations.upgrade()
            flask_migrate.check()
            assert migrations.is_current()
            flask_migrate.downgrade(revision="base")
            assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version"}
            assert not migrations.is_current()
            migrations.upgrade()
            flask_migrate.check()
            tables = set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}
            assert tables == {table.name for table in Base.metadata.sorted_tables}
            db.session.remove()
            db.engine.dispose()
    finally:
        if server is not None:
            with server.connect() as connection:
                connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
            server.dispose()
