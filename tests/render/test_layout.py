"""Wrapping: no word is lost, no line is too wide, code and addresses stay whole."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.text import Text

from whygrad.render.layout import quoted, wrap

TEXTS = {
    "words": "one two three four five six seven eight nine ten eleven twelve",
    "wide": "予測 は 正解 と 違う " * 8,
    "a long word": "see " + "x" * 75 + " there",
    "a wide word": "予" * 60,
    "label": "  = why: because of this and of that",
    "lines": "one\ntwo three four five six seven\n\neight",
    "empty": "",
    "spaces": "   ",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("width", [12, 20, 33, 80])
@pytest.mark.parametrize("hang", [0, 2])
def test_nothing_is_lost_and_nothing_too_wide(text: str, width: int, hang: int) -> None:
    lines = [line.plain for line in wrap(Text(text), width, hang)]
    assert lines
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert max(map(cell_len, lines)) <= width
    assert all(line.startswith(" " * hang) for line in lines[1:])


def test_lines_are_as_full_as_they_can_be() -> None:
    assert [line.plain for line in wrap(Text("aa bb cc dd ee ff"), 11, 0)] == ["aa bb cc dd", "ee ff"]


def test_short_code_stays_whole_and_long_code_does_not() -> None:
    lines = [line.plain for line in wrap(quoted("the call `tf.math.greater(x, 0)` has none"), 28)]
    assert lines == ["the call", "    `tf.math.greater(x, 0)`", "    has none"]
    long = " ".join(["word"] * 12)
    assert len(wrap(quoted(f"the call `{long}` has none"), 28)) > 3


def test_an_address_stays_whole_without_folding() -> None:
    address = "https://example.org/" + "a" * 60
    lines = [line.plain for line in wrap(Text(f"see {address} for more words"), 30, 2, fold=False)]
    assert lines == ["see", f"  {address}", "  for more words"]


def test_styles_follow_their_words() -> None:
    lines = wrap(quoted("a word, then `code` and more"), 14, 0)
    styled = [line.plain[span.start : span.end] for line in lines for span in line.spans]
    assert styled == ["`code`"]
