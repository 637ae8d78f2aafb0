"""What ran before the tape, or after it, comes under its `with`; a loss that `minimize` is handed ready-made gets a tape.

A result that is handed to the function with the tape is computed there instead; what a constructor computes becomes a property.
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.causes.outside_tape.after import after_the_block
from whygrad.causes.outside_tape.derived import CONSTRUCTORS, in_a_constructor
from whygrad.causes.outside_tape.handed import handed_to_minimize
from whygrad.causes.outside_tape.handed_in import handed_in
from whygrad.causes.outside_tape.hoisted import made_at_the_margin, made_once
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called
from whygrad.repairs.moving import TAPE, opened_earlier, tape_block
from whygrad.repairs.offering import Source, tape_place


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    function = None if node is None else file.function(node)
    if node is not None and function is not None and function.name in CONSTRUCTORS:
        return in_a_constructor(file, node)
    tape = file.expression(tape_place(diagnosis))
    if node is None or tape is None or _is_taped(file, node):
        return None
    if file.home(node) is not file.home(tape):
        elsewhere = tape_block(file, tape_place(diagnosis))
        return None if elsewhere is None else handed_in(file, node, elsewhere) or made_at_the_margin(file, node, elsewhere)
    if isinstance(tape, ast.Call) and isinstance(tape.func, ast.Attribute) and tape.func.attr == "minimize":
        return handed_to_minimize(file, node, tape)
    block = tape_block(file, tape_place(diagnosis))
    if block is None or file.inside(node, block) or _is_made_again(file, node, block):
        return None
    return _before(file, node, block) or after_the_block(file, node, block, tape_place(diagnosis)) or made_once(file, node, block)


def _is_taped(file: SourceFile, node: ast.expr) -> bool:
    """Whether it stands under a tape: then it was kept from an earlier one."""
    blocks = (n for n in file.around(node) if isinstance(n, ast.With))
    return any(called(file, item.context_expr) == TAPE for block in blocks for item in block.items)


def _is_made_again(file: SourceFile, node: ast.expr, block: ast.With) -> bool:
    """Whether the same call stands under the tape as well: then the one outside is kept apart on purpose, as a baseline or a target is."""
    return isinstance(node, ast.Call) and any(isinstance(n, ast.Call) and file.code(n) == file.code(node) for n in ast.walk(block))


def _before(file: SourceFile, node: ast.expr, block: ast.With) -> Fix | None:
    first = next((n for n in file.around(node) if n in file.block(block)), None)
    edit = opened_earlier(file, first, block) if isinstance(first, ast.stmt) else None
    if edit is None:
        return None
    return Fix(f"open the tape earlier: before `{_short(file.code(node))}`", "safe", None, (edit,))


def _short(code: str) -> str:
    line = " ".join(code.split())
    return line if len(line) < 60 else f"{line[:56]} ..."
