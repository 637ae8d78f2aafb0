"""A call or an operator that cuts the path comes in; the expression that the catalogue has in its place goes out, in the user's own names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from whygrad import catalogue
from whygrad import syntax as ast
from whygrad.catalogue import Entry
from whygrad.catalogue.entry import CUT, best
from whygrad.catalogue.holes import Hole, holes, with_functions, without_brackets
from whygrad.catalogue.replacements import Inline, Replacement, for_entry, for_name
from whygrad.dataclass import dataclass
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, tensorflow, through_ops

OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
    ast.FloorDiv: "floordiv",
}


@dataclass(frozen=True)
class StandIn:
    """`arguments`: by position and by name, as they are written."""

    slug: str
    inline: Inline
    arguments: Mapping[str, ast.expr]

    @property
    def twice(self) -> list[ast.expr]:
        """The arguments that the new expression holds more than once."""
        keys = [hole.key for hole in holes(self.inline.text)]
        inside = 1 if "call" in keys else 0  # the call itself has each of them once
        return [node for key, node in self.arguments.items() if keys.count(key) and keys.count(key) + inside > 1]


def stand_in(file: SourceFile, node: ast.expr) -> StandIn | None:
    """None where the catalogue has no inline form, or an argument that it needs is missing or would be lost."""
    arguments = _arguments(file, node)
    if arguments is None:
        return None
    for replacement, inline in _forms(file, node):
        if _holds(file, node, inline, arguments):
            return StandIn(replacement.slug, inline, arguments)
    return None


def slug_of(file: SourceFile, node: ast.AST | None) -> str:
    """The replacement with an inline form that the catalogue has for what a call calls; empty where there is none."""
    return next((r.slug for r, _ in _forms(file, node)), "") if isinstance(node, ast.expr) else ""


def entry_of(file: SourceFile, node: ast.expr) -> Entry | None:
    """What was measured of the function that a call calls, or of the operator."""
    if isinstance(node, ast.Compare):
        return _entry(f"tensorflow.{OPERATORS.get(type(node.ops[0]), '')}") if len(node.ops) == 1 else None
    if isinstance(node, ast.BinOp):
        return _entry(f"tensorflow.{OPERATORS.get(type(node.op), '')}")
    origin = called(file, node)
    return _entry(origin) if origin.startswith(("tensorflow.", "keras.")) else None


def argument_of(file: SourceFile, node: ast.Call, name: str) -> ast.expr | None:
    return (_arguments(file, node) or {}).get(name)


def filled(file: SourceFile, node: ast.expr, text: str, values: Mapping[str, ast.expr | str]) -> str:
    """A form of the catalogue with arguments (nodes) and new names (words) in its holes, and its functions called as the file calls them."""
    for key, value in values.items():
        text = _without_zero(text, f"{{{key}}}", value)
        for i, element in enumerate(value.elts if isinstance(value, (ast.List, ast.Tuple)) else ()):
            text = _without_zero(text, f"{{{key}[{i}]}}", element)
    text = with_functions(text, lambda name: _called_here(file, node, name))
    for hole in reversed(holes(text)):
        into: ast.expr | str | None = values.get(hole.key, node if hole.key == "call" else None)
        into = into.elts[int(hole.element)] if hole.element and isinstance(into, (ast.List, ast.Tuple)) else into
        text = text[: hole.start] + _in_place(file, text, hole, into) + text[hole.end :]
    return text


def _in_place(file: SourceFile, text: str, hole: Hole, value: ast.expr | str | None) -> str:
    """In brackets after an operator, or before one that binds more tightly."""
    if value is None or isinstance(value, str):
        return value or hole.key
    after, before = text[hole.end :].lstrip(), text[: hole.start].rstrip()
    torn = before.endswith(("-", "+", "*", "/")) or (after[:1] in ("*", "/") and isinstance(value, ast.BinOp))
    loose = (not isinstance(value, ast.BinOp) and after[:1] in ("-", "+", "*", "/")) or after[:1] == "["
    return file.operand(value) if torn or loose else file.code(value)


def _without_zero(text: str, hole: str, value: ast.expr | str) -> str:
    """`0 + x`, `x - 0` and `(x)` need no writing."""
    if not (isinstance(value, ast.Constant) and value.value == 0 and not isinstance(value.value, bool)):
        return text
    text = text.replace(f"{hole} + ", "").replace(f" - {hole}", "")
    return without_brackets(text)


@lru_cache(maxsize=256)
def _entry(name: str) -> Entry | None:
    """By the name that `imported` gives, which leaves `math` out."""
    known = catalogue.load()
    return known.find(name) or known.find(name.replace("tensorflow.", "tensorflow.math.", 1))


def _called_here(file: SourceFile, node: ast.expr, name: str) -> str:
    """`sigmoid` as `ops.sigmoid` where the file computes through `keras.ops`, which has nearly all of them."""
    last = name.rpartition(".")[2]
    door = through_ops(file, node)
    return f"{door}.{last}" if door and _entry(f"keras.ops.{last}") else f"{tensorflow(file)}.{name}"


def _forms(file: SourceFile, node: ast.expr) -> Iterator[tuple[Replacement, Inline]]:
    """Those of the ops at which the gradient stops come with `for_entry` too, where no replacement has the function's name."""
    found, origin = entry_of(file, node), called(file, node)
    ops = [op for a in found.float_arguments for op in found.detail(a.name).stops_at] if found else []
    words = {*(name.rpartition(".")[2] for name in (found.names if found else (origin,))), *ops}
    for replacement in for_entry(found) if found else for_name(origin):
        inline = replacement.inline(*words)
        if inline is not None:
            yield replacement, inline


def is_cut(found: Entry | None) -> bool:
    """Whether no gradient comes back to its values, as it was measured."""
    return found is not None and any(best(found.flow(a.name)) in CUT for a in found.float_arguments)


def _arguments(file: SourceFile, node: ast.expr) -> dict[str, ast.expr] | None:
    if isinstance(node, ast.Compare):
        return {"0": node.left, "1": node.comparators[0]} if len(node.ops) == 1 else None
    if isinstance(node, ast.BinOp):
        return {"0": node.left, "1": node.right}
    if not isinstance(node, ast.Call) or any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        return None
    given = {**{str(i): a for i, a in enumerate(node.args)}, **{k.arg: k.value for k in node.keywords if k.arg}}
    found = entry_of(file, node)
    for argument in found.arguments if found else ():
        keys = [argument.name, *([] if argument.position is None else [str(argument.position)])]
        value = next((given[k] for k in keys if k in given), None)
        given.update(dict.fromkeys(keys, value) if value is not None else {})  # by position and by name
    return given


def _holds(file: SourceFile, node: ast.expr, inline: Inline, arguments: Mapping[str, ast.expr]) -> bool:
    """Everything that the form speaks of is given, and what it does not speak of cannot be lost."""
    spoken_of = holes(inline.text + inline.before)
    numbered = [(hole.key, hole.element) for hole in spoken_of if hole.key.isdigit()]
    for key, element in numbered:
        value = arguments.get(key)
        if value is None or (element and not (isinstance(value, (ast.List, ast.Tuple)) and len(value.elts) > int(element))):
            return False
    needed, _, wanted = inline.needs.partition("=")
    if needed and (needed not in arguments or file.code(arguments[needed]) != wanted):
        return False
    may_go = (*(key for key, _ in numbered), needed, "name")
    rest = {id(v) for v in arguments.values()} - {id(arguments[key]) for key in may_go if key in arguments}
    return any(hole.key == "call" for hole in spoken_of) or not rest
