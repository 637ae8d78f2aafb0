"""Reports built by hand, one for each thing that can go wrong on a screen. `REPORTS` is all of them by name."""

from __future__ import annotations

import dataclasses

from whygrad.model import Diagnosis, Edit, Environment, Fix, GradientRow, Location, Outcome, PathStep, Related, Report, VariableInfo
from whygrad.words import Certainty, GradientStatus, Severity

ENVIRONMENT = Environment("3.11.7", "2.21.0", "3.15.0")


def located(line: int, source: str, text: str, function: str = "<module>", path: str = "train.py") -> Location:
    """Where `text` stands in `source`, which begins at `line`."""
    before, _, _ = source.partition(text)
    lines = text.split("\n")
    column = len(before) - (before.rfind("\n") + 1) + 1
    first = line + before.count("\n")
    end_column = (column if len(lines) == 1 else 1) + len(lines[-1])
    end_line = first + len(lines) - 1
    return Location(path, first, column, end_line, end_column, function, text, tuple(source.split("\n")[first - line : end_line - line + 1]))


def report(*diagnoses: Diagnosis, gradients: tuple[GradientRow, ...] = (), notices: tuple[str, ...] = ()) -> Report:
    outcome = Outcome(1, "ValueError: No gradients provided for any variable.") if diagnoses else Outcome(0, None)
    return Report("0.1.0", ENVIRONMENT, "run", outcome, diagnoses, gradients, notices)


def row(variable: str, status: GradientStatus, norm: float | None = None, step: int = 0) -> GradientRow:
    return GradientRow(variable, status, (3, 1), norm, None if norm is None else 0.0, step)


def greater(certainty: Certainty = "proven") -> Diagnosis:
    source = "    hard = tf.cast(tf.math.greater(x, 0), tf.float32)"
    cut = located(14, source, "tf.math.greater(x, 0)", "step_loss")
    return Diagnosis(
        cause="non-differentiable-op",
        certainty=certainty,
        severity="error",
        message="`tf.math.greater(x, 0)` has no gradient, so `w` never trains",
        explanation="A comparison answers True or False. Moving `x` a little does not change the answer, so TensorFlow has no gradient for it, and "
        "everything that was computed before it gets None.",
        location=cut,
        related=(
            Related("called in the tape", located(22, "        loss = step_loss(x)", "step_loss(x)")),
            Related("nobody reads the result", None),
        ),
        gradient="none",
        variables=(
            VariableInfo("w", (3, 1), "float32", True, "random", located(5, "w = tf.Variable(tf.random.normal([3, 1]))", "tf.Variable")),
            VariableInfo("b", (1,), "float32", False, "zeros"),
        ),
        path=(
            PathStep("w", None, True, None),
            PathStep("x @ w", "MatMul", True, located(13, "    x = x @ w", "x @ w", "step_loss")),
            PathStep("tf.math.greater(x, 0)", "Greater", False, cut),
            PathStep("tf.cast(...)", "Cast", True, cut),
            PathStep("loss", None, True, None),
        ),
        fix=Fix(
            "train with a smooth step, `tf.sigmoid(10.0 * x)`, and compare only what you print",
            "review",
            True,
            (Edit(located(14, source, "tf.cast(tf.math.greater(x, 0), tf.float32)", "step_loss"), "tf.sigmoid(10.0 * x)"),),
        ),
        help="https://example.org/causes/non-differentiable-op",
    )


def short(cause: str, severity: Severity, message: str, location: Location | None = None, gradient: GradientStatus | None = None) -> Diagnosis:
    return Diagnosis(cause, "proven", severity, message, "", location, gradient=gradient)


def dead_relu() -> Diagnosis:
    place = located(31, "\th = tf.nn.relu(\n\t\tx @ w1\n\t\t+ b1,\n\t)", "tf.nn.relu(\n\t\tx @ w1\n\t\t+ b1,\n\t)", "Net.call")
    return short("flat-region", "warning", "all 64 inputs of this relu are negative, so `w1` gets zeros", place, "zero")


def wide() -> Diagnosis:
    source = "\t損失 = tf.reduce_mean(tf.round(予測 - 正解))  # 丸め"
    return Diagnosis(
        "non-differentiable-op",
        "proven",
        "error",
        "`tf.round(予測 - 正解)` has no gradient, so `重み` never trains",
        "",
        located(7, source, "tf.round(予測 - 正解)", "学習", "学習.py"),
        gradient="none",
        variables=(VariableInfo("重み", (3, None), "float32", True, "random"),),
        path=tuple(PathStep(what, None, what != "tf.round(予測 - 正解)", None) for what in ("重み", "予測", "tf.round(予測 - 正解)", "損失")),
        fix=Fix("丸めない", "safe", None, (Edit(located(7, source, "tf.round(予測 - 正解)"), "(予測 - 正解)"),)),
    )


