"""Where the report goes, what it says, what it does to the exit status, and what happens when making it fails."""

from __future__ import annotations

import importlib.util
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from launch.both import DRIVER, PYTHON, Case, Ended, watched, write

FINE = "print('out')"


def run(source: str, folder: Path, *args: str, **options: Any) -> Ended:
    return watched(Case({"program.py": source}, command=("program.py", *args), options=options), folder)


@pytest.mark.parametrize(
    ("severity", "source", "status"),
    [
        ("error", FINE, 1),
        ("warning", FINE, 1),
        ("note", FINE, 0),
        (None, FINE, 0),
        ("error", "raise SystemExit(5)", 5),
        ("error", "import os; os._exit(0)", 1),
        ("error", "import os; os._exit(4)", 4),
        ("error", "1/0", 1),
        ("error", "raise KeyboardInterrupt", -2),
    ],
)
def test_strict_turns_success_with_findings_into_1(severity: str | None, source: str, status: int, tmp_path: Path) -> None:
    assert run(source, tmp_path, severity=severity, strict=True).status == status


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        (FINE, "status=0 exception=None"),
        ("1/0", "status=1 exception=ZeroDivisionError: division by zero"),
        ("raise SystemExit(300)", "status=44 exception=None"),
        ("raise SystemExit('text')", "status=1 exception=None"),
        ("raise KeyboardInterrupt", "status=130 exception=KeyboardInterrupt"),
        ("import os; os._exit(7)", "status=7 exception=None"),
        ("class E(Exception):\n    def __str__(self): 1/0\nraise E", "status=1 exception=E: <exception str() failed>"),
    ],
)
def test_outcome(source: str, outcome: str, tmp_path: Path) -> None:
    assert run(source, tmp_path).ours() == [f"whygrad| {outcome} found=0"]


def test_output_is_found_again_after_the_program_changed_the_directory(tmp_path: Path) -> None:
    ended = run("import os; os.chdir('/')", tmp_path, output="report.txt")
    assert ended == Ended(0, "", "")
    assert (tmp_path / "place" / "report.txt").read_text() == "whygrad| status=0 exception=None found=0\n"


def test_output_that_cannot_be_written_at_the_end_is_said_and_keeps_the_status(tmp_path: Path) -> None:
    ended = run("import os; os.mkdir('report.txt'); raise SystemExit(3)", tmp_path, output="report.txt")
    assert ended.status == 3
    assert ended.ours() == [f"whygrad: cannot write {tmp_path / 'place' / 'report.txt'}: it is a folder"]


@pytest.mark.parametrize(("output", "reason"), [("missing/report.txt", "there is no folder"), (".", "it is a folder")])
def test_output_that_cannot_be_written_is_refused_before_the_program_starts(output: str, reason: str, tmp_path: Path) -> None:
    ended = run(FINE, tmp_path, output=output)
    assert (ended.status, ended.stdout) == (2, "")
    assert f"whygrad: cannot write {output}: {reason}" in ended.stderr


def test_program_without_tensorflow_gets_one_line(tmp_path: Path) -> None:
    ended = run(FINE, tmp_path, tensorflow=None)
    assert ended.stdout == "out\n"
    assert ended.stderr.startswith("whygrad: the program never imported TensorFlow")
    assert ended.stderr.count("\n") == 1


def test_source_of_a_program_that_deleted_itself_is_kept(tmp_path: Path) -> None:
    ended = run("import os; os.remove(__file__)\n1/0\n", tmp_path, show_source="program.py")
    assert ended.ours()[-1] == "whygrad| TensorFlow: line 1 is 'import os; os.remove(__file__)\\n'"


@pytest.mark.parametrize("stage", ["start", "finish"])
def test_failure_of_ours_is_one_line_and_keeps_the_status(stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHYGRAD_STRICT", "0")
    ended = run("print('out'); raise SystemExit(3)", tmp_path, fail=stage)
    assert (ended.status, ended.stdout) == (3, "out\n")
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"whygrad: internal error: RuntimeError: {stage}ing failed (please report it: ")


