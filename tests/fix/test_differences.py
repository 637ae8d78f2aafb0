"""Edits of whole lines: applied to the old text they give the new one, whatever changed."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from whygrad.fix import differences
from whygrad.model import Edit

LINES = st.lists(st.sampled_from(["a = 1\n", "b = 2\n", "é = 3\n", "\n", "    c\n"]), max_size=8)


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    for edit in reversed(edits):
        at = edit.location
        start, end = starts[at.line - 1] + at.column - 1, starts[at.end_line - 1] + at.end_column - 1
        assert text[start:end] == at.text
        text = text[:start] + edit.replacement + text[end:]
    return text


@given(LINES, LINES)
def test_edits_lead_from_one_text_to_the_other(before: list[str], after: list[str]) -> None:
    old, new = "".join(before), "".join(after)
    assert applied(old, tuple(differences._edits("train.py", old, new))) == new


def test_a_file_on_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_bytes(b"first\r\nsecond\r\n")
    (edit,) = differences.edits_of({str(file): b"first\r\nother\r\n"})
    assert (edit.location.line, edit.location.text, edit.replacement) == (2, "second\r\n", "other\r\n")
    assert "-second" in differences.diff_of({str(file): b"first\r\nother\r\n"})
    assert differences.edits_of({str(file): file.read_bytes()}) == ()
