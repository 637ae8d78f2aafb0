"""Repairs that only a run can ask for: its diagnoses are written by hand here, and TensorFlow runs what comes out."""

from __future__ import annotations

from repairs.of_runs import ASKED, HEAD, POINTS, Case, judged

ROOT = "the slope of the square root in `...` is infinite at 0, and 8 of its 64 arguments are 0, so the gradient of `w` is not finite"
LOG = "`...` takes the logarithm of 0 (1 of 8, the first is [0]), so the gradient of `w` is not finite"
QUOTIENT = "`...` divides by zero (1 of 8, the first is [0]), so the gradient of `w` is not finite"
RAW = "`layer.w` is a raw tf.Variable on a Keras 3 layer: Keras does not track it, so it never trains"
EQUAL = "all 3 units of `dense/kernel` begin equal and get equal gradients, so together they can do no more than one unit could"
ZEROS = "`x @ a @ b` multiplies by zero (`b`: all 2 values of it are zero), so the gradient of `a` and `b` is zero"
EMPTY = "`model.trainable_variables` is empty: there is nothing to train"


def at_zero(message: str, before: str, after: str) -> Case:
    return Case("non-finite", message, f"{HEAD}{POINTS}y = {before}{ASKED}", before, before, after)


def equal(before: str, after: str, rest: str = "", name: str = "dense/kernel") -> Case:
    text = f"{HEAD}model = keras.Sequential([{before}, keras.layers.Dense(1)])\nmodel(x)\n{rest}"
    step = "with tf.GradientTape() as tape:\n    loss = tf.reduce_sum(model(x + 1.0) ** 2)\ng = tape.gradient(loss, model.trainable_variables)\n"
    return Case("identical-units", EQUAL, text + step, before, before, after, ((name, before),))


def zeros(one: str, other: str, after_one: str, after_other: str) -> Case:
    made = f"a = tf.Variable({one})\nb = tf.Variable({other})"
    text = f"{HEAD}{made}\nwith tf.GradientTape() as tape:\n    loss = tf.reduce_sum((x @ a @ b - 1.0) ** 2)\ng = tape.gradient(loss, [a, b])\n"
    after = f"a = tf.Variable({after_one})\nb = tf.Variable({after_other})"
    return Case("zero-factor", ZEROS, text, "x @ a @ b", made, after, (("a", f"tf.Variable({one})"), ("b", f"tf.Variable({other})")))


LAYER = """class Scale(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.w = {}
    def call(self, x):
        return x * self.w
model = keras.Sequential([keras.Input((2,)), Scale()])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(model(x))
assert model.trainable_variables
g = tape.gradient(loss, model.trainable_variables)
"""
TRACKED = HEAD + LAYER
LAMBDA = """w = tf.Variable([1.0, 2.0])
spare = tf.Variable(1.0)
model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda t: t * w)])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(model(x))
g = tape.gradient(loss, model.trainable_variables)
assert len(g) == 1
"""
FROZEN = """class Game:
    def __init__(self):
        self.d = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        self.d.trainable = False

    def step(self):
{before}        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(self.d(x) ** 2)
        weights = self.d.trainable_weights
{after}        return tape.gradient(loss, weights)


game = Game()
g = game.step()
assert len(g) == 2
assert not game.d.trainable_weights
"""
RELEASED = ("        self.d.trainable = True\n", "        self.d.trainable = False\n")
ROWS = (
    "`tf.gather(p, i) * tf.gather(q, i)` multiplies by zero (the other factor: all 2 values of it are zero), so the gradient of `p` and `q` is zero"
)
OTHER = "what it is multiplied by comes from here"
TABLES = """def table(rows, init=tf.zeros):
    return tf.Variable(init([rows, 2]))
p, q, i = table(3), table(4), [0, 1]
with tf.GradientTape() as tape:
    loss = tf.reduce_sum((tf.gather(p, i) * tf.gather(q, i) - 1.0) ** 2)
g = [tf.convert_to_tensor(one) for one in tape.gradient(loss, [p, q])]
"""
BY_DEFAULT = "init=lambda shape: tf.random.normal(shape, stddev=0.1)"
TABLE = (("p", "tf.Variable(init([rows, 2]))"), ("q", "tf.Variable(init([rows, 2]))"))
WHOLE = "`p` is uint8 (`...`): only floating variables have gradients"
FLOATING = "p = tf.cast(p, tf.float32)\n"
WATCHED = (("the tape begins here", "tf.GradientTape()"),)
PICTURE = """p = tf.constant([[1, 2]], tf.uint8)
with tf.GradientTape() as tape:
    tape.watch(p)
    loss = tf.reduce_sum(tf.cast(p, tf.float32) ** 2)
g = [tape.gradient(loss, p)]
"""

