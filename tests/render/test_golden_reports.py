"""Every sample report in every format, as it is read: golden files, and what must hold for any of them."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.text import Text

from render.golden import GOLDEN, check_golden
from render.sample_reports import REPORTS
from whygrad.model import Report
from whygrad.render import FORMATS, render_note

EACH = pytest.mark.parametrize("name", REPORTS)


@EACH
def test_terminal_at_80_columns(name: str) -> None:
    check_golden(f"{name}.txt", FORMATS["terminal"](REPORTS[name], width=80))


@pytest.mark.parametrize("name", ["error", "long", "wide"])
def test_a_narrow_terminal(name: str) -> None:
    check_golden(f"{name}_48.txt", FORMATS["terminal"](REPORTS[name], width=48))


@pytest.mark.parametrize("name", ["error", "several"])
def test_colour(name: str) -> None:
    check_golden(f"{name}_color.txt", FORMATS["terminal"](REPORTS[name], color=True))


@pytest.mark.parametrize("name", ["error", "several", "hostile"])
def test_json(name: str) -> None:
    check_golden(f"{name}.json", FORMATS["json"](REPORTS[name]))


@pytest.mark.parametrize("name", ["error", "several", "long", "wide", "many_variables"])
def test_note(name: str) -> None:
    check_golden(f"{name}_note.txt", render_note(REPORTS[name]) + "\n")


def test_a_table_of_200_gradients_is_shown_when_asked_for() -> None:
    short = FORMATS["terminal"](REPORTS["many_variables"])
    long = FORMATS["terminal"](REPORTS["many_variables"], gradients=True)
    assert "gradient of" not in short
    assert long.count(" None ") == 200 + short.count(" None ")
    assert "gradient of" not in FORMATS["terminal"](REPORTS["error"], gradients=False)


@EACH
@pytest.mark.parametrize("width", [40, 57, 80, 120])
def test_no_line_is_wider_than_the_screen(name: str, width: int) -> None:
    lines = FORMATS["terminal"](REPORTS[name], width=width).splitlines()
    # a repair is copied from the screen, and a place is clicked: they are not broken
    whole = ("      -", "      +", "  --> ", "    a/very/long/path/", "  = https://")
    assert [line for line in lines if cell_len(line) > width and not line.startswith(whole)] == []


@EACH
def test_colour_changes_no_letter(name: str) -> None:
    plain = FORMATS["terminal"](REPORTS[name])
    assert Text.from_ansi(FORMATS["terminal"](REPORTS[name], color=True)).plain.rstrip("\n") == plain.rstrip("\n")


@EACH
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_any_encoding_can_write_it(name: str, encoding: str) -> None:
    FORMATS["terminal"](REPORTS[name], encoding=encoding).encode(encoding)
    FORMATS["json"](REPORTS[name], encoding=encoding).encode(encoding)


def test_carets_stay_under_the_expression_where_letters_become_escapes() -> None:
    lines = FORMATS["terminal"](REPORTS["wide"], encoding="ascii").splitlines()
    code = next(line for line in lines if line.startswith("  7 |"))
    carets = lines[lines.index(code) + 1]
    assert code[carets.index("^") :].startswith("tf.round(\\u")
    assert code[: carets.rindex("^") + 1].endswith("\\u89e3)")


@EACH
def test_no_control_character_reaches_the_screen(name: str) -> None:
    text = FORMATS["terminal"](REPORTS[name]) + render_note(REPORTS[name])
    assert {character for character in text if not character.isprintable()} <= {"\n"}
    assert "owned" not in text


@EACH
def test_a_note_is_short_and_ascii(name: str) -> None:
    note = render_note(REPORTS[name])
    assert len(note.splitlines()) <= 25
    assert note.isascii()
    assert bool(note) == bool(REPORTS[name].diagnoses)


@EACH
def test_the_first_line_of_a_guess_says_that_it_is_one(name: str) -> None:
    lines = FORMATS["terminal"](REPORTS[name]).splitlines()
    heads = [line for line in lines if line.startswith(("error[", "warning[", "note["))]
    expected = [found.certainty for found in REPORTS[name].diagnoses]
    assert [head.split("] ")[1].split(":")[0] for head in heads] == expected


def test_every_golden_file_is_checked() -> None:
    """A file that no test reads would rot: each begins with the name of a sample."""
    names = {file.stem for file in GOLDEN.iterdir()}
    suffixes = ("", "_48", "_color", "_note")
    ops = {f"ops_{name}" for name in ("argmax", "broken", "cast", "counts", "list", "round")}  # tests/catalogue
    others = {"cause_list", "cause_page", "variables_60", "variables_80", "variables_120", *ops}
    assert names <= {name + suffix for name in REPORTS for suffix in suffixes} | others


def test_an_unknown_field_of_a_report_is_not_lost_in_silence() -> None:
    data = REPORTS["error"].to_json()
    data["diagnoses"][0]["fix"]["colour"] = "green"
    with pytest.raises(TypeError, match="colour"):
        Report.from_json(data)
