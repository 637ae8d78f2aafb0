"""What is left behind after recording, and what is kept alive during it: nothing but numbers."""

from __future__ import annotations

import copy
import gc
import inspect
import pickle
import sys
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from whygrad.api import Session
from whygrad.record.hooks import installed

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")
pytestmark = [pytest.mark.slow, pytest.mark.tensorflow]


@pytest.fixture
def recorder() -> Iterator[Any]:
    session = Session(always=True)
    try:
        yield session._recorder
        assert session._recorder.clock > 0, "nothing was recorded: this proves nothing"
        assert session._recorder.failures == []
    finally:
        session.stop()


def patched() -> dict[str, Any]:
    """Every attribute that the hooks replace, as it is now."""
    probe = Session(always=True)
    places = [(owner, name) for owner, name, _, _ in probe._watcher.patches.replaced]
    probe.stop()
    return {f"{owner.__name__}.{name}": vars(owner).get(name) for owner, name in places}


def step() -> tuple[Any, Any]:
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.sin(v) * v)
    return tape.gradient(y, v), v


def test_every_attribute_is_put_back() -> None:
    from tensorflow.python.eager import context, execute

    before = patched()
    assert len(before) > 20
    session = Session(always=True)
    during = patched_now(before)
    assert all(value is not before[name] for name, value in during.items())
    assert installed()
    assert context.context().op_callbacks
    step()
    session.stop()
    assert installed() == []
    assert all(value is before[name] for name, value in patched_now(before).items())
    assert not context.context().op_callbacks
    assert execute.execute is execute.quick_execute


def patched_now(names: dict[str, Any]) -> dict[str, Any]:
    """The same attributes, looked up without putting anything on."""
    owners = {owner.__name__: owner for owner in owners_of()}
    return {name: vars(owners[name.rpartition(".")[0]]).get(name.rpartition(".")[2]) for name in names}


def owners_of() -> list[Any]:
    probe = Session(always=True)
    owners = [owner for owner, *_ in probe._watcher.patches.replaced]
    probe.stop()
    return owners


def test_two_sessions_in_any_order() -> None:
    before = patched()
    first, second = Session(always=True), Session(always=True)
    step()
    first.stop()
    clock = second._recorder.clock
    step()
    assert second._recorder.clock > clock
    second.stop()
    assert installed() == []
    assert patched_now(before) == before


def test_nothing_on_the_objects_of_the_program(recorder: Any) -> None:
    function = tf.function(lambda x: x * 2.0)
    function(tf.constant(1.0))
    _, variable = step()
    tape = tf.GradientTape()
    with tape:
        pass
    graph = function.get_concrete_function(tf.constant(1.0)).graph
    for thing in (variable, tape, graph, function, keras.layers.Dense(1)):
        assert [name for name in dir(thing) if "whygrad" in name] == []


@pytest.mark.parametrize("name", ["gradient", "jacobian", "watch", "__enter__"])
def test_signatures(name: str) -> None:
    plain = inspect.signature(getattr(tf.GradientTape, name)), getattr(tf.GradientTape, name).__doc__
    session = Session(always=True)
    seen = inspect.signature(getattr(tf.GradientTape, name)), getattr(tf.GradientTape, name).__doc__
    session.stop()
    assert seen == plain


def test_copies_and_pickles_made_under_recording_know_nothing_of_it(recorder: Any) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    _, variable = step()
    for thing in (model, keras.optimizers.Adam(), tf.constant([1.0]), keras.layers.Dense(1)):
        data = pickle.dumps(thing)
        assert b"whygrad" not in data
        pickle.loads(data)
    assert copy.deepcopy(variable).numpy().tolist() == [1.0, 2.0]
    assert b"whygrad" not in pickle.dumps(tf.GradientTape.gradient)


MADE: dict[str, Callable[[], list[Any]]] = {
    "tensor and gradient": lambda: [*step()],
    "tape": lambda: [taped()],
    "module": lambda: [module()],
    "layer and model": lambda: [model := keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), model.layers[0], fitted(model)],
    "graph of a traced function": lambda: traced(),
    "dataset with a function": lambda: [mapped()],
    "custom gradient": lambda: [custom()],
    "array given to a constant": lambda: [array()],
}


def taped() -> Any:
    v = tf.Variable(1.0)
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
    tape.gradient(y, v)
    return tape


def module() -> Any:
    made = tf.Module()
    made.w = tf.Variable([1.0])
    made.w = tf.constant([2.0])
    return made


def fitted(model: Any) -> Any:
    model.compile(optimizer="sgd", loss="mse")
    model.fit(tf.ones([4, 2]), tf.ones([4, 1]), verbose=0)
    return model.optimizer


def traced() -> list[Any]:
    v = tf.Variable(1.0)

    @tf.function
    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            y = tf.cond(x > 0, lambda: x * v, lambda: x)
        return tape.gradient(y, v)

    f(tf.constant(2.0))
    return [f, f.get_concrete_function(tf.constant(1.0)).graph]


def mapped() -> Any:
    class Big:
        factor = 2

    big = Big()
    data = tf.data.Dataset.range(3).map(lambda i: i * big.factor)
    list(data)
    return big


def custom() -> Any:
    @tf.custom_gradient
    def f(x: Any) -> Any:
        return x * 1.0, lambda dy: dy

    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = f(x)
    tape.gradient(y, x)
    return f


def array() -> Any:
    import numpy as np

    made = np.ones(5)
    tf.constant(made) * 2.0
    return made


def watched_by_nobody(make: Callable[[], list[Any]]) -> list[weakref.ref[Any]]:
    return [weakref.ref(thing) for thing in make()]


@pytest.mark.parametrize("what", MADE)
def test_nothing_is_kept_alive(recorder: Any, what: str) -> None:
    references = watched_by_nobody(MADE[what])
    keras.backend.clear_session()
    for _ in range(3):
        gc.collect()
    assert [reference() for reference in references] == [None] * len(references)
    tf.constant(1.0) + 1.0


def test_memory_per_op(recorder: Any) -> None:
    """A million ops have to stay below 200 MB."""
    x = tf.constant(1.0)

    def many(count: int) -> None:
        y = x
        for _ in range(count):
            y = y * x

    many(10_000)
    gc.collect()
    tracemalloc.start()
    try:
        before, clock = tracemalloc.get_traced_memory()[0], recorder.clock
        many(30_000)
        gc.collect()
        used = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert recorder.clock - clock == 30_000
    assert used / 30_000 < 200, f"{used / 30_000:.0f} bytes per op"


def test_the_interpreter_is_as_it_was() -> None:
    before = list(sys.meta_path), sys.excepthook, sys.gettrace(), sys.getprofile(), dict(copyreg())
    session = Session(always=True)
    step()
    session.stop()
    assert (list(sys.meta_path), sys.excepthook, sys.gettrace(), sys.getprofile(), dict(copyreg())) == before


def copyreg() -> dict[Any, Any]:
    import copyreg as module_

    return module_.dispatch_table
