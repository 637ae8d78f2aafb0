"""Recording -> Trace: calls are opened, captures and arguments are followed, loops and branches keep both ways."""

from __future__ import annotations

from build import Build
from whygrad import recording as rec
from whygrad.analyse.trace import LOOP_IN, LOOP_OUT, MERGE, OPAQUE, Node, Opener, Trace


def opened(b: Build, graph: int = rec.EAGER) -> Trace:
    return Opener(b.recording()).open(graph, b.clock)


def kinds(trace: Trace) -> list[str]:
    return [node.kind for node in trace.nodes]


def node(trace: Trace, kind: str) -> Node:
    (found,) = (n for n in trace.nodes if n.kind == kind)
    return found


def squared_plus(b: Build, outside: int) -> int:
    """A function graph: Add(Square(parameter), captured)."""
    with b.graph("f") as f:
        x, c = b.parameter(), b.capture(outside)
        b.give(b.op("Add", b.op("Square", x), c))
    return f


def test_a_call_is_replaced_by_what_runs_in_it() -> None:
    b = Build()
    c, x = b.value(), b.value()
    f = squared_plus(b, c)
    result = b.call(f, x)
    trace = opened(b)
    assert kinds(trace) == ["Square", "Add"]
    assert trace.key(node(trace, "Square").inputs[0]) == x
    assert node(trace, "Add").inputs[1] == c
    assert trace.key(result) == node(trace, "Add").outputs[0]


def test_two_calls_of_one_graph_are_two_sets_of_tensors() -> None:
    b = Build()
    c, x = b.value(), b.value()
    f = squared_plus(b, c)
    first = b.call(f, x)
    second = b.call(f, first)
    trace = opened(b)
    assert kinds(trace) == ["Square", "Add"] * 2
    assert trace.key(first) != trace.key(second)
    assert trace.nodes[2].inputs == (trace.key(first),)
    assert [n.called for n in trace.nodes] == [(2,), (2,), (3,), (3,)]


def test_a_call_inside_a_call() -> None:
    b = Build()
    c, x = b.value(), b.value()
    inner = squared_plus(b, c)
    with b.graph("outer") as outer:
        p, captured = b.parameter(), b.capture(c)
        b.give(b.op("Neg", b.op("Exp", p)))
        b.graphs[outer].outputs = (b.call(inner, b.graphs[outer].outputs[0], captured),)
    result = b.call(outer, x)
    trace = opened(b)
    assert kinds(trace) == ["Exp", "Neg", "Square", "Add"]
    assert trace.nodes[-1].inputs[1] == c
    assert trace.key(result) == trace.nodes[-1].outputs[0]
    assert len(trace.nodes[-1].called) == 2


def test_the_ops_of_a_graph_count_only_where_it_is_called() -> None:
    b = Build()
    f = squared_plus(b, b.value())
    assert kinds(opened(b)) == []
    assert kinds(opened(b, f)) == ["Square", "Add"]


def test_while_a_graph_is_traced_its_captures_and_arguments_lead_outside() -> None:
    b = Build()
    c, x = b.value(), b.value()
    with b.graph("f", arguments=(x,)) as f:
        p, captured = b.parameter(), b.capture(c)
        b.op("Add", p, captured)
    trace = opened(b, f)
    assert node(trace, "Add").inputs == (x, c)


def test_a_function_whose_ops_were_not_seen_stays_one_op() -> None:
    b = Build()
    x = b.value()
    b.graphs.append(rec.Graph("loaded", rec.EAGER, 0, inputs=(90,), outputs=(91,)))
    result = b.call(1, x)
    trace = opened(b)
    assert kinds(trace) == [OPAQUE]
    assert trace.nodes[0].outputs == (result,)


def test_both_branches_reach_the_result_of_an_if() -> None:
    b = Build()
    condition, x = b.value(), b.value()
    branches = []
    for kind in ("Exp", "Neg"):
        with b.graph(kind) as g:
            b.give(b.op(kind, b.parameter()))
        branches.append(g)
    result = b.branch(condition, (branches[0], branches[1]), x)
    trace = opened(b)
    merge = trace.nodes[trace.producer.get(trace.key(result)) or -1]
    assert merge.kind == MERGE
    assert merge.inputs == (node(trace, "Exp").outputs[0], node(trace, "Neg").outputs[0], condition)
    assert node(trace, "Exp").inputs == node(trace, "Neg").inputs == (x,)


def looped(b: Build, start: int, constant: int) -> int:
    """while ...: value = Add(value, constant)"""
    with b.graph("condition") as condition:
        b.give(b.op("Less", b.parameter(), b.parameter()))
    with b.graph("body") as body:
        value, fixed = b.parameter(), b.parameter()
        b.give(b.op("Add", value, fixed), fixed)
    return b.loop(body, condition, start, constant)


def test_a_loop_hands_its_values_round() -> None:
    b = Build()
    start, constant = b.value(), b.value()
    result = looped(b, start, constant)
    trace = opened(b)
    entry = next(n for n in trace.nodes if n.kind == LOOP_IN and start in n.inputs)
    add = node(trace, "Add")
    assert entry.inputs == (start, add.outputs[0])
    assert add.inputs[0] == entry.outputs[0]
    last = trace.nodes[trace.producer.get(trace.key(result)) or -1]
    assert (last.kind, last.inputs) == (LOOP_OUT, (add.outputs[0], start))


def test_what_a_loop_does_not_change_is_the_value_itself() -> None:
    b = Build()
    start, constant = b.value(), b.value()
    looped(b, start, constant)
    assert node(opened(b), "Add").inputs[1] == constant


def test_position_counts_the_call_not_the_ops_inside() -> None:
    b = Build()
    c, x = b.value(), b.value()
    f = squared_plus(b, c)
    b.op("Exp", x)
    b.call(f, x)
    b.op("Neg", x)
    trace = opened(b)
    assert kinds(trace) == ["Exp", "Square", "Add", "Neg"]
    assert [trace.position(clock) for clock in (0, 2, 3, 4, 5)] == [0, 0, 1, 3, 4]


def test_only_what_ran_before_the_question_is_seen() -> None:
    b = Build()
    b.op("Exp", b.value())
    before = b.clock
    b.op("Neg", b.value())
    assert kinds(Opener(b.recording()).open(rec.EAGER, before)) == ["Exp"]
