"""Work shared out to forked processes."""

from __future__ import annotations

import os
import sys
import time

import pytest

from whygrad.lint.forked import mapped

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
HERE = os.getpid()


@pytest.mark.parametrize("jobs", [1, 2, 3, 7, 20])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    assert mapped(lambda n: [n, str(n)], range(10), jobs) == [[n, str(n)] for n in range(10)]


def slowly(item: int) -> int:
    time.sleep(0.01)
    return os.getpid()


def test_others_do_a_part() -> None:
    processes = mapped(slowly, range(30), 3)
    assert len(set(processes)) == 3
    assert HERE in processes


def test_what_a_process_leaves_undone_is_done_here() -> None:
    def work(item: int) -> int:
        if os.getpid() != HERE and item == 7:
            os._exit(9)
        return item

    assert mapped(work, range(20), 4) == list(range(20))


def test_what_ends_every_process_is_lost_alone() -> None:
    def work(item: int) -> int:
        return os._exit(9) if item % 10 == 7 else item

    found = mapped(work, range(30), 3, lost=lambda item: -item)
    assert found == [-item if item % 10 == 7 else item for item in range(30)]


def test_with_a_stand_in_for_what_is_lost_nothing_is_done_here() -> None:
    assert HERE not in mapped(slowly, range(5), 2, lost=lambda item: 0)


def test_more_than_a_pipe_holds() -> None:
    assert mapped(lambda n: n, range(40_000), 2) == list(range(40_000))


def test_an_error_of_another_process_is_raised_here(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        mapped(lambda n: 1 // (5 - n), range(10), 2)
    assert capfd.readouterr().err == ""
