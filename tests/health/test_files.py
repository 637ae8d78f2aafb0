"""JSON lines and event files of a training, read with the standard tools."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from health.models import dense, fit  # noqa: E402
from whygrad.errors import UsageError  # noqa: E402
from whygrad.health import GradientHealth  # noqa: E402

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, GradientHealth]:
    """A folder with the files of a training, and its figures."""
    folder = tmp_path_factory.mktemp("trained")
    _, model, x, y = dense("keras")
    model.get_layer("hidden").bias.assign(tf.fill([8], -100.0))
    health = GradientHealth(live=False, jsonl=folder / "health.jsonl", log_dir=folder / "events", histograms=True, ratio_every=1)
    fit(model, x, y, [health])
    return folder, health


def test_json_lines(trained: tuple[Path, GradientHealth]) -> None:
    folder, health = trained
    lines = [json.loads(line) for line in (folder / "health.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == list(range(6))
    assert {line["schema"] for line in lines} == {"whygrad-health/1"}
    last = health.history["out/bias"].points[-1]
    assert lines[-1]["variables"]["out/bias"]["norm"] == pytest.approx(last.norm, rel=1e-5)
    assert lines[-1]["variables"]["hidden/kernel"]["zeros"] == 1.0


def test_a_path_that_cannot_be_written() -> None:
    _, model, x, y = dense("keras")
    with pytest.raises(UsageError, match=r"cannot write .*there is no folder"):
        fit(model, x, y, [GradientHealth(live=False, jsonl="/nowhere/at/all.jsonl")])
    assert "apply" not in vars(model.optimizer)


def test_tensorboard_reads_it(trained: tuple[Path, GradientHealth]) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason="TensorBoard is not installed")
    folder, health = trained
    events = accumulator.EventAccumulator(str(folder / "events"), size_guidance={"tensors": 0})
    events.Reload()
    tags = events.Tags()["tensors"]
    assert {"gradient_norm/out/bias", "gradient_zeros/out/bias", "update_ratio/out/bias", "gradient/out/bias"} <= set(tags)
    norms = [(e.step, float(tf.make_ndarray(e.tensor_proto))) for e in events.Tensors("gradient_norm/out/bias")]
    assert norms == [(p.step, pytest.approx(p.norm, rel=1e-6)) for p in health.history["out/bias"].points]
    assert events.SummaryMetadata("gradient_norm/out/bias").plugin_data.plugin_name == "scalars"
    buckets = tf.make_ndarray(events.Tensors("gradient/hidden/kernel")[-1].tensor_proto)
    assert buckets.shape[1] == 3
    assert buckets[:, 2].sum() == 12 * 8
    assert "gradient/table/embeddings" not in tags, "IndexedSlices have no histogram"
    (text,) = [tf.make_ndarray(e.tensor_proto)[0].decode() for e in events.Tensors("whygrad/diagnosis/flat-region")]
    assert health.diagnoses[0].message in text
    assert events.SummaryMetadata("whygrad/diagnosis/flat-region").plugin_data.plugin_name == "text"


def test_event_files_without_tensorboard(trained: tuple[Path, GradientHealth]) -> None:
    """TensorFlow's own reader sees them, whether or not TensorBoard is installed."""
    (file,) = (trained[0] / "events").iterdir()
    values = [v for e in tf.compat.v1.train.summary_iterator(str(file)) for v in e.summary.value]
    norms = [float(tf.make_ndarray(v.tensor)) for v in values if v.tag == "gradient_norm/out/bias"]
    assert len(norms) == 6
    assert np.isfinite(norms).all()
    assert [v.metadata.plugin_data.plugin_name for v in values if v.tag.startswith("whygrad/")] == ["text"]
