"""Edits as changed lines: the diff is applied back and must give the edited text."""

from __future__ import annotations

from render.sample_reports import located
from whygrad.model import Edit, Location
from whygrad.render.diff import DiffLine, compare, hunks

SOURCE = "import tensorflow as tf\nw = 1.0\nx = tf.round(w)\ny = tf.floor(x)\n\nz = y\n\n\nloss = z"


def edit(text: str, replacement: str) -> Edit:
    return Edit(located(1, SOURCE, text), replacement)


def signs(lines: tuple[DiffLine, ...]) -> list[str]:
    return [line.sign + line.text for line in lines]


def test_one_edit_shows_the_whole_line() -> None:
    (hunk,) = hunks([edit("tf.round(w)", "w")])
    assert (hunk.path, hunk.line, signs(hunk.lines)) == ("train.py", 3, ["-x = tf.round(w)", "+x = w"])


def test_two_edits_on_one_line_and_its_neighbour_are_one_change() -> None:
    (hunk,) = hunks([edit("tf.floor(x)", "x"), edit("w)", "v)"), edit("x = tf", "u = tf")])
    assert signs(hunk.lines) == ["-x = tf.round(w)", "-y = tf.floor(x)", "+u = tf.round(v)", "+y = x"]


def test_distant_edits_are_two_changes_in_the_order_of_the_file() -> None:
    assert [hunk.line for hunk in hunks([edit("loss = z", "loss = y"), edit("w = 1.0", "w = tf.Variable(1.0)")])] == [2, 9]


def test_an_insertion_and_a_removed_line() -> None:
    at = located(1, SOURCE, "z = y")
    inserted = Edit(Location(at.path, at.line, 1, at.line, 1, source=at.source), "assert y\n")
    assert signs(hunks([inserted])[0].lines) == ["+assert y", " z = y"]
    assert signs(hunks([Edit(at, "")])[0].lines) == ["-z = y"]


def test_an_edit_over_several_lines() -> None:
    (hunk,) = hunks([edit("tf.round(w)\ny = tf.floor(x)", "w\ny = x")])
    assert signs(hunk.lines) == ["-x = tf.round(w)", "-y = tf.floor(x)", "+x = w", "+y = x"]


def test_without_source_lines_the_expressions_are_shown() -> None:
    (hunk,) = hunks([Edit(Location("a.py", 3, 5, 3, 16, text="tf.round(w)"), "w")])
    assert signs(hunk.lines) == ["-tf.round(w)", "+w"]


def test_other_files_are_other_changes() -> None:
    other = Edit(Location("b.py", 3, 1, 3, 2, source=("a",)), "b")
    assert [hunk.path for hunk in hunks([edit("tf.round(w)", "w"), other])] == ["b.py", "train.py"]
    assert hunks([]) == ()


def test_whole_programs() -> None:
    lines = compare("a\nb\nc\n", "a\nB\nc\n")
    assert signs(lines) == [" a", "-b", "+B", " c"]
