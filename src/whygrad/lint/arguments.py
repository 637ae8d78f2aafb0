"""The words after `whygrad check` come in; Options go out. Read here and not by click, whose import alone would take longer than a check."""

from __future__ import annotations

from whygrad.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORMATS = ("terminal", "concise", "json", "sarif", "github")
STDIN = "-"

USAGE = """\
Usage: whygrad check [OPTIONS] [PATHS]...

  Find lost gradients in source files and notebooks, without running them.

  PATHS are files and folders, by default the current folder; - is standard
  input. Ends with 0 when nothing is found, 1 when something is, 2 when a file
  cannot be read or an option is wrong.

Options:
  --fix                  Apply the safe repairs.
  --unsafe-fixes         With --fix or --diff: also the repairs to review.
  --diff                 Show the repairs, and write nothing.
  --format FORMAT        terminal, concise, json, sarif or github.
                         [default: terminal]
  --output FILE          Write the report to FILE.
  --select SLUG          Look for this cause only. May be repeated.
  --ignore SLUG          Do not report this cause. May be repeated.
  --exclude GLOB         Leave out files and folders. May be repeated.
  --jobs N               Processes to use. [default: as many as pay]
  --no-cache             Read and write no cache.
  --stdin-filename FILE  What standard input is called in the report.
  --color WHEN           auto, always or never. [default: auto]
  -h, --help             Show this message.
"""


class Options:
    """What was asked for. `select` is None for all causes; `jobs` is None for as many as pay."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.fix = self.unsafe_fixes = self.diff = self.no_cache = self.help = False
        self.format = "terminal"
        self.color = "auto"
        self.output: str | None = None
        self.stdin_filename: str | None = None
        self.select: list[str] | None = None
        self.ignore: list[str] = []
        self.exclude: list[str] = []
        self.jobs: int | None = None

    def _switch(self, name: str) -> bool:
        if name not in ("fix", "unsafe_fixes", "diff", "no_cache", "help"):
            return False
        setattr(self, name, True)
        return True

    def _set(self, option: str, value: str) -> None:
        if option in ("--output", "--stdin-filename"):
            setattr(self, option[2:].replace("-", "_"), value)
        elif option == "--select":
            self.select = (self.select or []) + _list(value)
        elif option == "--ignore":
            self.ignore += _list(value)
        elif option == "--exclude":
            self.exclude.append(value)
        elif option == "--jobs":
            self.jobs = _count(value)
        elif option == "--format":
            self.format = _one_of(option, value, FORMATS)
        elif option == "--color":
            self.color = _one_of(option, value, ("auto", "always", "never"))
        else:
            raise UsageError(f"check has no option {option}; the list: whygrad check --help")


def parsed(words: Sequence[str]) -> Options:
    """The options in `words`. Raises UsageError."""
    options = Options()
    waiting = iter(words)
    for word in waiting:
        if word == "--":
            options.paths += waiting
        elif word in ("-h", "--help"):
            options.help = True
        elif word == STDIN or not word.startswith("-"):
            options.paths.append(word)
        else:
            _option(options, word, waiting)
    if options.unsafe_fixes and not (options.fix or options.diff):
        raise UsageError("--unsafe-fixes alone changes nothing; add --fix to apply the repairs, or --diff to see them")
    if STDIN in options.paths and len(options.paths) > 1:
        raise UsageError("- stands for standard input, and is checked alone; leave out the other paths")
    options.paths = options.paths or ["."]
    return options


def _option(options: Options, word: str, waiting: Iterator[str]) -> None:
    name, equals, value = word.partition("=")
    if not equals and options._switch(name[2:].replace("-", "_")):
        return
    if not equals and name in USAGE:
        following = next(waiting, None)
        if following is None:
            raise UsageError(f"{name} needs a value; the list: whygrad check --help")
        value = following
    options._set(name, value)


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise UsageError(f"--jobs {value}: not a number of processes; write for example --jobs 4")
    return int(value)


def _one_of(option: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise UsageError(f"{option} {value}: not known; use {', '.join(known[:-1])} or {known[-1]}")
    return value
