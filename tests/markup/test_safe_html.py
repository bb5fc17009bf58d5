"""HTML that counts as safe comes from the renderer, and nowhere else."""

import ast
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

import forum
from forum.markup import SafeHTML, SafeHTMLText, render

notes = sa.Table(
    "notes", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("html", SafeHTMLText)
)


@pytest.fixture
def connection():
    engine = sa.create_engine("sqlite://")
    with engine.begin() as opened:
        notes.create(opened)
        yield opened
    engine.dispose()


def test_the_column_gives_back_what_it_was_given(connection: sa.Connection) -> None:
    html = render("**a**").html
    connection.execute(notes.insert().values(html=html))
    connection.execute(notes.insert().values(html=None))
    first, second = connection.scalars(sa.select(notes.c.html).order_by(notes.c.id))
    assert first == html
    assert type(first) is SafeHTML
    assert second is None


def test_the_column_takes_no_other_text(connection: sa.Connection) -> None:
    with pytest.raises(StatementError, match="only SafeHTML"):
        connection.execute(notes.insert().values(html="<script>alert(1)</script>"))


def test_nobody_else_declares_html_safe() -> None:
    root = Path(forum.__file__).parent
    makers = {
        path.relative_to(root).parts[0]
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and "SafeHTML" in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))
    }
    assert makers == {"markup"}


def test_what_is_put_beside_safe_html_is_escaped() -> None:
    assert render("a").html + "<b>" == '<p dir="auto">a</p>\n&lt;b&gt;'
