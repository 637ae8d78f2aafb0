"""Loops of one's own, whole processes, several replicas."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

import whygrad.health  # noqa: E402
from whygrad.health.everywhere import everywhere, watching  # noqa: E402

pytestmark = pytest.mark.tensorflow


def problem() -> tuple[Any, Any, Any]:
    tf.keras.utils.set_random_seed(1)
    w, b = tf.Variable(tf.random.normal([4, 2]), name="layer/w"), tf.Variable(tf.zeros([2]), name="layer/b")
    return w, b, tf.random.normal([16, 4])


@pytest.mark.parametrize("way", ["eager", "function", "xla"])
def test_a_loop_of_ones_own(way: str) -> None:
    w, b, x = problem()
    monitor, norms = whygrad.health([w, b], ratio_every=2), []  # type: ignore[operator]

    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(x @ w + b - 1.0))
        gradients = tape.gradient(loss, [w, b])
        for variable, gradient in zip([w, b], gradients):
            variable.assign_sub(0.1 * gradient)
        monitor.update(gradients)
        return gradients[0]

    run = step if way == "eager" else tf.function(step, jit_compile=way == "xla")
    for _ in range(300):  # more than the ring holds
        before = w.numpy()
        norms.append(float(np.linalg.norm(run(x))))
        if len(norms) == 61:
            ratio = np.linalg.norm(w.numpy() - before) / np.linalg.norm(before)
        if len(norms) % 100 == 0:
            monitor.fetch()
    points = monitor.history["layer/w"].points
    assert [p.step for p in points] == list(range(300))
    np.testing.assert_allclose([p.norm for p in points], norms, rtol=1e-5)
    assert points[60].ratio == pytest.approx(ratio, rel=1e-3)
    assert points[61].ratio is None
    assert points[0].ratio is None, "nothing to compare with yet"
    assert monitor.diagnoses == ()


def test_gradients_and_variables_must_match() -> None:
    w, b, _ = problem()
    with pytest.raises(ValueError, match="1 gradients for 2 variables"):
        whygrad.health([w, b]).update([w])  # type: ignore[operator]
    with pytest.raises(ValueError, match="needs the variables"):
        whygrad.health().update([w])  # type: ignore[operator]
    with pytest.raises(ValueError, match="no setting 'evry'"):
        whygrad.health([w], evry=3)  # type: ignore[operator]


def test_rows_that_nobody_fetched_are_lost_and_nothing_else() -> None:
    w, _, _ = problem()
    monitor = whygrad.health([w])  # type: ignore[operator]
    update = tf.function(lambda g: monitor.update([g]))
    for i in range(400):
        update(tf.ones([4, 2]) * float(i))
    points = monitor.history["layer/w"].points
    assert [p.step for p in points] == list(range(144, 400))
    assert points[-1].largest == 399.0


def test_everywhere() -> None:
    import keras
    import tf_keras

    own = {cls: vars(cls)["apply"] for cls in (keras.src.optimizers.base_optimizer.BaseOptimizer, keras.optimizers.LossScaleOptimizer)}
    w, b, x = problem()
    with watching() as monitor:
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="first")])
        model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()), "mse", jit_compile=False)
        model.fit(x, x[:, :2], batch_size=8, epochs=3, verbose=0)
        old = tf_keras.optimizers.Adam()
        for _ in range(5):
            old.apply_gradients([(tf.ones([4, 2]), w), (None, b)])
    assert {s.name: s.seen for s in monitor.history} == {"first/kernel": 6, "first/bias": 6, "layer/w": 5, "layer/b": 5}
    assert [d.cause for d in monitor.diagnoses] == ["unused-variable"]
    assert {cls: vars(cls)["apply"] for cls in own} == own
    assert "layer/w" in monitor.summary()
    second = everywhere()
    second.attach()
    second.close()
    second.close()
    assert {cls: vars(cls)["apply"] for cls in own} == own


MIRRORED = """
import json, sys
import numpy as np, tensorflow as tf
cpus = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpus[0], [tf.config.LogicalDeviceConfiguration()] * 2)
from whygrad.health import GradientHealth
from health.models import dense, fit
import keras, tf_keras
found = {}
for name in ("keras", "tf_keras"):
    _, plain, x, y = dense(name)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(plain(x[:32]) - y[:32]))
    norms = [float(tf.norm(tf.convert_to_tensor(g))) for g in tape.gradient(loss, plain.trainable_variables)]
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    for scaling in (False, True) if name == "keras" else (True,):
        with strategy.scope():
            k, model, x, y = dense(name)
            if scaling:
                wrapper = k.optimizers.LossScaleOptimizer if name == "keras" else k.mixed_precision.LossScaleOptimizer
                model.compile(wrapper(k.optimizers.SGD()), "mse", jit_compile=False)
        model.set_weights(plain.get_weights())
        health = GradientHealth(live=False, ratio_every=1)
        fit(model, x, y, [health], epochs=2)
        history = health.history
        firsts = [s.points[0].norm for s in history]
        found[f"{name} {scaling}"] = [history.steps, firsts, norms, [s.points[-1].ratio for s in history], sorted(vars(model.optimizer))]
