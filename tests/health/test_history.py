"""The history stays small however long the training, and its counts are of every step."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path

import pytest

from health.rows import row
from whygrad.health.history import LIMIT, History, Series, Thinner
from whygrad.health.json_lines import JsonLines


def test_a_hundred_thousand_steps(tmp_path: Path) -> None:
    history, file = History(), JsonLines(tmp_path / "health.jsonl")
    a, b = Series("dense/kernel", (2, 3)), Series("dense/bias", (3,))
    batch = history.open([a, b])
    for step in range(100_000):
        bad = 2.0 if step == 70_001 else 0.0
        kept = history.add(batch, step, [row(norm=step + 1.0, bad=bad), row(present=0.0)])
        if kept == "kept":
            file.add(step, {s.name: s.points[-1] for s in (a, b)})
        elif kept == "thinned":
            file.rewrite(history)
        if step % 32 == 0:
            file.flush()
    file.flush()
    steps = [p.step for p in a.points]
    assert LIMIT // 2 <= len(steps) <= LIMIT
    assert len({later - earlier for earlier, later in pairwise(steps)}) == 1, "evenly spaced"
    assert steps[0] == 0
    assert steps[-1] > 99_000
    assert (a.seen, a.alive, a.missing, b.missing) == (100_000, 100_000, 0, 100_000)
    assert a.first_bad is not None
    assert a.first_bad.step == 70_001, "counted although its point is not kept"
    lines = [json.loads(line) for line in (tmp_path / "health.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == steps
    assert lines[1]["variables"]["dense/bias"]["norm"] is None
    assert (tmp_path / "health.jsonl").stat().st_size < 1_000_000
    assert [p.name for p in tmp_path.iterdir()] == ["health.jsonl"]


def test_many_variables_get_fewer_points_each() -> None:
    history = History()
    batch = history.open([Series(str(i)) for i in range(500)])
    for step in range(1000):
        history.add(batch, step, [row()] * 500)
    assert sum(len(s.points) for s in history) <= 100_000


def test_numbers_that_json_does_not_have(tmp_path: Path) -> None:
    history, file = History(), JsonLines(tmp_path / "h.jsonl")
    batch = history.open([Series("w")])
    history.add(batch, 0, [row(norm=math.nan, bad=3, ratio=math.inf)])
    file.rewrite(history)
    figures = json.loads((tmp_path / "h.jsonl").read_text())["variables"]["w"]
    assert figures == {"norm": "NaN", "largest": "NaN", "zeros": 0.0, "nonfinite": 3, "skipped": False, "weight": None, "ratio": "Infinity"}


def test_names_and_errors() -> None:
    history = History()
    history.open([Series("dense/kernel")])
    assert history["dense/kernel"].seen == 0
    with pytest.raises(KeyError, match="no variable 'x'; there are dense/kernel"):
        history["x"]
    with pytest.raises(ValueError, match="limit is 1"):
        History(1)


def test_the_thinner_keeps_what_it_says() -> None:
    thinner, kept = Thinner(10), []
    for i in range(1000):
        if thinner.wants():
            kept.append(i)
        if thinner.full():
            kept = kept[::2]
    assert kept == list(range(0, 1000, thinner.stride))
    assert len(kept) <= 10
