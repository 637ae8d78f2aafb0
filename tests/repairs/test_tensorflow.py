"""TensorFlow agrees: in the repaired pairs everything that trains gets a gradient."""

from __future__ import annotations

from pathlib import Path

import pytest

import pair_judge
from pair_judge import Trial
from repairs.rounds import PAIRS, rounds

RESULTS = {name: rounds(path.read_bytes(), str(path)) for name, path in PAIRS.items()}
REPAIRED = [name for name, made in RESULTS.items() if made.offered]


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trial]:
    folder = tmp_path_factory.mktemp("repaired")
    paths = {name: folder / f"{name}.py" for name in REPAIRED}
    for name, path in paths.items():
        path.write_text(RESULTS[name].text, encoding="utf-8")
    found: dict[Path, Trial] = pair_judge.run(list(paths.values()))
    return {name: found[path] for name, path in paths.items()}


@pytest.mark.parametrize("name", REPAIRED)
def test_everything_that_trains_gets_a_gradient(name: str, trials: dict[str, Trial]) -> None:
    assert pair_judge.healthy(trials[name]) == []


def test_most_pairs_are_repaired() -> None:
    assert len(REPAIRED) >= 20
