"""The folders of this package come in; the catalogue goes out: one Cause per folder, its page read from the docstring without importing it.

A cause exists by being there: a folder with an `__init__.py` whose docstring is the page. There is no list to edit.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from whygrad import syntax as ast
from whygrad.dataclass import dataclass
from whygrad.errors import UsageError
from whygrad.evidence import Claim, Evidence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["HEADINGS", "OPTIONAL_HEADINGS", "Cause", "all_causes", "claim", "find", "read_causes"]

HEADINGS = ("What happens", "Why the gradient stops", "What to write instead", "Who can see it")
OPTIONAL_HEADINGS = ("Further reading",)


@dataclass(frozen=True, slots=True)
class Cause:
    """One way to lose a gradient. `sections` maps each heading of `page` to its text, without indentation, in the order of the page."""

    slug: str
    title: str
    sections: Mapping[str, str]
    page: str
    broken: Path | None
    fixed: Path | None


@cache
def all_causes() -> Mapping[str, Cause]:
    """The catalogue, by slug, in alphabetical order."""
    from pathlib import Path

    return read_causes(Path(__file__).parent)


def read_causes(folder: Path) -> Mapping[str, Cause]:
    """The causes in the folders of `folder`. A folder without a docstring, or whose name begins with an underscore, is no cause."""
    causes = (_read(entry) for entry in sorted(folder.iterdir()) if not entry.name.startswith(("_", ".")))
    return MappingProxyType({cause.slug: cause for cause in causes if cause is not None})


def find(slug: str) -> Cause:
    """The cause called `slug`. Raises UsageError, which names the nearest ones."""
    causes = all_causes()
    name = slug.strip().lower().replace("_", "-")
    if name in causes:
        return causes[name]
    import difflib

    near = difflib.get_close_matches(name, causes, n=3, cutoff=0.5) or [other for other in causes if name and name in other][:3]
    advice = f"did you mean {' or '.join(near)}?" if near else "the list: whygrad explain"
    raise UsageError(f"no cause is called {slug!r}; {advice}")


def claim(slug: str, evidence: Evidence) -> Claim:
    """What the cause `slug` says about `evidence`."""
    module = importlib.import_module(f"{__name__}.{slug.replace('-', '_')}")
    result: Claim = module.claim(evidence)
    return result


def _read(folder: Path) -> Cause | None:
    from inspect import cleandoc

    module = folder / "__init__.py"
    if not module.is_file():
        return None
    page = ast.get_docstring(ast.parse(module.read_bytes()), clean=False)
    if not page or not page.strip():
        return None
    page = cleandoc(page)
    title = page.splitlines()[0].strip().rstrip(".")
    return Cause(
        folder.name.replace("_", "-"), title, MappingProxyType(dict(_sections(page))), page, _file(folder, "broken.py"), _file(folder, "fixed.py")
    )


def _file(folder: Path, name: str) -> Path | None:
    return folder / name if (folder / name).is_file() else None


def _sections(page: str) -> Iterator[tuple[str, str]]:
    """Each known heading that stands alone on a line, with the text up to the next one."""
    from inspect import cleandoc

    known = {*HEADINGS, *OPTIONAL_HEADINGS}
    lines = page.splitlines()[1:]
    starts = [index for index, line in enumerate(lines) if line.rstrip() in known]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield lines[start].rstrip(), cleandoc("\n" + "\n".join(lines[start + 1 : end]))
