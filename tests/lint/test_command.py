"""`whygrad check` from the words of the command line to the exit status, with the fake engine."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from lint.checking import TRAIN, Folder
from lint.fake_engine import examine
from whygrad.lint.command import NOTHING, main, report_of
from whygrad.model import Report
from whygrad.render import FORMATS


def test_findings_and_status(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "x = cut_here\n", "b.py": TRAIN, "sub/c.py": TRAIN + "cut_here\n"})
    checked = folder.check()
    assert checked.lines == ["a.py:2:5: cut_here found [outside-tape]", "sub/c.py:2:1: cut_here found [outside-tape]"]
    assert (checked.status, checked.err) == (1, "")
    assert folder.check("b.py").status == 0


def test_notes_alone_are_clean(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "cut_note\n"})
    checked = folder.check()
    assert (checked.status, len(checked.lines)) == (0, 1)


def test_the_json_is_a_report(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "x = cut_safe\n"})
    assert folder.check("--output", "out.json", "a.py", format_="json").status == 1
    report = Report.from_json(json.loads((folder.path / "out.json").read_text()))
    assert (report.command, report.outcome, report.environment.tensorflow) == ("check", None, None)
    assert [d.cause for d in report.diagnoses] == ["outside-tape"]
    assert report.diagnoses[0].location is not None
    assert report.diagnoses[0].location.path == str(folder.path / "a.py")


@pytest.mark.parametrize("format_", ["terminal", "concise", "json", "sarif", "github"])
def test_every_format_of_a_clean_project(folder: Folder, format_: str) -> None:
    folder.write({"a.py": TRAIN})
    checked = folder.check(format_=format_)
    assert checked.status == 0
    assert checked.out == {"terminal": "whygrad: nothing found\n", "concise": "", "github": ""}.get(format_, checked.out)


@pytest.mark.parametrize("format_", NOTHING)
def test_nothing_found_is_what_the_format_says(folder: Folder, format_: str) -> None:
    assert folder.check(format_=format_).out == FORMATS[format_](report_of([]))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--formats", "json"], "check has no option --formats; the list: whygrad check --help"),
        (["--format", "xml"], "--format xml: not known; use terminal, concise, json, sarif or github"),
        (["--select", "outside-tap"], "--select names 'outside-tap', which is no cause; did you mean outside-tape?"),
        (["--jobs", "none"], "--jobs none: not a number of processes; write for example --jobs 4"),
        (["--output"], "--output needs a value; the list: whygrad check --help"),
        (["--unsafe-fixes"], "--unsafe-fixes alone changes nothing; add --fix to apply the repairs, or --diff to see them"),
        (["-", "a.py"], "- stands for standard input, and is checked alone; leave out the other paths"),
    ],
)
def test_bad_usage_is_one_line(folder: Folder, words: list[str], message: str) -> None:
    checked = folder.check(*words)
    assert (checked.status, checked.out) == (2, "")
    assert checked.err.startswith(f"whygrad: {message}")
    assert checked.err.count("\n") == 1


def test_a_path_that_leads_nowhere(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "cut_here\n"})
    checked = folder.check("a.py", "gone.py")
    assert (checked.status, len(checked.lines)) == (2, 1)
    assert checked.err == "whygrad: gone.py: no such file or folder; check the name\n"


def test_help(folder: Folder) -> None:
    checked = folder.check("--help")
    assert checked.status == 0
    assert checked.out.startswith("Usage: whygrad check")


def test_select_and_ignore(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "cut_here\n"})
    assert folder.check("--select", "outside-tape").status == 1
    assert folder.check("--select", "wrong-tape").status == 0
    assert folder.check("--select=wrong-tape,outside-tape").status == 1
    assert folder.check("--ignore", "outside-tape").status == 0


def test_standard_input(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def given(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    given(TRAIN + "cut_here\n")
    assert folder.check("-").lines == ["<stdin>:2:1: cut_here found [outside-tape]"]
    given(TRAIN + "cut_here\n")
    assert folder.check("-", "--stdin-filename", "sub/new.py").lines == ["sub/new.py:2:1: cut_here found [outside-tape]"]
    given("def (:  # tensorflow tape.gradient\n")
    checked = folder.check("-")
    assert (checked.status, checked.out) == (2, "")
    assert checked.err.startswith("whygrad: <stdin>:1:5: not Python: ")


def test_a_repair_of_standard_input_goes_to_standard_output(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((TRAIN + "cut_safe\r\n").encode())))
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["-", "--fix", "--format", "concise"], examine) == 0
    assert out.buffer.getvalue() == (TRAIN + "mended\r\n").encode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_the_order_does_not_depend_on_the_processes(folder: Folder, jobs: str) -> None:
    folder.write({f"m{i:02}.py": TRAIN + "cut_here\n" * (i % 3) for i in range(30)})
    lines = folder.check("--jobs", jobs, "--no-cache").lines
    assert lines == sorted(lines)
    assert len(lines) == 30


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_one_file_does_to_the_engine_leaves_the_others_alone(folder: Folder, monkeypatch: pytest.MonkeyPatch, jobs: str) -> None:
    monkeypatch.delenv("WHYGRAD_STRICT")
    folder.write({"a.py": TRAIN + "# the engine fails\n", "b.py": TRAIN + "# nested deeply\n", "c.py": TRAIN + "cut_here\n"})
    checked = folder.check("--jobs", jobs)
    assert (checked.status, checked.lines) == (2, ["c.py:2:1: cut_here found [outside-tape]"])
    assert checked.err.splitlines() == [
        "whygrad: a.py: whygrad itself failed here (KeyError: 'a fault', fake_engine.py:27); please report it, and leave the file out with --exclude",
        "whygrad: b.py: nested too deeply to be checked; leave it out with --exclude",
    ]


def test_where_nothing_can_be_forked(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whygrad.lint.pool._FORKS", False)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # for the processes that are started anew
    folder.write({f"{name}.py": TRAIN + "cut_here\n" for name in "abc"} | {"d.py": TRAIN + "# the process dies\n"})
    checked = folder.check("--jobs", "2")
    assert [line[:5] for line in checked.lines] == ["a.py:", "b.py:", "c.py:"]
    assert checked.err == "whygrad: d.py: the process that checked it died; please report it, and leave the file out with --exclude\n"


def test_a_process_that_dies_takes_only_its_own_file_along(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "cut_here\n", "b.py": TRAIN + "# the process dies\n", "c.py": TRAIN + "cut_here\n"})
    checked = folder.check("--jobs", "2")
    assert [line[:5] for line in checked.lines] == ["a.py:", "c.py:"]
    assert checked.err == "whygrad: b.py: the process that checked it died; please report it, and leave the file out with --exclude\n"


def test_the_short_way_to_json_says_what_the_format_says(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "x = cut_safe  # ü\ncut_here\n"})
    text = folder.check("a.py", format_="json").out
    assert text == FORMATS["json"](report_of(json.loads(text)["diagnoses"]))


def test_a_report_can_be_shown_again(folder: Folder) -> None:
    from whygrad.render.saved import read_report

    folder.write({"a.py": TRAIN + "x = cut_safe  # ü\n"})
    folder.check("--output", "out.json", format_="json")
    assert read_report(Path("out.json")).diagnoses[0].fix is not None
