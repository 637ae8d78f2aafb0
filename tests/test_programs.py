"""The programs that people ask about, each eager and inside tf.function: the right cause, the right line, the right variable, nobody else blamed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

import run_programs
from whygrad.model import Diagnosis, Report

PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True, slots=True)
class Expected:
    """The cause, the variables it names, what it says about them, and how the program ends (None: well)."""

    cause: str
    variables: tuple[str, ...]
    says: str
    error: str | None = None
    certainty: str = "proven"


NO_GRADIENTS = "No gradients provided for any variable"
BOTH = ("weights", "bias")
COMPARES = Expected("non-differentiable-op", BOTH, "`tf.math.greater(x, 0)` has no gradient", NO_GRADIENTS)
REBOUND = Expected("variable-replaced", ("w",), "makes `w` a plain tensor", "NoneType")
TENSOR = Expected("not-a-variable", ("weights",), "`weights` is a plain tensor, not a tf.Variable, made by `tf.convert_to_tensor(")
ARRAY = Expected("not-a-variable", ("weights",), "`weights` is a NumPy array, not a tf.Variable, made by `np.random", "has no attribute '_id'")
KEPT = Expected("not-a-variable", ('parameters["hidden"]', 'parameters["out"]'), "are plain tensors, not variables, made by `0.1 * tf.random.normal(")
ROUND = "`tf.round(x @ w)` has no gradient"
FLOOR = Expected("non-differentiable-op", ("w",), "has no gradient, so `w` gets none")
HEAD = ("before/kernel", "before/bias", "kind/kernel", "kind/bias")
EXPECTED = {
    "weights_from_numpy": TENSOR,
    "weights_from_numpy_traced": TENSOR,
    "raw_array": ARRAY,
    "raw_array_traced": ARRAY,
    "weights_in_a_dict": KEPT,
    "inputs_in_a_dict": Expected("not-watched", ('point["mass"]', 'point["speed"]'), "are plain tensors that the tape was not told to watch"),
    "compare_in_helper": COMPARES,
    "compare_in_helper_traced": COMPARES,
    "compare_as_fit_loss": Expected("non-differentiable-op", ("score/kernel", "score/bias"), COMPARES.says, NO_GRADIENTS),
    "above_the_tape": Expected("outside-tape", BOTH, "`tf.matmul(x, weights) + bias` was computed before the tape began", NO_GRADIENTS),
    "above_the_tape_traced": Expected("outside-tape", BOTH, "`tf.matmul(inputs, weights) + bias` was computed before the tape began", NO_GRADIENTS),
    "rebound_in_loop": REBOUND,
    "rebound_in_loop_traced": REBOUND,
    "no_loss_to_compute": Expected("missing-loss", (), '`model.compile(optimizer="sgd")` is given no loss', "No loss to compute"),
    "none_to_apply_gradients": Expected("non-differentiable-op", ("w",), ROUND, NO_GRADIENTS),
    "none_to_assign_sub": Expected("non-differentiable-op", ("w",), ROUND, "None"),
    "none_to_clip_by_norm": Expected("non-differentiable-op", ("w",), ROUND, "None"),
    "second_gradient": Expected("wrong-tape", ("b",), "asks a tape a second time", "non-persistent"),
    "lookup_error": Expected("non-differentiable-op", ("w",), "`tf.unique(w * x[0])` has no gradient", "LookupError"),
    "jacobian": Expected("non-differentiable-op", FLOOR.variables, FLOOR.says, "has no attribute 'shape'"),
    "jacobian_traced": FLOOR,
    "argmax_beside_a_target": Expected("non-differentiable-op", ("w",), "`tf.argmax(states @ w, axis=1)` has no gradient", NO_GRADIENTS),
    "model_inside_a_dataset": Expected("state-round-trip", ("encoder",), "computes with `encoder` inside a dataset"),
    "second_pass": Expected("unused-variable", ("found",), "from what `features(image)` was made of"),
    "predict_under_the_tape": Expected("left-tensorflow", ("code/kernel", "code/bias"), "`encoder.predict(x, verbose=0)` takes the value out"),
    "rows_of_an_array": Expected("left-tensorflow", ("rate",), "`path[i] = state` takes the value out", certainty="likely"),
    "codes_in_a_dataset": Expected("state-round-trip", ("codes",), "puts what was computed from `codes` into a dataset"),
    "part_taken_after_the_block": Expected("outside-tape", ("place",), "`field[:, 0]` was computed after the tape had stopped recording", "NoneType"),
    "list_of_the_old_model": Expected("variable-recreated", ("kernel", "bias"), "takes the place of the one before", NO_GRADIENTS),
    "clone_takes_its_place": Expected("variable-recreated", ("dense/kernel", "dense/bias"), "takes the place of the one before", NO_GRADIENTS),
    "weights_copied_into_the_new": Expected("variable-recreated", ("agent.listed",), "`Net(2)` takes the place of the one before"),
    "penalty_of_the_old_layer": Expected("variable-recreated", ("dense/kernel", "dense/bias"), "takes the place of the one before"),
    "policy_built_anew": Expected("variable-recreated", ("self.kernel",), "takes the place of the one before"),
    "one_head_is_dropped": Expected("unused-variable", ("value/kernel", "value/bias"), "does not reach the loss"),
    "python_function_in_fit": Expected("python-function", (), "that `tf.py_function(ranked, [truth, score], tf.float32)` calls", "Graph execution"),
    "registered_zeros": Expected("custom-gradient", ("weights",), "the custom gradient of `Steps` returns zeros", certainty="likely"),
    "registered_none": Expected("custom-gradient", ("weights",), "the custom gradient of `NothingBack` returns None", certainty="likely"),
    "same_half_twice": Expected("constant-loss", ("theta",), "`halves` never reads `guess`: `wanted[: SIZE // 2]` is computed without it"),
    "everything_frozen": Expected("empty-variable-list", (), "`layer.trainable` freezes every layer with weights that the model still had"),
    "critic_frozen_for_good": Expected("empty-variable-list", (), "`critic.trainable` freezes every layer with weights that the model still had"),
    "layers_made_frozen": Expected("empty-variable-list", (), "the model has no trainable weights, so `tagger.fit("),
    "released_in_a_callback": Expected("not-trainable", ("low/kernel", "low/bias"), "comes too late for `base/low/kernel` and `base/low/bias`"),
    "released_between_two_fits": Expected("not-trainable", ("words/embeddings",), "the train step was built while it was frozen"),
    "released_for_train_on_batch": Expected("not-trainable", ("items/kernel", "items/bias"), "the train step was built while they were frozen"),
    "weights_by_set_weights": Expected("left-tensorflow", ("slow/kernel", "slow/bias"), "`slow.get_weights()` takes the value out"),
    "scores_read_from_the_memory": Expected("state-round-trip", ("encoder",), "`memory.assign(x @ encoder)` stores the value"),
    "output_without_a_loss": Expected("missing-loss", ("kind/kernel", "kind/bias"), "gives no loss to the output `kind`"),
    "second_output_without_a_loss": Expected("missing-loss", HEAD, "gives no loss to the output `kind`"),
    "sample_weights_cut_to_zero": Expected("zero-factor", ("score/kernel", "score/bias"), "and all 16 of them are zero"),
    "adjoint_of_a_captured_matrix": Expected("custom-gradient", ("stiffness",), "`right / system` uses a tensor from around it"),
    "pose_copied_into_a_camera": Expected("variable-recreated", ("yaw",), "`tf.Variable(yaw)` copies the value of `yaw` into a new variable"),
    "array_of_before": Expected("value-discarded", ("gain",), "what `seen.write(t, state)` returns is thrown away"),
    "flat_copy_of_the_weights": Expected("unused-variable", ("theta",), "from what `tf.concat([tf.reshape(v, [-1]) for v in (w, b)], axis=0)`"),
    "frozen_by_another_name": Expected("empty-variable-list", (), "`target.trainable` freezes everything that is to be trained"),
    "soft_labels_of_an_inner_step": Expected("non-differentiable-op", ("soft",), "has no derivative for the labels"),
    "saliency_of_all_classes": Expected("constant-loss", ("image",), "`model(image)` gives probabilities"),
    "norm_of_one_feature": Expected("flat-region", ("norm/gamma", "norm/beta", "wide/kernel", "wide/bias"), "all that comes out of `norm`"),
    "released_inside_a_frozen_model": Expected("not-trainable", ("high/kernel", "high/bias"), "inside `base`, which is frozen itself"),
    "loss_kept_in_a_variable": Expected("state-round-trip", ("w",), "`total.assign_add(tf.reduce_sum(tf.square(part)))` stores the value"),
    "emptied_tape": Expected("outside-tape", ("w",), "`tf.ones([2, 3]) @ w` was computed before `reset()` emptied the tape"),
    "dead_way_beside_a_living_one": Expected("flat-region", ("spread",), "dies at `tf.linalg.eigh(spread)`", certainty="likely"),
    "collection_of_no_scope": Expected("empty-variable-list", (), "is empty: there is nothing to train", "No variables to optimize"),
    "nothing_trainable": Expected("empty-variable-list", (), "is empty: there is nothing to train", "No variables to optimize"),
    "rebound_through_helper": Expected("variable-replaced", ("canvas",), "`displayable(canvas - 0.1 * gradient)` makes", "NoneType"),
    "rebound_to_result": Expected("variable-replaced", ("w",), "`step(weights)` makes `w` a plain tensor", "NoneType"),
    "relu_differentiated_twice": Expected("flat-region", ("x",), "the second derivative of `tf.nn.relu(x @ hidden)` is zero everywhere"),
    "condition_in_python": Expected("index-only", ("gate",), "only decides an index, mask or branch at `x > gate`", certainty="likely"),
}
EACH = pytest.mark.parametrize("name", EXPECTED)


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {path.stem: report for path, report in run_programs.reports(PROGRAMS / f"{name}.py" for name in EXPECTED).items()}


def only(report: Report) -> Diagnosis:
    (found,) = (d for d in report.diagnoses if d.severity != "note")
    return found


def lines(name: str, mark: str) -> list[int]:
    text = (PROGRAMS / f"{name}.py").read_text(encoding="utf-8")
    return [number for number, line in enumerate(text.splitlines(), 1) if line.endswith(mark)]


@EACH
def test_the_one_diagnosis_names_cause_place_and_variables(name: str, reports: dict[str, Report]) -> None:
    expected, found = EXPECTED[name], only(reports[name])
    assert (found.cause, found.certainty) == (expected.cause, expected.certainty)
    assert expected.says in found.message
    assert found.location is not None
    assert [found.location.line] == lines(name, "# cut")
    names = [v.name for v in found.variables]
    assert len(names) == len(expected.variables)
    assert all(name == wanted or name.endswith(f"/{wanted}") for name, wanted in zip(names, expected.variables, strict=True))


@EACH
def test_the_other_place_is_named_as_well(name: str, reports: dict[str, Report]) -> None:
    """The call under the tape, the line that opens the tape, the call of `fit`: marked `# related`."""
    places = {r.location.line for r in only(reports[name]).related if r.location is not None}
    assert set(lines(name, "# related")) <= places


@EACH
def test_the_program_ends_as_it_does_without_us(name: str, reports: dict[str, Report]) -> None:
    outcome, expected = reports[name].outcome, EXPECTED[name].error
    assert outcome is not None
    assert (outcome.exception is None) == (expected is None)
    assert expected is None or expected in str(outcome.exception)


@EACH
def test_the_model_of_the_tape_agreed_with_tensorflow(name: str, reports: dict[str, Report]) -> None:
    assert reports[name].notices == ()


def test_a_variable_that_trains_is_not_blamed(reports: dict[str, Report]) -> None:
    for name in ("weights_from_numpy", "weights_from_numpy_traced"):
        assert [(row.variable, row.status) for row in reports[name].gradients] == [("weights", "none"), ("bias", "ok")]


@pytest.mark.parametrize("name", ["rebound_in_loop", "rebound_in_loop_traced"])
def test_fine_in_the_first_step_and_none_in_the_second(name: str, reports: dict[str, Report]) -> None:
    rows = [(row.variable, row.status, row.step) for row in reports[name].gradients]
    assert rows == [("w", "ok", 1), ("b", "ok", 1), ("w", "none", 2), ("b", "ok", 2)]


def test_every_program_is_expected() -> None:
    assert {path.stem for path in PROGRAMS.glob("*.py")} == set(EXPECTED)
