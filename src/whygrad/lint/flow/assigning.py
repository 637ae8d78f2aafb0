"""Targets of assignments: names, attributes, items, tuples of these."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.lint.flow import outside
from whygrad.lint.flow.graph import Cut
from whygrad.lint.flow.outside import variables
from whygrad.lint.flow.outside import weights as held
from whygrad.lint.flow.outside.objects import WEIGHTS
from whygrad.lint.flow.places import stack
from whygrad.lint.flow.values import Class, Function, Module, Object, Plain, Sequence, Table, Tensor, Unknown, Value, options
from whygrad.lint.flow.walk import Arguments, Env, Walk


def assign(walk: Walk, target: ast.expr, value: Value, env: Env, source: ast.expr) -> None:
    """Bind `target`. `source`: the expression that the value comes from."""
    if isinstance(target, ast.Name):
        _name(value, target.id, source)
        cells = env.outside.get(target.id, env.own)
        _note_renewed(walk, cells.get(target.id), value, env, source)
        walk.state.write(cells, target.id, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(walk, target.elts, value, env, source)
    elif isinstance(target, ast.Starred):
        assign(walk, target.value, value, env, source)
    elif isinstance(target, ast.Attribute):
        _attribute(walk, target, value, env, source)
    elif isinstance(target, ast.Subscript):
        _item(walk, target, value, env)


def _note_renewed(walk: Walk, before: Value | None, value: Value, env: Env, source: ast.expr) -> None:
    """A new object took the place of one: lists of its variables may have been made before. A loop over objects only changes what a name means."""
    if not isinstance(value, Object) or not isinstance(before, Object) or value is before or source in walk.iterated or value.site is None:
        return
    if any(s.node is source for s in stack(value.site)):
        walk.renewed.append((before, value, env.site(source)))


def _name(value: Value, name: str, source: ast.expr) -> None:
    """A variable is called by the name that it is given where it is made."""
    if _is_unnamed(value) and isinstance(value, Tensor) and value.node.site is not None and value.node.site.node in ast.walk(source):
        value.node.name = name


def _is_unnamed(value: Value) -> bool:
    return isinstance(value, Tensor) and value.form == "variable" and not value.node.name


def _unpack(walk: Walk, targets: list[ast.expr], value: Value, env: Env, source: ast.expr) -> None:
    items, is_open = walk.items(value, env.site(source))
    star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
    if is_open:
        items = [items[0] if items else walk.unknown(env.site(source))] * len(targets)
    elif star is not None:
        end = len(items) - (len(targets) - star - 1)
        items = [*items[:star], Sequence.of(items[star:end], "list"), *items[end:]]
    for i, target in enumerate(targets):
        assign(walk, target, items[i] if i < len(items) else walk.unknown(env.site(source), value), env, source)


def _attribute(walk: Walk, target: ast.Attribute, value: Value, env: Env, source: ast.expr) -> None:
    receiver = walk.evaluate(target.value, env)
    for one in options(receiver):
        if _is_unnamed(value):
            _name(value, f"self.{target.attr}" if _is_self(target) else ast.unparse(target), source)
        if isinstance(one, Object):
            _note_renewed(walk, one.cells.get(target.attr), value, env, source)
        _set_attribute(walk, one, target.attr, value, env, target)


def _set_attribute(walk: Walk, receiver: Value, name: str, value: Value, env: Env, target: ast.expr) -> None:
    """`receiver.name = value`. A tensor in the place of a variable is noted: the variable is gone from the layer."""
    if isinstance(receiver, Object):
        before = receiver.cells.get(name) or (outside.attribute(walk, receiver, name, env.site(target)) if name in WEIGHTS else None)
        setter = receiver.cls.find(f"{name}.setter") if receiver.cls is not None else None
        if setter is not None and isinstance(setter[0], Function):
            walk.call(setter[0], Arguments([receiver, value]), env.site(target))
            return
        if name in ("trainable", "_trainable"):
            held.freeze(walk, receiver, value, env.site(target))
        variables.note_replaced(walk, receiver, name, before, value, env.site(target))
        walk.state.write(receiver.cells, name, value)
    elif isinstance(receiver, (Module, Class)):
        walk.state.write(receiver.cells, name, value)
    elif isinstance(receiver, Unknown) and name == "trainable":
        held.freeze_unknown(walk, receiver)


def _is_self(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"


def _item(walk: Walk, target: ast.Subscript, value: Value, env: Env) -> None:
    receiver, index = walk.evaluate(target.value, env), walk.evaluate(target.slice, env)
    for one in options(receiver):
        if isinstance(one, Table):
            key = index.value if isinstance(index, Plain) and index.value.__hash__ is not None else Table.OTHER
            before = [one.cells[key]] if key is Table.OTHER and key in one.cells else []  # it may lie under another key
            walk.state.write(one.cells, key, walk.state.join([*before, value]))
        elif isinstance(one, Sequence):
            _sequence_item(walk, one, index, value)
        elif isinstance(one, Tensor) and one.form in ("array", "number"):
            walk.state.write(one.cells, "joined", value)
            merged = walk.join(env.site(target), [one, value], "array", one.node.dtype, _into_array(walk, value, env, target))
            assign(walk, target.value, merged, env, target) if isinstance(target.value, (ast.Name, ast.Attribute)) else None


def _into_array(walk: Walk, value: Value, env: Env, target: ast.Subscript) -> Cut | None:
    """`array[i] = tensor` takes the tensor's value out of TensorFlow."""
    if isinstance(value, (Tensor, Unknown)) and getattr(value, "form", "tensor") in ("tensor", "variable"):
        return Cut("left-tensorflow", {"call": "numpy.array"}, env.site(target))
    return None


def _sequence_item(walk: Walk, sequence: Sequence, index: Value, value: Value) -> None:
    items = list(sequence.items)
    if isinstance(index, Plain) and isinstance(index.value, int) and not sequence.is_open and -len(items) <= index.value < len(items):
        items[index.value] = value
        walk.state.write(sequence.cells, "items", tuple(items))
    else:
        walk.state.write(sequence.cells, "items", tuple(walk.state.join([item, value]) for item in items) or (value,))


def augment(walk: Walk, node: ast.AugAssign, load: ast.BinOp, env: Env) -> None:
    """`x += y`. On a list it extends, on everything else it computes and binds anew."""
    before = walk.evaluate(load.left, env)
    if isinstance(before, Sequence) and before.kind == "list" and isinstance(node.op, ast.Add):
        items, is_open = walk.items(walk.evaluate(node.value, env), env.site(node.value))
        walk.state.write(before.cells, "items", (*before.items, *items))
        walk.state.write(before.cells, "open", before.is_open or is_open)
        return
    assign(walk, node.target, walk.evaluate(load, env), env, load)