print(json.dumps(found))
"""


def test_replicas() -> None:
    command = [sys.executable, "-c", MIRRORED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=Path(__file__).parents[1], check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    for steps, firsts, norms, ratios, attributes in json.loads(done.stdout.splitlines()[-1]).values():
        assert steps == 4
        np.testing.assert_allclose(firsts, norms, rtol=1e-4)
        assert all(0 < ratio < 1 for ratio in ratios)
        assert not {"apply", "apply_gradients"} & set(attributes)


@pytest.mark.parametrize("way", ["eager", "function", "xla"])
def test_updates_by_hand(way: str) -> None:
    w, b, x = problem()
    target = tf.Variable(w)

    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(x @ w + b - 1.0))
        gradients = tape.gradient(loss, [w, b])
        for variable, gradient in zip([w, b], gradients):
            variable.assign_sub(0.1 * gradient)
        target.assign(0.9 * target + 0.1 * w)
        return gradients[0]

    own = {name: vars(tf.GradientTape)[name] for name in ("gradient", "jacobian")}
    run = step if way == "eager" else tf.function(step, jit_compile=way == "xla")
    with watching() as monitor:
        norms = [float(np.linalg.norm(run(x))) for _ in range(12)]
    assert {s.name: s.seen for s in monitor.history} == {"layer/w": 12, "layer/b": 12}
    np.testing.assert_allclose([p.norm for p in monitor.history["layer/w"].points], norms, rtol=1e-5)
    assert monitor.diagnoses == ()
    assert {name: vars(tf.GradientTape)[name] for name in own} == own
    seen = monitor.history.steps
    step(x)
    assert monitor.history.steps == seen


def test_what_an_optimizer_takes_is_counted_once() -> None:
    w, b, x = problem()
    optimizer = tf.compat.v1.train.GradientDescentOptimizer(0.1)
    with watching() as monitor:
        for _ in range(4):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(x @ w + b - 1.0))
            gradients = tape.gradient(loss, [w, b])
            optimizer.apply_gradients(zip(gradients, [w, b]))
            w.assign(tf.clip_by_norm(w, 2.0))
    assert {s.name: s.seen for s in monitor.history} == {"layer/w": 4, "layer/b": 4}


def test_sessions_are_left_alone() -> None:
    with watching() as monitor, tf.Graph().as_default(), tf.compat.v1.Session() as session:
        w = tf.compat.v1.get_variable("w", initializer=2.0)
        train = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(w * w)
        session.run(tf.compat.v1.global_variables_initializer())
        session.run(train)
        assert session.run(w) == pytest.approx(1.6)
    assert list(monitor.history) == []
