"""`whygrad ops` from outside: the counts, a list, a page, JSON, names that do not exist."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import pytest

from render.golden import check_golden
from whygrad import catalogue, cli
from whygrad.catalogue import Argument, Catalogue, Detail, Entry, Output, Status
from whygrad.catalogue.as_data import SCHEMA
from whygrad.catalogue.lines import line_of
from whygrad.catalogue.replacements import for_entry
from whygrad.errors import UsageError
from whygrad.render.ops import render_entry, render_ops
from whygrad.render.screen import Screen

X, AXIS = Argument("x", 0, "float"), Argument("axis", 1, "setting", True)
FLOAT, WHOLE = Output("", "float32"), Output("", "int64")
ENTRIES = (
    Entry("tensorflow.math.round", ("tensorflow.round",), (X, AXIS), (FLOAT,), {"x": (Status.NONE,)}, {"x": Detail(("Round",))}, "x=f(3, 4)"),
    Entry("tensorflow.math.argmax", (), (X, AXIS), (WHOLE,), {"x": (Status.NONE,)}, {"x": Detail(("ArgMax",))}, "x=f(3, 4)"),
    Entry("tensorflow.math.sin", (), (X,), (FLOAT,), {"x": (Status.GRADIENT,)}, {}, "x=f(3, 4)", "", "", "float64"),
    Entry("tensorflow.norm", (), (X,), (FLOAT,), {"x": (Status.GRADIENT,)}, {"x": Detail((), (), "not finite where all values are 0")}, "x=f(3)"),
    Entry("tensorflow.math.broken", (), (X, AXIS), reason="ValueError: no <b>arguments</b>\x1b[31m"),
    Entry(
        "tensorflow.cast",
        (),
        (X, Argument("dtype", 1, "setting")),
        (FLOAT,),
        {"x": (Status.DEPENDS,)},
        {"x": Detail((), (("dtype=tf.float32", Status.GRADIENT), ("dtype=tf.int32", Status.NONE)))},
        "x=f(3); dtype=tf.float32",
    ),
    Entry("tensorflow.raw_ops.Sign", (), (X,), (FLOAT,), {"x": (Status.ZERO,)}, {}, "x=f(3)", "", "x: the tape says 0, differences say 1 (float64)"),
)
SMALL = Catalogue("2.99", "3.99", "\n".join(line_of(entry) for entry in sorted(ENTRIES, key=lambda e: e.name)).encode())
SCREEN = Screen(80)


def called(words: Sequence[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[object, str, str]:
    monkeypatch.setattr(sys, "argv", ["anything", "ops", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    return ended.value.code, out, err


def test_the_counts() -> None:
    check_golden("ops_counts.txt", render_ops(SMALL, None, None, "", "terminal", SCREEN))


def test_a_list() -> None:
    check_golden("ops_list.txt", render_ops(SMALL, None, None, "tf.math", "terminal", SCREEN))


@pytest.mark.parametrize("name", ["round", "argmax", "cast", "broken"])
def test_a_page(name: str) -> None:
    shown = render_ops(SMALL, f"tf.{name}" if name in ("round", "cast") else f"tf.math.{name}", None, "", "terminal", SCREEN)
    assert "\x1b" not in shown
    check_golden(f"ops_{name}.txt", shown)


def test_numpy_is_told_apart() -> None:
    assert "NumPy itself leaves TensorFlow" in " ".join(render_ops(SMALL, "np.round", None, "", "terminal", SCREEN).split())
    assert "NumPy" not in render_ops(SMALL, "tf.round", None, "", "terminal", SCREEN)


def test_lists_are_chosen_by_status_and_namespace() -> None:
    shown = render_ops(SMALL, None, "none", "", "terminal", SCREEN)
    assert "tf.math.round" in shown
    assert "tf.math.sin" not in shown
    assert "2 functions" in shown
    assert render_ops(SMALL, None, "zero", "tf.math", "terminal", SCREEN) == "0 functions\n"


@pytest.mark.parametrize(("status", "namespace", "message"), [("nothing", "", "one of: gradient, none"), (None, "tf.nonsense", "whygrad ops")])
def test_a_wrong_choice(status: str | None, namespace: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        render_ops(SMALL, None, status, namespace, "terminal", SCREEN)


def test_json_of_one_entry() -> None:
    data = json.loads(render_ops(SMALL, "tf.cast", None, "", "json", SCREEN))
    assert data["schema"] == SCHEMA
    assert data["measured_with"] == {"tensorflow": "2.99", "keras": "3.99"}
    (function,) = data["functions"]
    assert function["status"] == "depends"
    assert function["arguments"][0]["depends"] == [
        {"when": "dtype=tf.float32", "gradient": "gradient"},
        {"when": "dtype=tf.int32", "gradient": "none"},
    ]
    assert all(r["code"] for r in function["replacements"])


def test_json_of_all() -> None:
    assert len(json.loads(render_ops(SMALL, None, None, "", "json", SCREEN))["functions"]) == len(ENTRIES)


@pytest.mark.parametrize("width", [40, 60, 120])
def test_nothing_is_wider_than_the_screen_but_code(width: int) -> None:
    entry = SMALL.get("tf.norm")
    shown = render_entry(SMALL, entry, (), Screen(width))
    assert max(map(len, shown.splitlines())) <= width
    counts = render_ops(SMALL, None, None, "", "terminal", Screen(width))
    assert max(map(len, counts.splitlines())) <= width


def test_every_real_page_can_be_shown() -> None:
    known = catalogue.load()
    for entry in known:
        shown = render_entry(known, entry, for_entry(entry), SCREEN)
        assert shown.isprintable() or "\x1b" not in shown
        assert entry.status.value in shown


def test_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = called(["tf.round"], monkeypatch, capsys)
    assert (status, err) == (0, "")
    assert out.startswith("tf.math.round: none\n")
    assert "round_straight_through" in out
    assert "costs:" in out
    status, out, _ = called([], monkeypatch, capsys)
    assert status == 0
    assert "public functions" in out
    assert "of these are measured" in out


def test_a_misspelt_name_is_one_line_and_status_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = called(["tf.rond"], monkeypatch, capsys)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "did you mean tf.round" in err


def test_an_older_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = called(["--tensorflow", "2.15", "tf.round"], monkeypatch, capsys)
    assert "TensorFlow 2.15" in out
    status, _, err = called(["--tensorflow", "old", "tf.round"], monkeypatch, capsys)
    assert status == 2
    assert "is no version" in err
