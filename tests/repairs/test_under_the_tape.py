"""What was computed once, in a constructor or at the margin, is computed in every step: in many spellings, and what must not be touched."""

from __future__ import annotations

import pytest

from repairs.rounds import rounds
from repairs.texts import after

HEAD = "import tensorflow as tf\n\nx = tf.random.normal([8, 2])\n\n\n"
STEP = "with tf.GradientTape() as tape:\n    loss = tf.reduce_sum(model(x) ** 2)\nprint(tape.gradient(loss, model.trainable_variables))\n"
CALL = "\n    def __call__(self, x):\n        return x * self.used\n"


def program(constructor: str, rest: str = CALL, *, bases: str = "tf.Module", made: str = "Model(2)") -> str:
    """`constructor`: the lines of a method with a variable `self.raw`."""
    lines = "".join(f"        {line}\n" for line in constructor.splitlines())
    head = f"{HEAD}class Model({bases}):\n    def __init__(self, size, bias=0.5):\n        self.raw = tf.Variable(tf.zeros([size]))\n"
    return f"{head}{lines}{rest}\n\nmodel = {made}\n{STEP}"


def with_property(constructor: str, body: str, rest: str = CALL) -> str:
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    return program(constructor, f"\n    @property\n    def used(self):\n{lines}{rest}")


MOVED = {
    "self.used = tf.exp(self.raw)": ("", "return tf.exp(self.raw)"),
    "self.used = tf.exp(self.raw)  # > 0": ("", "return tf.exp(self.raw)  # > 0"),
    "self.used = tf.exp(self.raw) + bias": ("self.bias = bias", "return tf.exp(self.raw) + self.bias"),
    "self.shift = bias\nself.used = tf.exp(self.raw) + bias": ("self.shift = bias", "return tf.exp(self.raw) + self.shift"),
    "first = tf.exp(self.raw)\ntotal = tf.reduce_sum(first)\nself.used = total * 2.0": (
        "",
        "first = tf.exp(self.raw)\ntotal = tf.reduce_sum(first)\nreturn total * 2.0",
    ),
    "width = 2.0 * bias\nself.used = (\n    tf.exp(self.raw)\n    + width\n)\nself.width = width": (
        "width = 2.0 * bias\nself.bias = bias\nself.width = width",
        "width = 2.0 * self.bias\nreturn (\n    tf.exp(self.raw)\n    + width\n)",
    ),
}
LEFT_ALONE = {
    "random numbers": program("self.used = self.raw + tf.random.normal([2])"),
    "bound anew": program("bias = bias * 2.0\nself.used = tf.exp(self.raw) + bias"),
    "read in the constructor": program("self.used = tf.exp(self.raw)\nprint(self.used)"),
    "stored again": program("self.used = tf.exp(self.raw)", f"{CALL}\n    def reset(self):\n        self.used = tf.exp(self.raw)\n"),
    "its source changes": program(
        "self.shift = bias\nself.used = tf.exp(self.raw) + self.shift", f"{CALL}\n    def move(self):\n        self.shift = 2.0\n"
    ),
    "a base class that is not known": "from somewhere import Base\n" + program("self.used = tf.exp(self.raw)", bases="Base, tf.Module"),
    "a function that is not known": "from somewhere import positive\n" + program("self.used = positive(tf.exp(self.raw))"),
    "a slot": program("self.used = tf.exp(self.raw)", f'{CALL}\n    __slots__ = ("used", "raw")\n'),
    "in a branch": program("if bias:\n    self.used = tf.exp(self.raw)"),
}


@pytest.mark.parametrize("constructor", MOVED)
def test_a_constructor_gives_a_property(constructor: str) -> None:
    made = rounds(program(constructor).encode())
    assert made.settled
    assert made.text == with_property(*MOVED[constructor])
    assert not made.left


@pytest.mark.parametrize("why", LEFT_ALONE)
def test_what_may_not_be_computed_again_stays(why: str) -> None:
    assert rounds(LEFT_ALONE[why].encode()).text == LEFT_ALONE[why]


AT_THE_MARGIN = """import tensorflow as tf

x = tf.random.normal([8, 2])
raw = tf.Variable([0.1, 0.2])
{before}

def step():
    with tf.GradientTape() as tape:
{inside}        loss = tf.reduce_mean((x * w) ** 2)
    return tape.gradient(loss, [raw])


print(step()){after}
"""


@pytest.mark.parametrize(
    ("lines", "kept", "after"),
    [
        ("w = tf.nn.softplus(raw)  # > 0\n", "", ""),
        ("w = tf.nn.softplus(raw)\n", "w = tf.nn.softplus(raw)\n", "\nprint(w)"),
        ("w = tf.exp(\n    raw\n)\n", "", ""),
    ],
)
def test_at_the_margin(lines: str, kept: str, after: str) -> None:
    inside = "".join(f"        {line}\n" for line in lines.splitlines())
    before = AT_THE_MARGIN.format(before=lines, inside="", after=after)
    assert rounds(before.encode()).text == AT_THE_MARGIN.format(before=kept, inside=inside, after=after)


@pytest.mark.parametrize("lines", ["w = raw + tf.random.normal([2])\n", "w = tf.exp(raw)\nraw = tf.Variable([0.3, 0.4])\n"])
def test_at_the_margin_left_alone(lines: str) -> None:
    before = AT_THE_MARGIN.format(before=lines, inside="", after="")
    assert rounds(before.encode()).text == before


PAIRS = """a, c = tf.Variable(tf.ones([2, 1])), tf.Variable(tf.ones([2, 1]))
with tf.GradientTape() as actor_tape:
    actor_loss = tf.reduce_mean(x @ a)
with tf.GradientTape() as critic_tape:
    critic_loss = tf.reduce_mean((x @ c) ** 2)


def step(tape, loss, variable):
    return tape.gradient(loss, variable)


{jobs}
"""


@pytest.mark.parametrize(
    "jobs",
    [
        "for job in [(ACTOR, actor_loss, a), (CRITIC, critic_loss, c)]:\n    step(*job)",
        "for tape, loss, v in [(ACTOR, actor_loss, a), (CRITIC, critic_loss, c)]:\n    print(tape.gradient(loss, v))",
        "step(ACTOR, actor_loss, a)\nstep(CRITIC, critic_loss, c)",
    ],
)
def test_a_tape_that_is_handed_on_with_a_loss_it_did_not_record(jobs: str) -> None:
    lines = "def train():\n" + "".join(f"    {line}\n" for line in PAIRS.format(jobs=jobs).splitlines()) + "\n\ntrain()\n"
    crossed, right = (
        HEAD + lines.replace("ACTOR", one).replace("CRITIC", other) for one, other in (("critic_tape", "actor_tape"), ("actor_tape", "critic_tape"))
    )
    assert after(crossed, unsafe=True) == right
    assert after(right, unsafe=True) == right
