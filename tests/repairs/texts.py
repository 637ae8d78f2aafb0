"""What test_texts.py and test_texts_of_functions.py have in common: a program around some lines, and its text after all repairs."""

from __future__ import annotations

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
