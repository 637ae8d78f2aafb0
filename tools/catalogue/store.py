"""Answers of workers <-> files: the state of a measurement (JSON lines, in build/), and the data file of the package."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.catalogue.running import ROOT

DATA = ROOT / "src" / "whygrad" / "catalogue" / "data"
STATE = ROOT / "build" / "catalogue"


def pair() -> str:
    """`tensorflow-2.21-keras-3.15`, as installed."""
    from importlib.metadata import version

    names = ("tensorflow-cpu", "tensorflow")
    return f"tensorflow-{_short(_first(names, version))}-keras-{_short(version('keras'))}"


def _first(names: Iterable[str], version: Any) -> str:
    from importlib.metadata import PackageNotFoundError

    for name in names:
        try:
            return str(version(name))
        except PackageNotFoundError:
            continue
    raise SystemExit("tools.catalogue: TensorFlow is not installed here")


def _short(version: str) -> str:
    return ".".join(version.split(".")[:2])


def read_state(name: str) -> dict[str, dict[str, Any]]:
    """The last answer for each target."""
    file = STATE / f"{name}.jsonl"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return {answer["name"]: answer for answer in map(json.loads, lines)}


def append_state(name: str, answer: dict[str, Any]) -> None:
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(answer) + "\n")


def write_data(name: str, lines: Iterable[str]) -> Path:
    """Written beside, then renamed."""
    file = DATA / f"{name}.txt"
    beside = file.with_suffix(".new")
    beside.write_text("".join(f"{line}\n" for line in sorted(lines)), encoding="utf-8", newline="\n")
    os.replace(beside, file)
    return file
