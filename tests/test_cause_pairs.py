"""The catalogue's pages are complete, and TensorFlow agrees that each broken.py is broken and each fixed.py is fixed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import pair_judge
from pair_judge import SYMPTOMS, Symptom, Trial

CAUSES = Path(__file__).resolve().parents[1] / "src" / "whygrad" / "causes"
HEADINGS = ("What happens", "Why the gradient stops", "What to write instead", "Who can see it", "Further reading")
MARK = "  # cut"


def folder(slug: str) -> Path:
    return CAUSES / slug.replace("-", "_")


def page(slug: str) -> str:
    return ast.get_docstring(ast.parse((folder(slug) / "__init__.py").read_text(encoding="utf-8"))) or ""


def sections(text: str) -> dict[str, str]:
    """Heading -> its text. A heading stands alone on a line that is not indented."""
    found: dict[str, str] = {}
    heading = ""
    for line in text.splitlines()[1:]:
        if line and not line.startswith(" "):
            heading = line
        found[heading] = found.get(heading, "") + line.removeprefix(heading) + "\n"
    return {name: body.strip() for name, body in found.items() if name}


@pytest.fixture(scope="module")
def trials() -> dict[Path, Trial]:
    return pair_judge.run([folder(slug) / name for slug in SYMPTOMS for name in ("broken.py", "fixed.py")])


@pytest.mark.parametrize("slug", SYMPTOMS)
def test_broken_shows_the_symptom_of_its_cause(slug: str, trials: dict[Path, Trial]) -> None:
    assert pair_judge.shows(trials[folder(slug) / "broken.py"], SYMPTOMS[slug]) == []


@pytest.mark.parametrize("slug", SYMPTOMS)
def test_in_fixed_everything_that_trains_gets_a_gradient(slug: str, trials: dict[Path, Trial]) -> None:
    assert pair_judge.healthy(trials[folder(slug) / "fixed.py"]) == []


@pytest.mark.parametrize("slug", SYMPTOMS)
def test_page_has_a_title_and_all_sections(slug: str) -> None:
    text = page(slug)
    title, blank, *_ = text.splitlines()
    found = sections(text)
    assert title
    assert not title.endswith(".")
    assert blank == ""
    assert tuple(found) == HEADINGS
    assert all(len(body) > 3 for body in found.values())
    assert "https://www.tensorflow.org/" in found["Further reading"]
    assert 15 <= len(text.splitlines()) <= 40


@pytest.mark.parametrize("slug", SYMPTOMS)
def test_only_broken_is_marked(slug: str) -> None:
    broken, fixed = ((folder(slug) / name).read_text(encoding="utf-8") for name in ("broken.py", "fixed.py"))
    assert any(line.endswith(MARK) for line in broken.splitlines())
    assert broken.count("#") == broken.count(MARK)
    assert "#" not in fixed
    assert 8 <= len(broken.splitlines()) <= 32


def test_every_folder_of_the_catalogue_is_judged() -> None:
    found = {path.parent.name.replace("_", "-") for path in CAUSES.glob("*/broken.py")}
    assert found == set(SYMPTOMS)


HEALTHY = """
import tensorflow as tf

w = tf.Variable([1.0, 2.0], name="w")
for step in range(2):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum({loss})
    tape.gradient(loss, {sources})
"""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trial]:
    texts = {
        "healthy": HEALTHY.format(loss="w * w", sources="[w]"),
        "cut": HEALTHY.format(loss="tf.round(w)", sources="[w]"),
        "flat": HEALTHY.format(loss="tf.sign(w)", sources="[w]"),
        "infinite": HEALTHY.format(loss="tf.sqrt(w * 0.0)", sources="[w]"),
        "nothing": HEALTHY.format(loss="w * w", sources="[]"),
        "raises": HEALTHY.format(loss="w * w", sources="[w]") + "raise ValueError('stop')\n",
        "traced": "import tensorflow as tf\n\nv = tf.Variable(1.0)\n\n\n@tf.function\ndef step():\n    with tf.GradientTape() as tape:\n"
        "        loss = tf.sign(v)\n    return tape.gradient(loss, v)\n\n\nstep()\n",
    }
    folder = tmp_path_factory.mktemp("programs")
    paths = {name: folder / f"{name}.py" for name in texts}
    for name, text in texts.items():
        paths[name].write_text(text, encoding="utf-8")
    trials = pair_judge.run(list(paths.values()))
    return {name: trials[path] for name, path in paths.items()}


def test_the_judge_accepts_a_healthy_program_and_no_other(verdicts: dict[str, Trial]) -> None:
    accepted = [name for name, trial in verdicts.items() if not pair_judge.healthy(trial)]
    assert accepted == ["healthy"]


def test_the_judge_finds_the_symptom_only_where_it_is(verdicts: dict[str, Trial]) -> None:
    silent = [name for name, trial in verdicts.items() if not pair_judge.shows(trial, Symptom(missing=True))]
    stopped = [name for name, trial in verdicts.items() if not pair_judge.shows(trial, Symptom(False, "ValueError: stop"))]
    assert (silent, stopped) == (["cut"], ["raises"])


def test_the_judge_sees_values_inside_a_traced_function(verdicts: dict[str, Trial]) -> None:
    assert [source.status for source in verdicts["traced"].sources] == ["traced", "zero"]
    assert len(verdicts["healthy"].calls) == 2
