"""A cause's page and the catalogue, as they are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.cells import cell_len

from render.golden import check_golden
from whygrad.render.page import render_list, render_page
from whygrad.render.screen import Screen

HAPPENS = """\
The forward pass works, the loss is right, and `tape.gradient` gives None for every variable before the op. There is
no warning and no error until an optimizer is asked.

    g = tape.gradient(loss, w)        # a comment on a line that is too long for the screen and is not broken
    if g is None:
        print("?")

Look for one of these:
- a comparison, `x > 0`, that is turned back
  into a float by `tf.cast`
- `tf.round`
1. numbers too"""
READING = "Automatic differentiation: https://www.tensorflow.org/guide/autodiff\nAnother guide: https://www.tensorflow.org/guide/variable"


@dataclass(frozen=True)
class SamplePage:
    slug: str
    title: str
    sections: dict[str, str] = field(default_factory=dict)


PAGE = SamplePage("sample-cause", "An op without a gradient \x1b[31mstands on the path", {"What happens": HAPPENS, "Further reading": READING})
BROKEN = "import tensorflow as tf\n\ny = tf.round(w)  # cut\nloss = y\n"
FIXED = "import tensorflow as tf\n\ny = w\nloss = y\n"


def test_a_page() -> None:
    text = render_page(PAGE, BROKEN, FIXED, Screen(width=72))
    check_golden("cause_page.txt", text)
    assert [line.split()[0] for line in text.splitlines() if cell_len(line) > 72] == ["g"], "only code is wider than the screen"


def test_a_list_keeps_its_columns() -> None:
    pages = [PAGE, SamplePage("b", "A title that goes on and on until it is longer than what is left of the line")]
    text = render_list(pages, Screen(width=60))
    check_golden("cause_list.txt", text)
    assert all(cell_len(line) <= 60 for line in text.splitlines())


def test_a_page_without_programs_and_an_empty_list() -> None:
    assert "broken program" not in render_page(PAGE, BROKEN, None, Screen())
    assert "whygrad explain CAUSE" in render_list([], Screen())


def test_a_page_in_colour_and_in_ascii() -> None:
    assert "\x1b[1m" in render_page(PAGE, BROKEN, FIXED, Screen(color=True))
    render_page(SamplePage("x", "é", {"What happens": "– “é”"}), "a = 'é'", "b = 'é'", Screen(encoding="ascii")).encode("ascii")
