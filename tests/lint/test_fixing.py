"""Repairs: which are made, what they leave alone, and that a second run changes nothing."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Mapping, Sequence

import pytest

from lint.checking import TRAIN, Folder
from whygrad.lint.editing import change_of, changed, collide
from whygrad.lint.fixing import repaired
from whygrad.model import Diagnosis, Edit, Fix, Location


@pytest.mark.parametrize(
    ("words", "left"),
    [(["--fix"], "mended; cut_review; cut_here\n"), (["--fix", "--unsafe-fixes"], "mended; mended; cut_here\n"), (["--diff"], None), ([], None)],
)
def test_which_repairs_are_made(folder: Folder, words: list[str], left: str | None) -> None:
    before = TRAIN + "cut_safe; cut_review; cut_here\n"
    folder.write({"a.py": before})
    assert folder.check(*words).status == 1
    assert (folder.path / "a.py").read_text() == (before if left is None else TRAIN + left)
    folder.check(*words)
    assert (folder.path / "a.py").read_text() == (before if left is None else TRAIN + left)


def test_what_was_done_is_said(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "cut_safe; cut_safe\n", "b.py": TRAIN + "cut_safe\n"})
    checked = folder.check("--fix")
    assert (checked.status, checked.lines) == (0, ["whygrad: made 3 repairs in 2 files"])
    assert folder.check("--fix").out == ""


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_newlines_byte_order_mark_and_permissions_stay(folder: Folder, newline: str, bom: bytes) -> None:
    before = bom + (TRAIN + "'é\U0001f600'; cut_safe\nx = 1  ").replace("\n", newline).encode()
    folder.write({"a.py": before})
    os.chmod("a.py", 0o754)
    folder.check("--fix")
    assert (folder.path / "a.py").read_bytes() == before.replace(b"cut_safe", b"mended")
    assert stat.S_IMODE(os.stat("a.py").st_mode) == 0o754
    assert sorted(os.listdir(".")) == ["a.py"]


def test_the_encoding_stays(folder: Folder) -> None:
    before = b"# coding: latin-1\n" + TRAIN.encode() + b"'\xe9'; cut_safe\n"
    folder.write({"a.py": before})
    folder.check("--fix")
    assert (folder.path / "a.py").read_bytes() == before.replace(b"cut_safe", b"mended")


def test_a_link_stays_a_link(folder: Folder) -> None:
    folder.write({"real/a.txt": TRAIN + "cut_safe\n"})
    os.symlink("real/a.txt", "a.py")
    folder.check("--fix", "a.py")
    assert os.path.islink("a.py")
    assert (folder.path / "real/a.txt").read_text() == TRAIN + "mended\n"


def test_what_would_not_parse_is_given_up(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "cut_break\ncut_safe\n"})
    assert folder.check("--fix").status == 1
    assert (folder.path / "a.py").read_text() == TRAIN + "cut_break\nmended\n"


def test_what_never_settles_is_left_as_it_was(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "cut_loop\n", "b.py": TRAIN + "cut_safe\n"})
    checked = folder.check("--fix")
    assert (folder.path / "a.py").read_text() == TRAIN + "cut_loop\n"
    assert (folder.path / "b.py").read_text() == TRAIN + "mended\n"
    assert "whygrad: a.py: its repairs never come to an end; it was left as it was" in checked.lines


def test_the_diff_can_be_applied(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "a\nb\ncut_safe", "sub/b.py": TRAIN + "cut_safe\r\nx\r\n"})
    checked = folder.check("--diff")
    assert (checked.status, checked.err) == (1, "")
    subprocess.run(["patch", "-p1", "--binary", "--quiet"], input=checked.out.encode(), check=True)
    assert (folder.path / "a.py").read_text() == TRAIN + "a\nb\nmended"
    assert (folder.path / "sub/b.py").read_bytes() == (TRAIN + "mended\r\nx\r\n").encode()


def test_what_is_not_selected_is_not_repaired(folder: Folder) -> None:
    folder.write({"a.py": TRAIN + "cut_safe\n"})
    folder.check("--fix", "--ignore", "outside-tape")
    assert (folder.path / "a.py").read_text() == TRAIN + "cut_safe\n"


def at(line: int, start: int, end: int, text: str = "", path: str = "a.py", end_line: int | None = None) -> Location:
    return Location(path, line, start, end_line or line, end, text=text)


def with_fix(*edits: Edit) -> Diagnosis:
    return Diagnosis("outside-tape", "proven", "error", "", "", None, fix=Fix("", "safe", None, edits))


def after(files: Mapping[str, str], *found: Diagnosis) -> dict[str, str]:
    """The files after one round."""

    def check(contents: Mapping[str, bytes]) -> Sequence[Diagnosis]:
        return ()

    result = repaired(found, check, lambda path: files[path].encode(), unsafe=False)
    return {path: content.decode() for path, content in result.contents.items()}


def test_of_two_that_touch_the_first_wins() -> None:
    files = {"a.py": "abc + def_\n"}
    one, other = with_fix(Edit(at(1, 1, 4), "x")), with_fix(Edit(at(1, 3, 6), "y"))
    assert after(files, one, other) == {"a.py": "x + def_\n"}
    apart = with_fix(Edit(at(1, 7, 11), "z"))
    assert after(files, one, apart) == {"a.py": "x + z\n"}


def test_the_same_edit_twice_is_one() -> None:
    insert = Edit(at(1, 1, 1), "import tf\n")
    one, other = with_fix(insert, Edit(at(1, 1, 2), "x")), with_fix(insert, Edit(at(2, 1, 2), "y"))
    assert after({"a.py": "a\nb\n"}, with_fix(insert, Edit(at(2, 1, 2), "y")), with_fix(insert, Edit(at(1, 2, 2), "2"))) == {
        "a.py": "import tf\na2\ny\n"
    }
    assert after({"a.py": "a\nb\n"}, one, other) == {"a.py": "import tf\na\ny\n"}  # the first touches itself


def test_a_repair_is_made_whole_or_not_at_all() -> None:
    files = {"a.py": "a\n", "b.py": "b\n"}
    both = with_fix(Edit(at(1, 1, 2), "x"), Edit(at(1, 1, 2, path="b.py"), ")("))
    assert after(files, both) == {}
    good = with_fix(Edit(at(1, 1, 2), "x"), Edit(at(1, 1, 2, path="b.py"), "y"))
    assert after(files, good) == {"a.py": "x\n", "b.py": "y\n"}


def test_an_edit_that_does_not_fit_the_file_is_refused() -> None:
    text = "é = f(\r\n  a)\r\n"
    assert change_of(text, Edit(at(1, 5, 5, "f(\n  a)", end_line=2), "g\n")) == (4, 12, "g\r\n")
    for where in (at(1, 5, 6, "g"), at(9, 1, 2), at(0, 1, 2), at(1, 50, 51), at(1, 6, 5), at(2, 1, 60)):
        assert change_of(text, Edit(where, "g")) is None
    assert change_of("a", Edit(at(1, 2, 2), "b")) == (1, 1, "b")


def test_changes() -> None:
    assert changed("abcdef", [(4, 6, "Z"), (0, 1, ""), (2, 2, "--")]) == "b--cdZ"
    assert collide((0, 3, "a"), (2, 4, "b"))
    assert collide((1, 1, "a"), (1, 1, "b"))
    assert not collide((0, 2, "a"), (2, 4, "b"))
    assert not collide((0, 2, "a"), (0, 2, "a"))


def test_a_file_changed_meanwhile_is_left_alone(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    from whygrad.lint import fixing

    folder.write({"a.py": TRAIN + "cut_safe\n"})
    real = fixing.repaired

    def meanwhile(*args: object, **options: object) -> object:
        result = real(*args, **options)  # type: ignore[arg-type]
        folder.write({"a.py": TRAIN + "somebody else\n"})
        return result

    monkeypatch.setattr(fixing, "repaired", meanwhile)
    checked = folder.check("--fix")
    assert checked.err == "whygrad: a.py: was changed while it was checked, and left as it is; run the command again\n"
    assert (folder.path / "a.py").read_text() == TRAIN + "somebody else\n"
