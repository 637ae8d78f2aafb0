"""A layer that is released inside a frozen model comes in; the model around it is released first, and the other layers in it stay frozen."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import line_before
from whygrad.repairs.file import SourceFile, names


def released_around(file: SourceFile, node: ast.Attribute) -> Fix | None:
    """`node`: `layer.trainable` in a loop over `base.layers`, or `base.layers[-1].trainable`. None where the model is not written there."""
    found = _layer_of_loop(file, node) or _layer_by_name(file, node)
    if found is None:
        return None
    model, statement, all_are_set = found
    lines = [f"{model}.trainable = True"]
    if not all_are_set:
        name = file.free("layer") if isinstance(statement, ast.For) else file.free("inner")
        deeper = "\t" if (file.indent(statement) or "").startswith("\t") else "    "
        lines += [f"for {name} in {model}.layers:", f"{deeper}{name}.trainable = False"]
    line = line_before(file, statement, f"\n{file.indent(statement)}".join(lines))
    return None if line is None else Fix(f"release `{model}` first: `{lines[0]}`", edits=(line,))


def _layer_of_loop(file: SourceFile, node: ast.Attribute) -> tuple[str, ast.stmt, bool] | None:
    """The model, the loop, and whether every layer of the model gets a value in it."""
    if not isinstance(node.value, ast.Name):
        return None
    loops = [n for n in file.around(node) if isinstance(n, ast.For) and node.value.id in names(n.target, ast.Store)]
    if not loops:
        return None
    loop = loops[0]
    layers = next((n for n in ast.walk(loop.iter) if isinstance(n, ast.Attribute) and n.attr == "layers"), None)
    if layers is None:
        return None
    whole = not any(isinstance(n, ast.Subscript) and file.inside(layers, n) for n in ast.walk(loop.iter))
    return file.code(layers.value), loop, whole and file.statement(node) in loop.body


def _layer_by_name(file: SourceFile, node: ast.Attribute) -> tuple[str, ast.stmt, bool] | None:
    """`base.layers[-1].trainable = True` and `base.get_layer("top").trainable = True`."""
    layer, statement = node.value, file.statement(node)
    if statement is None:
        return None
    if isinstance(layer, ast.Subscript) and isinstance(layer.value, ast.Attribute) and layer.value.attr == "layers":
        return file.code(layer.value.value), statement, False
    if isinstance(layer, ast.Call) and isinstance(layer.func, ast.Attribute) and layer.func.attr == "get_layer":
        return file.code(layer.func.value), statement, False
    return None
