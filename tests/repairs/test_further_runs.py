"""Further repairs of what a run or reading the source finds, one program each: TensorFlow runs what comes out."""

from __future__ import annotations

import dataclasses

from repairs.of_runs import ASKED, HEAD, PATH, POINTS, Case, judged
from whygrad.causes.gradient_stopped import claim
from whygrad.evidence import Evidence
from whygrad.model import Location

WRITTEN = "what `rows.write(i, v)` returns is thrown away, and the loss is computed from the array of before: `w` gets no gradient"
ARRAYS = """w = tf.Variable([[1.0, 0.0], [0.0, 1.0]])
@tf.function
def step():
    with tf.GradientTape() as tape:
        rows = tf.TensorArray(tf.float32, size=2, element_shape=[2, 2])
{writes}
        loss = tf.reduce_sum(rows.stack())
    return tape.gradient(loss, [w])
g = step()
"""
FIRST, AGAIN = "        rows.write(0, x @ w)  # begin", "        for i in range(1, 2):\n            rows.write(i, x @ w)"


def arrays(writes: str) -> str:
    return HEAD + ARRAYS.format(writes=writes)


KEPT = [line.replace("rows.", "rows = rows.") for line in (FIRST, AGAIN)]
STOPPED = "`back_prop=False` in `tf.scan(...)` stops the gradient on the way from `w` to `loss`"


def scanned(before: str, after: str) -> Case:
    text = f"{HEAD}{POINTS}y = {before}{ASKED}"
    return Case("gradient-stopped", STOPPED, text, before, before, after)


AFTER = "`...` was computed after the tape had stopped recording, so `w` gets no gradient"
TAPES = """w = tf.Variable([[1.0, 0.5], [0.0, 2.0]])
with {opened}:
    y = tf.reduce_sum((x @ w) ** 3)
{after}
"""


def after(lines: str, found: str, before: str, new: str, opened: str = "tf.GradientTape(persistent=True) as tape") -> Case:
    """`found` was computed after the first tape of `opened`."""
    return Case("outside-tape", AFTER, HEAD + TAPES.format(opened=opened, after=lines), found, before, new, (), ((BEGINS, opened.split(" as")[0]),))


BEGINS = "the tape begins here"
SLOPE, BEND = "s = tape.gradient(y, w)", "g = [tape.gradient(s, w)]"
BOTH = "tf.GradientTape() as tape, tf.GradientTape() as inner"
FORCE = "s = -inner.gradient(y, w)\nloss = y + tf.reduce_sum(s ** 2)"


def resized(given: str, after: str, made: str = "") -> Case:
    """A picture made smaller by a method that has no gradient."""
    call = f"tf.image.resize(tf.reshape(w, [1, 2, 2, 1]), [1, 1], {given})"
    text = f"{HEAD}{made}{POINTS}y = {call}{ASKED}"
    return Case("non-differentiable-op", "`...` has no gradient, so `w` gets none", text, call, given, after)


CAPTURED = "the custom gradient of `bent` is one for its arguments only: `...` uses a tensor from around it, so `w` gets no gradient"
BENT = """w = tf.Variable([[1.0, 0.5], [0.0, 2.0]])
def step():
    scale = tf.exp(w)
{function}
    return tf.reduce_sum(bent(x))
with tf.GradientTape() as tape:
    loss = step()
g = [tape.gradient(loss, w)]
"""
GRADIENT = """
        def back(dy):
            return dy @ tf.transpose(scale)

"""


def custom(value: str, gradient: str = GRADIENT, returned: str = "y, back", plain: str = "\n") -> Case:
    """The function with a custom gradient, and without."""
    head, body = "    @tf.custom_gradient\n", f"    def bent(v):\n        y = {value}\n"
    before, after = f"{head}{body}{gradient}        return {returned}", f"{body}{plain}        return y"
    return Case("custom-gradient", CAPTURED, HEAD + BENT.format(function=before), value, before, after)


NUMBER = "`...` makes the loss a plain number: `loss` cannot be differentiated"
COMPILED = """y = np.array([[1.0], [0.0]], np.float32)
batches = iter([x, x])
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile(loss="mse"{metrics})
with tf.GradientTape() as tape:
    loss = {call}
g = tape.gradient(loss, model.trainable_variables)
"""


def compiled(call: str, after: str, metrics: str = "") -> Case:
    program = HEAD + COMPILED.format(metrics=metrics, call=call)
    return Case("bad-target", NUMBER, program, call, call, after, (), ((BEGINS, "tf.GradientTape()"),))


SUM = "`...` gives probabilities, all of them are the target, and their sum is always 1: the gradient of `w` is zero"
SHARES = """w = tf.Variable([[1.0, 0.5], [0.0, 2.0]])
with tf.GradientTape() as tape:
    h = x @ w
    p = {made}
{later}g = [tape.{asked}]
"""


