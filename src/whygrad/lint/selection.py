"""Results of files come in; the findings that are wanted go out: not silenced by a comment, selected by the options and by `[tool.whygrad]`."""

from __future__ import annotations

import os

from whygrad.config import Configs, matches, slugs
from whygrad.lint.result import diagnoses_of, result_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from typing import Any, TypeAlias

    from whygrad.lint.one_file import Checker
    from whygrad.lint.result import FileResult

    Found: TypeAlias = dict[str, Any]  # a diagnosis as in the JSON of a report


class Selection:
    """`select`, `ignore` and `exclude` as on the command line; the settings of each folder add to them. Raises UsageError for an unknown slug."""

    def __init__(self, select: Iterable[str] | None = None, ignore: Iterable[str] = (), exclude: Iterable[str] = ()) -> None:
        self._select = None if select is None else frozenset(slugs(select, "--select", known))
        self._ignore = frozenset(slugs(ignore, "--ignore", known))
        self._exclude = tuple(exclude)
        self._configs = Configs(known)

    def excludes(self, path: str) -> bool:
        """Whether an absolute path is left out. Raises UsageError for a bad pyproject.toml."""
        config = self._configs.of(os.path.dirname(path))
        if not self._exclude and not config.exclude:
            return False  # said first, as it is true of nearly every file
        here = os.getcwd()
        return any(matches(p, path, here) for p in self._exclude) or config.excludes(path)

    def wanted(self, results: Sequence[FileResult], checker: Checker) -> list[Found]:
        """The findings of all results; one that two files brought up counts once. Raises UsageError for a bad pyproject.toml."""
        found = _distinct(d for result in results for d in result.found)
        ignores = [ignore for result in results for ignore in result.ignores]
        elsewhere = {_file_of(d) for d in found} - {result.path for result in results}
        ignores += [ignore for path in sorted(elsewhere) for ignore in checker.ignores(path)]
        if ignores:
            from whygrad.lint.comments import Ignore, silenced

            found = list(result_of("", silenced(diagnoses_of(found), [Ignore(*words) for words in ignores], known)).found)
        return [diagnosis for diagnosis in found if self._wants(diagnosis)]

    def _wants(self, diagnosis: Found) -> bool:
        slug = diagnosis["cause"]
        if slug in self._ignore or (self._select is not None and slug not in self._select):
            return False
        path = _file_of(diagnosis)
        return self._configs.of(os.path.dirname(path) or os.getcwd()).wants(slug, path, selected=self._select is not None)


def _distinct(found: Iterable[Found]) -> list[Found]:
    return list({repr(diagnosis): diagnosis for diagnosis in found}.values())


def _file_of(diagnosis: Found) -> str:
    """The file of a finding, the notebook for a cell."""
    at = diagnosis["location"]
    path = str(at["path"]) if at else ""
    notebook, mark, _ = path.rpartition(".ipynb:cell ")
    return f"{notebook}.ipynb" if mark else path


def known() -> Collection[str]:
    """All slugs; asked only where somebody names one."""
    from whygrad.lint.slugs import known_slugs

    return known_slugs()
