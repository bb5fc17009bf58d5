"""The project's own files, as the house rules read them: Python as syntax trees with names resolved, the rest as text."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Finding:
    """A place where a rule is broken."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass
class Module:
    """One Python file. `path` is relative to the checkout, with forward slashes."""

    path: str
    text: str
    tree: ast.Module = field(init=False)
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.text, filename=self.path)
        self.names = dict(self._imported_names())

    def _imported_names(self) -> Iterator[tuple[str, str]]:
        """What each imported name stands for, wherever in the file it is imported: `dt` -> `datetime.datetime`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.partition(".")[0]
                    yield (alias.asname, alias.name) if alias.asname else (first, first)
            elif isinstance(node, ast.ImportFrom):
                origin = self.origin(node)
                for alias in node.names:
                    yield alias.asname or alias.name, f"{origin}.{alias.name}"

    def origin(self, node: ast.ImportFrom) -> str:
        """The absolute name of the module that an import statement names."""
        if not node.level:
            return node.module or ""
        package = self.path.removesuffix(".py").split("/")[: -node.level]
        return ".".join([*package, node.module] if node.module else package)

    def imports(self, *, at_run_time_only: bool = False) -> Iterator[tuple[str, int]]:
        """Every module or name imported, absolute, with its line; `from a import b` gives `a.b`."""
        skipped = set(self._type_checking_nodes()) if at_run_time_only else set()
        for node in ast.walk(self.tree):
            if node in skipped:
                continue
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield alias.name, node.lineno
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield f"{self.origin(node)}.{alias.name}", node.lineno

    def _type_checking_nodes(self) -> Iterator[ast.AST]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.If) and self.dotted(node.test) == "typing.TYPE_CHECKING":
                for statement in node.body:
                    yield from ast.walk(statement)

    def dotted(self, node: ast.expr) -> str | None:
        """The full name of an expression such as `dt.now`, or None where it is not a plain chain of names."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        return ".".join([self.names.get(node.id, node.id), *reversed(parts)])

    def references(self) -> Iterator[tuple[str, int]]:
        """Every name or chain of names used in the file, resolved, with its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name | ast.Attribute) and (name := self.dotted(node)):
                yield name, node.lineno


@cache
def tracked_files() -> tuple[str, ...]:
    """Every file of the project that is or would be committed; without git, every file outside hidden folders."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        found = listing.stdout.splitlines()
    else:
        paths = (p.relative_to(ROOT) for p in ROOT.rglob("*") if p.is_file())
        found = [p.as_posix() for p in paths if p.parts[0] not in {".venv", ".git", "instance"}]
    return tuple(sorted(name for name in found if (ROOT / name).is_file()))


@cache
def modules(folder: str = "forum") -> tuple[Module, ...]:
    """Every Python file below a folder."""
    names = [n for n in tracked_files() if n.startswith(folder + "/") and n.endswith(".py")]
    return tuple(Module(name, (ROOT / name).read_text(encoding="utf-8")) for name in names)


@cache
def templates() -> tuple[tuple[str, str], ...]:
    """Every template: path and text."""
    names = [n for n in tracked_files() if n.startswith("templates/")]
    return tuple((name, (ROOT / name).read_text(encoding="utf-8")) for name in names)


def tell(findings: list[Finding]) -> str:
    return "\n" + "\n".join(str(finding) for finding in findings)
