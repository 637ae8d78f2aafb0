"""A pytest plugin (`-p always_on`): everything that the tests of another project do is recorded; at the end it proves that it was."""

from __future__ import annotations

import pytest

from whygrad.api import Session

SESSION = Session(always=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    recorder = SESSION._recorder
    print(f"\nwhygrad: {recorder.clock} ops recorded, still active: {recorder.active}, failures: {recorder.failures}")
