"""Module names and callbacks in; each callback is called with its module right after the program, not we, imported it."""

from __future__ import annotations

import copy
import importlib
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any

Callback = Callable[[ModuleType], object]

# Python drops frames of this file from the traceback of a failing import, and with it the frames of ours that pretend to be of it.
_IMPORT_MACHINERY = "<frozen importlib._bootstrap_external>"


def _as_import_machinery(function: FunctionType) -> None:
    function.__code__ = function.__code__.replace(co_filename=_IMPORT_MACHINERY)


class ImportWatch:
    """Calls back when modules have been executed, also when they are reloaded, and leaves no trace on the modules.

        watch = ImportWatch(report_failure)
        watch.when_imported("tensorflow", install_hooks)      # at once, if the program has it already
        watch.forget_all()

    An exception in a callback goes to `report_failure` and never to the program.
    """

    def __init__(self, report_failure: Callable[[BaseException], object]) -> None:
        self._report_failure = report_failure
        self._callbacks: dict[str, tuple[Callback, ...]] = {}
        self._lock = threading.Lock()
        self._finder = _Finder(self)

    def when_imported(self, module_name: str, callback: Callback) -> None:
        """Call `callback(module)` after each execution of the module, and now if it is loaded already."""
        with self._lock:
            self._callbacks[module_name] = (*self._callbacks.get(module_name, ()), callback)
            if self._finder not in sys.meta_path:
                sys.meta_path.insert(0, self._finder)
        module = sys.modules.get(module_name)
        if module is not None and self._is_complete(module_name, module):
            self._call(callback, module)

    def forget_all(self) -> None:
        """Drop every callback and leave the import system as it was. May be called twice."""
        with self._lock:
            self._callbacks.clear()
            if self._finder in (sys.meta_path or ()):  # None while the interpreter shuts down
                sys.meta_path.remove(self._finder)

    def watches(self, module_name: str) -> bool:
        """Whether anybody waits for this module."""
        return module_name in self._callbacks

    def executed(self, module: ModuleType) -> None:
        """The import system has executed `module`: tell those who wait for it."""
        name = _name(module)
        for callback in self._callbacks.get(name, ()):
            # A module may put another object in its own place while it is executed; that one is what the program gets.
            self._call(callback, sys.modules.get(name, module))

    def _call(self, callback: Callback, module: ModuleType) -> None:
        try:
            callback(module)
        except Exception as error:
            self._report_failure(error)

    def _is_complete(self, name: str, module: ModuleType) -> bool:
        if not _is_initializing(module):
            return True
        if _hook_of(module) is not None:
            return False  # our hook is around the running import and will call
        # The import began before us. In another thread: this waits for its end. In this thread: it cannot be waited for.
        importlib.import_module(name)
        if _is_initializing(module):
            self._report_failure(RuntimeError(f"asked to watch {name} from inside its own import; it is not watched"))
            return False
        return True


class _Finder:
    """Finds nothing itself: asks the finders after it, and hooks the loader of a watched module for the time of its execution."""

    def __init__(self, watch: ImportWatch) -> None:
        self._watch = watch

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if not self._watch.watches(name):
            return None
        spec = None
        for finder in _finders_after(self):
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                break
        if spec is not None:
            _hook(spec.loader, self._watch)
        return spec


class _Hook:
    """Stands in a loader's own dictionary as `exec_module` until a watched module has been executed through it.

    The loader stays the real object of the real class, so what the program sees of it afterwards is what it would have seen without us.
    Loaders that serve many modules (zip files) keep the hook in between; it lets the others pass.
    """

    def __init__(self, loader: Any, watch: ImportWatch) -> None:
        self._loader = loader
        self._exec_module = loader.exec_module
        self._watch = watch

    def __call__(self, module: ModuleType) -> None:
        watched = self._watch.watches(_name(module))
        try:
            self._exec_module(module)
        finally:
            if watched and self._loader.__dict__.get("exec_module") is self:
                del self._loader.__dict__["exec_module"]
        self._watch.executed(module)

    def __reduce__(self) -> tuple[Any, ...]:
        clean = copy.copy(self._loader)
        clean.__dict__.pop("exec_module", None)
        return getattr, (clean, "exec_module")


for _function in (_Finder.find_spec, _Hook.__call__):
    _as_import_machinery(_function)  # type: ignore[arg-type]


def _hook(loader: Any, watch: ImportWatch) -> None:
    own = getattr(loader, "__dict__", None)
    if isinstance(loader, type) or own is None or not hasattr(loader, "exec_module"):
        return  # built-in, frozen, namespace or pre-PEP 451: nothing that a watched library comes as
    if not isinstance(own.get("exec_module"), _Hook) or own["exec_module"]._watch is not watch:
        loader.exec_module = _Hook(loader, watch)


def _finders_after(finder: _Finder) -> list[Any]:
    finders: list[Any] = list(sys.meta_path)
    after = finders[finders.index(finder) + 1 :] if finder in finders else finders
    return [f for f in after if hasattr(f, "find_spec")]


def _name(module: ModuleType) -> str:
    spec = getattr(module, "__spec__", None)
    return str(getattr(spec, "name", None) or getattr(module, "__name__", ""))


def _is_initializing(module: ModuleType) -> bool:
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))


def _hook_of(module: ModuleType) -> _Hook | None:
    loader = getattr(getattr(module, "__spec__", None), "loader", None)
    hook = getattr(loader, "__dict__", {}).get("exec_module")
    return hook if isinstance(hook, _Hook) else None
