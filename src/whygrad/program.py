"""A program and its arguments in; it runs as `__main__`, exactly as python would run it; out comes how it ended.

Each step follows what the interpreter itself does (Modules/main.c, Python/pythonrun.c), in its order. What differs from plain python:
code that walks the stack below the program's first frame meets ours, and `sys.getrecursionlimit()` is higher by their number.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import os
import runpy
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib.machinery import BuiltinImporter, SourceFileLoader, SourcelessFileLoader
from types import FrameType, ModuleType, TracebackType
from typing import Any

from whygrad.target import Folder, Module, Program, Script, is_safe_path


def run_program(program: Program, args: Sequence[str]) -> BaseException | None:
    """Become the program and run it. Returns what it raised, SystemExit and KeyboardInterrupt included, without our frames."""
    main = _new_main()
    _set_arguments(program, args)
    _set_path(program)
    run = _prepare(program, main)
    sys.setrecursionlimit(sys.getrecursionlimit() + _depth(program))
    try:
        run()
    except BaseException as error:
        return without_own_frames(error)
    finally:
        if isinstance(program, Script):
            flush_streams()  # python does, before it prints the traceback of a script, and only of a script
    return None


def _new_main() -> ModuleType:
    main = ModuleType("__main__")
    if sys.version_info < (3, 14):
        main.__annotations__ = {}
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    return main


def _set_arguments(program: Program, args: Sequence[str]) -> None:
    """A program that restarts itself from `sys.orig_argv` starts without us, as it would have."""
    options = sys.orig_argv[: len(sys.orig_argv) - len(sys.argv)]  # python and its own options
    if options[-1:] == ["-m"]:
        options.pop()
    first = ["-m", program.target] if isinstance(program, Module) else [program.target]
    sys.orig_argv = [*(options or [sys.executable]), *first, *args]
    sys.argv = [first[0], *args]


def _set_path(program: Program) -> None:
    """Replace the entry that the interpreter made for our own start by the one it would have made for the program."""
    if not is_safe_path():
        del sys.path[:1]
    if isinstance(program, Folder):
        entry: str | None = program.path
    elif is_safe_path():
        entry = None
    else:
        entry = os.getcwd() if isinstance(program, Module) else os.path.dirname(os.path.realpath(program.path))
    if entry is not None:
        sys.path.insert(0, entry)
        _uncover(entry)


def _uncover(folder: str) -> None:
    """Forget modules that we loaded and that the program has files of the same name for: `import queue` means its own queue.py."""
    names = list(sys.modules)
    ours = names[names.index("whygrad") :] if "whygrad" in names else []
    tops = {name.partition(".")[0] for name in ours} - {"whygrad", "__main__"}
    hidden = {top for top in tops if _has_module(folder, top) and not _is_in(sys.modules.get(top), folder)}
    for name in ours:
        if name.partition(".")[0] in hidden:
            del sys.modules[name]


def _has_module(folder: str, name: str) -> bool:
    path = os.path.join(folder, name)
    return os.path.isfile(path + ".py") or os.path.isfile(os.path.join(path, "__init__.py"))


def _is_in(module: ModuleType | None, folder: str) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and os.path.realpath(file).startswith(os.path.realpath(folder) + os.sep)


def _prepare(program: Program, main: ModuleType) -> Callable[[], object]:
    if isinstance(program, Script):
        loader = SourceFileLoader if program.source is not None else SourcelessFileLoader
        main.__dict__.update(__loader__=loader("__main__", program.path), __file__=program.path, __cached__=None)
        code, namespace = program.code, main.__dict__
        return lambda: exec(code, namespace)
    # The very function that `python -m` and `python FOLDER` call; it takes its globals from sys.modules["__main__"].
    main.__dict__["__loader__"] = BuiltinImporter
    run: Any = runpy._run_module_as_main  # type: ignore[attr-defined]
    name, alter_argv = ("__main__", False) if isinstance(program, Folder) else (program.target, True)
    return lambda: run(name, alter_argv)


def _depth(program: Program) -> int:
    """How much deeper the program starts than under plain python. This frame stands for the call that follows."""
    depth = 1 if isinstance(program, Script) and sys.version_info < (3, 12) else 0  # there `exec` counted as a frame
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    return depth


def without_own_frames(error: BaseException) -> BaseException:
    """The exception and those it came from, with tracebacks in which whygrad does not occur."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            one.__traceback__ = _skip_own(one.__traceback__)
            waiting += [one.__cause__, one.__context__]
    return error


def _skip_own(chain: TracebackType | None) -> TracebackType | None:
    first = last = _next_foreign(chain)
    while last is not None:
        following = _next_foreign(last.tb_next)
        if following is not last.tb_next:
            last.tb_next = following
        last = following
    return first


def _next_foreign(entry: TracebackType | None) -> TracebackType | None:
    while entry is not None and str(entry.tb_frame.f_globals.get("__name__")).startswith("whygrad."):
        entry = entry.tb_next
    return entry


def flush_streams() -> None:
    """Flush the program's standard streams; what fails here fails again, and visibly, when the interpreter ends."""
    for stream in (sys.stderr, sys.stdout):
        with contextlib.suppress(Exception):  # closed, None, a broken pipe
            stream.flush()


def show_exception(error: BaseException | None) -> int:
    """Do with an unhandled exception what the interpreter does, through the program's own `sys.excepthook`. Returns the exit status."""
    if error is None:
        return 0
    if isinstance(error, SystemExit):
        return _exit_status(error)
    _remember(error)
    hook = getattr(sys, "excepthook", None)
    try:
        if hook is None:
            print("sys.excepthook is missing", file=sys.stderr)
            sys.__excepthook__(type(error), error, error.__traceback__)
        else:
            hook(type(error), error, error.__traceback__)
    except SystemExit as exit_:
        return _exit_status(exit_)
    except BaseException as second:
        _show_broken_hook(second, error)
    return 1


def _show_broken_hook(second: BaseException, first: BaseException) -> None:
    print("Error in sys.excepthook:", file=sys.stderr)
    sys.__excepthook__(type(second), second, without_own_frames(second).__traceback__)
    print("\nOriginal exception was:", file=sys.stderr)
    sys.__excepthook__(type(first), first, first.__traceback__)


def _remember(error: BaseException) -> None:
    """What a debugger's post-mortem looks at."""
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    if sys.version_info >= (3, 12):
        sys.last_exc = error


def _exit_status(error: SystemExit) -> int:
    code: object = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code if -(2**63) <= code < 2**63 else -1
    with contextlib.suppress(Exception):  # closed
        if sys.stderr is not None:
            print(code, file=sys.stderr)
        else:
            os.write(2, f"{code}\n".encode())
    return 1


def end_threads_and_handlers() -> None:
    """Wait for the program's threads and run its atexit handlers: the first two steps of the interpreter's own ending, which skips them then."""
    threading: Any = sys.modules.get("threading")
    try:
        if threading is not None:
            threading._shutdown()
    except BaseException as error:  # Ctrl-C while waiting: python says so and goes on
        _say_ignored(without_own_frames(error), threading)
    atexit._run_exitfuncs()


def _say_ignored(error: BaseException, where: object) -> None:
    with contextlib.suppress(Exception):
        print(f"Exception ignored in: {where!r}\nTraceback (most recent call last):", file=sys.stderr)
        traceback.print_tb(error.__traceback__)
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
