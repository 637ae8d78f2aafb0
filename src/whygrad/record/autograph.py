"""AutoGraph's generated files and their source maps in; for an expression of generated code, the user's own out. TensorFlow is not imported."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from whygrad.model import Location
from whygrad.source import text as source_text
from whygrad.source.text import ParsedFile, Span

Located = ast.expr | ast.stmt
MARK = "__autograph_generated_file"


@dataclass(frozen=True, slots=True)
class Origin:
    """The user's line behind a generated one."""

    path: str
    line: int
    function: str


_registered: dict[str, dict[int, Origin]] = {}
_compared: dict[ast.AST, str] = {}  # what `_canonical` said: the nodes of a statement are compared with each op in it
_plain: dict[ast.AST, str | None] = {}


def register(filename: str, source_map: Mapping[Any, Any]) -> None:
    """Keep a generated file: its text (TensorFlow deletes it at exit) and the map of its lines (`ag_source_map`, used by its shape alone)."""
    _registered[filename] = {
        key.lineno: Origin(info.loc.filename, info.loc.lineno, info.function_name or "<lambda>")
        for key, info in source_map.items()
        if info.loc.filename
    }
    source_text.keep(filename, "\n".join(source_text.parsed(filename).lines) + "\n")


def is_generated(filename: str) -> bool:
    """Whether AutoGraph wrote this file."""
    return MARK in filename


def origin_path(filename: str) -> str | None:
    """The file that a generated one was made from, None when it was not registered."""
    return next((origin.path for origin in _registered.get(filename, {}).values()), None)


def resolve(filename: str, line: int, where: Span | None) -> Location | None:
    """The user's expression for a piece of generated code; its statement when the expression has no counterpart; None for an unknown file."""
    origin = _origin(filename, line)
    if origin is None:
        return None
    user_file = source_text.parsed(origin.path)
    generated = source_text.parsed(filename)
    node = None if where is None else generated.nodes.get(where)
    found = None if node is None else _counterpart(node, generated, user_file, origin)
    if found is None:
        return source_text.line_location(origin.path, origin.line, origin.function)
    return source_text.location(origin.path, source_text.header(found, user_file.lines), origin.function)


def _origin(filename: str, line: int) -> Origin | None:
    """Unmapped lines (the plumbing of a loop) belong to the statement before them."""
    lines = _registered.get(filename)
    if not lines:
        return None
    before = [mapped for mapped in lines if mapped <= line]
    return lines[max(before) if before else min(lines)]


def _counterpart(node: Located, generated: ParsedFile, user_file: ParsedFile, origin: Origin) -> Located | None:
    """The node of the user's statement that reads like `node`; of several alike, the one with the same rank among its likes."""
    wanted = _plain_text(_headed(node))
    statement = source_text.statement_at(user_file, origin.line)
    if wanted is None or statement is None:
        return None
    likes = [n for n in _in_order(statement) if _canonical(n) == wanted]
    if len(likes) < 2:
        return likes[0] if likes else _only_like(user_file, origin, wanted)
    own_statement = source_text.statement_at(generated, node.lineno)
    rivals = [] if own_statement is None else [n for n in _in_order(own_statement) if _plain_text(n) == wanted]
    rank = next((i for i, rival in enumerate(rivals) if rival is node), 0)
    return likes[min(rank, len(likes) - 1)]


