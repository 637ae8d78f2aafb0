"""The values of the catalogue: Status, Argument, Output, Detail, Entry. Plain, frozen, without TensorFlow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from whygrad.dataclass import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar


class Status:
    """What comes back to one argument from one output. No Enum: to import that and to make one would take longer than most lookups."""

    __slots__ = ("name", "value")

    GRADIENT: ClassVar[Status]
    NONE: ClassVar[Status]
    ZERO: ClassVar[Status]
    INDEX: ClassVar[Status]  # an index, a shape, a count: an integer by nature
    NOT_FLOAT: ClassVar[Status]  # the argument takes no floats: bool, string, integer data
    NO_REGISTERED_GRADIENT: ClassVar[Status]  # asking for one raises LookupError
    DEPENDS: ClassVar[Status]
    NOT_MEASURED: ClassVar[Status]

    def __init__(self, name: str) -> None:
        self.name = name
        self.value = name.lower().replace("_", "-")

    def __repr__(self) -> str:
        return f"Status.{self.name}"

    __reduce__ = __repr__  # a copy is the same


for _name in ("GRADIENT", "NONE", "ZERO", "INDEX", "NOT_FLOAT", "NO_REGISTERED_GRADIENT", "DEPENDS", "NOT_MEASURED"):
    setattr(Status, _name, Status(_name))

MEANING: Mapping[Status, str] = {
    Status.GRADIENT: "a gradient comes back",
    Status.NONE: "None: the path is cut",
    Status.ZERO: "zeros almost everywhere: connected, and teaches nothing",
    Status.INDEX: "an index, a shape or a count: no gradient by nature",
    Status.NOT_FLOAT: "takes no floats",
    Status.NO_REGISTERED_GRADIENT: "LookupError: TensorFlow has no gradient function for it",
    Status.DEPENDS: "depends on a dtype, an argument or a value",
    Status.NOT_MEASURED: "could not be called",
}
CUT = frozenset({Status.NONE, Status.ZERO, Status.NO_REGISTERED_GRADIENT})  # of a float argument: it does not train
BESIDE = frozenset({Status.INDEX, Status.NOT_FLOAT})  # no gradient is expected


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. `position` is None for what goes by keyword only.

    `kind`: float, complex, integer, bool, string (tensors of it), or setting (an axis, a name: no tensor). `optional`: it has a default.
    """

    name: str
    position: int | None
    kind: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """One output: its name (of a namedtuple's field or an op's output; else empty) and the dtype that was seen."""

    name: str
    dtype: str


@dataclass(frozen=True, slots=True)
class Detail:
    """Why an argument has its status. `stops_at`: ops inside the call; `depends`: (under this condition, this status); `note`: a sentence."""

    stops_at: tuple[str, ...] = ()
    depends: tuple[tuple[str, Status], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One function, class or raw op. `flows`: for each tensor argument one Status per output, in the order of `outputs`.

    `call`: what was executed; `reason`: why it was not; `doubt`: where tape and numerical differentiation disagree, with numbers;
    `checked`: how the tape's answer was compared ("float64": the dtype of the differences; empty: it was not).
    """

    name: str
    aliases: tuple[str, ...] = ()
    arguments: tuple[Argument, ...] = ()
    outputs: tuple[Output, ...] = ()
    flows: Mapping[str, tuple[Status, ...]] = field(default_factory=dict)
    details: Mapping[str, Detail] = field(default_factory=dict)
    call: str = ""
    reason: str = ""
    doubt: str = ""
    checked: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    def argument(self, argument: str | int) -> Argument | None:
        """The argument of this name or position."""
        for known in self.arguments:
            if argument == known.name or (argument == known.position and argument is not None):
                return known
        return None

    def flow(self, argument: str | int) -> tuple[Status, ...]:
        """One Status per output; empty for a setting and for an argument that does not exist."""
        found = self.argument(argument)
        return () if found is None else self.flows.get(found.name, ())

    def detail(self, argument: str | int) -> Detail:
        found = self.argument(argument)
        return Detail() if found is None else self.details.get(found.name, Detail())

    @property
    def float_arguments(self) -> tuple[Argument, ...]:
        """The arguments from which a gradient could be asked."""
        return tuple(a for a in self.arguments if a.kind in ("float", "complex"))

    @property
    def status(self) -> Status:
        """The function in one word: that of its float arguments, `depends` where they differ. An argument is as good as its best output.

        Optional ones (an epsilon, a mask) count only where no other takes floats.
        """
        if self.reason and not self.flows:
            return Status.NOT_MEASURED
        main = tuple(a for a in self.float_arguments if not a.optional) or self.float_arguments
        floats = {best(self.flows.get(a.name, ())) for a in main}
        if not floats:
            return merged(best(f) for f in self.flows.values()) if self.flows else Status.NOT_FLOAT
        return floats.pop() if len(floats) == 1 else Status.DEPENDS


_BEST_FIRST = (
    Status.GRADIENT,
    Status.DEPENDS,
    Status.ZERO,
    Status.NO_REGISTERED_GRADIENT,
    Status.NONE,
    Status.INDEX,
    Status.NOT_FLOAT,
    Status.NOT_MEASURED,
)


def best(statuses: Iterable[Status]) -> Status:
    """The status of an argument over all outputs."""
    return min(statuses, key=_BEST_FIRST.index, default=Status.NOT_MEASURED)


def merged(statuses: Iterable[Status]) -> Status:
    """The status of a function that takes no floats."""
    return Status.INDEX if set(statuses) == {Status.INDEX} else Status.NOT_FLOAT
