"""What finds a broken house rule. Each takes sources and answers findings, so that a test can show it fail on a planted fault."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from tests.house.sources import Finding, Module

MAX_LINES = 400
EMPTY_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "managers",
    "service",
    "services",
    "misc",
}

ENVIRONMENT = {
    "os.environ",
    "os.environb",
    "os.getenv",
    "os.getenvb",
    "os.putenv",
    "os.unsetenv",
    "posix.environ",
}
WALL_CLOCK = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
    "time.clock_gettime",
    "sqlalchemy.func.now",
    "sqlalchemy.func.current_timestamp",
    "sqlalchemy.func.current_date",
    "sqlalchemy.sql.func.now",
    "sqlalchemy.sql.func.current_timestamp",
}
COMMIT_SQL = re.compile(r"\s*(commit|end)(\s+transaction)?\s*;?\s*", re.IGNORECASE)

# What a room may import from its own slice at run time; types alone may come from anywhere in it.
DOORS = {"routes", "api", "sockets"}
REACTIONS = {"broadcasts", "notices", "indexing"}
LEANS_ON: dict[str, set[str]] = {
    **{door: {"schemas", "actions", "queries", "params", "models"} for door in DOORS},
    **{reaction: {"queries", "signals", "models"} for reaction in REACTIONS},
    "tasks": {"actions", "queries", "models"},
    "actions": {"queries", "params", "signals", "models"},
    "schemas": {"models"},
    "queries": {"models"},
    "params": set(),
    "signals": set(),
    "models": set(),
}


def find_long_files(sources: Iterable[Module]) -> list[Finding]:
    counts = ((m, len(m.text.splitlines())) for m in sources)
    return [Finding(m.path, n, f"{n} lines, {MAX_LINES} at most") for m, n in counts if n > MAX_LINES]


def find_empty_names(paths: Iterable[str]) -> list[Finding]:
    """Files and folders named for nothing in particular."""
    return [
        Finding(path, 1, f"'{stem}' says nothing; name the thing")
        for path in paths
        for stem in {PurePosixPath(path).stem, *PurePosixPath(path).parent.parts}
        if stem in EMPTY_NAMES
    ]


def find_commits(source: Module) -> Iterator[Finding]:
    """`x.commit`, called or handed on; `x.begin()`, which commits at its end; COMMIT as SQL."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "commit_prepared"}:
            yield Finding(source.path, node.lineno, "commits outside forum/core/transactions.py")
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr == "begin":
                yield Finding(source.path, node.lineno, "begin() commits at its end; use transaction()")
            if any(isinstance(a, ast.Constant) and COMMIT_SQL.fullmatch(str(a.value)) for a in node.args):
                yield Finding(source.path, node.lineno, "commits in SQL; use transaction()")


def find_environment(source: Module) -> Iterator[Finding]:
    """The environment read or written, by whatever name it was imported."""
    for name, line in source.references():
        if name in ENVIRONMENT or name.startswith("dotenv."):
            yield Finding(source.path, line, f"{name}: only forum/config.py reads the environment")
    yield from _star_imports(source, {"os", "dotenv"})


def find_wall_clock(source: Module) -> Iterator[Finding]:
    """The time of day, by whatever name; monotonic counters measure and are allowed."""
    for name, line in source.references():
        if name in WALL_CLOCK:
            yield Finding(source.path, line, f"{name}: time comes from clock.now()")
    yield from _star_imports(source, {"time", "datetime"})


def _star_imports(source: Module, of: set[str]) -> Iterator[Finding]:
    for name, line in source.imports():
        module, _, last = name.rpartition(".")
        if last == "*" and module in of:
            yield Finding(source.path, line, f"from {module} import * hides what is used")


def find_imports_of(package: str, source: Module) -> Iterator[Finding]:
    """A package imported by statement or by name in a string."""
    for name, line in source.imports():
        if name == package or name.startswith(package + "."):
            yield Finding(source.path, line, f"imports {package}")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and source.dotted(node.func) in {
            "importlib.import_module",
            "__import__",
        }:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and str(first.value).partition(".")[0] == package:
                yield Finding(source.path, node.lineno, f"imports {package}")


def find_handmade_html(source: Module) -> Iterator[Finding]:
    """Text declared to be safe HTML."""
    for name, line in source.references():
        if name in {"markupsafe.Markup", "flask.Markup", "jinja2.Markup"}:
            yield Finding(source.path, line, "declares HTML safe; only forum/markup and forum/web may")


