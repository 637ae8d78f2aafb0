"""All names that a configuration, an option or a comment may use for findings of `check`."""

from __future__ import annotations

from functools import cache

from whygrad.causes import all_causes
from whygrad.lint.comments import UNUSED


@cache
def known_slugs() -> frozenset[str]:
    """The causes of the catalogue, and the warning about comments."""
    return frozenset(all_causes()) | {UNUSED}
