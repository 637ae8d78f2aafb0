"""A child process of test_same_numbers.py: `child.py MODE RESULT PROGRAM...` runs programs, "plain" or "recorded", and writes what each said.

Output is caught below Python, at the file descriptors, so that what TensorFlow's C++ and its loggers print counts, too.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import runpy
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LOG_LINE = re.compile(r"^([IWE]\d{4} |WARNING: All log messages before).*\n", re.MULTILINE)  # TensorFlow's C++, with the time of day
NUMBERS = re.compile(r"(__\w*_(inference|forward|backward)_\w*?_)\d+|0x[0-9a-f]{6,}|/tmp/\w+")  # from one counter of the process, addresses


@contextlib.contextmanager
def caught(said: dict[str, str]) -> Iterator[None]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        saved = os.dup(1), os.dup(2)
        os.dup2(out.fileno(), 1), os.dup2(err.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            os.dup2(saved[0], 1), os.dup2(saved[1], 2)
            for name, file in (("stdout", out), ("stderr", err)):
                file.seek(0)
                said[name] = NUMBERS.sub(r"\1...", LOG_LINE.sub("", file.read().decode()))


def run(path: Path, recorder: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"error": None}
    before = recorder.clock if recorder else 0
    with caught(said), warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            runpy.run_path(str(path), run_name="__main__")
        except BaseException as error:
            said["error"] = f"{type(error).__name__}: {error}"
    said["ops"] = recorder.clock - before if recorder else 0
    said["failures"] = [repr(error) for error in recorder.failures] if recorder else []
    return said


def main() -> None:
    mode, result, *programs = sys.argv[1:]
    sys.path.insert(0, str(Path(__file__).parent))
    recorder = None
    if mode == "recorded":
        from whygrad.api import Session

        recorder = Session(always=True)._recorder
        recorder.refused = lambda error: None  # the note on an exception is meant to be seen; here everything else is compared
    if len(programs) > 1:
        import tensorflow as tf

        tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2)
    answers = {Path(program).stem: run(Path(program), recorder) for program in programs}
    Path(result).write_text(json.dumps(answers), encoding="utf-8")


if __name__ == "__main__":
    main()
