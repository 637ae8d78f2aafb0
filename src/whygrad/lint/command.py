"""The words after `whygrad check` come in; a report and an exit status go out. Light: what a run does not need is not imported."""

from __future__ import annotations

import os
import sys
from functools import cache

from whygrad._version import __version__
from whygrad.config import Configs, matches, slugs
from whygrad.errors import WhygradError
from whygrad.lint.arguments import STDIN, USAGE, Options, parsed
from whygrad.lint.cache import Cache
from whygrad.lint.discover import Discovery
from whygrad.lint.one_file import Checker, flow_engine
from whygrad.lint.pool import check_all, preload, processes, relevant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from whygrad.lint.fixing import Repaired
    from whygrad.lint.one_file import Engine
    from whygrad.lint.result import FileResult
    from whygrad.model import Diagnosis, Report

CLEAN, FOUND, BAD, INTERRUPTED = 0, 1, 2, 130


def main(words: Sequence[str], engine: Engine = flow_engine) -> int:
    """The exit status of `whygrad check`. What the user did wrong is said in one line on standard error."""
    try:
        options = parsed(words)
        if options.help:
            sys.stdout.write(USAGE)
            return CLEAN
        return Run(options, engine).status()
    except KeyboardInterrupt:
        return INTERRUPTED
    except WhygradError as error:
        print(f"whygrad: {_printable(_short(str(error)))}", file=sys.stderr)
        return error.exit_status


class Run:
    """One run: what to check, with what settings."""

    def __init__(self, options: Options, engine: Engine) -> None:
        self.options = options
        self.engine = engine
        self.configs = Configs(_known)
        self.select = None if options.select is None else frozenset(slugs(options.select, "--select", _known))
        self.ignore = frozenset(slugs(options.ignore, "--ignore", _known))
        self.cache = None if options.no_cache or options.paths == [STDIN] else Cache()
        self.problems: list[str] = []
        self.contents: dict[str, bytes] = {}
        self.files: list[str] = []
        self.roots: tuple[str, ...] = ()
        self.jobs = 1
        self._choose()

    def status(self) -> int:
        """Check, repair where that was asked for, report."""
        checker = self._checker(self.contents)
        self.files, unreadable, size = relevant(checker, self.files)
        self.problems += unreadable
        self.jobs = processes(self.options.jobs, len(self.files), size)
        if self.jobs > 1:
            preload(self.engine)
        results = check_all(checker, self.files, self.jobs)
        self.problems += [problem for result in results for problem in result.problems]
        found = self._wanted(results, checker)
        notices: tuple[str, ...] = ()
        if self.options.fix or self.options.diff:
            found, notices = self._repair(found)
        for problem in self.problems:
            print(f"whygrad: {_printable(_short(problem))}", file=sys.stderr)
        if not self.options.diff or self.options.output is not None:
            self._report(found, notices)
        return BAD if self.problems else FOUND if any(d.severity != "note" for d in found) else CLEAN

    def _choose(self) -> None:
        if self.options.paths == [STDIN]:
            name = self.options.stdin_filename
            path = "<stdin>" if name is None else os.path.abspath(name)
            self.contents[path] = sys.stdin.buffer.read()
            self.files, self.roots = [path], (os.path.dirname(path) or os.getcwd(),)
            return
        discovery = Discovery(self.options.paths, self._excluded)
        self.files, self.problems, self.roots = discovery.files, discovery.problems, tuple(discovery.roots)

    def _checker(self, contents: Mapping[str, bytes]) -> Checker:
        return Checker(self.roots, self.engine, self.cache, contents)

    def _excluded(self, path: str) -> bool:
        here = os.getcwd()
        return any(matches(p, path, here) for p in self.options.exclude) or self.configs.of(os.path.dirname(path)).excludes(path)

    def _wanted(self, results: Sequence[FileResult], checker: Checker) -> list[Diagnosis]:
        """What no comment silences and was selected; a finding that two files brought up counts once."""
        found = list(dict.fromkeys(d for result in results for d in result.diagnoses))
        if not found and not any(result.ignores for result in results):
            return []
        from whygrad.render.paths import cell_of

        ignores = [ignore for result in results for ignore in result.ignores]
        elsewhere = {cell_of(d.location.path)[0] for d in found if d.location is not None} - {result.path for result in results}
        ignores += [ignore for path in sorted(elsewhere) for ignore in checker.ignores(path)]
        if ignores:
            from whygrad.lint.comments import Ignore, silenced

            found = list(silenced(found, [Ignore(*arguments) for arguments in ignores], _known))
        return [diagnosis for diagnosis in found if self._selected(diagnosis)]

    def _selected(self, diagnosis: Diagnosis) -> bool:
        slug = diagnosis.cause
        if slug in self.ignore or (self.select is not None and slug not in self.select):
            return False
        from whygrad.render.paths import cell_of

        path = "" if diagnosis.location is None else cell_of(diagnosis.location.path)[0]
        return self.configs.of(os.path.dirname(path) or os.getcwd()).wants(slug, path, selected=self.select is not None)

    def _repair(self, found: list[Diagnosis]) -> tuple[list[Diagnosis], tuple[str, ...]]:
        from whygrad.lint.fixing import repaired

        def check(contents: Mapping[str, bytes]) -> list[Diagnosis]:
            checker = self._checker({**self.contents, **contents})
            return self._wanted(check_all(checker, self.files, 1), checker)

        checker = self._checker(self.contents)
        read = cache(checker.content)
        repairs = repaired(found, check, read, unsafe=self.options.unsafe_fixes)
        if self.options.diff:
            self._show_diff(repairs, read)
            return found, ()
        return list(repairs.diagnoses), (*_notices(repairs, self._write(repairs, read)),)

    def _show_diff(self, repairs: Repaired, read: Callable[[str], bytes]) -> None:
        from whygrad.lint.fixing import diff
        from whygrad.render.write import write_stdout

        write_stdout("".join(diff(_short(path), read(path), new) for path, new in sorted(repairs.contents.items())))

    def _write(self, repairs: Repaired, read: Callable[[str], bytes]) -> int:
        """Put the new contents in place of the old; how many files were changed. One that somebody else has changed meanwhile is left alone."""
        from whygrad.lint.reading import read_bytes
        from whygrad.lint.writing import replace_file

        if self.options.paths == [STDIN]:
            sys.stdout.buffer.write(next(iter({**self.contents, **repairs.contents}.values())))
            sys.stdout.buffer.flush()
            return len(repairs.contents)
        written = 0
        for path, content in sorted(repairs.contents.items()):
            try:
                if read_bytes(path) != read(path):
                    self.problems.append(f"{path}: was changed while it was checked, and left as it is; run the command again")
                    continue
                replace_file(path, content)
                written += 1
            except OSError as error:
                self.problems.append(f"{path}: cannot be written ({error.strerror}); give yourself permission, or leave out --fix")
        return written

    def _report(self, found: Sequence[Diagnosis], notices: tuple[str, ...]) -> None:
        to_stderr = self.options.fix and self.options.paths == [STDIN]
        if self.options.output is not None:
            from pathlib import Path

            from whygrad.render.write import write_text

            write_text(Path(self.options.output), _rendered(found, notices, self.options, None))
        elif to_stderr:
            sys.stderr.write(_rendered(found, notices, self.options, sys.stderr))
        else:
            from whygrad.render.write import write_stdout

            write_stdout(_rendered(found, notices, self.options, sys.stdout))


