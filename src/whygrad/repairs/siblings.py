"""An exit that is closed comes in; the edits that close the other exits of the same values go out: half a repair is none.

mean = np.mean(d)    mean = tf.reduce_mean(d)
std = np.std(d)      std = tf.math.reduce_std(d)    would train with a constant `std` otherwise, and nobody would see it
"""

from __future__ import annotations

from whygrad import catalogue
from whygrad import syntax as ast
from whygrad.catalogue.entry import CUT
from whygrad.dataclass import replace
from whygrad.model import Edit
from whygrad.repairs.file import SourceFile, names
from whygrad.repairs.following import KEPT
from whygrad.repairs.imported import called, imported
from whygrad.repairs.leaving import GETTERS, stayed
from whygrad.repairs.rewrite import Rewrite

TAPE = "tensorflow.GradientTape"
OUTSIDE = ("numpy.", "math.", "scipy.")
SAID = frozenset(("print", "info", "debug", "warning", "format", "write"))  # what is only shown may stay an array
KEPT_IN = "append"  # what is kept in a list too, unless the exit that was found is kept in one itself


def with_siblings(file: SourceFile, node: ast.expr, found: Rewrite | None) -> Rewrite | None:
    """What closes the exit at `node`, and those beside it; None where one of them stays open."""
    beside = None if found is None else siblings(file, node)
    if found is None or beside is None:
        return None
    edits = (*found.edits, *(e for e in beside if e not in found.edits))
    return replace(found, edits=edits, safety="review" if len(edits) > len(found.edits) else found.safety)


def siblings(file: SourceFile, node: ast.expr) -> list[Edit] | None:
    """None where one of them has no counterpart."""
    place = next((n for n in file.around(node) if isinstance(n, ast.With) and _is_tape(file, n)), file.home(node))
    known = _derived(file, place, _begin(file, node))
    harmless = SAID if _is_in(file, node, place, frozenset((KEPT_IN,))) else SAID | {KEPT_IN}
    edits: list[Edit] = []
    for call in ast.walk(place):
        if not isinstance(call, ast.Call) or call is node or not _leaves(file, call) or _is_in(file, call, place, harmless):
            continue
        if not _is_flat(file, call) and _reads(file, call, known):
            found = stayed(file, call)
            if found is None:
                return None
            edits += [e for e in found.edits if e not in edits]
    return edits


def exits(file: SourceFile, place: ast.AST) -> list[ast.Call]:
    """The calls with which a value leaves TensorFlow, other than to be shown."""
    return [n for n in ast.walk(place) if isinstance(n, ast.Call) and _leaves(file, n) and not _is_in(file, n, place, SAID)]


def _is_tape(file: SourceFile, block: ast.With) -> bool:
    return any(called(file, item.context_expr) == TAPE for item in block.items)


def _begin(file: SourceFile, node: ast.expr) -> set[str]:
    """The names that are tensors: those in what leaves, and the one that gets what was no array."""
    statement = file.statement(node)
    inside = node.args[0] if isinstance(node, ast.Call) and node.args else node.func if isinstance(node, ast.Call) else node
    given = {name for name in names(inside, ast.Load) if name not in imported(file)}
    return given | (names(statement, ast.Store) if isinstance(statement, ast.Assign) else set())


def _leaves(file: SourceFile, call: ast.Call) -> bool:
    unpacks = isinstance(call.func, ast.Attribute) and call.func.attr in ("numpy", "item") and not call.args
    return unpacks or called(file, call).startswith(OUTSIDE) or called(file, call) in ("float", *GETTERS)


def _derived(file: SourceFile, place: ast.AST, known: set[str]) -> set[str]:
    """With the names that are computed from them."""
    statements = [n for n in ast.walk(place) if isinstance(n, (ast.Assign, ast.AugAssign))]
    before: set[str] = set()
    while known != before:
        before = set(known)
        known |= {name for s in statements if _reads(file, s.value, known) for name in names(s, ast.Store)}
    return known


def _reads(file: SourceFile, node: ast.AST, known: set[str]) -> bool:
    """Whether the values of one of the names go into it, not only the shape, or what has no gradient anyway."""
    found = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in known and isinstance(n.ctx, ast.Load)]
    return any(not any(_is_flat(file, outer) for outer in _between(file, n, node)) for n in found)


def _between(file: SourceFile, inner: ast.AST, outer: ast.AST) -> list[ast.AST]:
    way = list(file.around(inner))
    return way[: way.index(outer) + 1]


def _is_flat(file: SourceFile, node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in KEPT
    if not isinstance(node, ast.Call):
        return False
    name = called(file, node)
    return (name.startswith("numpy.") and _has_none(name)) or (isinstance(node.func, ast.Name) and node.func.id == "len")


def _has_none(name: str) -> bool:
    """Whether what TensorFlow and Keras have in the place of a function of NumPy gives results without a gradient, as was measured."""
    found = catalogue.load().find(name)
    return found is not None and all(found.flow(a.name)[0] in CUT for a in found.float_arguments)


def _is_in(file: SourceFile, node: ast.AST, place: ast.AST, functions: frozenset[str]) -> bool:
    """Whether it is an argument of one of these functions or methods, or in a formatted text."""
    for outer in file.around(node):
        if outer is place:
            return False
        function = outer.func if isinstance(outer, ast.Call) else None
        if isinstance(outer, ast.JoinedStr) or getattr(function, "id", getattr(function, "attr", "")) in functions:
            return True
    return False
