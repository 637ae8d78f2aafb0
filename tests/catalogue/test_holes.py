"""Forms of the catalogue come apart at their holes, and names match patterns as `fnmatch` has it."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from whygrad.catalogue import replacements
from whygrad.catalogue.holes import Hole, holes, with_functions, without_brackets

PATTERNS = ("a*", "*a", "a*a", "*b*", "*", "ab", "a**b", "*.argmax")
NAMES = ("", "a", "ab", "aba", "abba", "xaby", "tensorflow.argmax", "argmax")


def test_holes_are_found_in_their_order() -> None:
    assert holes("{0} - {1[2]}") == [Hole(0, 3, "0", ""), Hole(6, 12, "1", "2")]


@pytest.mark.parametrize(("form", "plain"), [("10.0 * ({0})", "10.0 * {0}"), ("tf.abs({0})", "tf.abs({0})"), ("({0} - {1})", "({0} - {1})")])
def test_brackets_go_where_they_are_not_those_of_a_call(form: str, plain: str) -> None:
    assert without_brackets(form) == plain


def test_only_functions_get_another_name() -> None:
    assert with_functions("tf.nn.softmax({0}) + tf.pi", lambda name: f"m.{name}") == "m.nn.softmax({0}) + tf.pi"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_match_as_the_library_has_it(pattern: str) -> None:
    assert [n for n in NAMES if replacements._matches(n, pattern)] == [n for n in NAMES if fnmatchcase(n, pattern)]
