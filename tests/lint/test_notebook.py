"""Notebooks: one program of all cells, places by cell, magics, repairs in the JSON."""

from __future__ import annotations

import json

import pytest

from lint.checking import Folder, notebook
from whygrad.errors import InputError
from whygrad.lint.cells import cell_sources, with_sources
from whygrad.lint.notebook import read_notebook, without_magics

HEAD = "import tensorflow as tf  # tape.gradient"


def test_places_are_named_by_cell(folder: Folder) -> None:
    folder.write({"n.ipynb": notebook(HEAD, "some words", ["%matplotlib inline\n", "\n", "!ls\n", "x = cut_here\n"], markdown=(2,))})
    assert folder.check().lines == ["n.ipynb: cell 3, line 4:5: cut_here found [outside-tape]"]
    assert "  --> n.ipynb: cell 3, line 4:5\n  4 | x = cut_here\n" in folder.check(format_="terminal").out


def test_a_long_notebook_is_no_file_full_of_strings(folder: Folder) -> None:
    folder.write({"n.ipynb": notebook(HEAD, "words\n" * 5_000, "cut_here", markdown=(2,))})
    assert folder.check().lines == ["n.ipynb: cell 3, line 1:1: cut_here found [outside-tape]"]


def test_comments_and_settings_hold_in_notebooks(folder: Folder) -> None:
    folder.write({"n.ipynb": notebook(HEAD, "cut_here  # whygrad: ignore\nclean  # whygrad: ignore\ncut_here")})
    found = [line.rpartition(": ")[0] for line in folder.check().lines]
    assert found == ["n.ipynb: cell 2, line 3:1", "n.ipynb: cell 2, line 2:8"]
    folder.write({"pyproject.toml": '[tool.whygrad]\nper-file-ignores = {"*.ipynb" = ["outside-tape", "unused-ignore"]}'})
    assert folder.check().status == 0


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["%time x = 1", "y"], ["pass  #time x = 1", "y"]),
        (["if a:", "    !pip install x"], ["if a:", "    pass  #pip install x"]),
        (["files = !ls", "t = %timeit -o f()"], ["files = None", "t = None"]),
        (["tf.round?", "?tf.round"], ["pass  #", "pass  #tf.round"]),
        (["%%time", "x = 1"], ["pass  #%time", "x = 1"]),
        (["%%bash", "ls -l"], ["", ""]),
        (["", "%%javascript", "alert()"], ["", "", ""]),
    ],
)
def test_magics_keep_the_lines(lines: list[str], expected: list[str]) -> None:
    assert without_magics(lines) == expected


def test_what_is_python_is_left_as_it_is() -> None:
    source = 'x = (3\n% 2)\nt = """\n%magic\n!no\n"""\n'
    assert read_notebook("n.ipynb", notebook(source)).text == source + "\n"


def test_a_bad_cell_is_one_line_and_the_others_are_checked(folder: Folder) -> None:
    folder.write({"n.ipynb": notebook(HEAD, "x = 1\ndef (:\n", "cut_here")})
    checked = folder.check()
    assert (checked.status, len(checked.lines)) == (2, 1)
    assert checked.err == "whygrad: n.ipynb: cell 2, line 2: not Python (invalid syntax); the other cells are checked\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "n.ipynb:1: not a notebook (no valid JSON); save it again from Jupyter"),
        ("[]", "n.ipynb: not a notebook of format 4 (no list of cells); convert it: jupyter nbconvert --to notebook"),
        ('{"worksheets": []}', "n.ipynb: not a notebook of format 4 (no list of cells); convert it: jupyter nbconvert --to notebook"),
        ("[" * 100_000, "n.ipynb: not a notebook (no valid JSON); save it again from Jupyter"),
    ],
)
def test_what_is_no_notebook(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        read_notebook("n.ipynb", text)
    assert str(error.value) == message


def test_another_language_is_none_of_our_business(folder: Folder) -> None:
    folder.write({"n.ipynb": notebook(HEAD, "library(keras)\nx <- 1", language="R")})
    assert (folder.check().status, folder.check().err) == (0, "")


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("cell", ["é = 1\ncut_safe\nlast", ["é = 1\n", "cut_safe\n", "last"], ["cut_safe"], "cut_safe"])
def test_a_repair_changes_only_its_line(folder: Folder, cell: str | list[str], indent: int | None) -> None:
    before = notebook(HEAD, "text", cell, markdown=(2,), indent=indent)
    folder.write({"n.ipynb": before})
    assert folder.check("--fix").status == 0
    after = (folder.path / "n.ipynb").read_text("utf-8")
    assert after == before.replace("cut_safe", "mended")
    assert folder.check("--fix").lines == []


def test_a_repair_may_change_the_number_of_lines() -> None:
    text = notebook(HEAD, ["a\n", "b\n", "c"])
    changed = with_sources(text, {2: "a\nnew\nb\nc"})
    assert json.loads(changed)["cells"][1]["source"] == ["a\n", "new\n", "b\n", "c"]
    assert changed == notebook(HEAD, ["a\n", "new\n", "b\n", "c"])
    assert with_sources(notebook([]), {1: "x\ny"}) == notebook(["x\n", "y"]).replace('[\n    "x\\n",\n    "y"\n   ]', '["x\\n", "y"]')
    assert json.loads(with_sources(text, {2: ""}))["cells"][1]["source"] == []


def test_the_spelling_of_the_json_stays() -> None:
    text = '{"cells": [ {"source" : "a\\u00e9\\/b", "cell_type":"code", "x": {"source": "no"}} , 7, {"metadata": {}} ] , "source": "no"}'
    assert cell_sources(text) == {1: "aé/b"}
    assert with_sources(text, {1: "é"}) == text.replace('"a\\u00e9\\/b"', '"\\u00e9"')


def test_the_diff_of_a_notebook_is_that_of_its_cells(folder: Folder) -> None:
    folder.write({"n.ipynb": notebook(HEAD, ["x\n", "cut_safe"])})
    before = (folder.path / "n.ipynb").read_bytes()
    assert folder.check("--diff").out.splitlines() == [
        "--- a/n.ipynb:cell 2",
        "+++ b/n.ipynb:cell 2",
        "@@ -1,2 +1,2 @@",
        " x",
        "-cut_safe",
        "\\ No newline at end of file",
        "+mended",
        "\\ No newline at end of file",
    ]
    assert (folder.path / "n.ipynb").read_bytes() == before
