"""Statements and a `with` block come in; the edit that brings them under it goes out. The order in which the program runs stays the same."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Edit, Location
from whygrad.repairs.edits import changed
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called

MOST_STATEMENTS = 25  # more than that is another program, not a repair
TAPE = "tensorflow.GradientTape"


def tape_block(file: SourceFile, tape: Location | None) -> ast.With | None:
    """The `with` that opens the tape at a location."""
    call = file.expression(tape)
    return next((n for n in file.around(call) if isinstance(n, ast.With)), None) if call is not None else None


def tape_name(file: SourceFile, block: ast.With, tape: Location | None = None) -> ast.expr | None:
    """What the tape of a block is called; of several tapes in one `with` the one at the location. None where that is not clear."""
    here = file.expression(tape)
    tapes = [i for i in block.items if called(file, i.context_expr) == TAPE]
    found = [i for i in tapes if i.context_expr is here] or tapes
    name = found[0].optional_vars if len(found) == 1 else None
    return name if isinstance(name, (ast.Name, ast.Attribute, ast.Subscript)) else None


def opened_earlier(file: SourceFile, first: ast.stmt, block: ast.With) -> Edit | None:
    """The `with` line moves up before `first`; all that stands between comes under it."""
    siblings = file.block(block)
    if first not in siblings or siblings.index(first) >= siblings.index(block):
        return None
    moved = siblings[siblings.index(first) : siblings.index(block)]
    deeper = _deeper(file, block, moved)
    if deeper is None:
        return None
    start, head = file.line_start(file.span(first)[0]), file.line_start(file.span(block)[0])
    body = file.line_start(file.span(block.body[0])[0])
    last = file.line_end(file.span(moved[-1])[1]) + 1
    between = file.text[last:head].lstrip("\n") if file.text[last:head].strip() else ""
    return changed(file, start, body, between + file.text[head:body] + indented(file, start, last, deeper))


def closed_later(file: SourceFile, last: ast.stmt, block: ast.With, askable: frozenset[str] = frozenset()) -> Edit | None:
    """The statements after the `with`, up to `last`, come under it; `askable` are the tapes that they may ask for gradients."""
    siblings = file.block(block)
    if last not in siblings or siblings.index(last) <= siblings.index(block):
        return None
    moved = siblings[siblings.index(block) + 1 : siblings.index(last) + 1]
    deeper = _deeper(file, block, moved, askable)
    if deeper is None:
        return None
    start, end = file.line_start(file.span(moved[0])[0]), file.line_end(file.span(last)[1])
    return changed(file, start, end, indented(file, start, end, deeper))


def indented(file: SourceFile, start: int, end: int, deeper: str) -> str:
    """The lines from `start` to `end` with more white space; what stands inside of strings over several lines stays."""
    lines, at = [], start
    for line in file.text[start:end].split("\n"):
        lines.append(deeper + line if line.strip() and at not in file.inside_strings else line)
        at += len(line) + 1
    return "\n".join(lines)


def _deeper(file: SourceFile, block: ast.With, moved: list[ast.stmt], askable: frozenset[str] = frozenset()) -> str | None:
    """The white space that the block adds; None where the statements cannot be moved as lines, or open tapes of their own."""
    outer, inner = file.indent(block), file.indent(block.body[0])
    alone = all(file.indent(s) is not None for s in moved)
    if outer is None or inner is None or not alone or not inner.startswith(outer) or len(moved) > MOST_STATEMENTS:
        return None
    if block.body[0].lineno == block.lineno or "\\\n" in file.text[file.span(moved[0])[0] : file.span(moved[-1])[1]]:
        return None
    own = any(called(file, n) == TAPE or (is_question(n) and not is_asked(file, n, askable)) for s in moved for n in ast.walk(s))
    return None if own else inner[len(outer) :]


def askable_inside(file: SourceFile, block: ast.With, tape: Location | None) -> frozenset[str]:
    """The tapes opened by a block, or in it, that can be asked for a gradient while the one at the location goes on recording.

    That one itself only where it is persistent: asking a tape that is not ends its recording.
    """
    here = file.expression(tape)
    opened = [(i.context_expr, i.optional_vars) for n in ast.walk(block) if isinstance(n, ast.With) for i in n.items if i.optional_vars is not None]
    tapes = [(call, name) for call, name in opened if called(file, call) == TAPE]
    if not any(call is here for call, _ in tapes):
        return frozenset()
    return frozenset(file.code(name) for call, name in tapes if call is not here or _is_persistent(call))


def _is_persistent(call: ast.expr) -> bool:
    given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "persistent")] if isinstance(call, ast.Call) else []
    return any(isinstance(value, ast.Constant) and value.value is True for value in given)


def is_asked(file: SourceFile, node: ast.AST, tapes: frozenset[str]) -> bool:
    """Whether a gradient is taken here from one of these tapes."""
    function = node.func if isinstance(node, ast.Call) else None
    return isinstance(function, ast.Attribute) and function.attr in ("gradient", "jacobian") and file.code(function.value) in tapes


def is_question(node: ast.AST) -> bool:
    """Whether a gradient is asked for here: what follows belongs to another step."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("gradient", "jacobian", "apply_gradients", "minimize")
    )
