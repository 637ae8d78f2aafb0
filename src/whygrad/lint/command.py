"""The words after `whygrad check` come in; a report and an exit status go out. Light: what a run does not need is not imported."""

from __future__ import annotations

import os
import sys
from functools import cache

from whygrad._version import __version__
from whygrad.errors import WhygradError
from whygrad.lint.arguments import STDIN, USAGE, Options, parsed
from whygrad.lint.discover import Discovery
from whygrad.lint.one_file import Checker, flow_engine
from whygrad.lint.pool import check_all, preload, processes, relevant
from whygrad.lint.result import diagnoses_of, result_of
from whygrad.lint.selection import Selection
from whygrad.lint.writing import replace_file, write_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from whygrad.lint.cache import Cache
    from whygrad.lint.fixing import Repaired
    from whygrad.lint.one_file import Engine
    from whygrad.lint.selection import Found
    from whygrad.model import Diagnosis, Report

CLEAN, FOUND, BAD, INTERRUPTED = 0, 1, 2, 130
NOTHING = {"terminal": "whygrad: nothing found\n", "concise": "", "github": ""}


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
        self.selection = Selection(options.select, options.ignore, options.exclude)
        self.cache = None if options.no_cache or options.paths == [STDIN] else _cache()
        self.problems: list[str] = []
        self.contents: dict[str, bytes] = {}
        self.files: list[str] = []
        self.sizes: dict[str, int] = {}  # of the files that can hold a finding
        self.roots: tuple[str, ...] = ()
        self.jobs = 1
        self._choose()

    def status(self) -> int:
        """Check, repair where that was asked for, report."""
        checker = self._checker(self.contents)
        self.sizes, unreadable = relevant(checker, self.files, self.options.jobs)
        self.problems += unreadable
        self.jobs = processes(self.options.jobs, self.sizes.values())
        if self.jobs > 1:
            preload(self.engine)
        results = check_all(checker, self.sizes, self.jobs)
        self.problems += [problem for result in results for problem in result.problems]
        found = self.selection.wanted(results, checker)
        notices: tuple[str, ...] = ()
        if self.options.fix or self.options.diff:
            found, notices = self._repair(found)
        for problem in self.problems:
            print(f"whygrad: {_printable(_short(problem))}", file=sys.stderr)
        if not self.options.diff or self.options.output is not None:
            self._report(found, notices)
        return BAD if self.problems else FOUND if any(d["severity"] != "note" for d in found) else CLEAN

    def _choose(self) -> None:
        if self.options.paths == [STDIN]:
            name = self.options.stdin_filename
            path = "<stdin>" if name is None else os.path.abspath(name)
            self.contents[path] = sys.stdin.buffer.read()
            self.files, self.roots = [path], (os.path.dirname(path) or os.getcwd(),)
            return
        discovery = Discovery(self.options.paths, self.selection.excludes)
        self.files, self.problems, self.roots = discovery.files, discovery.problems, tuple(discovery.roots)

    def _checker(self, contents: Mapping[str, bytes]) -> Checker:
        return Checker(self.roots, self.engine, self.cache, contents)

    def _repair(self, found: list[Found]) -> tuple[list[Found], tuple[str, ...]]:
        from whygrad.lint.fixing import repaired

        def check(contents: Mapping[str, bytes]) -> Sequence[Diagnosis]:
            checker = self._checker({**self.contents, **contents})
            return diagnoses_of(self.selection.wanted(check_all(checker, self.sizes, 1), checker))

        checker = self._checker(self.contents)
        read = cache(checker.content)
        repairs = repaired(diagnoses_of(found), check, read, unsafe=self.options.unsafe_fixes)
        if self.options.diff:
            self._show_diff(repairs, read)
            return found, ()
        return result_of("", repairs.diagnoses).found, (*_notices(repairs, self._write(repairs, read)),)

    def _show_diff(self, repairs: Repaired, read: Callable[[str], bytes]) -> None:
        from whygrad.lint.fixing import diff

        write_out("".join(diff(_short(path), read(path), new) for path, new in sorted(repairs.contents.items())))

    def _write(self, repairs: Repaired, read: Callable[[str], bytes]) -> int:
        """Put the new contents in place of the old; how many files were changed. One that somebody else has changed meanwhile is left alone."""
        from whygrad.lint.files import read_bytes

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

    def _report(self, found: list[Found], notices: tuple[str, ...]) -> None:
        to_stderr = self.options.fix and self.options.paths == [STDIN]
        if self.options.output is not None:
            from whygrad.render.write import write_text

            write_text(self.options.output, _rendered(found, notices, self.options, None))
        elif to_stderr:
            sys.stderr.write(_rendered(found, notices, self.options, sys.stderr))
        else:
            write_out(_rendered(found, notices, self.options, sys.stdout))


def _cache() -> Cache:
    from whygrad.lint.cache import Cache

    return Cache()


def _rendered(found: list[Found], notices: tuple[str, ...], options: Options, stream: object) -> str:
    """The report. Where nothing was found, what the format would say, without the libraries that it is made with."""
    if not found and not notices and options.format in NOTHING and options.color == "auto" and not os.environ.get("FORCE_COLOR"):
        return NOTHING[options.format]
    if options.format == "json":
        return _json(found, notices)
    from whygrad.render import FORMATS
    from whygrad.render.screen import screen_for, screen_for_file

    screen = screen_for_file(options.color) if stream is None else screen_for(stream, options.color)
    return FORMATS[options.format](report_of(found, notices), width=screen.width, color=screen.color, encoding=screen.encoding)


def _json(found: list[Found], notices: tuple[str, ...]) -> str:
    """What the format JSON says, without making objects of the findings first; a test holds the two together."""
    from whygrad.plain_json import dumps

    environment = {"python": _python(), "tensorflow": None, "keras": None}
    head = {"schema": "whygrad/1", "tool": {"name": "whygrad", "version": __version__}, "environment": environment, "command": "check"}
    body = {"outcome": None, "diagnoses": found, "gradients": [], "notices": notices, "variables": []}
    return dumps({**head, **body}, indent=" ") + "\n"


def _python() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def report_of(found: list[Found], notices: tuple[str, ...] = ()) -> Report:
    """The report of a check."""
    from whygrad.model import Environment, Report

    return Report(__version__, Environment(_python(), None, None), "check", None, diagnoses_of(found), (), notices)


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
