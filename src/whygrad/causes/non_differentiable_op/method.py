"""A call whose gradient depends on the method that an argument names comes in; the method that has one goes out: `"area"` -> `"bilinear"`.

The argument may stand in the call, in the dictionary that is spread into it, or be a constant of the file: it is changed where it is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from whygrad import syntax as ast
from whygrad.catalogue import Entry
from whygrad.catalogue.entry import CUT, Status
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.rewrite import Rewrite
from whygrad.repairs.standing_in import entry_of


def other_method(file: SourceFile, node: ast.expr) -> Rewrite | None:
    """None where the catalogue knows of no other method, or where the name of the method is not written in the file once."""
    found = entry_of(file, node)
    if found is None or not isinstance(node, ast.Call):
        return None
    for setting, cutting, carrying in _settings(found):
        written = _literal(file, _given(file, node, found, setting))
        if written is not None and _names(written, cutting):
            title = f"a method that has a gradient: `{setting}={carrying!r}` in the place of `{cutting!r}`"
            return Rewrite(title, (replaced(file, written, _in_words(file, written, carrying)),))
    return None


def _settings(found: Entry) -> Iterator[tuple[str, str, str]]:
    """(argument, a method that carries no gradient, one that does), as they were measured."""
    for argument in found.float_arguments:
        said = [(*condition.partition("=")[::2], status) for condition, status in found.detail(argument.name).depends]
        methods = [(name, value.strip("'"), status) for name, value, status in said if value.startswith("'")]
        for name, value, status in methods:
            other = next((v for n, v, s in methods if n == name and s is Status.GRADIENT), None)
            if status in CUT and other is not None:
                yield name, value, other


def _given(file: SourceFile, call: ast.Call, found: Entry, setting: str) -> ast.expr | None:
    """The value of an argument: by name, by position, or in what is spread into the call."""
    place = next((a.position for a in found.arguments if a.name == setting), None)
    if place is not None and place < len(call.args) and not any(isinstance(a, ast.Starred) for a in call.args):
        return call.args[place]
    named = next((k.value for k in call.keywords if k.arg == setting), None)
    spread = [_of_key(_literal(file, k.value), setting) for k in call.keywords if k.arg is None]
    return named or next((value for value in spread if value is not None), None)


def _of_key(node: ast.expr | None, key: str) -> ast.expr | None:
    """The value that a dictionary holds under a key, as it is written there."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return next((k.value for k in node.keywords if k.arg == key), None)
    pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
    return next((value for k, value in pairs if isinstance(k, ast.Constant) and k.value == key), None)


def _literal(file: SourceFile, node: ast.expr | None) -> ast.expr | None:
    """What a name that is bound once stands for, and what a dictionary holds under a constant key; anything else stands for itself."""
    for _ in range(8):
        if isinstance(node, ast.Name):
            node = _bound_once(file, node.id)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            node = _of_key(_literal(file, node.value), node.slice.value)
        else:
            return node
    return None


def _bound_once(file: SourceFile, name: str) -> ast.expr | None:
    bindings = [n for n in file.nodes if name in (getattr(n, "id", ""), getattr(n, "arg", "")) and _binds(n)]
    statement = file.parent(bindings[0]) if len(bindings) == 1 else None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and statement.targets[0] is bindings[0]:
        return statement.value
    return statement.value if isinstance(statement, ast.AnnAssign) else None


def _binds(node: ast.AST) -> bool:
    return isinstance(node, ast.arg) or (isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load))


def _names(node: ast.expr, method: str) -> bool:
    """`"area"`, `tf.image.ResizeMethod.AREA`."""
    return (isinstance(node, ast.Constant) and node.value == method) or (isinstance(node, ast.Attribute) and node.attr.lower() == method)


def _in_words(file: SourceFile, node: ast.expr, method: str) -> str:
    """As the file writes it: the same quotation marks, or the constant beside it."""
    if isinstance(node, ast.Attribute):
        return f"{file.code(node.value)}.{method.upper() if node.attr.isupper() else method}"
    quote = file.code(node)[-1]
    return f"{quote}{method}{quote}"
