"""check never fails, whatever a file holds: the standard library, the installed packages, spoiled programs. A sample each time;

make survive        every file of both, and 10,000 spoiled programs
"""

from __future__ import annotations

import os
import random
import signal
import sysconfig
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lint.mutations import mutated
from whygrad.lint.discover import Discovery
from whygrad.lint.one_file import Checker

ROOT = Path(__file__).parents[2]
EVERYTHING = os.environ.get("WHYGRAD_SURVIVE") == "all"
SEED = int(os.environ.get("WHYGRAD_SEED", "5"))
PROGRAMS = [p.read_bytes() for p in sorted([*ROOT.glob("corpus/*/*.py"), *ROOT.glob("src/whygrad/causes/*/*.py")])]
PATIENCE = 60  # seconds for one file


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    def over(number: int, frame: object) -> None:
        raise TimeoutError(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def failures(checks: Iterable[tuple[str, Checker]]) -> list[str]:
    """A line for each file with which check itself fails, or does not come to an end. WHYGRAD_STRICT lets errors through."""
    found = []
    slowest = (0.0, "")
    for path, checker in checks:
        start = time.perf_counter()
        try:
            with limited(PATIENCE):
                result = checker.check(path)
            assert all("\n" not in problem for problem in result.problems), f"{path}: {result.problems}"
        except Exception as error:
            found.append(f"{path}: {type(error).__name__}: {error}")
        slowest = max(slowest, (time.perf_counter() - start, path))
    print(f"slowest: {slowest[0]:.1f} s for {slowest[1]}")
    return found


def sample(folder: str, every: int) -> list[tuple[str, Checker]]:
    """All files below a folder, or a seeded part of them, examined even where the prefilter would leave them out."""
    discovery = Discovery([folder])
    files = discovery.files if EVERYTHING else random.Random(SEED).sample(discovery.files, max(1, len(discovery.files) // every))
    checker = Checker(tuple(discovery.roots))
    return [(path, checker) for path in files]


def test_the_standard_library() -> None:
    assert not failures(sample(sysconfig.get_path("stdlib"), 80))


@pytest.mark.parametrize("package", ["keras", "tf_keras", "tensorflow"])
def test_installed_packages(package: str) -> None:
    folder = Path(sysconfig.get_path("purelib")) / package
    assert not failures(sample(str(folder), 150))


def test_all_installed_packages() -> None:
    """Everything, or a few."""
    assert not failures(sample(sysconfig.get_path("purelib"), 2000))


def test_spoiled_programs(tmp_path: Path) -> None:
    failed = []
    for number, content in enumerate(mutated(PROGRAMS, 10_000 if EVERYTHING else 200, SEED)):
        path = str(tmp_path / "spoiled.py")
        for failure in failures([(path, Checker((str(tmp_path),), contents={path: content}))]):
            kept = tmp_path / f"spoiled_{number}.py"
            kept.write_bytes(content)
            failed.append(failure.replace(path, str(kept)))
    assert not failed, "\n".join(failed)
