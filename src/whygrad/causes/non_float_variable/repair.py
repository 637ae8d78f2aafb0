"""Whole numbers get a point, `tf.Variable(100)` -> `tf.Variable(100.0)`; a weight of a layer gets a floating dtype; a counter `trainable=False`."""

from __future__ import annotations

import re

from whygrad import catalogue
from whygrad import syntax as ast
from whygrad.causes.non_float_variable.watched import cast_before_watching
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import inserted, replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, dotted
from whygrad.repairs.moving import tape_block
from whygrad.repairs.offering import Source, tape_place
from whygrad.repairs.standing_in import entry_of

COUNTER = re.compile(r"(?:^|_|\b)(?:step|steps|count|counter|iteration|iterations|iter|epoch|epochs|calls|seen|t|i|n)(?:$|_|\b)")
LITERAL = (ast.Constant, ast.List, ast.Tuple, ast.UnaryOp, ast.unaryop, ast.expr_context)
VARIABLE = ("tensorflow.Variable", "keras.Variable")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_weight":
        return _of_weight(file, node, diagnosis)
    if node is not None and (watched := cast_before_watching(file, node, tape_block(file, tape_place(diagnosis)))) is not None:
        return watched if "int" in diagnosis.message.partition("(")[0] and not _is_index(file, node) else None
    if not isinstance(node, ast.Call) or called(file, node) not in VARIABLE or len(node.args) != 1 or any(k.arg == "dtype" for k in node.keywords):
        return None
    if _is_counter(file, node, diagnosis):
        if any(k.arg == "trainable" for k in node.keywords):
            return None
        end = file.span(node)[1] - 1
        return Fix("a counter is not trained: `trainable=False`", edits=(inserted(file, end, ", trainable=False"),))
    if _is_index(file, node):
        return None
    numbers = _numbers(node.args[0])
    edits = tuple(inserted(file, file.span(n)[1], ".0") for n in numbers)
    return Fix("make it floating: write its numbers with a point", edits=edits) if edits else None


def _of_weight(file: SourceFile, node: ast.Call, diagnosis: Diagnosis) -> Fix | None:
    """A whole-numbered `self.add_weight(...)`: of a dtype that is written there, or that the layer has and hands on where none is written."""
    given = {k.arg: k.value for k in node.keywords}
    whole = "int" in diagnosis.message.partition("(")[0]
    if len(node.args) > 2 or None in given or not whole or _is_index(file, node) or _is_named_so(node, diagnosis):
        return None
    title = 'make it floating: `dtype="float32"`'
    if "dtype" not in given:
        values = [*node.args, *given.values()]
        at, before = (max(file.span(v)[1] for v in values), ", ") if values else (file.span(node)[1] - 1, "")
        return Fix(title, edits=(inserted(file, at, f'{before}dtype="float32"'),))
    text = given["dtype"].value if isinstance(given["dtype"], ast.Constant) else dotted(file, given["dtype"]).rpartition(".")[2]
    written = isinstance(text, str) and text.startswith(("int", "uint"))
    return Fix(title, edits=(replaced(file, given["dtype"], '"float32"'),)) if written else None


def _is_counter(file: SourceFile, node: ast.Call, diagnosis: Diagnosis) -> bool:
    """By its name, and by beginning at 0 or 1."""
    return isinstance(node.args[0], ast.Constant) and node.args[0].value in (0, 1) and _is_named_so(node, diagnosis)


def _is_named_so(node: ast.Call, diagnosis: Diagnosis) -> bool:
    given = [k.value.value for k in node.keywords if k.arg == "name" and isinstance(k.value, ast.Constant)]
    called_so = [*map(str, given), *(v.name.rpartition("/")[2].rpartition(".")[2] for v in diagnosis.variables)]
    return any(COUNTER.search(name.lower()) for name in called_so)


def _is_index(file: SourceFile, node: ast.expr) -> bool:
    """Whether it is read in an index, a shape or a count, where only whole numbers may stand."""
    statement = file.parent(node)
    held = {file.code(t) for t in statement.targets} if isinstance(statement, ast.Assign) else set()
    reads = [n for n in ast.walk(file.tree) if isinstance(n, (ast.Name, ast.Attribute)) and isinstance(n.ctx, ast.Load) and file.code(n) in held]
    return any(_counts(file, outer) for read in reads for outer in file.around(read))


def _counts(file: SourceFile, node: ast.AST) -> bool:
    parent = file.parent(node)
    if isinstance(parent, ast.Subscript):
        return parent.slice is node
    call = file.parent(parent) if isinstance(parent, ast.keyword) else parent
    return isinstance(call, ast.Call) and call.func is not node and _is_whole(file, call, parent.arg if isinstance(parent, ast.keyword) else node)


def _is_whole(file: SourceFile, call: ast.Call, given: ast.AST | str | None) -> bool:
    """Whether the catalogue has whole numbers for an argument; for any, where it is the method of an array, or the argument has another name."""
    name = dotted(file, call.func)
    last = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    found = entry_of(file, call) or catalogue.load().find(name or last)
    if found is None or last == "range":  # measured on floats, which it takes as well
        return last == "range"
    place = given if isinstance(given, str) else next((i for i, a in enumerate(call.args) if a is given), None)
    argument = found.argument(place) if place is not None and name else None
    return any(a.kind == "integer" for a in ((argument,) if argument else found.arguments))


def _numbers(value: ast.expr) -> list[ast.expr]:
    """The whole numbers that make up a literal; in `[100] * n` those of the list. Empty where it is made of more."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult) and isinstance(value.left, ast.List):
        value = value.left
    if not all(isinstance(n, LITERAL) for n in ast.walk(value)):
        return []
    constants = [n for n in ast.walk(value) if isinstance(n, ast.Constant)]
    whole = all(type(n.value) is int for n in constants)
    return list(constants) if whole else []
