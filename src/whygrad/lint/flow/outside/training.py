"""compile, fit, minimize, apply_gradients: the ways to ask for gradients that no tape is seen in."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.lint.flow.graph import Node, Site
from whygrad.lint.flow.outside import losses, tapes, variables
from whygrad.lint.flow.outside import weights as held
from whygrad.lint.flow.truth import is_none
from whygrad.lint.flow.values import (
    NONE,
    Bound,
    Exhaustible,
    Function,
    Object,
    Partial,
    Plain,
    Sequence,
    Tape,
    Tensor,
    Unknown,
    Value,
    nodes,
    options,
)
from whygrad.lint.flow.walk import Arguments, Question, Walk
from whygrad.lint.flow.withs import begin, end

COMPILED = "compiled"
EVALUATED = "evaluated"  # some compile a model only for its metrics; such a model may well be all argmax


def compile_(walk: Walk, model: Value, args: Arguments, site: Site) -> Value:
    """Remember the loss until `fit`. A model that nobody knows is judged at once: its output stands for all its weights."""
    if isinstance(model, Object):
        walk.state.write(model.data, COMPILED, (args, site))
        if model not in walk.models:
            walk.models.append(model)
    elif any(name in args.keywords for name in ("loss", "optimizer")):
        loss = args.get("loss", 1)
        output = walk.variable(site, (), "float", name="the model's output")
        _ask(walk, loss, Tensor(output.node), [("the model's output", output)], None, site, args)
    return NONE


def fit(walk: Walk, model: Object, args: Arguments, site: Site) -> Value:
    """One step of `fit`: the model on data, its loss, the gradient for its trainable variables."""
    walk.state.write(model.data, "fitted", True)
    _callbacks(walk, model, args.get("callbacks"), site)
    compiled = model.data.get(COMPILED)
    own_step = model.cls.find("train_step") if model.cls is not None else None
    if own_step is not None:
        batch = Sequence.of([walk.data(site, "x", dtype="float"), walk.data(site, "y")])
        walk.call(walk.attribute(model, "train_step", site), Arguments([batch]), site)
        return walk.unknown(site)
    if compiled is None:
        return walk.unknown(site)
    step(walk, model, compiled[0], compiled[1], args, site)
    return walk.unknown(site)


BEFORE = ("on_train_begin", "on_epoch_begin", "on_batch_begin", "on_train_batch_begin")


def _callbacks(walk: Walk, model: Object, given: Value | None, site: Site) -> None:
    """What the user's callbacks do before a step: they may leave tensors on the model."""
    for one in given.items if isinstance(given, Sequence) else ():
        for name in BEFORE if isinstance(one, Object) and one.cls is not None else ():
            if isinstance(one, Object) and one.cls is not None and one.cls.find(name):
                walk.state.write(one.cells, "model", model)
                walk.call(walk.attribute(one, name, site), Arguments([walk.data(site, "index", "number", "integer"), NONE]), site)


def step(walk: Walk, model: Object, compiled: Arguments, at: Site, args: Arguments, site: Site) -> None:
    """`at`: the `compile` call; `site`: where training happens."""
    inputs = args.get("x", 0)
    x = walk.data(site, "x", dtype="float")
    batch: Value = Sequence.of([walk.data(site, "x", dtype="float") for _ in inputs.items], "list") if isinstance(inputs, Sequence) else x
    walk.state.write(model.data, "losses", ())
    output = walk.call(model, Arguments([batch]), site)
    added = held.added_losses(walk, model)
    states = [(f"{_title(site)}{name}", v, trains) for name, v, _, trains in held.trained(walk, model)]
    found = [(name, v if known else walk.unknown(site)) for name, v, known in states if known is not False]
    if model.cls is not None and model.cls.find("compute_loss") is not None:
        _own_loss(walk, model, x, output, found, at, site)
        return
    loss = compiled.get("loss", 1)
    if (
        loss is not None
        and not is_none(loss)
        and isinstance(inputs, Tensor)
        and inputs.form == "array"
        and not args.spread
        and args.get("y", 1) is None
    ):
        walk.ask(Question("fit", site, None, None, None, order=walk.state.tick(), facts={"no labels": at}))
        return
    if loss is None or is_none(loss):
        if not added and not _may_add(walk, model):
            _without_loss(walk, model, at, site, found)
        return
    _ask(walk, loss, output, found, added, at, compiled, site)


def _own_loss(walk: Walk, model: Object, x: Value, output: Value, found: list[tuple[str, Tensor | Unknown]], at: Site, site: Site) -> None:
    """The model's own `compute_loss`, which `fit` calls by names."""
    given: dict[str, Value] = {"x": x, "y": walk.data(at, "y"), "y_pred": output, "sample_weight": NONE, "training": Plain(True)}
    target = walk.call(walk.attribute(model, "compute_loss", at), Arguments([], given), at)
    question = Question("fit", site, target, Sequence.of([v for _, v in found], "list"), None, order=walk.state.tick())
    question.facts["names"] = [n for n, _ in found]
    question.facts["compile"] = at
    walk.ask(question)


def compiled_loss(walk: Walk, model: Object, args: Arguments, site: Site, name: str) -> Value:
    """`self.compute_loss(x, y, y_pred)` in a `train_step`: the loss of `compile` on these predictions, and what layers added."""
    output = args.get("y_pred", 1 if name == "compiled_loss" else 2)
    compiled = model.data.get(COMPILED)
    loss = compiled[0].get("loss", 1) if compiled is not None else None
    if output is None or loss is None:
        return walk.op(site, args.all(), name)
    return walk.op(site, [*losses.of_outputs(walk, loss, output, site), *model.data.get("losses", ())], name)


