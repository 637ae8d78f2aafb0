"""Repairs in many spellings: what the program calls its libraries, tabs, line ends, calls over several lines, and what must not be touched."""

from __future__ import annotations

import pytest

from repairs.rounds import rounds

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


HELPER = """def moments(d):
    return np.array([np.mean(d), np.max(d)])


w = tf.Variable(tf.ones([3, 2]))
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(moments(x @ w).reshape((1, 2)))
print(tape.gradient(loss, w))
"""


def test_what_is_done_with_the_result_of_a_function() -> None:
    wanted = HELPER.replace("np.array([np.mean(d), np.max(d)])", "tf.stack([tf.reduce_mean(d), tf.reduce_max(d)])")
    wanted = wanted.replace("moments(x @ w).reshape((1, 2))", "tf.reshape(moments(x @ w), (1, 2))")
    assert after(HEAD + HELPER) == HEAD + wanted


@pytest.mark.parametrize("more", ["print(moments(np.ones(3)).tolist())\n", "print(list(map(moments, [np.ones(3)])))\n"])
def test_a_function_whose_results_cannot_be_followed(more: str) -> None:
    made = rounds((HEAD + HELPER + more).encode())
    assert made.found
    assert made.text == HEAD + HELPER + more


CAPTURED = """w = tf.Variable(tf.ones([3, 2]))
k = tf.Variable(2.0)


@tf.custom_gradient
def scaled(v):
    {text}

    def grad(up, variables=None):
        return up * k, {nothing}

    return y, grad


with tf.GradientTape() as tape:
    loss = tf.reduce_sum(scaled(x @ w))
print(tape.gradient(loss, [w, k]))
"""


@pytest.mark.parametrize("nothing", ["[None] * len(variables)", "[None for _ in variables]"])
def test_a_custom_gradient_asks_a_tape_inside(nothing: str) -> None:
    inside = "with tf.GradientTape(persistent=True) as inner:\n        y = v * k"
    wanted = HEAD + CAPTURED.format(text=inside, nothing="inner.gradient(y, variables, up)")
    assert after(HEAD + CAPTURED.format(text="y = v * k", nothing=nothing)) == wanted


def test_a_custom_gradient_around_what_has_none() -> None:
    text = HEAD + CAPTURED.format(text="y = tf.round(v * k)", nothing="[None] * len(variables)")
    assert rounds(text.encode()).text == text


DISCARDED = """import keras
from keras import layers, ops


class Encoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
        self.pooler = layers.Dense(3)

    def call(self, x):
        h = self.dense(x)
        pooled = self.pooler(h)
        return h, pooled


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
{frozen}        self.head = layers.Dense(1)

    def call(self, x):
        h, {name} = self.encoder(x)
        return self.head(h)


net = Net()
net.compile(optimizer="adam", loss="mse")
net.fit(ops.ones((4, 2)), ops.ones((4, 1)))
"""


def test_what_is_thrown_away_is_frozen() -> None:
    wanted = DISCARDED.format(frozen="        self.encoder.pooler.trainable = False\n", name="_")
    assert after(DISCARDED.format(frozen="", name="_")) == wanted


def test_what_has_a_name_may_have_been_forgotten() -> None:
    text = DISCARDED.format(frozen="", name="pooled")
    made = rounds(text.encode())
    assert made.found
    assert made.text == text