def shares(made: str, axis: str, asked: str = "gradient(p, w)", later: str = "") -> Case:
    """A softmax of which all is asked for."""
    after = f"    p = {made}\n    strongest = tf.reduce_max(p, axis={axis})\ng = [tape.{asked.replace('p,', 'strongest,')}]"
    text = HEAD + SHARES.format(made=made, asked=asked, later=later)
    places = (BEGINS, "tf.GradientTape()"), ("the gradient is asked for here", f"tape.{asked}")
    return Case("constant-loss", SUM, text, made, f"    p = {made}\ng = [tape.{asked}]", after, (), places)


LABELS = "the derivative of `...` has no derivative for the labels: the gradient of `w` is zero"
INNER = """w = tf.Variable([[1.0, 0.5], [0.0, 2.0]])
with tf.GradientTape() as outer:
    p = tf.nn.softmax(w)
    z = x + 0.1
    with tf.GradientTape() as inner:
        inner.watch(z)
        loss = tf.reduce_sum({loss})
    z = z - inner.gradient(loss, z)
    loss = tf.reduce_sum(z ** 2)
g = [outer.gradient(loss, w)]
"""
WRITTEN_OUT = "-tf.reduce_sum(p * tf.nn.log_softmax(z{}), axis={})"


def labels(loss: str, after: str, around: str = "{}") -> Case:
    return Case("non-differentiable-op", LABELS, HEAD + INNER.format(loss=around.format(loss)), loss, loss, after)


STOPS = "`...` stops the gradient on the way from `w` to `loss`"


def through(before: str, after: str, found: str = "") -> Case:
    """`hard` is what `soft` is rounded to."""
    text = f"{HEAD}{POINTS}soft = x @ w\n    hard = tf.round(soft)\n    y = {before}{ASKED}"
    return Case("gradient-stopped", STOPS, text, found or before, before, after)


RIGHT = "soft + tf.stop_gradient(hard - soft)"

COPY = "`...` copies the value of `w` into a new variable: the loss is computed from the copy, so `w` gets no gradient"
SCALES = """class Scales:
    def __init__(self, factor):
        {lines}self.factor = {made}
w = tf.Variable([[1.0, 0.5], [0.0, 2.0]])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(x @ Scales(w).factor)
g = [tape.gradient(loss, w)]
assert not Scales([1.0, 2.0]).factor is None
"""


def copied(made: str, after: str, lines: str = "") -> Case:
    return Case("variable-recreated", COPY, HEAD + SCALES.format(made=made, lines=lines), made, made, after)


