"""A program and changed contents of its files come in; a child process runs it under watch until every gradient it asks for was judged.

`try_out` is called by `whygrad fix`; the lower half of this file is what runs in the child (`python -m whygrad.fix.trial`).
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from whygrad.errors import WhygradError
from whygrad.fix.shadow import Shadow, shadow
from whygrad.lint.files import read_bytes
from whygrad.model import Report

REPORT, STEPS = "WHYGRAD_TRIAL_REPORT", "WHYGRAD_TRIAL_STEPS"


@dataclass(frozen=True, slots=True)
class Target:
    """What is run. `root`: the folder in which files may be changed, that of the script, or the current one for a module."""

    name: str  # as the user typed it
    args: tuple[str, ...]
    module: bool
    root: str
    timeout: float

    @property
    def path(self) -> str:
        return os.path.realpath(self.name)


def target_of(name: str, args: Sequence[str], *, module: bool, timeout: float) -> Target:
    root = os.getcwd() if module else os.path.dirname(os.path.realpath(name))
    return Target(name, tuple(args), module, root, timeout)


def try_out(target: Target, contents: Mapping[str, bytes], steps: int) -> Report | None:
    """The report of the changed program, with places in the original files; None where it gave none: it took too long, or it killed itself.

    `steps`: so many answers of gradient calls are waited for, at least; 0: the program as it is, until something is wrong or it ends.
    """
    with shadow(target.root, {**_itself(target), **contents}) as place:
        report = _reported(target, place, steps)
    return None if report is None else _at_the_original(report, place)


def _itself(target: Target) -> dict[str, bytes]:
    """The script as a file of its own: Python looks for modules beside the file that a link leads to."""
    return {} if target.module or not os.path.isfile(target.path) else {target.path: read_bytes(target.path)}


def _reported(target: Target, place: Shadow, steps: int) -> Report | None:
    from whygrad.render.saved import read_report

    with tempfile.TemporaryDirectory(prefix="whygrad-fix-") as scratch:
        file = Path(scratch, "report.json")
        command = [sys.executable, "-m", "whygrad.fix.trial", *(["-m", target.name] if target.module else [place.inside(target.path)])]
        environment = {**os.environ, REPORT: str(file), STEPS: str(steps)}
        folder = place.folder if target.module else None
        try:
            subprocess.run(
                [*command, *target.args],
                env=environment,
                cwd=folder,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=target.timeout,
                check=False,
            )
            return read_report(file)
        except (subprocess.TimeoutExpired, WhygradError):
            return None


def _at_the_original(value: Any, place: Shadow) -> Any:
    """The report with every path in it replaced."""
    if isinstance(value, tuple):
        return tuple(_at_the_original(item, place) for item in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changes = {f.name: _at_the_original(getattr(value, f.name), place) for f in dataclasses.fields(value)}
    if isinstance(changes.get("path"), str):
        changes["path"] = place.outside(changes["path"])
    return dataclasses.replace(value, **changes)


# -- in the child -------------------------------------------------------------------------------------------------------------


def main() -> NoReturn:
    """Run the program of the command line. It ends as soon as there is nothing more to learn about its gradients."""
    from whygrad.api import start_watching
    from whygrad.launch import run_command

    module = sys.argv[1] == "-m"
    name, *args = sys.argv[2 if module else 1 :]
    output, steps = Path(os.environ.pop(REPORT)), int(os.environ.pop(STEPS))

    def judged(wrong: bool) -> None:
        if wrong or steps:  # as it is, the program may go wrong later
            os._exit(0)  # which writes the report first, like every `os._exit` under watch

    def watch() -> Any:
        return start_watching(at_least=steps, judged=judged)

    sys.exit(run_command(name, args, module=module, format="json", output=output, watch=watch))


if __name__ == "__main__":
    main()
