"""Files as a dictionary and words of a command line come in; what `whygrad check` says and does with the fake engine goes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lint.fake_engine import examine
from whygrad.lint.command import main

TRAIN = "import tensorflow as tf  # tape.gradient\n"  # what makes a file matter


class Checked:
    """The exit status, the two streams, and the findings of the report in concise form."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status = status
        self.out = out
        self.err = err

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Folder:
    """A project in a folder that is also the current one."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self._capsys = capsys

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def check(self, *words: str, format_: str = "concise") -> Checked:
        self._capsys.readouterr()
        status = main(["--format", format_, *words], examine)
        return Checked(status, *self._capsys.readouterr())

    def calls(self) -> list[str]:
        """Which files the engine has seen since the last question."""
        log = self.path / "calls.txt"
        seen = log.read_text().split() if log.exists() else []
        log.write_text("")
        return seen


def notebook(*cells: str | list[str], markdown: tuple[int, ...] = (), language: str = "python", indent: int | None = 1) -> str:
    """A notebook; the cells with these numbers (from 1) are text."""
    data: dict[str, Any] = {
        "cells": [
            {"cell_type": "markdown" if number in markdown else "code", "metadata": {}, "source": cell, "outputs": [{"text": "ü"}]}
            for number, cell in enumerate(cells, 1)
        ],
        "metadata": {"language_info": {"name": language}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(data, indent=indent, ensure_ascii=False) + "\n"
