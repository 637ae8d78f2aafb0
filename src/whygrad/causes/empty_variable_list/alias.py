"""A second name of one model, frozen together with the first, comes in; it becomes a copy of its own with the same weights."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import line_after, replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import keras
from whygrad.repairs.offering import Source, related_place


def copied(diagnosis: Diagnosis, source: Source) -> Fix | None:
    """`target = online; target.trainable = False` -> `target = clone_model(online)`. None where the name is bound twice, or trained itself."""
    file = source.main
    setting = file.expression(diagnosis.location)
    if not isinstance(setting, ast.Attribute) or setting.attr != "trainable":
        return None
    bound = _binding(file, setting)
    library = keras(file)
    if bound is None or not library or _base(source, diagnosis) == file.code(setting.value):
        return None
    alias, model = file.code(setting.value), file.code(bound.value)
    copy = replaced(file, bound.value, f"{library}.models.clone_model({model})")
    weights = line_after(file, bound, f"{alias}.set_weights({model}.get_weights())")
    return None if weights is None else Fix(f"make `{alias}` a copy of its own: `clone_model({model})`", edits=(copy, weights))


def _binding(file: SourceFile, setting: ast.Attribute) -> ast.Assign | None:
    """The one assignment that gives the frozen name to what another name stands for."""
    name = setting.value
    place: ast.AST | None = file.home(setting)
    if isinstance(name, ast.Attribute):  # of an object: bound in any of its methods
        place = next((n for n in file.around(setting) if isinstance(n, ast.ClassDef)), place)
    stores = [n for n in ast.walk(place) if isinstance(n, (ast.Name, ast.Attribute)) and isinstance(n.ctx, ast.Store)] if place is not None else []
    mine = [n for n in stores if file.code(n) == file.code(name)]
    bound = file.parent(mine[0]) if len(mine) == 1 else None
    if not isinstance(bound, ast.Assign) or len(bound.targets) != 1 or not isinstance(bound.value, (ast.Name, ast.Attribute)):
        return None
    return bound if isinstance(name, (ast.Name, ast.Attribute)) else None


def _base(source: Source, diagnosis: Diagnosis) -> str:
    """What the list of what is left to train is read from."""
    at = related_place(diagnosis, "the list of what is left to train is read here")
    file = source.file(at)
    read = file.expression(at) if file is not None else None
    return file.code(read.value) if file is not None and isinstance(read, ast.Attribute) else ""
