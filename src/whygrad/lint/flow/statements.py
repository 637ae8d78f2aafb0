"""Statements in, changes of the abstract program out. Loops run twice: the second turn is where things break."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from whygrad import syntax as ast
from whygrad.lint.flow import assigning, definitions, imports
from whygrad.lint.flow.truth import truth
from whygrad.lint.flow.values import NONE, Function, Value, nodes
from whygrad.lint.flow.walk import Env, Walk
from whygrad.lint.flow.withs import within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whygrad.lint.flow.state import Writes

MOST_TURNS = 24  # of a loop over a list that is known


class Flow:
    """How a block ended."""

    __slots__ = ("value",)
    NEXT: Flow
    BREAK: Flow
    CONTINUE: Flow
    RETURN: Flow
    RAISE: Flow

    def __init__(self, value: str) -> None:
        self.value = value


Flow.NEXT, Flow.BREAK, Flow.CONTINUE, Flow.RETURN, Flow.RAISE = map(Flow, ("next", "break", "continue", "return", "raise"))  # an Enum takes its time


def execute(walk: Walk, block: Iterable[ast.stmt], env: Env) -> Flow:
    """Run a block. Statements after a jump are not reached."""
    for statement in block:
        walk.burn()
        handler = HANDLERS.get(statement.__class__)
        flow = handler(walk, statement, env) if handler is not None else None
        if flow is not None and flow is not Flow.NEXT:
            return flow
    return Flow.NEXT


def _branches(walk: Walk, works: list[Callable[[], Flow]]) -> Flow:
    """Only one of these runs. What those that go on have left is joined; what the others wrote may be seen after the loop or function."""
    ended = [walk.state.attempt(work) for work in works]
    going: list[Writes] = [writes for flow, writes in ended if flow is Flow.NEXT]
    for flow, writes in ended:
        if flow not in (Flow.NEXT, Flow.RAISE):
            walk.state.jumped(writes)
    if going:
        walk.state.merge(going)
        return Flow.NEXT
    flows = [flow for flow, _ in ended]
    return next((f for f in (Flow.CONTINUE, Flow.BREAK, Flow.RETURN) if f in flows), Flow.RAISE)


def _if(walk: Walk, node: ast.If, env: Env) -> Flow:
    test = walk.evaluate(node.test, env)
    walk.decisions.update(nodes(test))
    known = truth(test)
    if known is not None:
        return execute(walk, node.body if known else node.orelse, env)
    return _branches(walk, [lambda: execute(walk, node.body, env), lambda: execute(walk, node.orelse, env)])


def _for(walk: Walk, node: ast.For | ast.AsyncFor, env: Env) -> Flow:
    iterable = walk.evaluate(node.iter, env)
    walk.iterated.add(node.iter)
    items, is_open = walk.items(iterable, env.site(node.iter))
    turns = (items * 2 if len(items) == 1 else items)[:2] if is_open else items[:MOST_TURNS]
    return walk.state.collect(lambda: _turns(walk, node, env, turns, is_open))  # type: ignore[no-any-return]


def _turns(walk: Walk, node: ast.For | ast.AsyncFor, env: Env, turns: list[Value], is_open: bool) -> Flow:
    for item in turns:
        assigning.assign(walk, node.target, item, env, node.iter)
        flow = execute(walk, node.body, env)
        if flow is Flow.RETURN and not is_open:
            return flow
        if flow in (Flow.BREAK, Flow.RETURN, Flow.RAISE):
            return Flow.NEXT
    execute(walk, node.orelse, env)
    return Flow.NEXT


def _while(walk: Walk, node: ast.While, env: Env) -> Flow:
    def turns() -> Flow:
        for _ in range(2):
            test = walk.evaluate(node.test, env)
            walk.decisions.update(nodes(test))
            if truth(test) is False:
                break
            flow = execute(walk, node.body, env)
            if flow in (Flow.BREAK, Flow.RETURN, Flow.RAISE):
                break
        return Flow.NEXT

    return walk.state.collect(turns)  # type: ignore[no-any-return]


def _with(walk: Walk, node: ast.With | ast.AsyncWith, env: Env) -> Flow:
    return _within(walk, node.items, node.body, env)


def _within(walk: Walk, items: list[ast.withitem], body: list[ast.stmt], env: Env) -> Flow:
    """Enter the first manager, do the rest inside it."""
    if not items:
        return execute(walk, body, env)
    flow = [Flow.NEXT]

    def rest(value: Value) -> None:
        if items[0].optional_vars is not None:
            assigning.assign(walk, items[0].optional_vars, value, env, items[0].context_expr)
        flow[0] = _within(walk, items[1:], body, env)

    manager = walk.evaluate(items[0].context_expr, env)
    expects = _expects_an_error(items[0].context_expr)
    walk.expecting += expects
    within(walk, manager, env.site(items[0].context_expr), rest)
    walk.expecting -= expects
    return flow[0]


def _expects_an_error(node: ast.expr) -> bool:
    """`with pytest.raises(...)`, `with self.assertRaises(...)`: what goes wrong in there is meant to."""
    function = node.func if isinstance(node, ast.Call) else node
    name = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    return name.lower().startswith(("raises", "assertraises", "warns", "assertwarns", "assert_raises"))


def _try(walk: Walk, node: ast.Try, env: Env) -> Flow:
    flow = execute(walk, node.body, env)
    if flow is Flow.NEXT:
        flow = execute(walk, node.orelse, env)
    for handler in node.handlers:
        ended, writes = walk.state.attempt(lambda handler=handler: _handler(walk, handler, env))  # type: ignore[misc]
        if flow is Flow.RAISE:
            flow = ended
        walk.state.merge([writes, {}] if ended is not Flow.RAISE else [])
    last = execute(walk, node.finalbody, env)
    return last if last is not Flow.NEXT else flow


def _handler(walk: Walk, handler: ast.ExceptHandler, env: Env) -> Flow:
    if handler.name:
        walk.state.write(env.own, handler.name, walk.unknown(env.site(handler)))
    return execute(walk, handler.body, env)


def _match(walk: Walk, node: ast.Match, env: Env) -> Flow:
    subject = walk.evaluate(node.subject, env)

    def case(found: ast.match_case) -> Flow:
        for part in ast.walk(found.pattern):
            name = getattr(part, "name", None) or getattr(part, "rest", None)
            if isinstance(name, str):
                walk.state.write(env.own, name, walk.unknown(env.site(node.subject), subject))
        return execute(walk, found.body, env)

    return _branches(walk, [*(lambda c=c: case(c) for c in node.cases), lambda: Flow.NEXT])


def _return(walk: Walk, node: ast.Return, env: Env) -> Flow:
    env.returned.append(walk.evaluate(node.value, env) if node.value is not None else NONE)
    return Flow.RETURN


def _expression(walk: Walk, node: ast.Expr, env: Env) -> None:
    walk.evaluate(node.value, env)


def _assign(walk: Walk, node: ast.Assign, env: Env) -> None:
    value = walk.evaluate(node.value, env)
    for target in node.targets:
        assigning.assign(walk, target, value, env, node.value)


def _annotated(walk: Walk, node: ast.AnnAssign, env: Env) -> None:
    if node.value is not None:
        assigning.assign(walk, node.target, walk.evaluate(node.value, env), env, node.value)


def _augmented(walk: Walk, node: ast.AugAssign, env: Env) -> None:
    load = ast.copy_location(ast.BinOp(_loaded(node.target), node.op, node.value), node)
    assigning.augment(walk, node, load, env)


def _loaded(target: ast.expr) -> ast.expr:
    """The target of `x += 1`, to be read."""
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    if isinstance(target, ast.Attribute):
        return ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)
    if isinstance(target, ast.Subscript):
        return ast.copy_location(ast.Subscript(target.value, target.slice, ast.Load()), target)
    return target


def _outside(walk: Walk, node: ast.Global | ast.Nonlocal, env: Env) -> None:
    for name in node.names:
        scope = next((s for s in env.scopes[1:] if name in s), None) if isinstance(node, ast.Nonlocal) else None
        env.outside[name] = env.module.cells if scope is None else scope


def _delete(walk: Walk, node: ast.Delete, env: Env) -> None:
    """`del tape` is all that matters of it, and needs nothing."""


def _raise(walk: Walk, node: ast.Raise, env: Env) -> Flow:
    if node.exc is not None:
        walk.evaluate(node.exc, env)
    return Flow.RAISE


def _assert(walk: Walk, node: ast.Assert, env: Env) -> None:
    walk.evaluate(node.test, env)


def _function(walk: Walk, node: ast.FunctionDef | ast.AsyncFunctionDef, env: Env) -> None:
    made = definitions.function(walk, node, env)
    name = f"{node.name}.setter" if isinstance(made, Function) and "setter" in made.marks else node.name
    walk.state.write(env.outside.get(node.name, env.own), name, made)


def _class(walk: Walk, node: ast.ClassDef, env: Env) -> None:
    def body(cells: Env) -> None:
        execute(walk, node.body, cells)

    walk.state.write(env.own, node.name, definitions.class_(walk, node, env, body))


HANDLERS: dict[type, Callable[..., Flow | None]] = {
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    getattr(ast, "TryStar", ast.Try): _try,  # from Python 3.11
    ast.Match: _match,
    ast.Return: _return,
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Global: _outside,
    ast.Nonlocal: _outside,
    ast.Delete: _delete,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: imports.import_,
    ast.ImportFrom: imports.import_from,
    ast.Break: lambda walk, node, env: Flow.BREAK,
    ast.Continue: lambda walk, node, env: Flow.CONTINUE,
}