CASES = [
    at_zero(ROOT, "tf.norm(x @ w, axis=-1)", "tf.sqrt(tf.reduce_sum(tf.square(x @ w), axis=-1) + 1e-12)"),
    at_zero(
        ROOT,
        "tf.linalg.norm(x @ w, ord='euclidean', axis=1, keepdims=True)",
        "tf.sqrt(tf.reduce_sum(tf.square(x @ w), axis=1, keepdims=True) + 1e-12)",
    ),
    at_zero(ROOT, "ops.norm(x @ w, axis=-1)", "ops.sqrt(ops.sum(ops.square(x @ w), axis=-1) + 1e-12)"),
    at_zero(ROOT, "tf.math.reduce_std(x @ w, axis=-1)", "tf.sqrt(tf.math.reduce_variance(x @ w, axis=-1) + 1e-12)"),
    at_zero(ROOT, "tf.sqrt(tf.square(x @ w))", "tf.sqrt(tf.square(x @ w) + 1e-12)"),
    at_zero(ROOT, "(x @ w) ** 0.5", "(x @ w + 1e-12) ** 0.5"),
    at_zero(ROOT, "tf.square(x @ w) ** 0.5", "(tf.square(x @ w) + 1e-12) ** 0.5"),
    at_zero(LOG, "tf.math.log(x @ w)", "tf.math.log(tf.maximum(x @ w, 1e-12))"),
    at_zero(QUOTIENT, "(x @ w) / (x @ w)[:, :1]", "tf.math.divide_no_nan(x @ w, (x @ w)[:, :1])"),
    Case(
        "not-trainable",
        RAW,
        TRACKED.format("tf.Variable(tf.ones([2]), name='w')"),
        "tf.Variable(tf.ones([2]), name='w')",
        "tf.Variable",
        "keras.Variable",
    ),
    equal("keras.layers.Dense(3, kernel_initializer='ones')", "keras.layers.Dense(3)"),
    equal("keras.layers.Dense(3, kernel_initializer=keras.initializers.Constant(0.1), name='d')", "keras.layers.Dense(3, name='d')"),
    zeros(
        "tf.zeros([2, 3])",
        "np.zeros((3, 1), np.float32)",
        "tf.random.normal([2, 3], stddev=0.1)",
        "np.random.normal(0.0, 0.1, (3, 1)).astype(np.float32)",
    ),
    zeros(
        "tf.zeros([2, 3], tf.float32)",
        "tf.zeros([3, 1])",
        "tf.random.normal([2, 3], stddev=0.1, dtype=tf.float32)",
        "tf.random.normal([3, 1], stddev=0.1)",
    ),
    Case("zero-factor", ROWS, HEAD + TABLES, "tf.gather(p, i) * tf.gather(q, i)", "init=tf.zeros", BY_DEFAULT, TABLE, ((OTHER, "tf.gather(q, i)"),)),
    Case("non-float-variable", WHOLE, HEAD + PICTURE, "tf.constant([[1, 2]], tf.uint8)", "with tf", f"{FLOATING}with tf", (), WATCHED),
    Case("empty-variable-list", EMPTY, HEAD + LAMBDA, "model.trainable_variables", "model.trainable_variables", "[w]"),
    Case(
        "empty-variable-list",
        EMPTY.replace("model.trainable_variables", "self.d.trainable_weights"),
        HEAD + FROZEN.format(before="", after=""),
        "self.d.trainable_weights",
        FROZEN.format(before="", after=""),
        FROZEN.format(before=RELEASED[0], after=RELEASED[1]),
        (),
        (("`dense` was frozen here", "self.d.trainable = False"), ("the tape begins here", "tf.GradientTape()")),
    ),
]

