"""The likeliest way from a source to the target: prices, state, earlier steps, one search for all sources."""

from __future__ import annotations

import pytest

from build import Build
from chains import graph
from whygrad import recording as rec
from whygrad.analyse.path import PRICE, Search
from whygrad.analyse.ways import Edge, Ways


def ways(b: Build, call: rec.GradientCall) -> Ways:
    return Search(b.judge(call)).run()


def breaks(edges: list[Edge]) -> list[tuple[str, str]]:
    return [(e.node.kind, e.broken) for e in edges if e.broken]


def test_a_path_names_every_op_between_source_and_target() -> None:
    made = graph("tape; w > MatMul > Round > Mean = loss; end")
    path = ways(made, made.ask("loss", ["w"])).path(made.names["w"])
    assert [e.node.kind for e in path] == ["ReadVariableOp", "MatMul", "Round", "Mean"]
    assert breaks(path) == [("Round", "op")]
    assert path[-1].end == made.names["loss"]


def test_no_way_is_an_empty_path() -> None:
    made = graph("tape; w > MatMul = h; b > Mean = loss; end")
    found = ways(made, made.ask("loss", ["w", "b"]))
    assert found.path(made.names["w"]) == []
    assert found.path(made.names["b"]) != []


def test_a_way_that_carries_is_taken_however_long_it_is() -> None:
    made = graph("tape; w > Exp = h; h > Round = short; h > Exp > Exp > Exp > Exp = long; short, long > Add = loss; end")
    found = ways(made, made.ask("loss", ["w"]))
    assert breaks(found.path(made.names["w"])) == []


def test_of_two_cut_ways_the_cheaper_cut_is_told() -> None:
    made = graph("tape; w > Exp = h; h > Shape = size; h > Round = r; size, r > Add = loss; end")
    found = ways(made, made.ask("loss", ["w"]))
    assert breaks(found.path(made.names["w"])) == [("Round", "op")]
    assert PRICE["op"] < PRICE["discarded"]


def test_a_cut_by_accident_is_told_before_one_on_purpose() -> None:
    made = graph("tape; w > Exp = h; h > StopGradient = s; h > Round = r; s, r > Add = loss; end")
    assert breaks(ways(made, made.ask("loss", ["w"])).path(made.names["w"])) == [("Round", "op")]


def test_both_cuts_of_one_way_are_on_it() -> None:
    made = graph("tape; w > Round > Exp > Floor > Mean = loss; end")
    assert breaks(ways(made, made.ask("loss", ["w"])).path(made.names["w"])) == [("Round", "op"), ("Floor", "op")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tape; w > ArgMax > Cast = loss; end", [("ArgMax", "op"), ("Cast", "index")]),
        ("tape; w > Exp > PyFunc = loss; end", [("PyFunc", "python")]),
        ("tape; w > Exp > Shape = loss; end", [("Shape", "discarded")]),
        ("w > Exp = h; tape; h > Mean = loss; end", [("ReadVariableOp", "outside"), ("Exp", "outside")]),
        ("tape; stop; w > Exp = h; go; h > Mean = loss; end", [("ReadVariableOp", "stopped"), ("Exp", "stopped")]),
    ],
)
def test_each_kind_of_break_has_its_name(text: str, expected: list[tuple[str, str]]) -> None:
    made = graph(text)
    assert breaks(ways(made, made.ask("loss", ["w"], missing=[True])).path(made.names["w"])) == expected


def test_what_another_tape_recorded() -> None:
    b = Build()
    w = b.variable("w")
    with b.tape():
        h = b.op("Exp", b.use(w))
    with b.tape() as second:
        loss = b.op("Mean", h)
    assert {broken for _, broken in breaks(ways(b, b.ask(loss, [w], tape=second)).path(w))} == {"other-tape"}


def test_a_value_that_was_stored_and_read_back() -> None:
    b = Build()
    w, store = b.variable("w"), b.variable("store", trainable=False)
    with b.tape():
        b.assign(store, b.op("Exp", b.use(w)))
        loss = b.op("Mean", b.use(store))
    path = ways(b, b.ask(loss, [w])).path(w)
    assert [e.node.kind for e in path] == ["ReadVariableOp", "Exp", "AssignVariableOp", "Mean"]
    assert breaks(path) == [("AssignVariableOp", "state")]


def test_only_the_last_value_stored_before_the_reading_counts() -> None:
    b = Build()
    v, w, store = b.variable("v"), b.variable("w"), b.variable("store", trainable=False)
    with b.tape():
        b.assign(store, b.op("Exp", b.use(v)))
        b.assign(store, b.op("Exp", b.use(w)))
        loss = b.op("Mean", b.use(store))
        b.assign(store, b.op("Exp", b.use(v)))
    found = ways(b, b.ask(loss, [v, w]))
    assert found.path(v) == []
    assert breaks(found.path(w)) == [("AssignVariableOp", "state")]


def test_updates_of_earlier_steps_are_no_way() -> None:
    """`w` of this step depends on `v` through the optimizer's last step; nobody means that."""
    b = Build()
    v, w = b.variable("v"), b.variable("w")
    with b.tape():
        first = b.op("Mul", b.use(v), b.use(w))
    with b.marked(rec.BACKWARD):
        gradient = b.op("Mul", first, b.use(v))
    with b.marked(rec.APPLYING):
        b.assign(w, b.op("Sub", b.use(w), gradient))
    with b.tape() as tape:
        loss = b.op("Mean", b.use(w))
    found = ways(b, b.ask(loss, [v, w], tape=tape))
    assert found.path(v) == []
    assert breaks(found.path(w)) == []


def test_one_search_serves_all_sources() -> None:
    """20,000 variables in a chain of 40,000 ops: the oracle and the heap see each op once, not once for each source."""
    b = Build()
    variables = [b.variable(f"w{i}") for i in range(20_000)]
    with b.tape():
        total = b.value()
        for v in variables:
            total = b.op("Add", total, b.use(v))
    call = rec.GradientCall("tape.gradient", b.clock, -1, 0, 0, (total,), "tensor", (), tuple(map(b.source, variables)))
    search = Counting(b.judge(call))
    found = search.run()
    assert len(b.asked) <= 3
    assert search.looked_at <= 2 * len(b.ops) + 1
    assert sum(len(found.path(v)) > 0 for v in variables[-50:]) == 50


class Counting(Search):
    """Counts the tensors whose edges are looked up."""

    looked_at = 0

    def _into(self, key: int) -> list[tuple[Edge, int]]:
        self.looked_at += 1
        return super()._into(key)


def test_200_000_ops_that_branch_and_join_are_each_looked_at_once() -> None:
    b = Build()
    w = b.variable("w")
    with b.tape():
        h = b.use(w)
        for _ in range(66_666):
            left, right = b.op("Exp", h), b.op("Neg", h)
            h = b.op("Add", left, right)
    call = rec.GradientCall("tape.gradient", b.clock, -1, 0, 0, (h,), "tensor", (), (b.source(w),))
    search = Counting(b.judge(call))
    assert len(search.run().path(w)) == 2 * 66_666 + 1
    assert search.looked_at <= len(b.ops) + 1
    assert search.judge.predict(search.judge.reach()) == (False,)
    assert len(b.asked) == 4
