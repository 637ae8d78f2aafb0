"""Files and a command line in; what plain python and what whygrad made of them out, side by side."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DRIVER = Path(__file__).with_name("driver.py")
# Another interpreter, with nothing installed, can be put in the place of ours.
PYTHON = os.environ.get("WHYGRAD_TEST_PYTHON", sys.executable)
VERSION = tuple(map(int, subprocess.check_output([PYTHON, "-c", "import sys; print(*sys.version_info[:2])"]).split()))


@dataclass(frozen=True)
class Case:
    """`command` is what follows `python`. `interpreter` are options of python itself. `reports` is how many reports are to be written."""

    files: Mapping[str, str | bytes]
    command: Sequence[str] = ("program.py",)
    interpreter: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    stdin: str = ""
    reports: int = 1


@dataclass(frozen=True)
class Ended:
    status: int
    stdout: str
    stderr: str

    def without_ours(self) -> Ended:
        return Ended(self.status, self.stdout, "".join(line for line in self.stderr.splitlines(keepends=True) if not line.startswith("whygrad")))

    def ours(self) -> list[str]:
        return [line for line in self.stderr.splitlines() if line.startswith("whygrad")]


def plain(case: Case, folder: Path) -> Ended:
    return execute([PYTHON, *case.interpreter, *case.command], case, folder)


def watched(case: Case, folder: Path) -> Ended:
    module = case.command[0] == "-m"
    options = json.dumps({**case.options, "module": module})
    return execute([PYTHON, *case.interpreter, str(DRIVER), options, *case.command[module:]], case, folder)


def execute(command: Sequence[str], case: Case, folder: Path) -> Ended:
    """In a folder that looks the same each time, since paths occur in tracebacks."""
    place = folder / "place"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    write(place, case.files)
    done = subprocess.run(command, cwd=place, input=case.stdin.encode(), capture_output=True, timeout=60, check=False)
    return Ended(done.returncode, _without_addresses(done.stdout), _without_addresses(done.stderr))


def _without_addresses(text: bytes) -> str:
    return re.sub(r"0x[0-9a-f]{6,}|(?<=object refcount : )[0-9]+", "...", text.decode())


def write(place: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
