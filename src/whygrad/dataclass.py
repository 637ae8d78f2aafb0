"""`@dataclass` for what `whygrad check` is made of: an annotated class comes in; the same with slots, `__init__`, `__eq__` and `__hash__` goes out.

That of the standard library takes 0.5 ms for each class and imports `inspect`: with it, starting would take most of the time of a check. This one
knows the options that we use, and nothing else: fields are not inherited, slots are a must.
What it makes counts as a dataclass: `dataclasses.replace`, `asdict` and `fields` work.
"""

from __future__ import annotations

from _operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import asdict, dataclass, field, replace
    from typing import Any

    __all__ = ["asdict", "dataclass", "field", "replace"]
else:

    def asdict(value: Any) -> Any:
        """As `dataclasses.asdict`, for values made of dataclasses, lists, tuples, dicts and what JSON knows."""
        if "__dataclass_fields__" in type(value).__dict__:
            return {name: asdict(getattr(value, name)) for name in value.__slots__}
        if isinstance(value, (list, tuple)):
            return type(value)(map(asdict, value))
        return {key: asdict(item) for key, item in value.items()} if isinstance(value, dict) else value

    def dataclass(*, frozen: bool = False, slots: bool = True, eq: bool = True) -> Callable[[type], type]:
        """As `dataclasses.dataclass`."""
        return lambda cls: _made(cls, frozen, eq)

    def field(*, default_factory: Any = None, init: bool = True) -> _Field:
        """As `dataclasses.field`: `default_factory`, or a field that somebody else sets."""
        return _Field(default_factory, init)

    def replace(value: Any, **changes: object) -> Any:
        """As `dataclasses.replace`."""
        return type(value)(**{name: getattr(value, name) for name in value.__slots__} | changes)


class _Field:
    """What `field` leaves as the default of a field until its class is made."""

    __slots__ = ("default_factory", "init")

    def __init__(self, default_factory: Callable[[], object] | None, init: bool) -> None:
        self.default_factory = default_factory
        self.init = init


class _Fields:
    """In the place of `__dataclass_fields__`, which the library reads: made when it does."""

    def __init__(self, defaults: dict[str, Any]) -> None:
        self._defaults = defaults

    def __get__(self, instance: object, owner: Any) -> Any:
        import dataclasses

        known = {
            name: dataclasses.field(default_factory=given.default_factory, init=given.init)
            if isinstance(given, _Field) and given.default_factory is not None
            else dataclasses.field(init=False)
            if isinstance(given, _Field)
            else given
            for name, given in self._defaults.items()
        }
        model = type(owner.__name__, (), {"__annotations__": owner.__annotations__, "__module__": owner.__module__, **known})
        owner.__dataclass_fields__ = vars(dataclasses.dataclass(model))["__dataclass_fields__"]
        return owner.__dataclass_fields__


def _made(cls: Any, frozen: bool, eq: bool) -> Any:
    names = tuple(vars(cls).get("__annotations__", ()))
    body = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    defaults = {name: body.pop(name) for name in names if name in body}
    body |= {"__slots__": names, "__match_args__": names, "__dataclass_fields__": _Fields(defaults)}
    body["__init__"] = _late(names, defaults, frozen)
    body.setdefault("__repr__", _repr)
    if frozen:
        body |= {"__setattr__": _refused, "__delattr__": _refused, "__reduce__": _reduced}
    if eq and names:
        body |= _by_value(attrgetter(*names), frozen)
    return type(cls)(cls.__name__, cls.__bases__, body)


def _by_value(values: Callable[[Any], object], frozen: bool) -> dict[str, Any]:
    def same(self: object, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    return {"__eq__": same, "__hash__": hashed if frozen else None}


def _refused(self: object, name: str, value: object = None) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _reduced(self: Any) -> tuple[type, tuple[Any, ...]]:
    """A copy is made as the original was: it cannot be filled afterwards."""
    return type(self), tuple(getattr(self, name) for name in self.__slots__)


def _late(names: tuple[str, ...], defaults: dict[str, Any], frozen: bool) -> Callable[..., None]:
    """An `__init__` that makes the real one when it is called first: a short run needs few of its classes."""

    def first(self: Any, *args: Any, **kwargs: Any) -> None:
        made: dict[str, Any] = {}
        setters = {f"set_{name}": vars(type(self))[name].__set__ for name in names} if frozen else {}
        exec(_init(names, defaults, frozen), {"DEFAULT": defaults, "MISSING": _MISSING, "__builtins__": {}, **setters}, made)
        type(self).__init__ = made["__init__"]
        self.__init__(*args, **kwargs)

    return first


def _init(names: tuple[str, ...], defaults: dict[str, Any], frozen: bool) -> str:
    """Written out and compiled, as the library does it: a loop over the fields would be paid for at each call."""
    parameters, lines = ["self"], []
    for name in names:
        default, value = defaults.get(name, _MISSING), name
        if isinstance(default, _Field):
            if not default.init:
                continue
            value = f"DEFAULT[{name!r}].default_factory() if {name} is MISSING else {name}"
            parameters.append(f"{name}=MISSING")
        else:
            parameters.append(name if default is _MISSING else f"{name}=DEFAULT[{name!r}]")
        lines.append(f" set_{name}(self, {value})" if frozen else f" self.{name} = {value}")
    return f"def __init__({', '.join(parameters)}):\n" + ("\n".join(lines) or " pass") + "\n"


def _repr(self: Any) -> str:
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)})"


_MISSING = object()
