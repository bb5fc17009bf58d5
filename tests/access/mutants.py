"""Every clause of a function taken away in turn: what a test that holds the function must notice."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any


@dataclass(frozen=True)
class Mutant:
    """A function with one clause less. `name` says which, in the words of the source."""

    function: FunctionType
    name: str
    code: CodeType

    def __str__(self) -> str:
        return f"{self.function.__module__}.{self.function.__qualname__}: {self.name}"

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The function as mutated, wherever it has been imported to."""
        whole = self.function.__code__
        self.function.__code__ = self.code
        try:
            yield
        finally:
            self.function.__code__ = whole


def mutants_of(function: Callable[..., Any]) -> Iterator[Mutant]:
    assert isinstance(function, FunctionType)
    count = len(list(_changes(_tree_of(function))))
    for n in range(count):
        tree = _tree_of(function)
        name, change = list(_changes(tree))[n]
        change()
        ast.fix_missing_locations(tree)
        space: dict[str, Any] = {}
        exec(compile(tree, f"<mutant of {function.__qualname__}>", "exec"), dict(function.__globals__), space)
        yield Mutant(function, name, space[function.__name__].__code__)


def _tree_of(function: FunctionType) -> ast.Module:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    return _WithoutAnnotations().visit(tree)  # type: ignore[no-any-return]


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant("")
        return self.generic_visit(node)


Change = tuple[str, Callable[[], None]]


def _changes(tree: ast.AST) -> Iterator[Change]:
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp):
            yield from _without_one(node.values, node)
        elif isinstance(node, ast.Call) and _joins_clauses(node.func):
            if len(node.args) > 1:
                yield from _without_one(node.args, node)
        elif isinstance(node, ast.Set | ast.List | ast.Tuple) and len(node.elts) > 1 and not _is_target(node):
            yield from _without_one(node.elts, node)
        elif isinstance(node, ast.If | ast.IfExp):
            for truth in (True, False):
                yield _replaced(node, "test", ast.Constant(truth), f"{ast.unparse(node.test)} is {truth}")
        elif isinstance(node, ast.comprehension):
            for test in list(node.ifs):
                yield f"without if {ast.unparse(test)}", lambda n=node, t=test: n.ifs.remove(t)
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            yield _replaced(node, "ops", [_EDGE[type(node.ops[0])]()], f"edge of {ast.unparse(node)}")
        for _field, statements in ast.iter_fields(node):
            if isinstance(statements, list) and statements and isinstance(statements[0], ast.stmt):
                yield from _without_statement(statements)


_EDGE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}


def _joins_clauses(function: ast.expr) -> bool:
    """`and_(…)`, `or_(…)`, `statement.where(…)`."""
    if isinstance(function, ast.Name):
        return function.id in {"and_", "or_"}
    return isinstance(function, ast.Attribute) and function.attr == "where"


def _is_target(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store)


def _without_one(parts: list[ast.expr], whole: ast.AST) -> Iterator[Change]:
    for n, part in enumerate(parts):
        yield f"without {ast.unparse(part)} in {_short(whole)}", lambda n=n: _drop(parts, n)


def _drop(parts: list[ast.expr], n: int) -> None:
    parts.pop(n)
    if len(parts) == 1:
        parts.append(parts[0])  # `x and x`: the grammar wants two


def _without_statement(statements: list[ast.stmt]) -> Iterator[Change]:
    """Statements that add to something; what assigns or returns is needed by what follows it."""
    for n, statement in enumerate(statements):
        called = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        if called or isinstance(statement, ast.AugAssign):
            yield f"without {_short(statement)}", lambda n=n: statements.__setitem__(n, ast.Pass())


def _replaced(node: ast.AST, field: str, value: Any, name: str) -> Change:
    return name, lambda: setattr(node, field, value)


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) < 90 else text[:87] + "..."