def find_room_faults(source: Module) -> Iterator[Finding]:
    """A room of a slice that imports from a room it must not lean on; a door that holds SQL."""
    parts = source.path.removesuffix(".py").split("/")
    if len(parts) < 3 or parts[2] not in LEANS_ON:
        return
    here, room = f"{parts[0]}.{parts[1]}.", parts[2]
    for name, line in source.imports(at_run_time_only=True):
        if name.startswith(here):
            other = name.removeprefix(here).partition(".")[0]
            if other in LEANS_ON and other != room and other not in LEANS_ON[room]:
                yield Finding(source.path, line, f"{room} must not lean on {other}")
        if room in DOORS and (name.partition(".")[0] == "sqlalchemy" or name == "forum.core.db.db"):
            yield Finding(source.path, line, f"a door holds no SQL; give {parts[1]}/queries.py a function")


TEMPLATE_FAULTS = [
    (re.compile(r"\|\s*safe\b"), "|safe: HTML comes as SafeHTML from markup"),
    (re.compile(r"{%-?\s*autoescape\s+false"), "escaping switched off"),
    (re.compile(r"<style\b", re.IGNORECASE), "inline style sheet"),
    (re.compile(r"<[a-z][^<>]*?\sstyle\s*=", re.IGNORECASE), "inline style"),
    (re.compile(r"<[a-z][^<>]*?\son[a-z]+\s*=", re.IGNORECASE), "inline handler"),
    (re.compile(r"<script\b(?![^>]*\bsrc\s*=)", re.IGNORECASE), "inline script"),
    (re.compile(r"<script\b[^>]*>\s*[^<\s]", re.IGNORECASE), "inline script"),
    (re.compile(r"javascript:", re.IGNORECASE), "script in an address"),
    (re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE), "loads from elsewhere"),
]
# Mail programs read no style sheets, and a letter links to places outside.
FINE_IN_MAIL = {"inline style", "inline style sheet", "loads from elsewhere"}
LINK_OUT = re.compile(r"<a\b[^<>]*", re.IGNORECASE)


def find_template_faults(path: str, text: str) -> Iterator[Finding]:
    text = re.sub(r"{#.*?#}", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)
    # Values in expressions may hold quotes and angle brackets of their own.
    markup = re.sub(r"{{.*?}}|{%.*?%}", lambda m: "\n" * m[0].count("\n") or "_", text, flags=re.DOTALL)
    for pattern, what in TEMPLATE_FAULTS:
        if what in FINE_IN_MAIL and path.startswith("templates/email/"):
            continue
        subject = text if what.startswith(("|safe", "escaping")) else markup
        if what == "loads from elsewhere":
            subject = LINK_OUT.sub("<a", subject)
        for match in pattern.finditer(subject):
            yield Finding(path, subject.count("\n", 0, match.start()) + 1, what)


def find_lock_faults(path: str, text: str) -> Iterator[Finding]:
    """An address, an option that names an index, a package without exact version or without hash."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if "://" in line or re.search(r"\s@\s", line.split("#")[0]):
            yield Finding(path, number, "holds an address")
        elif re.match(r"--|-[a-zA-Z]\b", line):
            yield Finding(path, number, "holds an option of the installer")
        elif re.match(r"[A-Za-z0-9]", line):
            if not re.match(r"[A-Za-z0-9._-]+(\[[^]]+\])?==[^\s;*]+(\s|$)", line):
                yield Finding(path, number, "is not pinned to one version")
            if number == len(lines) or not lines[number].startswith("    --hash=sha256:"):
                yield Finding(path, number, "has no hash")


def find_dead_links(root: Path, path: str, text: str) -> Iterator[Finding]:
    """A link of a Markdown page to a file that is not there; code blocks hold examples."""
    text = re.sub(r"^```.*?^```", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE)
    for match in re.finditer(r"\]\(([^)\s:#]+)(?:#[^)]*)?\)", text):
        if not ((root / path).parent / match[1]).exists():
            yield Finding(
                path, text.count("\n", 0, match.start()) + 1, f"links to {match[1]}, which is not there"
            )


# A path counts where it begins: `/c/root/x` in an address is not the home of root.
MACHINE_PATH = re.compile(
    r"(?:(?<![\w.~/})>-])|(?<=://)|(?<=:///))/(?:work|root|home|Users|tmp|opt/\w+|private/tmp)/[\w.]|\b[A-Z]:\\Users\\"
)


def find_machine_paths(path: str, text: str) -> Iterator[Finding]:
    """A path that exists on somebody's machine only."""
    for number, line in enumerate(text.splitlines(), 1):
        if match := MACHINE_PATH.search(line):
            yield Finding(path, number, f"names a place on one machine: {match[0]}…")
