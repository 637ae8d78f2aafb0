"""IPython: an exception in a cell never reaches `sys.excepthook`, so the diagnosis is attached where the shell looks at exceptions."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import Any

__all__ = ["attach"]


def attach(explain: Callable[[BaseException], None]) -> Callable[[], None]:
    """Explain what a cell raises from here on; returns what takes it off again. Without IPython, or where it has a handler, nothing is done."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None or getattr(shell, "custom_exceptions", None) or not hasattr(shell, "set_custom_exc"):
        return lambda: None

    def handler(shell: Any, kind: type[BaseException], error: BaseException, trace: Any, tb_offset: int | None = None) -> None:
        with contextlib.suppress(Exception):
            explain(error)
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((Exception,), handler)
    return lambda: shell.set_custom_exc((), None)
