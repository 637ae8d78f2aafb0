"""The score and the README tool, tried on made-up reports: each must be able to say no."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TOOLS = Path(__file__).parents[1] / "tools"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


score = load("score_corpus")
readme = load("readme")

TOML = """
cause = "non-differentiable-op"
also = ["integer-cast"]
lines = [2]
symptom = "none"
"""
PROGRAM = "loss = 1\nvotes = 2\nraise SystemExit(3)\ntape.gradient(loss, w)\n"
# stands in for the command: writes the report that the test wants for this program, then ends with the wanted status
STAND_IN = """
import json, os, sys
from pathlib import Path
wanted = json.loads(Path("..", "wanted.json").read_text())[Path(sys.argv[-1]).stem]
if wanted["report"] is not None:
    Path(sys.argv[sys.argv.index("--output") + 1]).write_text(wanted["report"])
sys.exit(wanted["status"])
"""


def diagnosis(cause: str, line: int, *, end_line: int | None = None, severity: str = "error", path: str = "broken.py") -> dict[str, Any]:
    return {"cause": cause, "severity": severity, "location": {"path": f"/somewhere/{path}", "line": line, "end_line": end_line or line}}


GOOD = [diagnosis("non-differentiable-op", 2)]


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.toml").write_text(TOML)
    (folder / "broken.py").write_text(PROGRAM)
    (folder / "fixed.py").write_text("")
    package = tmp_path / "stand_in" / "whygrad"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")  # a namespace package would lose against the installed whygrad
    (package / "__main__.py").write_text(STAND_IN)
    monkeypatch.setitem(score.ENVIRONMENT, "PYTHONPATH", str(package.parent))
    return folder


def judged(folder: Path, broken: list[Any] | str | None, fixed: list[Any] | str | None = (), status: int = 3) -> Any:  # type: ignore[assignment]
    text = {name: d if d is None or isinstance(d, str) else score.json.dumps({"diagnoses": list(d)}) for name, d in (("b", broken), ("f", fixed))}
    wanted = {"broken": {"report": text["b"], "status": status}, "fixed": {"report": text["f"], "status": 0}}
    (folder.parent / "wanted.json").write_text(score.json.dumps(wanted))
    return score.judge(score.read_case(folder))


@pytest.mark.parametrize(
    "diagnoses",
    [
        GOOD,
        [diagnosis("integer-cast", 1, end_line=3)],
        [diagnosis("unused-variable", 9, severity="note"), *GOOD],
    ],
    ids=["exact", "other fair name, span", "after a note"],
)
def test_a_right_answer_scores(case: Path, diagnoses: list[Any]) -> None:
    verdict = judged(case, diagnoses, fixed=[diagnosis("unused-variable", 1, severity="note", path="fixed.py")])
    assert verdict.right, verdict
    assert not verdict.baseline_right


@pytest.mark.parametrize(
    ("broken", "fixed", "status"),
    [
        ([], [], 3),
        ([diagnosis("outside-tape", 2)], [], 3),
        ([diagnosis("non-differentiable-op", 1)], [], 3),
        ([diagnosis("non-differentiable-op", 2, path="library.py")], [], 3),
        ([diagnosis("non-differentiable-op", 1, end_line=30)], [], 3),
        ([diagnosis("outside-tape", 1), *GOOD], [], 3),
        ([{**GOOD[0], "location": None}], [], 3),
        (GOOD, [diagnosis("constant-loss", 1, path="fixed.py")], 3),
        (GOOD, [], 0),
        (GOOD, None, 3),
        ("{", [], 3),
    ],
    ids=["silence", "cause", "line", "file", "span", "second", "nowhere", "false alarm", "exit status", "no report", "damaged report"],
)
def test_a_wrong_answer_does_not(case: Path, broken: Any, fixed: Any, status: int) -> None:
    assert not judged(case, broken, fixed, status).right


def test_the_summary_counts_the_groups_apart(case: Path) -> None:
    right, wrong = judged(case, GOOD), judged(case, [])
    (case / "case.toml").write_text(TOML.replace('"none"', '"zero"'))
    lines = score.summary([right, wrong, judged(case, GOOD)]).splitlines()
    assert [line.split()[-1 - len(line.split()) + line.split().index("right")] for line in lines[:3]] == ["2/3", "1/2", "1/1"]


@pytest.mark.parametrize("text", ["loss = f()\ntape.gradient(loss, w)", "x = 1\nmodel.fit(x)"])
def test_the_baseline_finds_its_line(tmp_path: Path, text: str) -> None:
    program = tmp_path / "p.py"
    program.write_text(text)
    assert score.loss_lines(program) == {1 if "loss" in text else 2}


def test_every_case_of_the_corpus_is_complete() -> None:
    folders = [p for p in score.CORPUS.iterdir() if p.is_dir()]
    assert len(folders) >= 83
    for folder in folders:
        case = score.read_case(folder)
        length = len((folder / "broken.py").read_text(encoding="utf-8").splitlines())
        assert case.lines, folder.name
        assert all(1 <= line <= length for line in case.lines), folder.name
        assert (folder / "fixed.py").exists(), folder.name


def test_the_readme_blocks_are_replaced_and_missing_ones_reported() -> None:
    text = "a\n<!-- report -->\nold\n<!-- /report -->\nz\n"
    new = readme.filled(text, "report", "text", "new \\1 lines\n")
    assert new == "a\n<!-- report -->\n```text\nnew \\1 lines\n```\n<!-- /report -->\nz\n"
    assert readme.filled(new, "report", "text", "new \\1 lines") == new
    with pytest.raises(SystemExit, match="<!-- program -->"):
        readme.filled(text, "program", "python", "")


def test_the_readme_shows_the_example_as_it_is() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert readme.filled(text, "program", "python", (readme.ROOT / readme.EXAMPLE).read_text(encoding="utf-8")) == text


def test_the_readme_lists_the_catalogue() -> None:
    causes = readme.ROOT / "src" / "whygrad" / "causes"
    folders = {p.parent.name.replace("_", "-") for p in causes.glob("*/__init__.py")}
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", readme.README.read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == folders
