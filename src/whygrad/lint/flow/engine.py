"""The parts of the walk put together, and the walk itself: a file from top to bottom, then what nobody called."""

from __future__ import annotations

from collections.abc import Callable

from whygrad import syntax as ast
from whygrad.lint.flow import attributes, calling, expressions, leftovers, statements, subscripts
from whygrad.lint.flow.graph import Frame
from whygrad.lint.flow.outside import layers, training
from whygrad.lint.flow.survey import survey
from whygrad.lint.flow.values import Library, Module, Plain
from whygrad.lint.flow.walk import FUEL, FUEL_ALONE, Arguments, Env, OutOfFuel, Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whygrad.lint.flow.walk import Finder


def new_walk(finder: Finder) -> Walk:
    walk = Walk(finder)
    walk.expressions = expressions.HANDLERS
    walk.call = lambda value, args, site: calling.call(walk, value, args, site)
    walk.execute = lambda block, env: statements.execute(walk, block, env)
    walk.attribute = lambda value, name, site: attributes.attribute(walk, value, name, site)
    walk.items = lambda value, site: subscripts.items(walk, value, site)
    layers.OWNERS.clear()
    return walk


def walk_file(path: str, text: str, finder: Finder) -> Walk:
    """Walk through a file as Python would run it; then through its functions and classes that were not used, with arguments nobody knows."""
    tree = ast.parse(text)
    walk = new_walk(finder)
    walk.texts[path], walk.trees[path] = text, tree
    found = survey(tree)
    walk.generators |= found.generators
    module = Module(path, {"__name__": Plain("__main__"), "__file__": Library("path")})
    walk.modules[path] = module
    env = Env(Frame(path, "<module>"), module)
    _within(walk, FUEL, lambda: walk.execute(tree.body, env))
    _within(walk, FUEL, lambda: _train_compiled(walk))
    leftovers.call_unused(path, found, walk, env, lambda work: _within(walk, FUEL_ALONE, work))
    return walk


def _within(walk: Walk, fuel: int, work: Callable[[], object]) -> None:
    """Do `work` as far as the fuel lasts. What was asked until then is answered."""
    walk.fuel = fuel
    try:
        work()
    except (OutOfFuel, RecursionError):
        walk.state.tapes.clear()
        walk.state.journals.clear()
        walk.state.left.clear()


def _train_compiled(walk: Walk) -> None:
    """A model that is compiled here and trained elsewhere, not one that is only evaluated."""
    for model in walk.models:
        if "fitted" not in model.data:
            args, site = model.data[training.COMPILED]
            loss = args.get("loss", 1)
            if loss is not None and training.EVALUATED not in model.data:
                training.fit(walk, model, Arguments(), site)