def _rendered(found: Sequence[Diagnosis], notices: tuple[str, ...], options: Options, stream: object) -> str:
    from whygrad.render import FORMATS
    from whygrad.render.screen import screen_for, screen_for_file

    screen = screen_for_file(options.color) if stream is None else screen_for(stream, options.color)
    if not found and not notices and options.format == "terminal" and not screen.color:
        return "whygrad: nothing found\n"  # what the format would say, without the library that it is made with
    return FORMATS[options.format](_report_of(found, notices), width=screen.width, color=screen.color, encoding=screen.encoding)


def _report_of(found: Sequence[Diagnosis], notices: tuple[str, ...]) -> Report:
    from whygrad.model import Environment, Report

    python = ".".join(map(str, sys.version_info[:3]))
    return Report(__version__, Environment(python, None, None), "check", None, tuple(found), (), notices)


def _notices(repairs: Repaired, files: int) -> list[str]:
    notices = [f"{_short(path)}: its repairs never come to an end; it was left as it was" for path in repairs.unsettled]
    if repairs.applied and files:
        notices.append(f"made {repairs.applied} {'repair' if repairs.applied == 1 else 'repairs'} in {files} {'file' if files == 1 else 'files'}")
    return notices


def _short(text: str) -> str:
    """A line that begins with a path, as one would type the path in the current folder."""
    from whygrad.render.paths import short_path

    return short_path(text)


def _printable(text: str) -> str:
    from whygrad.render.plain_text import one_line
    from whygrad.render.screen import screen_for

    return one_line(text, screen_for(sys.stderr).encoding)


def _known() -> Collection[str]:
    from whygrad.lint.slugs import known_slugs

    return known_slugs()