CASES = [
    labels("tf.nn.softmax_cross_entropy_with_logits(labels=p, logits=z)", WRITTEN_OUT.format("", "-1")),
    labels("tf.nn.softmax_cross_entropy_with_logits(p, z, axis=0)", WRITTEN_OUT.format(", axis=0", "0")),
    labels("tf.nn.softmax_cross_entropy_with_logits(p, z)", f"({WRITTEN_OUT.format('', '-1')})", "{} ** 2"),
    through("tf.stop_gradient(hard - soft + soft)", RIGHT),
    through("2.0 * tf.stop_gradient(soft + (hard - soft))", f"2.0 * ({RIGHT})", "tf.stop_gradient(soft + (hard - soft))"),
    through("tf.stop_gradient(soft) + tf.stop_gradient(hard - soft)", RIGHT, "tf.stop_gradient(soft)"),
    through("tf.stop_gradient(soft - soft + hard)", RIGHT),
    through("tf.stop_gradient(hard + soft)", "hard + soft"),  # no such form
    copied("tf.Variable(factor, dtype=tf.float32)", "factor if isinstance(factor, tf.Variable) else tf.Variable(factor, dtype=tf.float32)"),
    copied("tf.Variable(initial_value=factor)", "factor if isinstance(factor, tf.Variable) else tf.Variable(initial_value=factor)"),
    dataclasses.replace(
        copied("tf.Variable(factor) * 2.0", ""),
        found="tf.Variable(factor)",
        before="tf.Variable(factor)",
        after="(factor if isinstance(factor, tf.Variable) else tf.Variable(factor))",
    ),
    shares("tf.nn.softmax(h)", "-1"),
    shares("tf.nn.softmax(h, axis=0)", "0"),
    shares("keras.layers.Softmax()(h)", "-1", "gradient(target=p, sources=w)"),
    compiled("model.train_on_batch(x, y)", "model.compute_loss(x=x, y=y, y_pred=model(x, training=True))"),
    compiled("model.evaluate(x, y=y, verbose=0)", "model.compute_loss(x=x, y=y, y_pred=model(x, training=False))"),
    compiled("model.train_on_batch(next(batches), y)", "model.compute_loss(y=y, y_pred=model(next(batches), training=True))"),
    compiled("model.train_on_batch(x, y)[0]", "model.compute_loss(x=x, y=y, y_pred=model(x, training=True))", ", metrics=['mae']"),
    compiled(
        "model.train_on_batch(x, y, sample_weight=y + 1.0)",
        "model.compute_loss(x=x, y=y, y_pred=model(x, training=True), sample_weight=y + 1.0)",
    ),
    custom("v @ scale"),
    custom("v @ scale", "", "y, lambda dy: dy @ tf.transpose(scale)", ""),
    resized('method="area"', 'method="bilinear"'),
    resized("tf.image.ResizeMethod.AREA, antialias=True", "tf.image.ResizeMethod.BILINEAR, antialias=True"),
    dataclasses.replace(resized("**HOW['small']", "", "HOW = {'small': {'method': 'area'}}\n"), before="'area'", after="'bilinear'"),
    dataclasses.replace(resized("method=HOW", "", "HOW = 'area'\n"), before="'area'", after="'bilinear'"),
    dataclasses.replace(resized("**HOW", "", "HOW = dict(method='area', antialias=True)\n"), before="'area'", after="'bilinear'"),
    after(f"{SLOPE}  # first\n\n{BEND}", "tape.gradient(y, w)", f"{SLOPE}  # first", f"    {SLOPE}  # first"),
    after(f"{FORCE}\ng = [tape.gradient(loss, w)]", "y + tf.reduce_sum(s ** 2)", FORCE, "    " + FORCE.replace("\n", "\n    "), BOTH),
    after(
        "g = [tape.gradient(tape.gradient(y, w), w)]",
        "tape.gradient(y, w)",
        "\ng = [tape.gradient(tape.gradient(y, w), w)]",
        "\n    objective = tape.gradient(y, w)\ng = [tape.gradient(objective, w)]",
    ),
    Case("value-discarded", WRITTEN, arrays(AGAIN), "rows.write(i, x @ w)", AGAIN, KEPT[1]),
    Case("value-discarded", WRITTEN, arrays(f"{FIRST}\n{AGAIN}"), "rows.write(i, x @ w)", f"{FIRST}\n{AGAIN}", "\n".join(KEPT)),
    scanned("tf.scan(lambda a, b: a + b @ w, x[None], x, back_prop=False)", "tf.scan(lambda a, b: a + b @ w, x[None], x)"),
    scanned("tf.map_fn(lambda r: r @ w, x[None], back_prop=False, name='rows')", "tf.map_fn(lambda r: r @ w, x[None], name='rows')"),
]
LEFT_ALONE = [
    labels("tf.nn.softmax_cross_entropy_with_logits(**{'labels': p, 'logits': z})", ""),
    labels("keras.losses.categorical_crossentropy(p, z, from_logits=True)", ""),
    copied("tf.Variable(factor, trainable=False)", ""),
    copied("tf.Variable(factor)", "", "factor = factor * 1.0\n        "),
    copied("tf.Variable(factor * 2.0)", ""),
    shares("tf.nn.softmax(h, axis=h.shape.rank - 1)", ""),
    shares("tf.nn.softmax(h)", "", "gradient([p], w)"),
    shares("tf.nn.softmax(h)", "", later="p = p * 1.0\n"),
    compiled("model.evaluate(x, steps=1)", ""),
    compiled("model.train_on_batch(x, y, return_dict=True)", ""),
    compiled("model.fit(x, y)", ""),
    custom("tf.round(v @ scale)"),
    custom("tf.identity(v)"),
    custom("np.dot(v, scale)"),
    custom("v @ scale", GRADIENT.replace("return dy", "return tf.clip_by_value(dy, -1.0, 1.0)")),
    custom("v @ scale", GRADIENT + "        back(y)\n"),
    resized("method=HOW", "", "HOW = 'area'\nif HOW:\n    HOW = 'area'\n"),
    resized("method='area' if keras else 'nearest'", ""),
    after(f"{SLOPE}\n{BEND}", "tape.gradient(y, w)", "", "", "tf.GradientTape() as tape"),  # which would end the recording
    after(f"other = tf.GradientTape()\n{SLOPE.replace('tape', 'other')}\n{BEND}", "other.gradient(y, w)", "", ""),
    after(f"s = tape.gradient(y, w)\nopt.apply_gradients([(s, w)])\nt = s * 2.0\n{BEND}", "s * 2.0", "", ""),  # another step
    Case(
        "value-discarded",
        WRITTEN,
        arrays("        put(rows, x @ w)").replace("@tf", "def put(rows, v):\n    rows.write(0, v)\n@tf", 1),
        "rows.write(0, v)",
        "",
        "",
    ),
    scanned("tf.map_fn(lambda r: r @ w, x[None], back_prop=w is None)", ""),
]


test_the_repair_and_what_tensorflow_says, test_what_is_not_certain_is_left_alone = judged(CASES, LEFT_ALONE)


def test_the_words_name_what_stops() -> None:
    """A loop that is told so has no `stop_gradient` in it; one with `stop_gradient` around it has."""
    loop = "tf.scan(f, x, back_prop=False)"

    def said(text: str) -> str:
        return claim(Evidence((), Location(PATH, 1, 1, 1, 1, text=text), "loss", True, True, None, None)).message

    assert said(loop).startswith(f"`back_prop=False` in `{loop}` stops the gradient")
    assert said(f"tf.stop_gradient({loop})").startswith(f"`tf.stop_gradient({loop})` stops")
