"""GradientTape: made, watched with, asked. And `tf.gradients`, which needs none."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.lint.flow import withs
from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.values import NONE, Object, Plain, Sequence, Table, Tape, Tensor, Unknown, Value, nodes, options
from whygrad.lint.flow.walk import Arguments, Question, Walk

ASKING = ("gradient", "jacobian", "batch_jacobian")


def make(walk: Walk, args: Arguments, site: Site) -> Value:
    persistent, watching = args.get("persistent", 0), args.get("watch_accessed_variables", 1)
    off = isinstance(watching, Plain) and watching.value is False
    lasts = persistent is not None and (not isinstance(persistent, Plain) or bool(persistent.value))
    walk.made_tapes.append(Tape(len(walk.made_tapes) + 1, site, lasts, not off))
    return walk.made_tapes[-1]


def method(walk: Walk, tape: Tape, name: str, args: Arguments, site: Site) -> Value:
    if name in ASKING:
        return ask(walk, tape, name, args, site)
    if name == "watch":
        for value in args.all():
            for node in nodes(value):
                tape.watched.append((node, walk.state.tick(), site))
        return NONE
    if name == "stop_recording":
        return Object(withs.PAUSE, site, data={"tape": tape})
    if name == "__enter__":
        withs.begin(walk, tape)
        return tape
    if name == "__exit__":
        withs.end(walk, tape)
        return NONE
    if name == "reset":
        withs.forget(walk, tape)
        return NONE
    return walk.unknown(site)


def ask(walk: Walk, tape: Tape | Unknown | None, api: str, args: Arguments, site: Site) -> Value:
    """A gradient call. Its answer has the structure of the sources."""
    target, sources = args.get("target", 0), args.get("sources", 1)
    target = args.get("ys", 0) if target is None else target
    sources = args.get("xs", 1) if sources is None else sources
    question = Question(api, site, snapshot(target), snapshot(sources), tape, order=walk.state.tick())
    question.target_node, question.sources_node = _argument_nodes(site)
    given = args.get("unconnected_gradients", 3)
    question.facts["zero on purpose"] = given is not None and not (isinstance(given, Plain) and given.value in (None, "none"))
    question.facts["tapes"] = walk.made_tapes
    if isinstance(tape, Tape):
        question.facts["asked before"] = tape.cells.get("asked") if not tape.persistent else None
        question.facts["recording"] = tape in walk.state.tapes
        walk.state.write(tape.cells, "asked", site)
    weights = args.get("output_gradients") or args.get("grad_ys", 2 if api == "gradients" else None)
    question.facts["weighted"] = weights is not None
    walk.ask(question)
    return answers(walk, Sequence.of([v for v in (target, weights) if v is not None]), sources, site)


def snapshot(value: Value | None) -> Value | None:
    """Lists and dicts as they are now: the program goes on changing them."""
    if isinstance(value, Sequence):
        return Sequence(value.kind, {**value.cells, "items": tuple(snapshot(v) for v in value.items)})
    return Table({k: snapshot(v) for k, v in value.cells.items()}) if isinstance(value, Table) else value


def _argument_nodes(site: Site) -> tuple[ast.expr | None, ast.expr | None]:
    """The expressions of target and sources as they are written."""
    call = site.node
    if not isinstance(call, ast.Call):
        return None, None
    given = dict(enumerate(call.args)) | {k.arg: k.value for k in call.keywords}
    return given.get("target", given.get("ys", given.get(0))), given.get("sources", given.get("xs", given.get(1)))


def answers(walk: Walk, target: Value | None, sources: Value | None, site: Site) -> Value:
    """What a gradient call returns: a gradient for each source, computed from the target."""
    inputs = [v for v in (target,) if v is not None]
    if isinstance(sources, Sequence):
        return Sequence.of([answers(walk, target, item, site) for item in sources.items], sources.kind, sources.is_open)
    if isinstance(sources, Table):
        return Table({key: answers(walk, target, item, site) for key, item in sources.cells.items()})
    if isinstance(sources, (Tensor, Plain)) or sources is None:
        return walk.op(site, [*inputs, *([sources] if isinstance(sources, Tensor) else [])], "gradient")
    return walk.unknown(site, *inputs, *[o for o in options(sources) if isinstance(o, Unknown)])