def _only_like(user_file: ParsedFile, origin: Origin, wanted: str) -> Located | None:
    """The expression if the function around the line has it exactly once (AutoGraph moves some: the test of a `while` with `break`)."""
    functions = [n for n in user_file.statements if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    around = [f for f in functions if f.lineno <= origin.line <= (f.end_lineno or f.lineno)]
    if not around:
        return None
    inside = ast.walk(max(around, key=lambda f: f.lineno))
    likes = [n for n in inside if isinstance(n, (ast.expr, ast.AugAssign)) and _canonical(n) == wanted]
    return likes[0] if len(likes) == 1 else None


def _in_order(statement: ast.stmt) -> list[Located]:
    """The expressions of a statement as they stand in the text, without those of the statements inside it."""
    expressions = [c for c in ast.iter_child_nodes(statement) if not isinstance(c, (ast.stmt, ast.ExceptHandler))]
    found: list[Located] = [n for root in expressions for n in ast.walk(root) if isinstance(n, ast.expr)]
    found.extend([statement] if isinstance(statement, ast.AugAssign) else [])
    return sorted(found, key=source_text.span)


def _headed(node: Located) -> Located:
    """`ag__.if_stmt(test, ...)` and `ag__.for_stmt(iterable, ...)` stand for what heads the statement."""
    if isinstance(node, ast.Call) and _artifact(node) in ("if_stmt", "for_stmt"):
        return node.args[0]
    return node


def _plain_text(node: ast.AST) -> str | None:
    """Generated code as the user would have written it; None when AutoGraph's plumbing remains."""
    if node not in _plain:
        text = _canonical(_Unwrap().visit(ast.parse(ast.unparse(node)).body[0]))
        _plain[node] = None if "ag__" in text else text
    return _plain[node]


def _canonical(node: ast.AST) -> str:
    """The text to compare by: formatting, comments and quotes do not count, nor how `a and b and c` is nested."""
    if node not in _compared:
        nested = any(isinstance(child, ast.BoolOp) for child in ast.walk(node))
        _compared[node] = ast.unparse(_Flatten().visit(ast.parse(ast.unparse(node)).body[0]) if nested else node)
    return _compared[node]


class _Flatten(ast.NodeTransformer):
    """`a and (b and c)` becomes `a and b and c`."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        values: list[ast.expr] = []
        for value in node.values:
            values.extend(value.values if isinstance(value, ast.BoolOp) and type(value.op) is type(node.op) else [value])
        return ast.BoolOp(node.op, values)


def _artifact(call: ast.Call) -> str:
    """`name` of a call `ag__.name(...)`, else empty."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "ag__" else ""


class _Unwrap(ast.NodeTransformer):
    """Takes AutoGraph's calls off again. What it does not know stays, and `_plain_text` then says None."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        undo = _UNDO.get(_artifact(node))
        return node if undo is None else undo(node.args)


def _converted_call(args: list[ast.expr]) -> ast.expr:
    function, positional, keywords = args[:3]
    return ast.Call(function, list(_arguments(positional)), keywords.keywords if isinstance(keywords, ast.Call) else [])


def _arguments(packed: ast.expr) -> Iterator[ast.expr]:
    """`(a, b) + tuple(rest)` -> `a, b, *rest`."""
    if isinstance(packed, ast.Tuple):
        yield from packed.elts
    elif isinstance(packed, ast.BinOp):
        yield from _arguments(packed.left)
        yield from _arguments(packed.right)
    elif isinstance(packed, ast.Call):
        yield ast.Starred(packed.args[0], ast.Load())


def _called(thunk: ast.expr) -> ast.expr:
    return thunk.body if isinstance(thunk, ast.Lambda) else thunk


_UNDO: dict[str, Callable[[list[ast.expr]], ast.expr]] = {
    "ld": lambda args: args[0],
    "autograph_artifact": lambda args: args[0],
    "converted_call": _converted_call,
    "not_": lambda args: ast.UnaryOp(ast.Not(), args[0]),
    "and_": lambda args: ast.BoolOp(ast.And(), [_called(a) for a in args]),
    "or_": lambda args: ast.BoolOp(ast.Or(), [_called(a) for a in args]),
    "eq": lambda args: ast.Compare(args[0], [ast.Eq()], [args[1]]),
    "not_eq": lambda args: ast.Compare(args[0], [ast.NotEq()], [args[1]]),
    "if_exp": lambda args: ast.IfExp(args[0], _called(args[1]), _called(args[2])),
    "get_item": lambda args: ast.Subscript(args[0], args[1], ast.Load()),
}