def long_line() -> Diagnosis:
    source = "    total = " + " + ".join(f"part_{index}(x, y)" for index in range(40)) + " + tf.argmax(scores) + " + "rest(z) * " * 30 + "1"
    steps = [PathStep(f"layer_{index}(hidden_{index}, training=True)", "MatMul", True, None) for index in range(30)]
    steps[17] = PathStep("tf.argmax(\n    scores,\n    axis=-1)", "ArgMax", False, located(90, source, "tf.argmax(scores)"))
    where = located(90, source, "tf.argmax(scores)", "forward", "a/very/long/path/" + "deeper/" * 12 + "model.py")
    return Diagnosis(
        "integer-cast", "likely", "warning", f"`{'x' * 120}` is an index", "word " * 40, where, (Related("used", where),), "none", (), tuple(steps)
    )


def many_variables() -> Report:
    infos = tuple(VariableInfo(f"encoder/block_{i}/attention/query/dense_{i}/kernel:0", (512, 64), "float32", True, "random") for i in range(200))
    found = Diagnosis("unused-variable", "proven", "note", "200 variables take no part in this loss", "", None, variables=infos, gradient="none")
    return report(found, gradients=tuple(row(info.name, "none") for info in infos))


def hostile() -> Report:
    bad = "\x1b[2J\x1b]0;owned\x07`evil\x9b31m`\r\b\x00 \u202egnp.exe\x1b"
    place = located(3, "a = \x1b[31mtf.round(x)\x1b[0m; \u202ereversed", "tf.round(x)", bad, f"{bad}.py")
    found = Diagnosis(
        cause=bad,
        certainty="proven",
        severity="error",
        message=bad,
        explanation=f"{bad}\n\n    code {bad}\nprose",
        location=place,
        related=(Related(bad, place), Related(bad, None)),
        variables=(VariableInfo(bad, (1,), bad, True, bad, place),),
        path=(PathStep(bad, bad, False, place),),
        fix=Fix(f"{bad}\n{bad}", "review", False, (Edit(place, bad), Edit(Location(bad, 9, 1, 9, 4, text="a\x1bb"), bad))),
        help=bad,
    )
    return Report(bad, Environment(bad, bad, None), "run", Outcome(1, bad), (found,), (row(bad, "zero", 0.0), row("ok", "ok", 1.0)), (bad,))


def division() -> Diagnosis:
    """The value dies near the beginning of a path that is just too long, with one step between what is shown."""
    source = "ratio = total / tf.reduce_sum(mask)\u2028  # a mask of zeros"
    where = located(40, source, "total / tf.reduce_sum(mask)")
    steps = tuple(PathStep(f"h{index}", None, index != 4, where if index == 4 else None) for index in range(11))
    return dataclasses.replace(
        short("non-finite", "error", "`total / tf.reduce_sum(mask)` divides by zero", where, "non-finite"), path=widened(steps)
    )


def widened(steps: tuple[PathStep, ...]) -> tuple[PathStep, ...]:
    return tuple(dataclasses.replace(step, what=f"{step.what} = layer({step.what})") for step in steps)


def several() -> Report:
    tape = located(8, "loss = model(x) ** 2", "model(x)")
    return report(
        greater(),
        dead_relu(),
        short("outside-tape", "error", "`model(x)` ran before the tape began", tape, "none"),
        short("unused-variable", "note", "`pooler/kernel` takes no part in this loss"),
        gradients=(
            row("w", "none"),
            row("w1", "zero", 0.0),
            row("w", "none", step=1),
            row("w1", "ok", 12.5, 1),
            row("b", "non-finite", float("inf"), 1),
        ),
        notices=("one hook is not known on TensorFlow 2.99: what leaves through `__array__` is not recorded",),
    )


REPORTS: dict[str, Report] = {
    "error": report(greater(), gradients=(row("w", "none"), row("b", "ok", 0.25))),
    "likely": report(greater("likely"), gradients=(row("w", "none"), row("b", "none"))),
    "several": several(),
    "nothing": report(gradients=(row("w", "ok", 1.0), row("b", "ok", 2.0), row("w", "ok", 1.0, step=1))),
    "nothing_watched": report(notices=("the program never imported TensorFlow, so nothing was watched",)),
    "unexplained": report(gradients=(row("w", "none"),)),
    "wide": report(wide()),
    "long": report(long_line()),
    "many_variables": many_variables(),
    "nothing_in_source": dataclasses.replace(report(), command="check"),
    "non_finite": report(division()),
    "note_only": report(short("unused-variable", "note", "`pooler/kernel` takes no part in this loss: harmless, take it out of the list")),
    "hostile": hostile(),
}
