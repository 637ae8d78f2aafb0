"""Entries come in; counts go out: by status, by namespace, and how many of those that take floats were measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from whygrad.catalogue.entry import Entry, Status

RAW = "tensorflow.raw_ops"


@dataclass(frozen=True, slots=True)
class Coverage:
    """`floats`: how many take a float tensor, as far as known: what could not be called counts as well; `missing`: of these, not measured."""

    total: int
    floats: int
    missing: tuple[Entry, ...]

    @property
    def share(self) -> float:
        return 1.0 if not self.floats else 1.0 - len(self.missing) / self.floats


def namespace(entry: Entry) -> str:
    """`tensorflow.math` for `tensorflow.math.round`."""
    return entry.name.rpartition(".")[0]


def group(entry: Entry) -> str:
    """The namespace without its smaller parts: `tensorflow.math` for `tensorflow.math.special.dawsn`, `tensorflow.compat.v1` for all below."""
    parts = namespace(entry).split(".")
    return ".".join(parts[: 3 if parts[1:2] in (["compat"], ["experimental"]) else 2])


def by_group(entries: Iterable[Entry]) -> Mapping[str, Counter[Status]]:
    found: dict[str, Counter[Status]] = {}
    for entry in entries:
        found.setdefault(group(entry), Counter())[entry.status] += 1
    return found


def coverage(entries: Iterable[Entry]) -> Coverage:
    total, floats, missing = 0, 0, []
    for entry in entries:
        total += 1
        if takes_floats(entry):
            floats += 1
            if entry.status is Status.NOT_MEASURED:
                missing.append(entry)
    return Coverage(total, floats, tuple(missing))


def takes_floats(entry: Entry) -> bool:
    """Of a function that could not be called nothing is known, except where the definition of the op says that it takes none."""
    if entry.float_arguments:
        return True
    return entry.status is Status.NOT_MEASURED and all(a.kind == "setting" for a in entry.arguments) and namespace(entry) != RAW


def public(entries: Iterable[Entry]) -> list[Entry]:
    """Without raw ops: what people call."""
    return [entry for entry in entries if namespace(entry) != RAW]


def raw(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if namespace(entry) == RAW]


def select(entries: Iterable[Entry], status: Status | None, within: str) -> list[Entry]:
    """Those with the status, in the namespace: `within` as people write it, `tf.math`, or empty for all."""
    full = within.strip().rstrip(".")
    full = f"tensorflow{full.removeprefix('tf')}" if full == "tf" or full.startswith("tf.") else full
    chosen = [e for e in entries if status is None or e.status is status]
    return [e for e in chosen if not full or any(name.rpartition(".")[0] == full or name.startswith(f"{full}.") for name in e.names)]
