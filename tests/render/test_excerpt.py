"""Marks in source lines: tabs, wide letters, escapes, several lines, long lines, and columns that do not fit."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from render.sample_reports import located
from whygrad.model import Location
from whygrad.render.excerpt import MOST_LINES, SourceLine, crop, excerpt, place
from whygrad.render.paths import short_path


def marked(location: Location, width: int | None = None) -> list[str]:
    return [line.text[line.start : line.end] for line in excerpt(location, width=width)]


@pytest.mark.parametrize(
    "source",
    [
        "tf.round(x)",
        "\t\ttf.round(x)",
        "é = 'ü' + tf.round(x)",
        "予測 = tf.round(x)  # 丸め",
        "\x1b[31ma\x1b[0m = tf.round(x)",
        "x\ty = tf.round(x);\t1",
    ],
)
def test_the_mark_is_the_expression(source: str) -> None:
    assert marked(located(3, source, "tf.round(x)")) == ["tf.round(x)"]


def test_several_lines_are_marked_without_their_indentation() -> None:
    text = "tf.cast(\n        x > 0,\n    tf.float32)"
    assert marked(located(1, f"    y = {text} * 2", text)) == ["tf.cast(", "x > 0,", "tf.float32)"]


def test_many_lines_are_shortened() -> None:
    text = "f(\n" + "\n".join(f"    a{i}," for i in range(50)) + "\n)"
    lines = excerpt(located(10, f"y = {text}", text))
    assert [line.number for line in lines] == [10, 11, 12, 13, None, 61]
    assert len(lines) == MOST_LINES


def test_without_source_the_expression_itself_is_shown() -> None:
    assert [(line.number, line.text) for line in excerpt(Location("x.py", 4, 9, 4, 14, text="a + b"))] == [(4, "a + b")]
    assert marked(Location("x.py", 4, 9, 4, 14, text="a + b")) == ["a + b"]
    assert excerpt(Location("x.py", 4, 9, 4, 14)) == ()


@pytest.mark.parametrize(("column", "end"), [(0, 0), (-5, 900), (7, 3), (900, 901)])
def test_columns_outside_the_line_are_brought_back(column: int, end: int) -> None:
    (line,) = excerpt(Location("x.py", 1, column, 1, end, source=("x = y",)))
    assert 0 <= line.start <= line.end <= len(line.text)


@pytest.mark.parametrize("lead", [0, 3, 70, 75, 200, 5000])
@pytest.mark.parametrize("tail", [0, 3, 40, 5000])
@pytest.mark.parametrize("letter", ["a", "予"])
def test_a_long_line_keeps_its_mark(lead: int, tail: int, letter: str) -> None:
    text = letter * lead + "tf.round(x)" + letter * tail
    line = crop(SourceLine(1, text, lead, lead + 11), 74)
    assert line.text[line.start : line.end] == "tf.round(x)"
    assert cell_len(line.text) <= 74
    assert line.text.startswith("...") or text.startswith(line.text.removesuffix("..."))


def test_a_mark_wider_than_the_line_shows_its_beginning() -> None:
    line = crop(SourceLine(1, "x = " + "long_name + " * 100, 4, 1200), 60)
    assert line.text[line.start :].startswith("long_name + ")
    assert cell_len(line.text) <= 60
    assert line.end <= len(line.text)


def test_a_path_below_the_current_folder_is_relative(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getcwd", lambda: "/home/me/project")
    assert place(Location("/home/me/project/train.py", 3, 5, 3, 6)) == "train.py:3:5"
    assert short_path("/home/me/project-2/train.py") == "/home/me/project-2/train.py"


def test_a_folder_that_is_gone_leaves_the_path_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> str:
        raise FileNotFoundError

    monkeypatch.setattr("os.getcwd", gone)
    assert short_path("/home/me/train.py") == "/home/me/train.py"
