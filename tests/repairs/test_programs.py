"""The repairs of every pair and of every real mistake: they leave Python, they settle, and nothing is found afterwards."""

from __future__ import annotations

import ast
import functools

import pytest

from repairs.rounds import CORPUS, PAIRS, Rounds, rounds

PROGRAMS = {**PAIRS, **CORPUS}

AS_FIXED = (  # the repair is the very text of fixed.py
    *("bad_target", "custom_gradient", "left_tensorflow", "missing_loss", "non_differentiable_op", "not_a_variable", "not_trainable", "not_watched"),
    *("outside_tape", "recording_stopped", "unused_variable", "variable_recreated", "variable_replaced", "wrong_tape"),
)


@functools.cache
def result(name: str) -> Rounds:
    return rounds(PROGRAMS[name].read_bytes(), str(PROGRAMS[name]))


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_offered_leaves_nothing_to_find(name: str) -> None:
    made = result(name)
    assert made.settled
    if made.offered:
        ast.parse(made.text)
        assert not [d for d in made.left if d.severity != "note"]


def test_how_many_are_repaired() -> None:
    assert sum(result(name).offered for name in PAIRS) >= 21
    assert sum(result(name).offered for name in CORPUS) >= 50


@pytest.mark.parametrize("name", PROGRAMS)
def test_comments_and_untouched_lines_stay(name: str) -> None:
    before, after = PROGRAMS[name].read_text("utf-8"), result(name).text
    assert [line.partition("#")[2] for line in before.splitlines() if "#" in line] == [
        line.partition("#")[2] for line in after.splitlines() if "#" in line
    ]
    assert len(set(before.splitlines()) - set(after.splitlines())) < 20


@pytest.mark.parametrize("name", AS_FIXED)
def test_the_repair_of_a_pair_is_the_repair_of_its_page(name: str) -> None:
    fixed = PAIRS[name].with_name("fixed.py").read_text("utf-8")
    assert [line.partition("  # cut")[0] for line in result(name).text.splitlines()] == fixed.splitlines()


@pytest.mark.parametrize("name", PROGRAMS)
def test_healthy_programs_are_left_alone(name: str) -> None:
    fixed = PROGRAMS[name].with_name("fixed.py")
    assert rounds(fixed.read_bytes(), str(fixed)).text == fixed.read_text("utf-8")


@pytest.mark.parametrize("name", PAIRS)
def test_other_line_ends_and_tabs_make_no_difference(name: str) -> None:
    def other(text: str) -> str:
        tabs = [line.replace("    ", "\t") if line.startswith("    ") else line for line in text.splitlines()]
        return "\r\n".join([*tabs, ""])

    before = PAIRS[name].read_text("utf-8")
    assert rounds(other(before).encode()).text == other(result(name).text)
