"""Repairs in many spellings: what the program calls its libraries, tabs, line ends, calls over several lines, and what must not be touched."""

from __future__ import annotations

import ast

import pytest

from repairs.rounds import rounds
from whygrad.causes.non_float_variable.repair import _is_index
from whygrad.repairs.casting import uncast
from whygrad.repairs.comparing import dtype_of, is_float_cast
from whygrad.repairs.file import SourceFile

HEAD = "import numpy as np\nimport tensorflow as tf\n\nx = tf.random.normal([8, 3])\n"


def program(body: str, head: str = HEAD, *, result: str = "tape.gradient(loss, w)") -> str:
    """`body`: the lines of a tape's block."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{head}w = tf.Variable(tf.ones([3, 2]))\nwith tf.GradientTape() as tape:\n{lines}print({result})\n"


def after(text: str, **options: bool) -> str:
    made = rounds(text.encode(), **options)
    assert made.settled
    assert rounds(made.text.encode(), **options).text == made.text, "a second run changes nothing"
    return made.text


IN_THE_BLOCK = {
    "loss = np.mean(x @ w)": "loss = tf.reduce_mean(x @ w)",
    "loss = tf.reduce_sum(np.sum(a=x @ w, axis=0, keepdims=True))": "loss = tf.reduce_sum(tf.reduce_sum(input_tensor=x @ w, axis=0, keepdims=True))",
    "loss = tf.reduce_sum(np.clip(x @ w, 0.0, 1.0))": "loss = tf.reduce_sum(tf.clip_by_value(x @ w, 0.0, 1.0))",
    "loss = tf.reduce_sum(np.concatenate([x @ w, x @ w]))": "loss = tf.reduce_sum(tf.concat([x @ w, x @ w], axis=0))",
    "loss = tf.reduce_sum(np.log(\n    x @ w,  # positive\n))": "loss = tf.reduce_sum(tf.math.log(\n    x @ w,  # positive\n))",
    "s = float(tf.reduce_sum(w))\nloss = tf.reduce_sum(x * s)": "s = tf.reduce_sum(w)\nloss = tf.reduce_sum(x * s)",
    "loss = tf.reduce_sum((x @ w).numpy() * 2.0)": "loss = tf.reduce_sum((x @ w) * 2.0)",
    "loss = tf.reduce_sum((x @ w).numpy().T)": "loss = tf.reduce_sum(tf.transpose(x @ w))",
    "loss = tf.reduce_sum((x @ w).numpy().reshape(-1).mean(axis=0))": "loss = tf.reduce_sum(tf.reduce_mean(tf.reshape(x @ w, [-1]), axis=0))",
    "loss = tf.reduce_sum((x @ w).numpy().clip(a_min=0.0, a_max=1.0).max(0))": (
        "loss = tf.reduce_sum(tf.reduce_max(tf.clip_by_value(x @ w, clip_value_min=0.0, clip_value_max=1.0), 0))"
    ),
    "loss = tf.reduce_sum((x @ w) // 0.5)": "raw = x @ w\nloss = tf.reduce_sum(raw / 0.5 + tf.stop_gradient(raw // 0.5 - raw / 0.5))",
    "loss = tf.reduce_sum(2.0 * tf.sign(x=x @ w))": "loss = tf.reduce_sum(2.0 * tf.tanh(x @ w))",
    "z = x @ w\nloss = tf.reduce_sum(2.0 * tf.math.rint(z))": "z = x @ w\nloss = tf.reduce_sum(2.0 * (z + tf.stop_gradient(tf.math.rint(z) - z)))",
    "loss = 1.0 - tf.reduce_mean(tf.keras.metrics.binary_accuracy(tf.ones([8, 2]), x @ w))": (
        "loss = tf.reduce_mean(tf.keras.losses.binary_crossentropy(tf.ones([8, 2]), x @ w))"
    ),
    "loss = tf.reduce_mean(tf.cast(tf.logical_and(w > 0.5, w < 2.0), tf.float32))": (
        "loss = tf.reduce_mean(tf.sigmoid(10.0 * (w - 0.5)) * tf.sigmoid(10.0 * (2.0 - w)))"
    ),
    "z = x @ w\nloss = tf.reduce_sum(x[:, :2] * tf.one_hot(tf.argmax(z, axis=-1), 2))": (
        "z = x @ w\nloss = tf.reduce_sum("
        "x[:, :2] * (tf.nn.softmax(z, axis=-1) + tf.stop_gradient(tf.one_hot(tf.argmax(z, axis=-1), 2) - tf.nn.softmax(z, axis=-1))))"
    ),
    "v = tf.Variable(w * 2.0)\nloss = tf.reduce_sum(x @ v)": "v = w * 2.0\nloss = tf.reduce_sum(x @ v)",
    "loss = tf.reduce_sum(tf.stop_gradient(x @ w))  # why?": "loss = tf.reduce_sum(x @ w)  # why?",
    "loss = tf.reduce_mean(tf.cast(tf.less(x @ w, 1.0), float))": "loss = tf.reduce_mean(tf.sigmoid(10.0 * (1.0 - (x @ w))))",
    "loss = tf.reduce_sum(2.0 * tf.cast(tf.square(w), int))": "loss = tf.reduce_sum(2.0 * tf.square(w))",
    "loss = tf.reduce_sum(tf.stop_gradient(input=x @ w, name='frozen'))": "loss = tf.reduce_sum(x @ w)",
    "loss = tf.reduce_mean(tf.cast(tf.less(x @ w, 1.0), tf.float32))": "loss = tf.reduce_mean(tf.sigmoid(10.0 * (1.0 - (x @ w))))",
    "hit = x @ w > 0\nloss = tf.reduce_mean(tf.cast(hit, 'half'))": "hit = tf.sigmoid(10.0 * (x @ w))\nloss = tf.reduce_mean(tf.cast(hit, 'half'))",
    "z = x @ w\nloss = tf.reduce_sum(tf.floor(z))": "z = x @ w\nloss = tf.reduce_sum(z + tf.stop_gradient(tf.floor(z) - z))",
    "loss = tf.reduce_sum(tf.sign(x @ w))": "loss = tf.reduce_sum(tf.tanh(x @ w))",
    'text = "é\U0001f600"; loss = np.mean(x @ w)': 'text = "é\U0001f600"; loss = tf.reduce_mean(x @ w)',
}
LEFT_ALONE = (
    "v = tf.Variable(w * 2.0)\nv.assign_add(v)\nloss = tf.reduce_sum(x @ v)",  # written to
    "a = tf.reduce_mean(tf.keras.metrics.binary_accuracy(tf.ones([8, 2]), x @ w))\nloss = 1.0 - a",  # which the loss would turn round
    "loss = np.mean(x @ w, dtype=np.float64)",  # an argument without a counterpart
    "loss = tf.reduce_sum(np.sort(x @ w))",  # a function without one
    "loss = tf.reduce_sum((x @ w).numpy().cumsum())",  # what only arrays have
    "loss = tf.reduce_sum((x @ w).numpy().std(ddof=1))",  # an argument without a counterpart, of a method
    "hit = x @ w > 0\nloss = tf.reduce_mean(tf.cast(tf.logical_not(hit), tf.float32))",  # a true or false
    "i = tf.cast(tf.reduce_sum(x @ w), tf.int32)\nloss = tf.reduce_sum(tf.gather(x, [i]))",  # an index
    "loss = tf.reduce_sum(tf.cast(tf.math.count_nonzero(tf.equal(tf.round(x @ w), 1.0)), tf.float32))",  # a further cut behind it
)


@pytest.mark.parametrize("body", IN_THE_BLOCK)
def test_in_the_block(body: str) -> None:
    assert after(program(body)) == program(IN_THE_BLOCK[body])


@pytest.mark.parametrize("body", LEFT_ALONE)
def test_what_is_not_certain_is_left_alone(body: str) -> None:
    made = rounds(program(body).encode())
    assert made.found, "otherwise this says nothing"
    assert made.text == program(body)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("indent", ["    ", "\t"])
def test_line_ends_and_tabs_stay(newline: str, indent: str) -> None:
    lines = [
        "import tensorflow as tf",
        "x = tf.ones([2, 3])",
        "def step(w):",
        "-y = (x",
        "-  @ w)",
        "",
        "-# the tape",
        "-with tf.GradientTape() as t:",
    ]
    lines += ["--loss = tf.reduce_sum(y)", "-return t.gradient(loss, w)", "step(tf.Variable(tf.ones([3, 1])))", ""]
    wanted = [*lines[:3], "-# the tape", lines[7], "--y = (x", "--  @ w)", *lines[8:]]
    before, expected = (newline.join(line.replace("-", indent) for line in part) for part in (lines, wanted))
    assert after(before) == expected


def test_text_over_several_lines_moves_as_it_is() -> None:
    head = HEAD + "w = tf.Variable(tf.ones([3, 2]))\n"
    moved = 'y = x @ w\ntext = """\n  as it is\n"""\n'
    tail = "    loss = tf.reduce_sum(y)\nprint(text, tape.gradient(loss, w))\n"
    inside = '    y = x @ w\n    text = """\n  as it is\n"""\n'
    assert after(f"{head}{moved}with tf.GradientTape() as tape:\n{tail}") == f"{head}with tf.GradientTape() as tape:\n{inside}{tail}"


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("import tensorflow as T\n", "T.reduce_mean"),
        ("import tensorflow.compat.v2 as T\n", "T.reduce_mean"),
        ("import tensorflow as tensors\nT = tensors\n", "tensors.reduce_mean"),
    ],
)
def test_libraries_keep_their_names(head: str, wanted: str) -> None:
    block = "with T.GradientTape() as tape:\n    loss = numpy.mean(w * w)\n"
    text = f"import numpy\n{head}w = T.Variable([1.0, 2.0])\n{block}print(tape.gradient(loss, w))\n"
    assert after(text) == text.replace("numpy.mean", wanted)


def test_an_import_comes_along() -> None:
    text = (
        "import keras\nimport numpy as np\nfrom tensorflow import GradientTape, Variable\n"
        "w = Variable([1.0, 2.0])\nwith GradientTape() as tape:\n    loss = np.mean(w * w)\nprint(tape.gradient(loss, w))\n"
    )
    assert after(text) == "import tensorflow as tf\n" + text.replace("np.mean", "tf.reduce_mean")


def test_safe_repairs_alone() -> None:
    safe, other = program("loss = tf.reduce_sum(np.maximum(x @ w, 0.0))"), program("loss = tf.reduce_sum(tf.sign(x @ w))")
    assert after(safe, unsafe=False) == safe.replace("np.maximum", "tf.maximum")
    assert after(other, unsafe=False) == other


TARGETS = {
    "print(tape.gradient(-loss, w))": "print(tape.gradient(objective, w))",
    "print(tape.gradient(loss / 2.0, [w]))": "print(tape.gradient(objective, [w]))",
}


@pytest.mark.parametrize("asked", TARGETS)
def test_arithmetic_in_the_gradient_call_moves_under_the_tape(asked: str) -> None:
    inside = asked.split("(", 2)[2].split(",")[0]
    text = f"{HEAD}w = tf.Variable(tf.ones([3, 2]))\nwith tf.GradientTape() as tape:\n    loss = tf.reduce_sum(x @ w)\n{asked}\n"
    wanted = text.replace(asked, f"    objective = {inside}\n{TARGETS[asked]}")
    assert after(text) == wanted


TWO = "with tf.GradientTape() as outer, tf.GradientTape() as inner, open(__file__) as file:\n    loss = tf.reduce_sum(x**2)\n"


@pytest.mark.parametrize("name", ["outer", "inner"])
def test_of_several_tapes_the_right_one_watches(name: str) -> None:
    text = f"{HEAD}{TWO}print({name}.gradient(loss, x))\n"
    assert after(text) == text.replace("    loss", f"    {name}.watch(x)\n    loss")


def test_lines_after_the_block_at_the_margin() -> None:
    head = "import tensorflow as tf\nw = tf.Variable([3.0])\nwith tf.GradientTape() as tape:\n    h = w * 2.0\n"
    before = f"{head}# squared\nsquare = h ** 2\n\nloss = tf.reduce_sum(square)  # all\nprint(tape.gradient(loss, w))\n"
    wanted = f"{head}# squared\n    square = h ** 2\n\n    loss = tf.reduce_sum(square)  # all\nprint(tape.gradient(loss, w))\n"
    assert after(before) == wanted


def test_two_weights_in_one_line() -> None:
    made = "a, b = np.ones([3, 2], np.float32), np.zeros(2, np.float32)\n"
    before = program("loss = tf.reduce_sum(x @ a + b)", HEAD + made, result="tape.gradient(loss, [a, b])")
    wanted = "a, b = tf.Variable(np.ones([3, 2], np.float32)), tf.Variable(np.zeros(2, np.float32))\n"
    assert after(before) == before.replace(made, wanted)


@pytest.mark.parametrize("labels", ["tf.ones_like(scores)", "0.9 * tf.ones_like(scores)", "keras.ops.full_like(scores, 0.9)"])
def test_a_label_that_overwrites_the_prediction_gets_a_name(labels: str) -> None:
    def text(name: str) -> str:
        lines = f"    {name} = {labels}\n    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels={name}, logits=scores))\n"
        return program("loss = loss_of(x @ w)", f"import keras\n{HEAD}\ndef loss_of(scores):\n{lines}\n")

    assert after(text("scores")) == text("labels")


@pytest.mark.parametrize("zeros", ["tf.zeros_like(dy)", "tf.keras.backend.zeros_like(dy)", "0.0 * dy", "None"])
def test_a_gradient_function_that_gives_zeros_hands_on_what_it_was_given(zeros: str) -> None:
    def text(given: str) -> str:
        lines = f"    def backward(dy):\n        return {given}\n\n    return tf.round(x), backward\n"
        return program("loss = tf.reduce_sum(rounded(x @ w))", f"{HEAD}\n@tf.custom_gradient\ndef rounded(x):\n{lines}\n")

    assert after(text(zeros)) == text("dy")


def test_check_calls_what_comes_in_by_its_name() -> None:
    lines = "    return tf.round(x), lambda dy: (tf.zeros_like(dy), tf.zeros_like(dy))\n"
    text = program("loss = tf.reduce_sum(rounded(x @ w, w))", f"{HEAD}\n@tf.custom_gradient\ndef rounded(x, y):\n{lines}\n")
    (found,) = rounds(text.encode()).found
    assert "returns zeros" in found.message
    assert found.fix is not None
    assert "`return dy`" in found.fix.title


@pytest.mark.parametrize(("cast", "dtype"), [("to_int32", "int32"), ("to_int64", "int64"), ("to_float", "float"), ("to_double", "double")])
def test_casts_that_are_gone_from_tensorflow_are_casts(cast: str, dtype: str) -> None:
    file = SourceFile("program.py", f"import tensorflow as tf\nvalue = tf.compat.v1.{cast}(score)\nloss = 2.0 * value\n")
    call = next(n for n in file.nodes if isinstance(n, ast.Call))
    assert dtype_of(file, call) == dtype
    assert is_float_cast(file, call) is not dtype.startswith("int")
    assert (uncast(file, call) is not None) is dtype.startswith("int")


INSIDE = {
    "np.mean(np.square(v), axis=0)": "tf.reduce_mean(tf.square(v), axis=0)",
    "np.exp(v).astype(np.float32)": "tf.exp(v)",
    "rankdata(v)": "0.5 + tf.reduce_sum(tf.sigmoid((v[:, None] - v[None, :]) / 0.05), axis=1)",
    "v.max()": "",  # what only arrays have
    "np.sort(v)": "",  # without a counterpart
}


@pytest.mark.parametrize("value", INSIDE)
def test_a_python_function_is_called_directly(value: str) -> None:
    def text(value: str, call: str) -> str:
        return program(f"loss = tf.reduce_sum({call})", f"from scipy.stats import rankdata\n{HEAD}\ndef outside(v):\n    return {value}\n\n")

    before = text(value, "tf.numpy_function(outside, [x @ w], tf.float32)")
    assert after(before) == (text(INSIDE[value], "outside(x @ w)") if INSIDE[value] else before)


COUNTED = {
    "tf.gather(x, [n])": True,
    "tf.one_hot([0, 1], depth=n)": True,
    "tf.range(n)": True,
    "np.zeros([n, 3])": True,
    "np.ones(8).reshape(n, -1)": True,
    "tf.gather(n, [0])": False,
    "tf.square(n)": False,
    "own(n)": False,
}


@pytest.mark.parametrize("read", COUNTED)
def test_whole_numbers_stay_where_only_those_may_stand(read: str) -> None:
    file = SourceFile("program.py", f"import numpy as np\nimport tensorflow as tf\nn = tf.Variable(3)\nz = {read}\n")
    made = next(n for n in file.nodes if isinstance(n, ast.Call) and file.code(n) == "tf.Variable(3)")
    assert _is_index(file, made) is COUNTED[read]
