"""Repairs in many spellings: what the program calls its libraries, tabs, line ends, calls over several lines, and what must not be touched."""

from __future__ import annotations

import pytest

from repairs.rounds import rounds
from repairs.texts import HEAD, after, program

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
    "y = x @ w\nm = np.mean(y)\nloss = m + np.std(y)": "y = x @ w\nm = tf.reduce_mean(y)\nloss = m + tf.math.reduce_std(y)",
    "y = x @ w\nm = np.mean(y)\nprint(np.median(y))\nloss = m": "y = x @ w\nm = tf.reduce_mean(y)\nprint(np.median(y))\nloss = m",
    "y = x @ w\nm = np.mean(y)\nloss = m + np.argmax(y)": "y = x @ w\nm = tf.reduce_mean(y)\nloss = m + np.argmax(y)",
    "a = float(tf.reduce_sum(w))\nb = float(w[0, 0])\nloss = tf.reduce_sum(x * a * b)": (
        "a = tf.reduce_sum(w)\nb = w[0, 0]\nloss = tf.reduce_sum(x * a * b)"
    ),
    "s, t = [], []\ns.append(float(w[0, 0]))\nt.append(float(w[1, 1]))\nloss = tf.reduce_sum(tf.stack(s) * tf.stack(t))": (
        "s, t = [], []\ns.append(w[0, 0])\nt.append(w[1, 1])\nloss = tf.reduce_sum(tf.stack(s) * tf.stack(t))"
    ),
    "y = np.tanh(x @ w)\nloss = tf.reduce_sum(y.reshape(-1))": "y = tf.tanh(x @ w)\nloss = tf.reduce_sum(tf.reshape(y, [-1]))",
    "y = np.tanh(x @ w)\nloss = y.mean(axis=0).sum()": "y = tf.tanh(x @ w)\nloss = tf.reduce_sum(tf.reduce_mean(y, axis=0))",
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
    "y = x @ w\nm = np.mean(y)\nloss = m * np.median(y)",  # the other would train with a constant median
    "y = np.tanh(x @ w)\nloss = tf.reduce_sum(y.cumsum())",  # a method without a counterpart
    "y = np.tanh(x @ w)\ny[0] = 1.0\nloss = tf.reduce_sum(y.reshape(-1))",  # written to
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


@pytest.mark.parametrize(
    ("asked", "watched"),
    [
        ('p["a"]', 'p["a"]'),
        ('[p["a"], p["b"]]', '[p["a"], p["b"]]'),
        ("p", "p"),
        ("list(p.values())", "list(p.values())"),
    ],
)
def test_what_lies_in_a_dictionary_is_watched(asked: str, watched: str) -> None:
    before = program("loss = tf.reduce_sum((x @ w) ** 2 * p['a']) + p['b']", result=f"tape.gradient(loss, {asked})")
    before = before.replace("w = tf", 'p = {"a": tf.constant(2.0), "b": tf.constant(0.5)}\nw = tf')
    wanted = before.replace("    loss", f"    tape.watch({watched})\n    loss")
    assert after(before) == wanted


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
