"""Two Catalogues come in; what changed between them goes out: what became differentiable, what stopped, what is new and what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whygrad.catalogue import Catalogue, Entry, Status
from whygrad.catalogue.entry import best

_GOOD = (Status.GRADIENT, Status.DEPENDS)


@dataclass(frozen=True)
class Change:
    """One argument of one function: `before` and `after` are its best statuses over all outputs."""

    name: str
    argument: str
    before: Status
    after: Status

    @property
    def became(self) -> bool:
        """Differentiable."""
        return self.after in _GOOD and self.before not in _GOOD

    @property
    def stopped(self) -> bool:
        return self.before in _GOOD and self.after not in _GOOD


def changes(old: Catalogue, new: Catalogue) -> list[Change]:
    """Arguments with another status, of functions that were measured both times."""
    return [change for entry in new if (before := _same(old, entry)) is not None for change in _changes(before, entry)]


def _same(old: Catalogue, entry: Entry) -> Entry | None:
    return next((found for name in entry.names if (found := old.exact(name)) is not None), None)


def _changes(before: Entry, after: Entry) -> Iterator[Change]:
    for argument in after.float_arguments:
        old, new = before.flows.get(argument.name), after.flows.get(argument.name)
        if old is not None and new is not None and best(old) is not best(new):
            yield Change(after.name, argument.name, best(old), best(new))


def only_in(one: Catalogue, other: Catalogue) -> list[str]:
    """Names of functions that the other does not have under any name."""
    return [entry.name for entry in one if not any(other.exact(name) for name in entry.names)]
