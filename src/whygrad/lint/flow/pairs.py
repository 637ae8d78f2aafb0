"""`(d_tape, g_loss, net)`: a tape beside a value that another tape of the same function recorded, in a tuple or list that a loop hands on."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.lint.flow.graph import Site


def crossed(tape: Site) -> Site | None:
    """The one tuple or list in the function of a tape that pairs it so; None where there are several, or none. `tape`: where it is opened."""
    body = tape.frame.node
    blocks = _blocks(body) if body is not None else {}
    name = next((name for name, (opened, _) in blocks.items() if opened is tape.node), "")
    if body is None or not name:
        return None
    found = [n for n in ast.walk(body) if isinstance(n, (ast.Tuple, ast.List)) and _pairs(n, name, blocks)]
    return Site(found[0], tape.frame) if len(found) == 1 else None


def _blocks(body: ast.AST) -> dict[str, tuple[ast.expr, set[str]]]:
    """Of each name that a `with` of one item gives: the expression it opens, and the names that are given values inside, and nowhere else."""
    withs = [n for n in ast.walk(body) if isinstance(n, ast.With) and len(n.items) == 1 and isinstance(n.items[0].optional_vars, ast.Name)]
    inside = {id(b): _given(b.body) for b in withs}
    found: dict[str, tuple[ast.expr, set[str]]] = {}
    everywhere = _given([body])
    for block in withs:
        own = inside[id(block)]
        name = block.items[0].optional_vars
        assert isinstance(name, ast.Name)
        if name.id in found:
            return {}
        found[name.id] = block.items[0].context_expr, {n for n in own if own.count(n) == everywhere.count(n)}
    return found


def _given(statements: list[ast.stmt] | list[ast.AST]) -> list[str]:
    return [n.id for s in statements for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def _pairs(node: ast.Tuple | ast.List, name: str, blocks: dict[str, tuple[ast.expr, set[str]]]) -> bool:
    """Does it hold this tape, no other, and something that only another one recorded?"""
    held = [e.id for e in node.elts if isinstance(e, ast.Name)]
    tapes = [n for n in held if n in blocks]
    own = blocks[name][1]
    return tapes == [name] and any(n in values and n not in own for other, (_, values) in blocks.items() if other != name for n in held)
