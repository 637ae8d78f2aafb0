"""The text of one file comes in; its tree with exact places, parents and blocks goes out. Places are offsets in characters."""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache

from whygrad import syntax as ast
from whygrad.model import Location

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.Module)
ATOMS = (ast.Name, ast.Constant, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Tuple, ast.Dict)

Block = list[ast.stmt]
Span = tuple[int, int]


class SourceFile:
    """Raises SyntaxError where the text is no Python. `text` has "\\n" line ends, which moves no line and no column."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.tree = ast.parse(self.text)
        self._lines = self.text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._starts.pop()
        self.nodes = list(ast.walk(self.tree))
        self._parents = {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    @cached_property
    def words(self) -> frozenset[str]:
        """All names that the file reads or binds."""
        return frozenset(word for node in self.nodes for word in _words(node))

    @cached_property
    def inside_strings(self) -> frozenset[int]:
        """The offsets of the lines that begin inside a string."""
        texts = [n for n in self.nodes if isinstance(n, ast.JoinedStr) or (isinstance(n, ast.Constant) and isinstance(n.value, (str, bytes)))]
        return frozenset(self.offset(line, 0) for n in texts for line in range(n.lineno + 1, (n.end_lineno or n.lineno) + 1))

    @cached_property
    def _by_line(self) -> dict[int, list[ast.expr | ast.stmt]]:
        found: dict[int, list[ast.expr | ast.stmt]] = {}
        for node in self.nodes:
            if isinstance(node, (ast.expr, ast.stmt)):
                found.setdefault(node.lineno, []).append(node)
        return found

    def offset(self, line: int, column: int) -> int:
        """Of a line from 1 and a column in UTF-8 bytes from 0, as the tree has them."""
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode(errors="ignore"))

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """From the first character to the one after the last. Of a decorated function: from its first decorator."""
        first = min([node, *getattr(node, "decorator_list", [])], key=lambda n: n.lineno)
        start = self.offset(first.lineno, first.col_offset) - (1 if first is not node else 0)
        return start, self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def code(self, node: ast.expr | ast.stmt) -> str:
        """As it is written."""
        start, end = self.span(node)
        return self.text[start:end]

    def operand(self, node: ast.expr) -> str:
        """As it is written, in brackets where an operator beside it could tear it apart."""
        return self.code(node) if isinstance(node, ATOMS) and not isinstance(node, ast.Tuple) else f"({self.code(node)})"

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """The offset of the line end itself, or of the end of the text."""
        found = self.text.find("\n", offset)
        return len(self.text) if found < 0 else found

    def indent(self, node: ast.stmt) -> str | None:
        """The white space before a statement; None where it does not stand alone on its lines."""
        start, end = self.span(node)
        before, after = self.text[self.line_start(start) : start], self.text[end : self.line_end(end)].strip()
        return before if not before.strip() and (not after or after.startswith("#")) else None

    def place(self, start: int, end: int) -> Location:
        """The location of a span, with the text that stands there."""
        (line, column), (end_line, end_column) = self._position(start), self._position(end)
        return Location(self.path, line, column, end_line, end_column, text=self.text[start:end])

    def at(self, line: int, column: int) -> int:
        """The offset of a line and a column as a Location has them."""
        return self._starts[line - 1] + column - 1

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def expression(self, at: Location | None) -> ast.expr | None:
        """The outermost expression that stands exactly at a location."""
        return next((n for n in self._exactly(at) if isinstance(n, ast.expr)), None)

    def whole_statement(self, at: Location | None) -> ast.stmt | None:
        """The statement that stands exactly at a location."""
        return next((n for n in self._exactly(at) if isinstance(n, ast.stmt)), None)

    def _exactly(self, at: Location | None) -> list[ast.expr | ast.stmt]:
        if at is None or at.path != self.path or not 0 < at.line <= at.end_line <= len(self._lines):
            return []
        span = self.at(at.line, at.column), self.at(at.end_line, at.end_column)
        return [n for n in self._by_line.get(at.line, ()) if self.span(n) == span]

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self._parents.get(node)

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """The node itself, then what encloses it, innermost first."""
        current: ast.AST | None = node
        while current is not None:
            yield current
            current = self._parents.get(current)

    def statement(self, node: ast.AST) -> ast.stmt | None:
        return next((n for n in self.around(node) if isinstance(n, ast.stmt)), None)

    def scope(self, node: ast.AST) -> ast.AST:
        """The function, lambda, class or module around a node."""
        return next(n for n in self.around(self._parents.get(node, self.tree)) if isinstance(n, SCOPES))

    def function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The `def` around a node, lambdas looked through."""
        return next((n for n in self.around(self._parents.get(node, self.tree)) if isinstance(n, FUNCTIONS)), None)

    def home(self, node: ast.AST) -> ast.AST:
        """Where local names live: the `def` around a node, or the module."""
        return self.function(node) or self.tree

    def block(self, statement: ast.stmt) -> Block:
        """The list of statements that this one is in."""
        owner = self._parents[statement]
        lists = (value for _, value in ast.iter_fields(owner) if isinstance(value, list) and statement in value)
        return next(lists)

    def inside(self, node: ast.AST, other: ast.AST) -> bool:
        """Whether `node` is `other` or a part of it."""
        return any(n is other for n in self.around(node))

    def free(self, name: str) -> str:
        """The name, or one like it that the file does not use."""
        return next(n for n in [name, *(f"{name}_{i}" for i in range(2, 1000))] if n not in self.words)


def _words(node: ast.AST) -> list[str]:
    """The names that a node reads or binds; those of keywords and attributes are no names of the file's own."""
    if isinstance(node, ast.alias):
        return [(node.asname or node.name).partition(".")[0]]
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        return node.names
    return [word for field in ("id", "arg", "name") if not isinstance(node, ast.keyword) and isinstance(word := getattr(node, field, None), str)]


@lru_cache(maxsize=16)
def read(path: str, text: str) -> SourceFile | None:
    """None where the text is no Python."""
    try:
        return SourceFile(path, text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    """The names read (`ast.Load`) or bound (`ast.Store`) in a node."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


def uses(node: ast.AST, name: str) -> list[ast.Name]:
    """Where a name is read in a node."""
    return [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]


def bound(target: ast.AST, name: str) -> bool:
    """Whether a statement binds a name: by assignment, in a loop, by `def`, `import` or `with`."""
    for n in ast.walk(target):
        if isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load):
            return True
        if isinstance(n, (*FUNCTIONS, ast.ClassDef)) and n.name == name:
            return True
    return False
