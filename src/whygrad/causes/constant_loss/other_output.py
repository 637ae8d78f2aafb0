"""A loss of the wrong one of two outputs comes in; the other, which the trained model is behind, goes out.

real, fake = D(images), D(G(noise))
loss = generator_loss(real)    # asked for the gradients of G.trainable_variables: `fake` was meant
"""

from __future__ import annotations

from collections.abc import Iterator

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.offering import Source, asked_place

WEIGHTS = ("trainable_variables", "trainable_weights", "variables", "weights")


def other_output(diagnosis: Diagnosis, source: Source) -> Fix | None:
    """None unless exactly one other name comes out of the model that is trained, and was made by the same call as the one that stands there."""
    file = source.main
    node, asked = file.expression(diagnosis.location), file.expression(asked_place(diagnosis))
    if not isinstance(node, ast.Call) or not isinstance(asked, ast.Call) or len(asked.args) < 2 or file.home(node) is not file.home(asked):
        return None
    made = _made(file, file.home(asked), asked.lineno)
    models = set(_models(file, asked.args[1], made))
    read = [a for a in (*node.args, *(k.value for k in node.keywords)) if isinstance(a, ast.Name)]
    if not models or any(models & _behind(file, n, made) for n in read):
        return None
    behind = [name for name, value in made.items() if value.lineno < node.lineno and models & _behind(file, value, made)]
    found = [(n, other) for n in read for other in behind if _is_sibling(file, made.get(n.id), made[other])]
    if len(found) != 1:
        return None
    name, other = found[0]
    return Fix(f"the loss of `{other}`, in which the trained model is, in the place of `{name.id}`", edits=(replaced(file, name, other),))


def _made(file: SourceFile, home: ast.AST, before: int) -> dict[str, ast.expr]:
    """The names that are bound once in a function before a line, each with its value."""
    found: dict[str, list[ast.expr]] = {}
    for statement in ast.walk(home):
        if isinstance(statement, ast.Assign) and file.home(statement) is home and statement.lineno < before:
            for target in statement.targets:
                for name, value in _pairs(target, statement.value):
                    found.setdefault(name, []).append(value)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)) and len(target.elts) == len(value.elts):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from _pairs(one, other)


def _models(file: SourceFile, sources: ast.expr, made: dict[str, ast.expr]) -> Iterator[str]:
    """`self.g` of `self.g.trainable_variables`; both of a sum."""
    sources = made.get(sources.id, sources) if isinstance(sources, ast.Name) else sources
    for part in ast.walk(sources):
        if isinstance(part, ast.Attribute) and part.attr in WEIGHTS:
            yield file.code(part.value)


def _behind(file: SourceFile, value: ast.expr, made: dict[str, ast.expr]) -> set[str]:
    """The names and attributes that a value is computed from, through other names."""
    found: set[str] = set()
    waiting: list[ast.AST] = [value]
    while waiting:
        for part in ast.walk(waiting.pop()):
            if isinstance(part, (ast.Name, ast.Attribute)) and (code := file.code(part)) not in found:
                found.add(code)
                waiting += [made[code]] if code in made else []
    return found


def _is_sibling(file: SourceFile, one: ast.expr | None, other: ast.expr) -> bool:
    """Whether both were made by a call of the same function or model."""
    return isinstance(one, ast.Call) and isinstance(other, ast.Call) and file.code(one.func) == file.code(other.func)
