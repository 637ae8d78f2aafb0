"""The short way to JSON and back, beside the long one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whygrad.plain_json import dumps, loads

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(PLAIN)
def test_it_writes_and_reads_what_json_does(value: object) -> None:
    assert dumps(value) == json.dumps(value)
    assert dumps(value, indent=" ") == json.dumps(value, indent=1)
    assert loads(dumps(value)) == value


@pytest.mark.parametrize("text", ["", "{", "[1,]", "nothing", "1 2", '{"a"}'])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")]])
def test_numbers_that_json_does_not_have_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="JSON has no"):
        dumps(value)


def test_other_values_are_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        dumps({"a": {1}})
