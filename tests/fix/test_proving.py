"""Which repairs help: told from the reports of the program before and after, here written by hand; nothing is run."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import pytest

from whygrad.fix import proving
from whygrad.fix.candidates import Candidate
from whygrad.fix.trial import Target
from whygrad.model import Diagnosis, Environment, Fix, GradientRow, Location, Outcome, Report, VariableInfo
from whygrad.words import GradientStatus

TARGET = Target("train.py", (), False, "/project", 60.0)


def diagnosis(cause: str, *names: str, severity: Literal["error", "warning", "note"] = "error") -> Diagnosis:
    variables = tuple(VariableInfo(name, (), "float32", True, None, None) for name in names)
    where = Location("/project/train.py", 1, 1, 1, 2)
    return Diagnosis(cause, "proven", severity, "message", "why", where, (), "none", variables, (), Fix("by hand"), "")


def report(*diagnoses: Diagnosis, exception: str | None = None, **rows: GradientStatus) -> Report:
    gradients = tuple(GradientRow(name, status, (), None, None, 1) for name, status in rows.items())
    return Report("0", Environment("3", None, None), "run", Outcome(0 if exception is None else 1, exception), diagnoses, gradients)


CUT = diagnosis("non-differentiable-op", "w")
BEFORE = report(CUT, exception="ValueError: No gradients", w="none")


def proof(before: Report = BEFORE) -> proving.Proof:
    return proving.Proof(before, before, {}, ())


def test_a_clean_run_helps() -> None:
    assert proving.helps(proof(), report(w="ok"))


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(report(CUT, w="none"), id="nothing changed"),
        pytest.param(report(diagnosis("flat-region", "w"), w="zero"), id="another cause"),
        pytest.param(report(exception="NameError: name 'x' is not defined"), id="the program is broken"),
        pytest.param(report(w="ok", exception="ValueError: shapes"), id="it fails after the gradient"),
        pytest.param(report(), id="it asks for no gradient any more"),
        pytest.param(report(w="zero"), id="a gradient is zero, and nothing is said about it"),
        pytest.param(report(w="ok", b="non-finite"), id="another gradient is not finite"),
    ],
)
def test_what_does_not_help(after: Report) -> None:
    assert not proving.helps(proof(), after)


def test_what_is_meant_to_be_as_it_is_is_no_obstacle() -> None:
    assert proving.helps(proof(), report(diagnosis("not-trainable", "frozen", severity="note"), w="ok", frozen="none"))


def test_one_of_two_findings_gone_is_progress_though_the_program_still_fails() -> None:
    other = diagnosis("gradient-stopped", "v")
    before = report(CUT, other, exception="ValueError: None", w="none", v="none")
    assert proving.helps(proof(before), report(other, exception="ValueError: None", w="ok", v="none"))


@pytest.mark.parametrize("ended", [None, "ValueError: None"])
def test_less_to_report_is_no_progress_where_the_program_fails_in_a_new_way(ended: str | None) -> None:
    other = diagnosis("gradient-stopped", "v")
    before = report(CUT, other, exception=ended, w="none", v="none")
    assert not proving.helps(proof(before), report(other, exception="TypeError: shapes", w="ok", v="none"))
    assert proving.helps(proof(before), report(other, w="ok", v="none"))


def play(monkeypatch: pytest.MonkeyPatch, offers: Mapping[bytes, Sequence[bytes]], answers: Mapping[bytes, Report | None]) -> list[bytes]:
    """`offers`: for each content of the program, those that are tried. `answers`: the report of each. Returns what was tried."""
    tried: list[bytes] = []

    def candidates(root: str, found: Sequence[Diagnosis], contents: Mapping[str, bytes]) -> Iterator[Candidate]:
        for content in offers.get(contents.get("train.py", b""), ()):
            yield Candidate({"train.py": content}, (Fix(content.decode()),))

    def try_out(target: Target, contents: Mapping[str, bytes], steps: int) -> Report | None:
        tried.append(contents["train.py"])
        assert steps == 1 + proving.STEPS
        return answers[contents["train.py"]]

    monkeypatch.setattr(proving, "candidates", candidates)
    monkeypatch.setattr(proving, "try_out", try_out)
    return tried


def test_the_first_that_works_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = play(monkeypatch, {b"": [b"hangs", b"wrong", b"right", b"late"]}, {b"hangs": None, b"wrong": BEFORE, b"right": report(w="ok")})
    found = proving.prove(TARGET, BEFORE, lambda text: None)
    assert (tried, dict(found.contents), found.gone) == ([b"hangs", b"wrong", b"right"], {"train.py": b"right"}, (CUT,))


def test_a_second_repair_builds_on_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    other = diagnosis("gradient-stopped", "v")
    before = report(CUT, other, w="none", v="none")
    half, whole = report(other, w="ok", v="none"), report(w="ok", v="ok")
    play(monkeypatch, {b"": [b"half"], b"half": [b"whole"]}, {b"half": half, b"whole": whole})
    found = proving.prove(TARGET, before, lambda text: None)
    assert ([f.title for f in found.fixes], found.gone) == (["half", "whole"], (CUT, other))


def test_trials_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [str(number).encode() for number in range(40)]
    tried = play(monkeypatch, {b"": many}, dict.fromkeys(many, BEFORE))
    assert proving.prove(TARGET, BEFORE, lambda text: None).contents == {}
    assert len(tried) == proving.MOST_TRIALS


def test_the_first_diagnosis_carries_the_edits_of_all() -> None:
    other = diagnosis("gradient-stopped", "v")
    before = report(CUT, other, diagnosis("unused-variable", "u"), w="none", v="none", u="none")
    after = report(diagnosis("unused-variable", "u"), w="ok", v="ok", u="none")
    done = dataclasses.replace(proof(before), after=after, contents={"train.py": b""}, fixes=(Fix("one"), Fix("two")))
    edits = ()
    first, second, third = (d.fix for d in proving.reported(done, edits))
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.title, first.verified, second.verified, third.verified) == ("one; two", True, True, None)
