"""Ordinary networks that train well, ten steps each, under `whygrad run --health`: nothing is said about any of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import run_programs
from whygrad.model import Report

NETWORKS = sorted((Path(__file__).parent / "networks").glob("*.py"))


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {path.stem: report for path, report in run_programs.reports(NETWORKS, WATCH_HEALTH="1").items()}


def test_there_are_enough_of_them() -> None:
    assert len(NETWORKS) >= 20


@pytest.mark.parametrize("name", [path.stem for path in NETWORKS])
def test_a_healthy_network_is_left_alone(name: str, reports: dict[str, Report]) -> None:
    report = reports[name]
    assert report.outcome is not None
    assert report.outcome.exception is None
    assert [(d.cause, d.message) for d in report.diagnoses] == []
    assert report.notices == ()


@pytest.mark.parametrize("name", [path.stem for path in NETWORKS])
def test_its_gradients_are_measured(name: str, reports: dict[str, Report]) -> None:
    rows = reports[name].gradients
    assert rows
    assert any(row.norm is not None and row.norm > 0 for row in rows), [row.variable for row in rows]
