"""An op and the expression as the user wrote it -> what to write instead, in the user's own names."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue.holes import holes, without_brackets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whygrad.catalogue.replacements import Replacement

GENERAL = "take the operation out of the loss (keep it for metrics), or replace it by a smooth stand-in: `whygrad explain non-differentiable-op`"


def advice(op: str, text: str, function: str) -> str:
    """One sentence. `text` is the expression that cuts the path, `function` the user's function around it."""
    from whygrad.catalogue.replacements import loss_for  # which reads its files: only where something is said

    instead = _from_catalogue(op, text) or GENERAL
    metric = loss_for(function.rsplit(".", 1)[-1])
    return f"train with {metric} and keep this as a metric; or {instead}" if metric else instead


def _from_catalogue(op: str, text: str) -> str | None:
    """The sentence of the first replacement that has one, with the code in the user's own names; else the title of the first."""
    from whygrad.catalogue.replacements import for_op

    known = for_op(op)
    said = next((found for r in known if (found := _said(r, op, text))), None)
    title = next((r.title for r in known), None)
    return said or (title and f"{title[0].lower()}{title[1:]} (the code: `whygrad ops {op}`)")


def _said(replacement: Replacement, op: str, text: str) -> str:
    inline = replacement.inline(op)
    if inline is None or not inline.advice:
        return replacement.advice if inline is None else ""
    left, right = operands(text)
    values = {"0": left, "1": right, "call": " ".join(text.split())}
    code = inline.text.replace(" - {1}", "") if right in ("0", "0.0") and left.isidentifier() else inline.text
    code = without_brackets(code)
    spoken_of = {hole.key for text in (inline.text, inline.advice) for hole in holes(text) if text is inline.advice or "{inline}" in inline.advice}
    if not all(values.get(key) for key in spoken_of - {"inline"}):
        return ""
    return _filled(inline.advice, {**values, "inline": _filled(code, values, brackets=True)})


def _filled(text: str, values: dict[str, str], *, brackets: bool = False) -> str:
    """In brackets after a minus, where the user's expression could be torn apart."""
    for hole in reversed(holes(text)):
        value = values.get(hole.key, text[hole.start : hole.end])
        torn = brackets and text[: hole.start].endswith(" - ")
        text = text[: hole.start] + (_bracketed(value) if torn else value) + text[hole.end :]
    return text


def _bracketed(text: str) -> str:
    try:
        simple = isinstance(ast.parse(text, mode="eval").body, (ast.Name, ast.Constant, ast.Attribute, ast.Call, ast.Subscript))
    except SyntaxError:
        simple = False
    return text if simple else f"({text})"


def operands(text: str) -> tuple[str, str]:
    """The first two operands of a call or comparison, as written; empty where there is none."""
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return "", ""
    if isinstance(node, ast.Compare) and len(node.comparators) == 1:
        return ast.unparse(node.left), ast.unparse(node.comparators[0])
    if isinstance(node, ast.BinOp):
        return ast.unparse(node.left), ast.unparse(node.right)
    if isinstance(node, ast.Call) and node.args and not isinstance(node.args[0], ast.Starred):
        return ast.unparse(node.args[0]), ast.unparse(node.args[1]) if len(node.args) > 1 else ""
    return "", ""
