"""`GradientHealth` in `fit` of Keras 3 and tf_keras: right figures, the same training, nothing left behind."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from health.models import KERAS, dense, fit  # noqa: E402
from whygrad.health import GradientHealth  # noqa: E402

pytestmark = pytest.mark.tensorflow
BOTH = pytest.mark.parametrize("keras", KERAS)
NAMES = ["table/embeddings", "hidden/kernel", "hidden/bias", "out/kernel", "out/bias"]


def left_behind(model: Any) -> list[str]:
    return [name for name in ("apply", "apply_gradients") if name in vars(model.optimizer)]


def by_a_second_tape(k: Any, model: Any, x: Any, y: Any) -> dict[str, float]:
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
    gradients = tape.gradient(loss, model.trainable_variables)
    return {name: float(np.linalg.norm(tf.convert_to_tensor(g).numpy().astype("float64"))) for name, g in zip(NAMES, gradients)}


@BOTH
@pytest.mark.parametrize("way", ["graph", "xla", "eager"])
def test_figures_in_fit_are_right(keras: str, way: str) -> None:
    k, model, x, y = dense(keras, eager=way == "eager")
    expected, weights = [], model.get_weights()
    for step in range(4):
        half = slice(32 * (step % 2), 32 * (step % 2) + 32)
        expected.append(by_a_second_tape(k, model, x[half], y[half]))
        model.train_on_batch(x[half], y[half])
    after = model.get_weights()
    model.set_weights(weights)
    if way == "xla":
        model.compile("sgd", "mse", jit_compile=True)
    health = GradientHealth(live=False, ratio_every=1)
    fit(model, x, y, [health], epochs=2)
    history = health.history
    assert [s.name for s in history] == NAMES
    assert [p.step for p in history["out/bias"].points] == [0, 1, 2, 3]
    for step, figures in enumerate(expected):
        for name, norm in figures.items():
            assert history[name].points[step].norm == pytest.approx(norm, rel=2e-5), (name, step)
    kernel = history["hidden/kernel"]
    assert kernel.points[0].weight == pytest.approx(np.linalg.norm(weights[1]), rel=1e-5)
    assert kernel.points[0].ratio == pytest.approx(0.01 * expected[0]["hidden/kernel"] / np.linalg.norm(weights[1]), rel=1e-3)
    np.testing.assert_allclose(model.get_weights()[1], after[1], rtol=1e-5)


@pytest.mark.parametrize(("keras", "way"), [("keras", "graph"), ("keras", "xla"), ("keras", "eager"), ("tf_keras", "graph")])
def test_the_training_is_the_same(keras: str, way: str) -> None:
    weights = []
    for callbacks in ([], [GradientHealth(live=False, ratio_every=2)]):
        _, model, x, y = dense(keras, jit=way == "xla", eager=way == "eager", optimizer="adam")
        fit(model, x, y, callbacks)
        weights.append(model.get_weights())
        assert not left_behind(model)
    for plain, watched in zip(*weights):
        if way == "xla":
            np.testing.assert_allclose(watched, plain, rtol=1e-6, atol=1e-6)
        else:
            np.testing.assert_array_equal(watched, plain)


@BOTH
def test_a_model_trained_before_and_after(keras: str) -> None:
    _, model, x, y = dense(keras, table=False)
    fit(model, x, y)
    health = GradientHealth(live=False, every=2, ratio_every=1)
    fit(model, x, y, [health])
    assert [p.step for p in health.history["out/kernel"].points] == [0, 2, 4]
    assert not getattr(model.train_function, "__module__", "").startswith("whygrad")
    seen = health.history.steps
    fit(model, x, y)
    assert health.history.steps == seen, "it has stopped watching"
    fit(model, x, y, [health], epochs=1)
    assert health.history.steps == 1, "each training has its own history"


@BOTH
def test_nothing_stays_after_an_exception(keras: str) -> None:
    k, model, x, y = dense(keras, table=False)

    class Fails(k.callbacks.Callback):  # type: ignore[misc, name-defined]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            raise RuntimeError("on purpose")

    health = GradientHealth(live=False)
    with pytest.raises(RuntimeError, match="on purpose"):
        fit(model, x, y, [health, Fails()])
    gc.collect()
    assert not left_behind(model)
    assert health.history.steps == 1, "what was seen until then can be asked for"
    with pytest.raises(Exception, match=r"."):
        fit(model, x[:, :1], y, [health])
    gc.collect()
    assert not left_behind(model)
    fit(model, x, y, [health])
    assert health.history.steps == 6


def test_an_optimizer_of_two_models() -> None:
    k, first, x, y = dense("keras", table=False)
    _, second, _, _ = dense("keras", table=False, seed=2)
    optimizer = k.optimizers.SGD()
    optimizer.build(first.trainable_variables + second.trainable_variables)
    healths = []
    for model in (first, second):
        model.compile(optimizer, "mse", jit_compile=False)
    for model in (first, second, first):
        healths.append(GradientHealth(live=False))
        fit(model, x, y, [healths[-1]], epochs=1)
        assert not left_behind(model)
    assert [h.history.steps for h in healths] == [2, 2, 2]
    assert [len(h.history) for h in healths] == [4, 4, 4]


@BOTH
def test_two_callbacks_at_once(keras: str) -> None:
    _, model, x, y = dense(keras, table=False)
    healths = [GradientHealth(live=False), GradientHealth(live=False, every=3)]
    fit(model, x, y, healths)
    assert not left_behind(model)
    assert [len(h.history["out/bias"].points) for h in healths] == [6, 2]


@BOTH
def test_no_step_of_a_long_epoch_is_lost(keras: str) -> None:
    """Keras 3 tells the ends of batches from another thread, while the training goes on."""
    _, model, x, y = dense(keras, table=False)
    health = GradientHealth(live=False, ratio_every=0)
    model.fit(np.tile(x, (12, 1)), np.tile(y, (12, 1)), batch_size=1, epochs=1, verbose=0, callbacks=[health])
    assert [p.step for p in health.history["out/bias"].points] == list(range(768))


@BOTH
def test_loss_scaling(keras: str) -> None:
    k, model, x, y = dense(keras)
    inner = k.optimizers.SGD(0.01)
    scaling = k.optimizers.LossScaleOptimizer(inner) if keras == "keras" else k.mixed_precision.LossScaleOptimizer(inner)
    expected = by_a_second_tape(k, model, x[:32], y[:32])
    model.compile(scaling, "mse", jit_compile=False)
    y = y.copy()
    y[40] = np.inf
    health = GradientHealth(live=False, ratio_every=1)
    fit(model, x, y, [health], epochs=2)
    points = health.history["hidden/kernel"].points
    assert points[0].norm == pytest.approx(expected["hidden/kernel"], rel=1e-3), "unscaled"
    assert [p.skipped for p in points] == [False, True, False, True]
    assert points[1].ratio == 0.0
    assert points[1].nonfinite
    assert health.diagnoses == (), "a skipped step now and then is what loss scaling does"
    assert not left_behind(model)


@BOTH
def test_stop_on_not_finite(keras: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, model, x, y = dense(keras, table=False)
    x, y = np.tile(x, (20, 1)), np.tile(y, (20, 1))  # 40 steps an epoch
    y[700] = np.nan  # step 21
    health = GradientHealth(live=False, stop_on="non-finite")
    done = fit(model, x, y, [health], epochs=5)
    assert len(done.epoch) <= 1
    assert health.history.steps <= 32
    assert health.stopped_by is not None
    assert health.stopped_by.message.endswith("first at step 21")
    assert "whygrad: training stopped: NaN or Inf in the gradient of `out/bias`" in capsys.readouterr().err


@BOTH
def test_stop_on_dead_and_never_by_default(keras: str, capsys: pytest.CaptureFixture[str]) -> None:
    for stop_on, epochs in (("dead", 4), (None, 8)):
        _, model, x, y = dense(keras, table=False)
        model.get_layer("hidden").bias.assign(tf.fill([8], -100.0))
        health = GradientHealth(live=False, stop_on=stop_on)  # type: ignore[arg-type]
        assert len(fit(model, x, y, [health], epochs=8).epoch) <= epochs
        (found,) = health.diagnoses
        assert found.cause == "flat-region"
        assert "`hidden/kernel`" in found.message
        assert (health.stopped_by is not None) == (stop_on is not None)
    assert capsys.readouterr().err.count("training stopped") == 1


def test_a_train_step_of_ones_own_with_two_optimizers() -> None:
    import keras

    class Pair(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = keras.layers.Dense(2, name="a"), keras.layers.Dense(1, name="b")
            self.first, self.second = keras.optimizers.SGD(), keras.optimizers.Adam()

        def call(self, x: Any) -> Any:
            return self.b(self.a(x))

        def train_step(self, data: Any) -> Any:
            x, y = data
            for layer, optimizer in ((self.a, self.first), (self.b, self.second)):
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean(tf.square(self(x) - y))
                optimizer.apply_gradients(zip(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables))
            return {"loss": loss}

    model = Pair()
    model.compile(jit_compile=False)
    health = GradientHealth(live=False)
    fit(model, np.ones((64, 3), "f"), np.ones((64, 1), "f"), [health], epochs=2)
    assert [(s.name.split("/", 1)[-1] if s.name.startswith("pair") else s.name, s.seen) for s in health.history] == [
        ("a/kernel", 4),
        ("a/bias", 4),
        ("b/kernel", 4),
        ("b/bias", 4),
    ]


def test_steps_per_execution_and_a_single_callback() -> None:
    _, model, x, y = dense("keras", table=False)
    model.compile("adam", "mse", steps_per_execution=2, jit_compile=False)
    health = GradientHealth(live=False)
    model.fit(x, y, batch_size=8, epochs=2, verbose=0, callbacks=health)
    assert health.history.steps == 16


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"every": 0}, "every is 0; it is a whole number, 1 or more"),
        ({"every": True}, "every is True"),
        ({"ratio_every": -1}, "ratio_every is -1"),
        ({"stop_on": "nan"}, 'stop_on is \'nan\'; it is "non-finite", "dead" or None'),
        ({"live": "yes"}, "live is 'yes'"),
        ({"histograms": True}, "histograms=True needs log_dir"),
        ({"log_dir": 3}, "log_dir is 3; it is a path or None"),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        GradientHealth(**arguments)
