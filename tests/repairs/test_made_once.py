"""Layers and variables that are made anew in every call, of the size of the input: TensorFlow runs what comes out."""

from __future__ import annotations

from repairs.of_runs import HEAD, Case, judged

AGAIN = "`...` makes a new variable on every call: the one in the list is not the one the loss used"
MODULE = """class Net(tf.Module):
{init}
    def __call__(self, x):
        n = x.shape[-1]
{body}
net = Net()
net(x)
before = {kept}
with tf.GradientTape() as tape:
    loss = tf.reduce_sum((net(x + 1.0) + 1.0) ** 2)
g = tape.gradient(loss, before)
assert g
"""
NONE = """    def __init__(self):
        super().__init__("net")
        self.gate = None
"""


def made(body: str, found: str, before: str, after: str, init: str = "", kept: str = "net.trainable_variables") -> Case:
    lines = "\n".join(f"        {line}" for line in body.splitlines())
    return Case("variable-recreated", AGAIN, HEAD + MODULE.format(init=init, body=lines, kept=kept), found, before, after)


DENSE = "self.gate = keras.layers.Dense(n)  # as wide"
OF_LAYER = f"{DENSE}\nreturn self.gate(x)"
PAIR = "self.low = keras.layers.Dense(n // 2)\nself.high = keras.layers.Dense(\n    n,\n)\nreturn self.high(self.low(x))"
WEIGHT = "self.w = tf.Variable(tf.ones([n, 1]))\nreturn x @ self.w"
KEPT = "[*net.gate.trainable_variables]"
ONCE = 'if not hasattr(self, "{}"):\n            '

CASES = [
    made(OF_LAYER, "self.gate(x)", DENSE, ONCE.format("gate") + DENSE, kept=KEPT),
    made(OF_LAYER, "self.gate(x)", DENSE, f"if self.gate is None:\n            {DENSE}", init=NONE, kept=KEPT),
    made(
        PAIR,
        "self.low(x)",
        "self.low = keras.layers.Dense(n // 2)\n        self.high = keras.layers.Dense(\n            n,\n        )",
        f"{ONCE.format('low')}self.low = keras.layers.Dense(n // 2)\n        {ONCE.format('high')}"
        "self.high = keras.layers.Dense(\n                n,\n            )",
        kept="net.low.trainable_variables + net.high.trainable_variables",
    ),
    made(WEIGHT, "tf.Variable(tf.ones([n, 1]))", "self.w = tf", f"{ONCE.format('w')}self.w = tf"),
]
LEFT_ALONE = [
    made(WEIGHT.replace("tf.ones([n, 1])", "x[:, :1]"), "tf.Variable(x[:, :1])", "", ""),  # made of the values
    made(OF_LAYER, "self.gate(x)", "", "", init=NONE.replace("None", "3")),
    made("gate = keras.layers.Dense(n)\nreturn gate(x)", "gate(x)", "", ""),
]


test_the_repair_and_what_tensorflow_says, test_what_is_not_certain_is_left_alone = judged(CASES, LEFT_ALONE)
