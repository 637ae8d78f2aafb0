"""Source trees of this project -> the facts that test_house.py judges: sizes, imports, cycles, exported names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

REASON = re.compile(r"# house: \S.{9,}")  # an exception to a rule carries its reason
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """A parsed file: its dotted name, its path, its lines, its tree."""

    name: str
    path: Path
    lines: tuple[str, ...]
    tree: ast.Module


def load(path: Path, root: Path) -> Module:
    parts = path.relative_to(root).with_suffix("").parts
    text = path.read_text(encoding="utf-8")
    return Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path, tuple(text.splitlines()), ast.parse(text))


def modules(root: Path) -> tuple[Module, ...]:
    """Every module below `root`, the example programs of the causes left out: they are data."""
    return tuple(load(p, root) for p in sorted(root.rglob("*.py")) if not is_program(p))


def is_program(path: Path) -> bool:
    return path.name in {"broken.py", "fixed.py"} and path.parent.parent.name == "causes"


def functions(module: Module) -> Iterator[tuple[Function, int]]:
    """Each function with its number of lines: decorators, docstring and the functions inside it are not counted."""
    for node in ast.walk(module.tree):
        if isinstance(node, Function):
            inner = sum(span(f) for f in nested(node))
            yield node, span(node) - inner


def nested(node: ast.AST) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield child
        else:
            yield from nested(child)


def span(node: Function) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    has_docstring = ast.get_docstring(node, clean=False) is not None
    return lines - ((first.end_lineno or first.lineno) - first.lineno + 1 if has_docstring else 0)


def excused(module: Module, line: int) -> bool:
    """Whether the line (counted from 1), or the one above it, carries a `# house: reason`."""
    return any(REASON.search(text) for text in module.lines[max(0, line - 2) : line])


def imports(module: Module, known: Iterable[str], *, lazy: bool = True) -> frozenset[str]:
    """The dotted names that a module imports; `from a import b` counts as `a.b` where that is a module in `known`. Imports for types do not count."""
    names = frozenset(known)
    found: set[str] = set()
    for node in import_nodes(module.tree, lazy):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        else:
            base = node.module or ""
            found.update(f"{base}.{a.name}" if f"{base}.{a.name}" in names else base for a in node.names)
    return frozenset(found)


def import_nodes(node: ast.AST, lazy: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        elif lazy or not isinstance(child, Function):
            yield from import_nodes(child, lazy)


def imported_by_name(module: Module) -> frozenset[str]:
    """The constants given to `import_module("...")` and `__import__("...")`."""
    calls = [n for n in ast.walk(module.tree) if isinstance(n, ast.Call)]
    importing = [c for c in calls if ast.unparse(c.func).split(".")[-1] in {"import_module", "__import__"}]
    return frozenset(a.value for c in importing for a in c.args[:1] if isinstance(a, ast.Constant) and isinstance(a.value, str))


def cycle(graph: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """A circle of imports, or nothing."""
    done: set[str] = set()

    def visit(node: str, trail: tuple[str, ...]) -> tuple[str, ...]:
        if node in trail:
            return (*trail[trail.index(node) :], node)
        if node in done:
            return ()
        found = next(filter(None, (visit(n, (*trail, node)) for n in sorted(graph.get(node, frozenset())))), ())
        done.add(node)
        return found

    return next(filter(None, (visit(n, ()) for n in sorted(graph))), ())


def exported(module: Module) -> frozenset[str] | None:
    """The names in `__all__`; None where a module has none."""
    for node in module.tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and "__all__" in defined(node):
            return frozenset(ast.literal_eval(node.value or ast.List([])))
    return None


def public(module: Module) -> frozenset[str]:
    """What a module offers: what it defines, what it takes from its submodules and, with a `__getattr__`, the keys of its tables of late names."""
    late = any(isinstance(n, Function) and n.name == "__getattr__" for n in module.tree.body)
    names = {name for node in module.tree.body for name in (*defined(node), *taken(node, f"{module.name}."), *(keys(node) if late else ()))}
    return frozenset(n for n in names if not n.startswith("_") or n == "__version__") - {"TYPE_CHECKING"}


def borrowed(module: Module) -> frozenset[str]:
    """Names taken from elsewhere: a module may offer them too, or keep them to itself."""
    return frozenset(name for node in module.tree.body for name in taken(node, ""))


def defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (t.id for t in targets if isinstance(t, ast.Name))


def taken(node: ast.stmt, prefix: str) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(prefix):
        yield from (a.asname or a.name for a in node.names)


def keys(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Dict):
        yield from (k.value for k in node.value.keys if isinstance(k, ast.Constant) and isinstance(k.value, str))
