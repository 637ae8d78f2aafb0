"""The tape under which the loss was computed is asked; a tape that is asked twice becomes persistent; one of a loop is opened around the loop."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.causes.wrong_tape.around_loop import around_the_loop
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import inserted, replaced
from whygrad.repairs.file import SourceFile, bound
from whygrad.repairs.imported import called
from whygrad.repairs.moving import TAPE, tape_block, tape_name
from whygrad.repairs.offering import Source, tape_place


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    call, block = file.expression(diagnosis.location), tape_block(file, tape_place(diagnosis))
    if isinstance(call, (ast.Tuple, ast.List)):
        return _pair(file, call.elts)
    if isinstance(call, ast.Call) and not call.keywords and (handed := _pair(file, call.args)) is not None:
        return handed
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not call.args:
        return None
    if "a second time" in diagnosis.message:
        return None if block is None else _persistent(file, block)
    return _other_tape(file, call.func.value, call.args[0]) or (None if block is None else around_the_loop(file, call, block))


def _persistent(file: SourceFile, block: ast.With) -> Fix | None:
    opened = [i.context_expr for i in block.items if called(file, i.context_expr) == TAPE]
    call = opened[0] if len(opened) == 1 else None
    if not isinstance(call, ast.Call) or call.args or any(k.arg == "persistent" for k in call.keywords):
        return None
    text = "persistent=True" if not call.keywords else "persistent=True, "
    at = file.span(call)[1] - 1 if not call.keywords else file.offset(call.keywords[0].lineno, call.keywords[0].col_offset)
    return Fix("let the tape answer more than once: `persistent=True`", "safe", None, (inserted(file, at, text),))


def _pair(file: SourceFile, values: list[ast.expr]) -> Fix | None:
    """`(d_tape, g_loss, net)`, handed on together: the only tape in it, and the only value that a tape of this function recorded."""
    names = [v for v in values if isinstance(v, ast.Name)]
    blocks = [n for n in ast.walk(file.home(values[0])) if isinstance(n, ast.With) and len(n.items) == 1] if values else []
    opened = {file.code(name) for b in blocks if called(file, b.items[0].context_expr) == TAPE and (name := tape_name(file, b)) is not None}
    tapes = [n for n in names if n.id in opened]
    recorded = [fix for n in names if n not in tapes and (fix := _other_tape(file, tapes[0], n)) is not None] if len(tapes) == 1 else []
    return recorded[0] if len(recorded) == 1 else None


def _other_tape(file: SourceFile, asked: ast.expr, target: ast.expr) -> Fix | None:
    """The only other tape of this function in whose block the target is computed."""
    if not isinstance(target, ast.Name):
        return None
    blocks = [n for n in ast.walk(file.home(target)) if isinstance(n, ast.With) and any(called(file, i.context_expr) == TAPE for i in n.items)]
    makers = [b for b in blocks if any(bound(s, target.id) for s in b.body)]
    name = tape_name(file, makers[0]) if len(makers) == 1 else None
    if name is None or file.code(name) == file.code(asked):
        return None
    return Fix(f"ask the tape that recorded `{target.id}`: `{file.code(name)}`", edits=(replaced(file, asked, file.code(name)),))
