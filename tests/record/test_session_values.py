"""Variables of compat.v1 graphs: what they begin as, equal units and copies among them, and what became of them, all by way of the session."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import whygrad
from whygrad import recording as rec
from whygrad.record.hooks.session_values import readable

pytestmark = pytest.mark.tensorflow
v1 = tf.compat.v1
X = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
Y = np.sin(3 * X[:, :1]) + X[:, 1:2] * X[:, 2:3]
BOTH = pytest.mark.parametrize("resource", [True, False], ids=["resource", "reference"])
FEW, SMALL = np.random.default_rng(1).normal(size=(4, 4)).astype("float32"), np.random.default_rng(2).normal(size=(4, 1)).astype("float32")


class Net:
    """A graph with two layers `w` and `u` that begin with these values, trained by `train`."""

    def __init__(self, w: Any, u: Any, resource: bool = True, left_out: str = "", rate: float = 0.0) -> None:
        self.x, self.y = v1.placeholder(tf.float32, [None, 4]), v1.placeholder(tf.float32, [None, 1])
        self.w = v1.get_variable("w", initializer=tf.constant(w), use_resource=resource)
        self.u = v1.get_variable("u", initializer=tf.constant(u), use_resource=resource)
        self.seen = v1.get_variable("seen", initializer=tf.fill([2], 3.0), trainable=False, use_resource=resource)
        hidden = v1.nn.dropout(tf.tanh(self.x @ self.w), rate=rate) if rate else tf.tanh(self.x @ self.w)
        loss = tf.reduce_mean(tf.square(hidden @ self.u - self.y))
        optimizer = v1.train.GradientDescentOptimizer(0.1)
        pairs = optimizer.compute_gradients(loss)
        self.train = optimizer.apply_gradients([pair for pair in pairs if pair[1].op.name != left_out])
        self.loss = loss
        self.initialize = v1.global_variables_initializer()

    def step(self, session: Any, times: int = 6) -> None:
        for _ in range(times):
            session.run([self.train, self.loss], {self.x: X, self.y: Y})


def trained(*args: Any, **how: Any) -> tuple[Any, Any]:
    """What was said, and the trained kernel `w`."""
    with whygrad.watch() as watched, tf.Graph().as_default():
        net = Net(*args, **how)
        with v1.Session() as session:
            session.run(net.initialize)
            net.step(session)
            kernel = session.run(net.w)
    return watched, kernel


def said(watched: Any) -> list[tuple[str, str, str, list[str]]]:
    return [(d.cause, d.certainty, d.severity, [v.name for v in d.variables]) for d in watched.diagnoses]


def variables(watched: Any) -> dict[str, rec.Variable]:
    return {v.name: v for v in watched._recorder.finish().variables.values() if not v.keeper}


ONES, SAME = np.full([4, 8], 0.1, "float32"), np.ones([8, 1], "float32")


@BOTH
def test_equal_units(resource: bool) -> None:
    watched, kernel = trained(ONES, SAME, resource=resource)
    assert np.ptp(kernel, axis=1).max() < 1e-6, "TensorFlow agrees"
    assert said(watched) == [("identical-units", "proven", "warning", ["w"])]
    assert "Every weight begins as 0.1." in watched.diagnoses[0].explanation


@BOTH
def test_copies_among_the_units(resource: bool) -> None:
    watched, kernel = trained(np.tile(FEW, (1, 2)), np.tile(SMALL, (2, 1)), resource=resource)
    assert np.abs(kernel[:, :4] - kernel[:, 4:]).max() < 1e-6, "TensorFlow agrees"
    assert said(watched) == [("identical-units", "proven", "warning", ["w"])]
    assert "4 of 8 units of `w` are copies of 4 others" in watched.diagnoses[0].message


@BOTH
def test_units_that_something_tells_apart(resource: bool) -> None:
    chance = np.random.default_rng(3).normal(size=(8, 1)).astype("float32")
    for w, u, rate in (
        (ONES, chance, 0.0),
        (np.tile(FEW, (1, 2)), chance, 0.0),
        (ONES, SAME, 0.5),
        (np.tile(FEW, (1, 4)), np.tile(SMALL, (4, 1)), 0.5),
    ):
        watched, kernel = trained(w, u, resource=resource, rate=rate)
        assert np.ptp(kernel, axis=1).max() > 1e-3, "TensorFlow agrees"
        assert said(watched) == []


@BOTH
def test_what_variables_begin_as_and_whether_they_change(resource: bool) -> None:
    watched, _ = trained(FEW, np.zeros([4, 1], "float32"), resource=resource)
    found = variables(watched)
    assert [(found[name].initial, found[name].value) for name in ("w", "u", "seen")] == [(None, ""), ("zeros", "0"), ("constant", "3")]
    assert [found[name].changed for name in ("w", "u", "seen")] == [True, True, False]


@BOTH
def test_a_variable_that_the_optimizer_is_not_given(resource: bool) -> None:
    watched, kernel = trained(FEW, SMALL, resource=resource, left_out="w")
    assert np.array_equal(kernel, FEW), "TensorFlow agrees"
    assert said(watched) == [("not-trainable", "proven", "note", ["w"])]


def test_a_session_that_trains_nothing_says_nothing() -> None:
    with whygrad.watch() as watched, tf.Graph().as_default():
        net = Net(ONES, SAME, left_out="w")
        with v1.Session() as session:
            session.run(net.initialize)
            for _ in range(6):
                session.run(net.loss, {net.x: X, net.y: Y})
    assert said(watched) == []


def opened(_: Any) -> None:
    """Still open when the watching ends."""


def collected(keep: list[Any]) -> None:
    keep.clear()
    gc.collect()


def interactive(keep: list[Any]) -> None:
    keep[0].close()


@pytest.mark.parametrize("end", [opened, interactive, collected])
def test_other_ends_of_a_session(end: Callable[[list[Any]], None]) -> None:
    with whygrad.watch() as watched, tf.Graph().as_default():
        net = Net(ONES, SAME)
        keep = [v1.InteractiveSession() if end is interactive else v1.Session()]
        keep[0].run(net.initialize)
        net.step(keep[0])
        end(keep)
    assert said(watched) == [("identical-units", "likely" if end is collected else "proven", "warning", ["w"])]
    for session in keep:
        session.close()


def test_another_session_of_the_same_graph_tells_nothing_of_the_first() -> None:
    with whygrad.watch() as watched, tf.Graph().as_default():
        net = Net(FEW, SMALL)
        with v1.Session() as first:
            first.run(net.initialize)
            net.step(first)
            with v1.Session() as second:
                second.run(net.initialize)
                second.run(net.loss, {net.x: X, net.y: Y})
        assert {v.changed for v in variables(watched).values() if v.trainable} == {True}
    assert said(watched) == []


def fail(net: Net) -> None:
    with v1.Session() as session:
        session.run(net.initialize)
        net.step(session)
        raise tf.errors.OutOfRangeError(None, None, "no more data")


def test_a_session_that_fails_is_left_alone() -> None:
    with whygrad.watch() as watched, tf.Graph().as_default():
        net = Net(ONES, SAME)
        with pytest.raises(tf.errors.OutOfRangeError, match="no more data"):
            fail(net)
    assert said(watched) == [("identical-units", "likely", "warning", ["w"])]


@BOTH
def test_reads_that_do_more_than_read_are_left_out(resource: bool) -> None:
    with tf.Graph().as_default() as graph:
        w = v1.get_variable("w", initializer=1.0, use_resource=resource)
        r = v1.get_variable("r", initializer=tf.random.normal([]), use_resource=resource)
        plain = {t.name for t in readable(graph)}
        waits_for = {
            "assignment": w.assign_add(1.0),
            "feed": v1.placeholder(tf.float32, []) + 1.0,
            "branch": tf.raw_ops.Switch(data=1.0, pred=False).output_true,
            "chance": tf.random.normal([]),
            "constant": tf.constant(1.0),
        }
        reads = {}
        for name, before in waits_for.items():
            with tf.control_dependencies([before]):
                reads[name] = w.read_value() if resource else tf.identity(w)
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            before = session.run([w, r])
            session.run(readable(graph))
            assert session.run([w, r]) == before
    now = {t.name for t in readable(graph)}
    assert len(plain) >= 2
    assert plain <= now
    after = {name for name, read in reads.items() if resource and {read.name, *(t.name for t in read.op.inputs)} & (now - plain)}
    assert after == ({"constant"} if resource else set())


def test_sessions_in_several_threads() -> None:
    """As queue runners and asynchronous training have them."""
    with whygrad.watch() as watched, tf.Graph().as_default():
        net = Net(ONES, SAME)
        with v1.Session() as session:
            session.run(net.initialize)
            threads = [threading.Thread(target=net.step, args=(session,)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert watched._recorder.failures == []
    assert {v.changed for v in variables(watched).values() if v.trainable} == {True}
    assert said(watched) in ([], [("identical-units", "proven", "warning", ["w"])])
