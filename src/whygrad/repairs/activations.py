"""A file comes in; the activations of its layers, where they are written, go out."""

from __future__ import annotations

from collections.abc import Iterator

from whygrad import syntax as ast
from whygrad.repairs.file import SourceFile, uses
from whygrad.repairs.imported import called


def activations(node: ast.AST, name: str) -> Iterator[ast.keyword]:
    """`activation="relu"` and `activation=tf.nn.relu` of a layer, and of one that it wraps."""
    for n in ast.walk(node):
        for k in n.keywords if isinstance(n, ast.Call) else ():
            value = k.value
            written_out = value.attr if isinstance(value, ast.Attribute) else value.value if isinstance(value, ast.Constant) else ""
            if k.arg == "activation" and written_out == name:
                yield k


def hidden_layers(file: SourceFile, name: str) -> list[ast.expr]:
    """The values of `activation=` with this name, of layers that are not the last."""
    found: list[ast.expr] = []
    for layer in (n for n in file.nodes if isinstance(n, ast.Call)):
        own = [k.value for k in activations(layer, name) if k in layer.keywords]
        found += own if own and not is_last(file, layer) else []
    return found


def is_last(file: SourceFile, layer: ast.Call) -> bool:
    """Whether nothing comes after the layer: it ends a list, is added last, or what it gives is what is returned or what a model ends with."""
    parent = file.parent(layer)
    if isinstance(parent, (ast.List, ast.Tuple)):
        return parent.elts[-1] is layer
    if not isinstance(parent, ast.Call):
        return False
    if isinstance(parent.func, ast.Attribute) and parent.func.attr == "add" and layer in parent.args:
        return not any(
            n.lineno > parent.lineno and file.code(n.func) == file.code(parent.func) for n in ast.walk(file.home(layer)) if isinstance(n, ast.Call)
        )
    if parent.func is not layer:
        return False
    statement = file.parent(parent)
    return isinstance(statement, ast.Return) or (isinstance(statement, ast.Assign) and _ends_a_model(file, statement))


def _ends_a_model(file: SourceFile, statement: ast.Assign) -> bool:
    """Every use of the name is an argument of `Model(...)` or returned."""
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Name):
        return False
    read = [n for n in uses(file.home(statement), target.id) if n.lineno > statement.lineno]
    return bool(read) and all(_is_handed_over(file, n) for n in read)


def _is_handed_over(file: SourceFile, name: ast.Name) -> bool:
    within = next((n for n in file.around(name) if isinstance(n, (ast.Call, ast.stmt))), None)
    return isinstance(within, ast.Return) or called(file, within).rpartition(".")[2] == "Model"


def setting(file: SourceFile, value: ast.expr) -> ast.expr | None:
    """What is written for a value: itself, or the one setting of the file that it reads, `cfg["activation"]`, `o.activation`, `ACTIVATION`."""
    if isinstance(value, ast.Constant):
        return value
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
        found = [entry for n in file.nodes if isinstance(n, ast.Dict) for entry in _entries(n, value.slice.value)]
        found += [
            k.value for n in file.nodes if isinstance(n, ast.Call) for k in n.keywords if k.arg == value.slice.value and called(file, n) == "dict"
        ]
    elif isinstance(value, (ast.Attribute, ast.Name)):
        found = list(_given(file, value.attr if isinstance(value, ast.Attribute) else value.id))
    else:
        return None
    return found[0] if len(found) == 1 else None


def _entries(table: ast.Dict, key: object) -> list[ast.expr]:
    return [v for k, v in zip(table.keys, table.values, strict=True) if isinstance(k, ast.Constant) and k.value == key]


def _given(file: SourceFile, name: str) -> Iterator[ast.expr]:
    """What a name is bound to: as an assignment, a field of a class, or the default of a parameter."""
    for n in file.nodes:
        targets = n.targets if isinstance(n, ast.Assign) else [n.target] if isinstance(n, ast.AnnAssign) else []
        if isinstance(n, (ast.Assign, ast.AnnAssign)) and n.value is not None and any(isinstance(t, ast.Name) and t.id == name for t in targets):
            yield n.value
        elif isinstance(n, ast.arguments):
            pairs = [*zip(reversed([*n.posonlyargs, *n.args]), reversed(n.defaults), strict=False), *zip(n.kwonlyargs, n.kw_defaults, strict=True)]
            yield from (d for a, d in pairs if a.arg == name and d is not None)
