"""A Target and one spec that works -> an Entry: flows at several points, the ops that stop it, the check by differences, what it depends on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from tools.catalogue.arguments import plain
from tools.catalogue.backwards import Back, back, stops
from tools.catalogue.calls import Ran, Spec, call
from tools.catalogue.differences import compare
from tools.catalogue.kinds import kind_of
from tools.catalogue.surface import Target
from tools.catalogue.values import Values
from tools.catalogue.variants import variants

from whygrad.catalogue import Argument, Detail, Entry, Output, Status

SEEDS = (1, 2, 3)
MORE_SEEDS = tuple(range(4, 12))
Table = dict[str, list[Back]]  # argument -> one Back per output
_ORDER = (Status.GRADIENT, Status.ZERO, Status.NO_REGISTERED_GRADIENT, Status.NONE)


def measure(target: Target, spec: Spec, extra: Mapping[str, Spec]) -> Entry:
    """`extra`: optional arguments that take floats, each with the spec in which it is measured. Raises what the first call raises."""
    entry = _measured(target, spec)
    for name, wider in extra.items():
        entry = _with(entry, name, _measured(target, wider))
    return dataclasses.replace(entry, call=_text(spec))


def _measured(target: Target, spec: Spec) -> Entry:
    first = call(target, spec, Values(SEEDS[0]), record=True)
    tables = [_table(first), *(_table(ran) for seed in SEEDS[1:] if (ran := _try(target, spec, seed)))]
    owners = list(dict.fromkeys(first.values.owners))
    if any(b.status is Status.ZERO for row in tables[-1].values() for b in row):  # zero almost everywhere, or at these points?
        tables += [_table(ran) for seed in MORE_SEEDS if (ran := _try(target, spec, seed))]
    measured = {owner: _merged([t[owner] for t in tables if owner in t]) for owner in owners}
    details = {_plain(owner): _detail(target, spec, first, tables, owner, measured[owner]) for owner in owners}
    flows = {_plain(owner): flow for owner, flow in measured.items()}
    arguments = _arguments(target, spec, first)
    for argument in arguments:
        if argument.kind in ("integer", "bool", "string"):
            plain = Status.INDEX if kind_of(argument.name) == "index" else Status.NOT_FLOAT
            flows[argument.name] = (plain,) * max(len(first.outputs), 1)
    outputs = tuple(Output(name, out.dtype.name) for name, out in zip(first.names, first.outputs)) or (Output("", "nothing"),)
    doubt, checked = _checked(target, spec, measured)
    entry = Entry(target.name, target.aliases, arguments, outputs, flows, details, _text(spec), "", doubt, checked)
    return _depending(target, spec, entry)


def _plain(owner: str) -> str:
    """The name in the signature of an argument in a spec."""
    return owner.lstrip("*")


def _text(spec: Spec) -> str:
    """The inverse of specs.parse."""
    return "; ".join(f"{name}={text}" for name, text in spec.items())


def _try(target: Target, spec: Spec, seed: int, **how: Any) -> Ran | None:
    try:
        return call(target, spec, Values(seed, **how))
    except Exception:  # values of another seed may lie outside the domain
        return None


def _table(ran: Ran) -> Table:
    """The best answer of all tensors that make up an argument, for each output."""
    outputs = range(len(ran.outputs))
    per_leaf = [[back(ran, n, leaf) for n in outputs] for leaf in range(len(ran.values.leaves))]
    table: Table = {}
    for owner in dict.fromkeys(ran.values.owners):
        rows = [per_leaf[leaf] for leaf in ran.leaves_of(owner)]
        table[owner] = [min((row[n] for row in rows), key=lambda b: _ORDER.index(b.status)) for n in outputs] or [Back(Status.NONE)]
    return table


def _merged(rows: list[list[Back]]) -> tuple[Status, ...]:
    """Over several points: a gradient at one of them is a gradient."""
    return tuple(min((b.status for b in column), key=_ORDER.index) for column in zip(*rows))


def _detail(target: Target, spec: Spec, first: Ran, tables: list[Table], owner: str, flow: tuple[Status, ...]) -> Detail:
    backs = [b for t in tables for b in t.get(owner, [])]
    stopped = [n for n, status in enumerate(flow) if status in (Status.NONE, Status.NO_REGISTERED_GRADIENT) and n < len(first.outputs)]
    ops = [b.op for b in backs if b.op] or [t for n in stopped for leaf in first.leaves_of(owner)[:2] for t in stops(first, leaf, n)]
    errors = [b.error for b in backs if b.error and b.error != "LookupError"]
    notes = [f"asking for the gradient raises {errors[0]}"] if errors else []
    if not first.outputs:
        notes.append("gives back no tensor")
    notes += _zero_share(tables[0][owner]) + _at_zero(target, spec, owner, flow)
    return Detail(tuple(dict.fromkeys(ops)), (), "; ".join(notes))


def _zero_share(backs: list[Back]) -> list[str]:
    """Functions like relu or a maximum: the gradient is there, and zero for part of the elements."""
    arrays = [b.gradient for b in backs if b.status is Status.GRADIENT and b.gradient is not None and b.gradient.size >= 4]
    if not arrays:
        return []
    share = 1 - np.count_nonzero(np.stack([a.ravel() != 0 for a in arrays]).any(axis=0)) / arrays[0].size
    return [f"zero for {share:.0%} of the elements in this call"] if share > 0 else []


def _at_zero(target: Target, spec: Spec, owner: str, flow: tuple[Status, ...]) -> list[str]:
    text = spec.get(owner, "")
    if Status.GRADIENT not in flow or not text.startswith(("f(", "c(", "[f(")):
        return []
    ran = _try(target, spec, SEEDS[0], at_zero=True)
    if ran is None:
        return []
    arrays = [b.gradient for b in _table(ran).get(owner, []) if b.gradient is not None]
    return [] if all(np.isfinite(a).all() for a in arrays) else ["not finite where all values are 0"]


def _arguments(target: Target, spec: Spec, ran: Ran) -> tuple[Argument, ...]:
    kinds, written = ran.values.kinds, {name.lstrip("*"): name for name in spec}
    found = []
    for argument in plain(target):
        key = written.get(argument.name, argument.name)
        kind = kinds.get(key) or ("integer" if key in spec and kind_of(key) == "index" else "setting")
        found.append(dataclasses.replace(argument, kind=kind))
    return tuple(found)


def _checked(target: Target, spec: Spec, flows: Mapping[str, tuple[Status, ...]]) -> tuple[str, str]:
    """(doubt, dtype of the differences). A disagreement counts when it is there at every point tried: one point may be a kink."""
    doubts, checked = [], ""
    for argument, flow in flows.items():
        outputs = [n for n, status in enumerate(flow) if status in (Status.GRADIENT, Status.ZERO)]
        found = [c for c in [compare(target, spec, argument, outputs, SEEDS[0])] if c] if outputs else []
        if found and not found[0].agrees:
            found += [c for seed in SEEDS[1:] if (c := compare(target, spec, argument, outputs, seed))]
        checked = checked or (found[0].dtype if found else "")
        if found and not any(c.agrees for c in found):
            worst = found[0]
            doubts.append(f"{_plain(argument)}: the tape says {worst.tape:.4g}, differences say {worst.differences:.4g} ({worst.dtype})")
    return "; ".join(doubts), checked


def _depending(target: Target, spec: Spec, entry: Entry) -> Entry:
    """The same call with other settings; where the answer changes, the status is `depends`."""
    base = f"as in {_text(spec)}"
    flows, details = dict(entry.flows), dict(entry.details)
    for condition, usual, other in variants(target, spec):
        ran = _try(target, other, SEEDS[0])
        table = _table(ran) if ran else {}
        for starred, backs in table.items():
            owner = _plain(starred)
            before = entry.flows.get(owner, ())
            if not backs or len(backs) != len(before) or owner not in entry.details:
                continue
            changed = [n for n, (b, old) in enumerate(zip(backs, before)) if b.status is not old]
            if changed:
                here = details[owner]
                depends = here.depends or ((usual or base, before[changed[0]]),)
                flows[owner] = tuple(Status.DEPENDS if n in changed else s for n, s in enumerate(flows[owner]))
                details[owner] = dataclasses.replace(here, depends=(*depends, (condition, backs[changed[0]].status)))
    return dataclasses.replace(entry, flows=flows, details=details)


def _with(entry: Entry, name: str, wider: Entry) -> Entry:
    """What `wider` says about one argument, added."""
    flow = wider.flows.get(name)
    if flow is None or len(flow) != len(entry.outputs) or (set(flow) == {Status.NONE} and not wider.details[name].stops_at):
        return entry  # other outputs with it, or nothing inside ever looked at it
    kind = next(a.kind for a in wider.arguments if a.name == name)
    arguments = tuple(dataclasses.replace(a, kind=kind) if a.name == name else a for a in entry.arguments)
    doubts = [d for d in (entry.doubt, *(d for d in wider.doubt.split("; ") if d.startswith(f"{name}: "))) if d]
    return dataclasses.replace(
        entry,
        arguments=arguments,
        flows={**entry.flows, name: flow},
        details={**entry.details, name: wider.details.get(name, Detail())},
        doubt="; ".join(doubts),
    )
