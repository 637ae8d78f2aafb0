"""The table of variables, as it is read; and that old reports, without variables, can still be read."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.text import Text

from render.golden import check_golden
from render.sample_reports import ENVIRONMENT, located
from whygrad import cli
from whygrad.model import Location, Outcome, Report, VariableRow
from whygrad.render import FORMATS
from whygrad.render.saved import parse_report
from whygrad.words import GradientStatus

FIT = located(40, "model.fit(x, y, epochs=3)", "model.fit(x, y, epochs=3)")
LAYER = located(12, 'hidden = Dense(64, name="hidden")', 'Dense(64, name="hidden")')
LOAD = located(30, 'base.load_weights("base.weights.h5")', 'base.load_weights("base.weights.h5")')


def variable(
    name: str,
    initial: str,
    detail: str = "",
    where: Location | None = LAYER,
    gradient: GradientStatus | None = "ok",
    by: str = "Adam",
    at: Location | None = FIT,
    trainable: bool = True,
    assigned: Location | None = None,
    updated: bool | None = True,
) -> VariableRow:
    return VariableRow(name, (32, 64), "float32", trainable, initial, detail, where, assigned, gradient, updated, by, at)


def never(name: str, initial: str, detail: str = "", **more: object) -> VariableRow:
    return variable(name, initial, detail, **{"by": "", "at": None, "updated": False, **more})  # type: ignore[arg-type]


ROWS = (
    variable("hidden/kernel", "random", "glorot_uniform"),
    variable("hidden/bias", "zeros"),
    variable("functional/encoder/block_3/attention/query/kernel", "random", "random_normal(mean=0.0, stddev=0.05)", gradient="zero"),
    variable("scale", "constant", "0.5", located(3, "scale = tf.Variable(0.5)", "tf.Variable(0.5)", path="lib/helpers.py"), by="assign"),
    variable("norm/moving_mean", "zeros", trainable=False, gradient=None, by="assign"),
    never("base/kernel", "restored", "glorot_uniform", assigned=LOAD, trainable=False, gradient=None),
    never("head/kernel", "random", "tf.random.normal([32, 64], stddev=0.1)", where=None),
    variable("unseen", "given", "np.load('start.npy')", gradient="none", by="", at=None, updated=None),
    variable("changed", "ones", gradient="non-finite", by="", at=None),
    variable("\x1b[31mred\x1b]8;;http://owned\x07`重み`\u202e\n", "random", "\x1b[2Jf(\u202e)", gradient="ok"),
)
REPORT = Report("0.1.0", ENVIRONMENT, "run", Outcome(0, None), variables=ROWS)


def table(width: int = 80, **how: object) -> str:
    return FORMATS["terminal"](REPORT, width=width, variables=True, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_as_it_is_read(width: int) -> None:
    check_golden(f"variables_{width}.txt", table(width))


@pytest.mark.parametrize("width", [40, 57, 72, 80, 99, 120])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    assert [line for line in table(width).splitlines() if cell_len(line) > width] == []


def test_colour_changes_no_letter_and_nothing_steers_the_terminal() -> None:
    assert Text.from_ansi(table(color=True)).plain.rstrip("\n") == table().rstrip("\n")
    assert {character for character in table() if not character.isprintable()} <= {"\n"}
    assert "owned" not in table(120)
    table(encoding="ascii").encode("ascii")


def test_it_is_shown_only_when_asked_for() -> None:
    assert "begins as" not in FORMATS["terminal"](REPORT)
    nothing = FORMATS["terminal"](Report("0.1.0", ENVIRONMENT, "run", None), variables=True)
    assert "no variables were recorded" in nothing


def test_the_json_keeps_all_of_it_and_an_old_report_has_none() -> None:
    data = json.loads(FORMATS["json"](REPORT))
    assert Report.from_json(data) == REPORT
    assert parse_report(json.dumps(data).encode(), "r.json") == REPORT
    del data["variables"]
    assert Report.from_json(data).variables == ()


def test_show_has_the_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "r.json"
    saved.write_text(FORMATS["json"](REPORT))
    for words, shown in ((["--variables"], table(80)), ([], FORMATS["terminal"](REPORT))):
        monkeypatch.setattr(sys, "argv", ["whygrad", "show", str(saved), *words])
        with pytest.raises(SystemExit):
            cli.main()
        assert capsys.readouterr().out == shown
