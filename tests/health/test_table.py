"""The table and its small curves; and that it is only shown to somebody who can see it."""

from __future__ import annotations

import math

import pytest

from health.rows import row
from whygrad.health.history import History, Series
from whygrad.health.judging import judge
from whygrad.health.table import sparkline, summary, table


def sample(layers: int = 3, steps: int = 30) -> History:
    history = History()
    series = [Series(f"encoder_with_a_long_name/block_{i}/attention/query/kernel", (8, 8)) for i in range(layers)]
    batch = history.open([*series, Series("head/bias", (8,))])
    for step in range(steps):
        bad = row(norm=math.nan, bad=7) if step > 20 else row(norm=2.0 ** -(step % 9), ratio=1.5e-3)
        history.add(batch, step, [*(row(norm=10.0 ** (i - 5), zeros=0.125, ratio=2e-4) for i in range(layers)), bad])
    return history


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_it_fits(width: int, encoding: str) -> None:
    history = sample()
    text = summary(history, judge(history), width=width, encoding=encoding)
    assert all(len(line) <= width for line in text.splitlines())
    assert text.isascii() == (encoding == "ascii" or width < 72), "a narrow screen has no curves"
    assert "error[non-finite]: NaN or Inf in the gradient of `head/bias`" in " ".join(text.split())


def test_what_it_says() -> None:
    lines = summary(sample(1)).splitlines()
    assert lines[0].split() == ["gradient", "of", "norm", "largest", "zeros", "not", "finite", "update", "log", "norm"]
    assert lines[1].split()[1:6] == ["1e-05", "1e-05", "12.5%", "0", "0.0002"]
    assert lines[2].split()[:7] == ["head/bias", "NaN", "NaN", "0%", "7", "@21", "0.0015"]
    assert lines[2].endswith("xxxx")


def test_a_low_screen_shows_those_in_trouble() -> None:
    lines = [line.plain for line in table(sample(50), rows=5)]
    assert len(lines) == 7
    assert lines[-2].startswith("head/bias")
    assert lines[-1] == "and 46 more"


def test_curves() -> None:
    assert sparkline([1e-4, 1e-2, 1.0, 100.0]) == "▁▃▆█"
    assert sparkline([1.0, 1.1, 0.95]) == "▁▁▁", "noise stays flat"
    assert sparkline([1.0, None, 0.0, math.nan, math.inf]) == "▁  xx"
    assert len(sparkline([1.0] * 999, 14)) == 14
    assert sparkline([], 5) == ""
    assert sparkline([1.0, 1e9], encoding="ascii") == "_#"


def test_nothing_yet() -> None:
    assert summary(History()) == "no gradient was seen yet\n"