def _title(site: Site) -> str:
    node = site.node
    return ast.unparse(node.func.value) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else "model"


def _may_add(walk: Walk, model: Object) -> bool:
    """Could a layer add a loss (regularisers, add_loss in code that is not known)?"""
    text = [v for _, v, _ in held.weights(walk, model) if isinstance(v, Unknown)]
    return bool(text) or model.data.get("adds losses", False) or has_regularisers(model)


def has_regularisers(value: Value, depth: int = 4) -> bool:
    """Is a layer given a regulariser? Then there is a loss, be it a poor one."""
    if isinstance(value, Sequence):
        return any(has_regularisers(v, depth) for v in value.items)
    if not isinstance(value, Object) or depth == 0:
        return False
    args = value.data.get("args")
    if isinstance(args, Arguments) and any("regularizer" in k and not is_none(v) for k, v in args.keywords.items()):
        return True
    parts = [*value.cells.values(), *(value.data[k] for k in ("layers", "graph layers") if k in value.data)]
    return any(has_regularisers(v, depth - 1) for v in parts)


def _without_loss(walk: Walk, model: Object, at: Site, site: Site, found: list[tuple[str, Tensor | Unknown]]) -> None:
    question = Question("compile", at, None, Sequence.of([v for _, v in found], "list"), None, order=walk.state.tick())
    question.facts["missing loss"] = True
    question.facts["names"] = [n for n, _ in found]
    walk.ask(question)


def _ask(
    walk: Walk,
    loss: Value | None,
    output: Value,
    found: list[tuple[str, Tensor]] | list[tuple[str, Tensor | Unknown]],
    added: list[Value] | None,
    at: Site,
    compiled: Arguments,
    site: Site | None = None,
) -> None:
    """Compute the compiled loss of `output` and ask for the gradients of the variables `found`."""
    if loss is None:
        return
    parts = losses.of_outputs(walk, loss, output, at)
    if not parts:
        return
    target = walk.state.join([walk.op(at, [*parts, *(added or ())], "loss")])
    question = Question("fit", site or at, target, Sequence.of([v for _, v in found], "list"), None, order=walk.state.tick())
    question.facts["names"] = [n for n, _ in found]
    question.facts["compile"] = at
    question.facts["without loss"] = losses.without(loss, output)
    walk.ask(question)


def minimize(walk: Walk, optimizer: Value, args: Arguments, site: Site) -> Value:
    """`optimizer.minimize(loss, var_list, tape=tape)`: the loss is a function, a tensor with its tape, or a tensor of a graph."""
    loss, sources = args.get("loss", 0), args.get("var_list", 1)
    tape = args.get("tape")
    if loss is None:
        return walk.unknown(site)
    callables = [o for o in options(loss) if isinstance(o, (Function, Bound, Partial)) or (isinstance(o, Object) and o.cls is not None)]
    if sources is None and isinstance(optimizer, Object) and optimizer.made_by.startswith("tensorflow."):
        sources = Sequence.of([Tensor(v, "variable") for v in walk.variables if v.trainable], "list")
        sources.cells["default"] = True  # whatever there is: some of them may belong to something else
    question = Question("minimize", site, loss, sources, None, order=walk.state.tick())
    call = site.node
    if isinstance(call, ast.Call):
        given = dict(enumerate(call.args)) | {k.arg: k.value for k in call.keywords}
        question.target_node, question.sources_node = given.get("loss", given.get(0)), given.get("var_list", given.get(1))
    if callables:
        made = tapes.make(walk, Arguments(), site)
        assert isinstance(made, Tape)
        begin(walk, made)
        question.target = walk.call(callables[0], Arguments(), site)
        end(walk, made)
        question.tape = made
        question.facts["function"] = callables[0].function if isinstance(callables[0], Bound) else callables[0]
    elif isinstance(tape, (Tape, Unknown)):
        question.tape = tape
    if isinstance(sources, (Function, Bound)):
        question.sources = walk.call(sources, Arguments(), site)
    walk.ask(question)
    return walk.unknown(site)


def apply_gradients(walk: Walk, args: Arguments, site: Site) -> Value:
    """Gradients go into variables: their values are kept, their history is not."""
    pairs = args.get("grads_and_vars", 0)
    if isinstance(pairs, Exhaustible):
        _exhausted(walk, pairs, site)
    items, _ = walk.items(pairs, site) if pairs is not None and not isinstance(pairs, Unknown) else ([], False)
    if walk.state.tapes:
        for pair in items:
            if isinstance(pair, Sequence) and len(pair.items) == 2:
                for node in nodes(pair.items[1]):
                    _store(walk, node, nodes(pair.items[0]), site)
    return walk.unknown(site)


def _store(walk: Walk, variable: Node, values: list[Node], site: Site) -> None:
    if variable.kind == "variable":
        variables.store(walk, variable, values, site)


def _exhausted(walk: Walk, pairs: Exhaustible, site: Site) -> None:
    """A `zip` that was looped over before has nothing left."""
    used = pairs.cells.get("used")
    if used is not None:
        walk.ask(Question("apply_gradients", site, None, Sequence.of([]), None, facts={"exhausted": used}, order=walk.state.tick()))
