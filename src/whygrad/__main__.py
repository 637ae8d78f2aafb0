"""`whygrad` and `python -m whygrad`: `check` goes past click, whose import alone would take longer than checking a file."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Ends the process."""
    if sys.argv[1:2] == ["check"]:
        from whygrad.lint.command import main as check

        sys.exit(check(sys.argv[2:]))
    from whygrad.cli import main as command

    command()


if __name__ == "__main__":
    main()
