"""The command line from outside: show, explain, the options of run, bad input, streams that fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from render.sample_reports import REPORTS
from whygrad import cli
from whygrad._version import __version__
from whygrad.render import FORMATS

POSIX = pytest.mark.skipif(os.name != "posix", reason="streams and devices of POSIX")


def whygrad(*words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "whygrad", *words], capture_output=True, text=True, encoding="utf-8", timeout=60, check=False, **how)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    file = tmp_path / "report.json"
    file.write_text(FORMATS["json"](REPORTS["wide"]))
    return file


def called(words: Sequence[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[object, str, str]:
    """`main()` in this process: exit status, standard output, standard error."""
    monkeypatch.setattr(sys, "argv", ["anything", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    return ended.value.code, out, err


def test_show_prints_the_report(saved: Path) -> None:
    done = whygrad("show", str(saved), env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert (done.returncode, done.stdout, done.stderr) == (0, FORMATS["terminal"](REPORTS["wide"]), "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_show_on_a_stream_that_is_not_utf8(saved: Path, encoding: str) -> None:
    done = whygrad("show", str(saved), env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"})
    assert (done.returncode, done.stdout, done.stderr) == (0, FORMATS["terminal"](REPORTS["wide"], encoding=encoding), "")


def test_show_as_json_gives_the_file_back(saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(["show", "--format", "json", str(saved)], monkeypatch, capsys) == (0, saved.read_text(), "")


def test_show_into_a_file(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out.txt"
    assert called(["show", str(saved), "--output", str(target)], monkeypatch, capsys) == (0, "", "")
    assert target.read_text("utf-8") == FORMATS["terminal"](REPORTS["wide"])
    called(["show", str(saved), "--output", str(target), "--color", "always"], monkeypatch, capsys)
    assert "\x1b[1;31m" in target.read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no such file"),
        ("", "is empty"),
        ("hello", "not a JSON file"),
        ("{}", "no whygrad report"),
        ('{"schema": "whygrad/2"}', "--upgrade"),
        ('{"a', "breaks off"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    content: str | None, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.json"
    if content is not None:
        file.write_text(content)
    status, out, err = called(["show", str(file)], monkeypatch, capsys)
    assert (status, out) == (2, "")
    assert err.startswith("whygrad: ")
    assert err.count("\n") == 1
    assert reason in err


def test_an_output_that_cannot_be_written(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = called(["show", str(saved), "--output", str(tmp_path)], monkeypatch, capsys)
    assert (status, out, err) == (2, "", f"whygrad: cannot write {tmp_path}: it is a folder\n")


def test_the_name_of_a_file_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = called(["show", "no\x1b[31m\nfile"], monkeypatch, capsys)
    assert err == "whygrad: no such file: no file\n"


@POSIX
def test_a_reader_that_has_gone_is_no_error(saved: Path) -> None:
    long = saved.with_name("long.json")
    long.write_text(FORMATS["json"](REPORTS["many_variables"]))
    command = f'"{sys.executable}" -m whygrad show --gradients "{long}" | head -1; echo "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == ["whygrad: 200 of 200 gradients are None", "0"]
    assert done.stderr == ""


@POSIX
def test_a_pipe_without_any_reader(saved: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([sys.executable, "-m", "whygrad", "show", str(saved)], stdout=write, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_standard_output(saved: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "whygrad", "show", str(saved)], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "whygrad: cannot write to standard output: No space left on device\n"


@POSIX
def test_a_closed_standard_output(saved: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -m whygrad show "{saved}" >&-'], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def imported(program: str, *words: str) -> set[str]:
    """What of the heavy packages a command has brought in."""
    heavy = "{'tensorflow', 'keras', 'numpy'} & set(sys.modules)"
    script = f"import sys, atexit\natexit.register(lambda: print('modules', *({heavy}), file=sys.stderr))\n{program}"
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("words", [["show", "REPORT"], ["explain"], ["explain", "not-a-variable"], ["--help"], ["run", "--help"]])
def test_tensorflow_is_not_imported(words: list[str], saved: Path) -> None:
    assert imported("from whygrad.cli import main; main()", *(word.replace("REPORT", str(saved)) for word in words)) == set()


def test_the_test_for_imports_can_fail(saved: Path) -> None:
    program = "import types; sys.modules['tensorflow'] = types; from whygrad.cli import main; main()"
    assert imported(program, "show", str(saved)) == {"tensorflow"}


def test_start_up_loads_no_renderer() -> None:
    program = "import sys, whygrad.cli; print(sorted({'rich', 'json', 'difflib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_explain_lists_and_explains(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, listed, _ = called(["explain"], monkeypatch, capsys)
    assert status == 0
    assert "  not-a-variable " in listed
    status, page, err = called(["explain", "not_a_variable"], monkeypatch, capsys)
    assert (status, err) == (0, "")
    assert page.startswith("not-a-variable: ")
    assert [sign for sign in ("    - ", "    + ") if sign in page] == ["    - ", "    + "]


def test_explain_an_unknown_cause(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = called(["explain", "not-a-varable"], monkeypatch, capsys)
    assert (status, out) == (2, "")
    assert err.startswith("whygrad: no cause is called 'not-a-varable'; did you mean not-a-variable")


@pytest.mark.parametrize("words", [["shwo"], ["show"], ["run"], ["run", "--strcit", "train.py"], ["show", "--format", "pdf", "x"], []])
def test_bad_usage_is_status_2(words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = called(words, monkeypatch, capsys)
    assert (status, out) == (2, "")
    assert "Usage: whygrad" in err


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(["--version"], monkeypatch, capsys) == (0, f"whygrad {__version__}\n", "")


DEFAULTS: dict[str, Any] = {"module": False, "format": "terminal", "output": None, "strict": False, "color": "auto"}


@pytest.mark.parametrize(
    ("words", "target", "args", "wishes"),
    [
        (["train.py"], "train.py", (), {}),
        (["train.py", "--strict", "-m", "--", "--help", "-x"], "train.py", ("--strict", "-m", "--", "--help", "-x"), {}),
        (["--", "train.py", "--version"], "train.py", ("--version",), {}),
        (["--", "-odd-name.py"], "-odd-name.py", (), {}),
        (["-m", "package.train", "--output", "x", "-m"], "package.train", ("--output", "x", "-m"), {"module": True}),
        (
            ["--strict", "--format=json", "--output", "o.json", "a.py", ""],
            "a.py",
            ("",),
            {"strict": True, "format": "json", "output": Path("o.json")},
        ),
        (["--color", "never", "a.py", "*", "~", "$HOME"], "a.py", ("*", "~", "$HOME"), {"color": "never"}),
        (["a.py", "\udc80é"], "a.py", ("\udc80é",), {}),
    ],
)
def test_run_hands_everything_after_the_target_to_the_program(
    words: list[str],
    target: str,
    args: tuple[str, ...],
    wishes: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen: list[Any] = []

    def run_command(target: str, args: Sequence[str], **options: Any) -> int:
        assert not any("click" in (frame_module or "") for frame_module in modules_on_the_stack()), "the program runs after click has left"
        seen.append((target, tuple(args), options))
        return 7

    monkeypatch.setattr("whygrad.launch.run_command", run_command)
    assert called(["run", *words], monkeypatch, capsys)[0] == 7
    assert seen == [(target, args, DEFAULTS | wishes)]


def modules_on_the_stack() -> list[str | None]:
    frame, names = sys._getframe(), list[str | None]()
    while frame.f_back is not None:
        frame = frame.f_back
        names.append(frame.f_globals.get("__name__"))
    return names


def test_json_on_standard_output_is_one_document(saved: Path) -> None:
    done = whygrad("show", "--format", "json", str(saved))
    assert json.loads(done.stdout)["schema"] == "whygrad/1"
