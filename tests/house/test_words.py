"""Every word for a person can be translated: in what errors say, and in templates."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import Finding

ROOT = Path(__file__).parents[2]
SPOKEN = {
    "Invalid",
    "Forbidden",
    "Conflict",
    "Malformed",
    "SignInNeeded",
    "Unavailable",
    "TooManyRequests",
    "denied",
}
FOR_PROGRAMS = ("forum/cli/", "forum/demo/", "forum/importers/")
NAMES = {"Ctrl ↵", "OpenAPI 3.1"}  # the same in every language
TEXT = re.compile(r">([^<>{}]*[A-Za-z]{2,}[^<>{}]*)<")
WITHOUT_WORDS = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->", re.DOTALL)


def find_untranslated(path: str, text: str) -> Iterator[Finding]:
    """Plain sentences handed to an error that a person will read."""
    for node in ast.walk(ast.parse(text)):
        if (
            not isinstance(node, ast.Call)
            or not isinstance(node.func, ast.Name)
            or node.func.id not in SPOKEN
        ):
            continue
        said: list[ast.expr] = [*node.args, *(k.value for k in node.keywords if k.arg == "message")]
        for argument in said:
            values = argument.values if isinstance(argument, ast.Dict) else [argument]
            for value in values:
                plain = (
                    isinstance(value, ast.Constant) and isinstance(value.value, str) and " " in value.value
                )
                if plain or isinstance(value, ast.JoinedStr):
                    yield Finding(path, value.lineno, "say it through gettext")


def find_bare_words(path: str, text: str) -> Iterator[Finding]:
    """Words in a template outside of _() and trans."""
    text = re.sub(r"{% ?-?\s*trans.*?endtrans\s*-? ?%}", "", text, flags=re.DOTALL)
    blank = WITHOUT_WORDS.sub(lambda m: "\n" * m[0].count("\n"), text)
    for found in TEXT.finditer(blank):
        if found[1].strip() not in NAMES and '="' not in found[1]:
            yield Finding(
                path, blank[: found.start()].count("\n") + 1, f"not translatable: {found[1].strip()[:40]}"
            )


def sources(folder: str, pattern: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / folder).rglob(pattern)):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(FOR_PROGRAMS):
            yield name, path.read_text("utf-8")


def test_what_errors_say_can_be_translated() -> None:
    findings = [f for name, text in sources("forum", "*.py") for f in find_untranslated(name, text)]
    assert not findings, "\n".join(f"{f.path}:{f.line}: {f.what}" for f in findings)


def test_what_templates_say_can_be_translated() -> None:
    findings = [f for name, text in sources("templates", "*.html") for f in find_bare_words(name, text)]
    assert not findings, "\n".join(f"{f.path}:{f.line}: {f.what}" for f in findings)


def test_these_rules_can_fail() -> None:
    assert list(find_untranslated("x.py", 'raise Invalid({"title": "Fill this in."})'))
    assert list(find_untranslated("x.py", 'raise Forbidden(f"Not you, {name}.")'))
    assert not list(find_untranslated("x.py", 'raise Forbidden(_("Not you."))'))
    assert list(find_bare_words("x.html", "<p>Hello there</p>"))
    assert not list(find_bare_words("x.html", '<p>{{ _("Hello") }}</p>{% trans %}Hello{% endtrans %}'))
