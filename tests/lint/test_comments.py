"""`# whygrad: ignore`: what it silences, and what is said of one in vain."""

from __future__ import annotations

import pytest

from lint.checking import TRAIN, Folder
from whygrad.lint.comments import ignores_in, silenced
from whygrad.model import Diagnosis, Location


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


def test_any_line_of_the_expression_counts() -> None:
    def left(found: Diagnosis) -> list[str]:
        ignores = list(ignores_in("a.py", "x = f(\n    1,  # whygrad: ignore\n)\n"))
        return [d.cause for d in silenced([found], ignores, frozenset)]

    assert left(at("a.py", 1, 3)) == []
    assert left(at("a.py", 1, 1)) == ["outside-tape", "unused-ignore"]
    assert left(at("b.py", 1, 3)) == ["outside-tape", "unused-ignore"]


def at(path: str, line: int, end_line: int) -> Diagnosis:
    return Diagnosis("outside-tape", "proven", "error", "", "", Location(path, line, 1, end_line, 2))


def test_a_finding_of_one_file_in_another_is_silenced_there(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "import b\ncut_elsewhere b 1\n", "b.py": "x  # whygrad: ignore\n"})
    assert folder.check("a.py").lines == []
    assert folder.check().lines == []
    folder.write({"b.py": "x\n"})
    assert folder.check("a.py").lines == folder.check().lines == ["b.py:1:1: cut_elsewhere found [outside-tape]"]
    folder.write({"pyproject.toml": '[tool.whygrad]\nper-file-ignores = {"b.py" = ["outside-tape"]}'})
    assert folder.check("a.py").lines == []


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
    assert "whygrad explain" not in folder.check(format_="terminal").out  # it is no cause and has no page
    assert folder.check("--ignore", "unused-ignore").status == 0
