"""A tape that is opened anew in every turn of a loop, and asked after it, comes in; one persistent tape around the loop goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import changed
from whygrad.repairs.file import SourceFile
from whygrad.repairs.moving import indented


def around_the_loop(file: SourceFile, asked: ast.Call, block: ast.With) -> Fix | None:
    """None unless the block is all that the loop does, and the question comes after the loop."""
    loop = file.parent(block)
    alone = isinstance(loop, ast.For) and loop.body == [block] and not loop.orelse and len(block.items) == 1
    if not isinstance(loop, ast.For) or not alone or file.inside(asked, loop) or file.home(asked) is not file.home(loop):
        return None
    outer, inner, body = file.indent(loop), file.indent(block), file.indent(block.body[0])
    if outer is None or inner is None or body is None or not inner.startswith(outer) or block.body[0].lineno == block.lineno:
        return None
    head = file.text[file.span(block)[0] : file.line_start(file.span(block.body[0])[0])]
    if "persistent=True" not in head:
        head = head.replace("GradientTape()", "GradientTape(persistent=True)")
    if "persistent=True" not in head or head.count("\n") != 1:
        return None
    start, middle = file.line_start(file.span(loop)[0]), file.line_start(file.span(block)[0])
    return Fix(
        "open one persistent tape around the loop",
        edits=(
            changed(file, start, file.line_start(file.span(block.body[0])[0]), outer + head + indented(file, start, middle, inner[len(outer) :])),
        ),
    )
