"""One file in, its diagnoses out: the program is walked through without running it, and every gradient call is answered."""

from __future__ import annotations

from whygrad.lint.flow.examining import examine

__all__ = ["examine"]
