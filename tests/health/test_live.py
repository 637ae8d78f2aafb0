"""The live table: silent where standard error is no terminal, and beside Keras's own progress bar."""

from __future__ import annotations

import sys

import pytest

pytest.importorskip("tensorflow")

from health.models import dense, fit
from whygrad.health import GradientHealth

pytestmark = pytest.mark.tensorflow


def test_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    _, model, x, y = dense("keras", table=False)
    health = GradientHealth()
    fit(model, x, y, [health])
    assert capsys.readouterr() == ("", "")
    assert "hidden/kernel" in health.summary()


def test_a_terminal_gets_the_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _, model, x, y = dense("keras", table=False)
    fit(model, x, y, [GradientHealth()])
    out, err = capsys.readouterr()
    assert out == ""
    assert "hidden/kernel" in err
    assert "log norm" in err.splitlines()[-6] or "log norm" in err


def test_with_keras_own_bar_the_table_comes_after_each_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    _, model, x, y = dense("keras", table=False)
    model.fit(x, y, batch_size=32, epochs=2, verbose=2, callbacks=[GradientHealth(live=True)])
    err = capsys.readouterr().err
    assert err.count("hidden/kernel") == 3, "two epochs and the end"
    assert "\x1b[" not in err