RENEWED = "`fresh()` takes the place of the one before, and the list still has the variables of that: all 2 of `listed`"
TAKEN = "the list that is asked for was taken here"
OLD_LIST = """def fresh():
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model = None
listed = []
def start():
    global model, listed
    model = keras.Sequential([keras.Input((2,))])
    listed = model.trainable_weights
start()
{again}
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(model(x) ** 2)
g = tape.gradient(loss, listed)
"""
AGAIN = "model = fresh()\nlisted = model.trainable_weights  # all\nmodel = fresh()"
CASES.append(
    Case(
        "variable-recreated",
        RENEWED,
        HEAD + OLD_LIST.format(again=AGAIN).replace("model = fresh()\nwith", "model = fresh()  # new\nwith"),
        "fresh()  # new",
        "model = fresh()  # new\n",
        "model = fresh()  # new\nlisted = model.trainable_weights\n",
        (),
        ((TAKEN, "model.trainable_weights  # all"),),
    )
)
LEFT_ALONE = [
    Case(
        "variable-recreated",
        RENEWED,
        HEAD + OLD_LIST.format(again="model = fresh()"),
        "fresh()\nwith",
        "",
        "",
        (),
        ((TAKEN, "model.trainable_weights\nstart"),),  # in a function that has other names
    ),
    at_zero(ROOT, "tf.norm(x @ w, ord=1, axis=-1)", ""),
    at_zero(ROOT, "tf.norm(x @ w, ord=2, axis=(0, 1))", ""),
    at_zero(ROOT, "tf.norm(x @ w,  # rows\n            axis=-1)", ""),
    at_zero("`...` takes the logarithm of a negative number (the smallest is -1)", "tf.math.log(x @ w)", ""),
    equal("keras.layers.Dense(3, kernel_initializer='he_normal')", ""),
    equal("keras.layers.Dense(3, bias_initializer='ones')", ""),
    zeros("tf.zeros([2, 3], name=x)", "np.zeros([3, 1], order='C')", "", ""),
    Case("zero-factor", ROWS, HEAD + TABLES, "tf.gather(p, i) * tf.gather(q, i)", "", "", TABLE[:1], ((OTHER, "tf.gather(q, i)"),)),
    Case("non-float-variable", WHOLE, HEAD + PICTURE.replace("watch(p)", "watch(x)"), "tf.constant([[1, 2]], tf.uint8)", "", "", (), WATCHED),
    Case("not-trainable", RAW, TRACKED.format("tf.Variable(tf.ones([2]), shape=[None])"), "tf.Variable(tf.ones([2]), shape=[None])", "", ""),
    Case("empty-variable-list", EMPTY, HEAD + LAMBDA.replace("t * w", "t * t"), "model.trainable_variables", "", ""),
    Case(
        "empty-variable-list",
        EMPTY.replace("model.trainable_variables", "self.d.trainable_weights"),
        HEAD + FROZEN.format(before="", after="") + "game.d.trainable = False\n",
        "self.d.trainable_weights",
        "",
        "",
        (),
        (("`dense` was frozen here", "game.d.trainable = False"), ("the tape begins here", "tf.GradientTape()")),
    ),
]


test_the_repair_and_what_tensorflow_says, test_what_is_not_certain_is_left_alone = judged(CASES, LEFT_ALONE)