@pytest.mark.parametrize("stage", ["start", "finish"])
def test_failure_of_ours_is_loud_on_request(stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHYGRAD_STRICT", "1")
    ended = run("raise SystemExit(3)", tmp_path, fail=stage)
    assert ended.status == 70
    assert ended.stderr.startswith("Traceback")
    assert f"RuntimeError: {stage}ing failed" in ended.stderr


def test_forked_child_abandons_the_watch_and_hears_nothing_of_it(tmp_path: Path) -> None:
    ended = run("import os\nif os.fork() == 0:\n    raise SystemExit(3)\nprint(os.wait()[1] >> 8, sorted(os.listdir()))", tmp_path, fail="abandon")
    assert (ended.status, ended.stdout) == (0, "3 ['abandoned', 'program.py']\n")
    assert ended.ours() == ["whygrad| status=0 exception=None found=0"]


def test_status_that_no_process_can_have(tmp_path: Path) -> None:
    """Python 3.12 shows an error of its own here; the status is the same."""
    assert run("raise SystemExit(10 ** 30)", tmp_path).status == 255


def test_run_within_a_run_in_the_same_process_reports_once(tmp_path: Path) -> None:
    inner = "import sys\nfrom driver import main\nsys.path.insert(0, '.')\nsys.argv = ['driver', '{}', 'inner.py']\nsys.exit(main())"
    source = f"import sys; sys.path.append({str(DRIVER.parent)!r})\n{inner}"
    ended = watched(Case({"program.py": source, "inner.py": "print('inner'); raise SystemExit(6)"}), tmp_path)
    assert (ended.status, ended.stdout) == (6, "inner\n")
    assert len(ended.ours()) == 1


def test_report_comes_after_output_that_was_still_in_a_buffer(tmp_path: Path) -> None:
    write(tmp_path, {"program.py": "print('out')"})
    command = [PYTHON, str(DRIVER), "{}", "program.py"]
    done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, timeout=60)
    assert done.stdout.splitlines() == [b"out", b"whygrad| status=0 exception=None found=0"]


def test_report_goes_to_our_own_standard_error_and_never_into_a_file_of_the_program(tmp_path: Path) -> None:
    source = "import os\nos.closerange(2, 100)\nfor n in range(100): os.open('mine', os.O_WRONLY | os.O_CREAT)\n"
    ended = run(source, tmp_path)
    assert (ended.status, ended.stderr) == (0, "")
    assert (tmp_path / "place" / "mine").read_bytes() == b""


@pytest.mark.skipif(sys.executable != PYTHON or importlib.util.find_spec("rich") is None, reason="the renderers need rich")
@pytest.mark.parametrize("name", ["json", "terminal"])
def test_real_renderers(name: str, tmp_path: Path) -> None:
    write(tmp_path, {"program.py": f"{FINE}\nimport sys\nsys.path.clear()", "start.py": REAL})
    command = [PYTHON, "start.py", name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "out\n"
    if name == "json":
        assert json.loads(done.stderr)["outcome"] == {"exit_status": 0, "exception": None}
    else:
        assert "zero-factor" in done.stderr


REAL = f"""
import sys
sys.path.append({str(DRIVER.parent)!r})
from driver import FakeWatch
from whygrad.launch import run_command
sys.exit(run_command("program.py", [], format=sys.argv[1], watch=lambda: FakeWatch("error", "2", None, None)))
"""


COLOR = f"""
import sys
sys.path.append({str(DRIVER.parent)!r})
from driver import FakeWatch
from whygrad.launch import run_command
start = lambda: FakeWatch("error", "2", None, None)
sys.exit(run_command("program.py", [], color=sys.argv[1], watch=start, render=lambda report, **how: str(how)))
"""


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal")
@pytest.mark.parametrize(("color", "expected"), [("auto", True), ("never", False)])
def test_color_on_a_terminal(color: str, expected: bool, tmp_path: Path) -> None:
    write(tmp_path, {"program.py": FINE, "start.py": COLOR})
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": "", "COLUMNS": "97"}
    command = [PYTHON, "start.py", color]
    subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=slave, env=environment, check=True, timeout=60)
    assert os.read(master, 10000).decode() == str({"width": 97, "color": expected, "encoding": "utf-8"})
    os.close(master)
    os.close(slave)
