"""`# whygrad: ignore`: what it silences, and what is said of one in vain."""

from __future__ import annotations

import pytest

from lint.checking import TRAIN, Folder


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("cut_here  # whygrad: ignore", []),
        ("cut_here  # whygrad: ignore[outside-tape]", []),
        ("cut_here  # noqa  # whygrad:ignore[ wrong-tape , outside-tape ]", ["2:19: there is no `wrong-tape` to ignore on this line"]),
        ("cut_here  # whygrad: ignore[wrong-tape]", ["2:1: cut_here found", "2:11: there is no `wrong-tape` to ignore on this line"]),
        ("cut_here  # whygrad: ignore[outside-tap]", ["2:1: cut_here found", "2:11: no cause is called `outside-tap`; the list: whygrad explain"]),
        ("clean  # whygrad: ignore", ["2:8: there is nothing to ignore on this line"]),
        ("cut_here  # whygrad: ignored", ["2:1: cut_here found"]),
        ("cut_here = '# whygrad: ignore'", ["2:1: cut_here found"]),
        ("cut_here; cut_here  # whygrad: ignore[outside-tape]", []),
        ("cut_here\n# whygrad: ignore-file", []),
        ("# whygrad: ignore-file\ncut_here  # whygrad: ignore[nonsense]", []),
    ],
)
def test_a_comment(folder: Folder, line: str, expected: list[str]) -> None:
    folder.write({"a.py": f"{TRAIN}{line}\n"})
    assert [found.removeprefix("a.py:").rpartition(" [")[0] for found in folder.check().lines] == expected


def test_any_line_of_the_expression_counts(folder: Folder) -> None:
    from whygrad.lint.comments import silenced
    from whygrad.model import Diagnosis, Location

    text = "x = f(\n    1,  # whygrad: ignore\n)\n"
    found = Diagnosis("outside-tape", "proven", "error", "", "", Location("a.py", 1, 5, 3, 2))
    assert silenced("a.py", text, [found], frozenset) == ()
    elsewhere = Diagnosis("outside-tape", "proven", "error", "", "", Location("a.py", 1, 1, 1, 2))
    assert [d.cause for d in silenced("a.py", text, [elsewhere], frozenset)] == ["outside-tape", "unused-ignore"]


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        ("clean  # whygrad: ignore", "clean"),
        ("clean  # whygrad: ignore  # noqa", "clean  # noqa"),
        ("clean  # noqa  # whygrad: ignore", "clean  # noqa"),
        ("clean  # whygrad: ignore because of this", "clean  # because of this"),
        ("cut_here  # whygrad: ignore[outside-tape, wrong-tape]", "cut_here  # whygrad: ignore[outside-tape]"),
        ("cut_here  # whygrad: ignore[wrong-tape,nonsense,outside-tape]", "cut_here  # whygrad: ignore[outside-tape]"),
        ("    # whygrad: ignore", ""),
    ],
)
def test_a_comment_in_vain_can_be_removed(folder: Folder, line: str, fixed: str) -> None:
    folder.write({"a.py": f"{TRAIN}{line}\nx = 1\n"})
    folder.check("--fix")
    assert (folder.path / "a.py").read_text() == f"{TRAIN}{fixed}\nx = 1\n"
    assert "unused-ignore" not in folder.check().out


def test_the_warning_about_comments_is_selected_like_a_cause(folder: Folder) -> None:
    folder.write({"a.py": "x  # whygrad: ignore\n"})  # a file that speaks of nothing else
    assert folder.check().lines == ["a.py:1:4: there is nothing to ignore on this line [unused-ignore]"]
    assert folder.check("--ignore", "unused-ignore").status == 0
