"""The values that travel between the stages: plain, frozen, without TensorFlow, tensors, frames or syntax nodes in them.

program -> record -> Recording -> analyse -> Diagnosis -> render
Report = the diagnoses of one run with what surrounds them; `Report.to_json` is the public contract "whygrad/1".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whygrad.dataclass import asdict, dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whygrad.words import Certainty, Command, GradientStatus, Safety, Severity

SCHEMA = "whygrad/1"
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Location:
    """A piece of the user's source. Lines and columns count from 1, columns in characters, the end column is exclusive.

    `text` is the expression as written; `source` holds the full lines `line..end_line`, so that a report can be shown where the file is not.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    function: str = "<module>"
    text: str = ""
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that matters: where the tape began, where the variable was created, a second cut on the same path."""

    message: str
    location: Location | None


@dataclass(frozen=True, slots=True)
class VariableInfo:
    """A variable, or whatever was handed to `gradient()` in its place, as the user knows it."""

    name: str
    shape: tuple[int | None, ...] | None
    dtype: str | None
    trainable: bool | None
    initial: str | None = None  # zeros, ones, constant, random, tensor ...; None when not seen
    location: Location | None = None  # where it was created


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step on the way from the variable to the loss."""

    what: str
    op: str | None
    carries_gradient: bool
    location: Location | None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at `location` by `replacement`."""

    location: Location
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """What to do. `edits` may be empty: then `title` is advice. `verified` is None until a repair has been run."""

    title: str
    safety: Safety = "review"
    verified: bool | None = None
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding: what was seen, why it stops the gradient, what to type. All detectors return it, all renderers take it."""

    cause: str
    certainty: Certainty
    severity: Severity
    message: str
    explanation: str
    location: Location | None
    related: tuple[Related, ...] = ()
    gradient: GradientStatus | None = None
    variables: tuple[VariableInfo, ...] = ()
    path: tuple[PathStep, ...] = ()
    fix: Fix | None = None
    help: str = ""


@dataclass(frozen=True, slots=True)
class GradientRow:
    """The state of one gradient in one `gradient()` call."""

    variable: str
    status: GradientStatus
    shape: tuple[int | None, ...] | None
    norm: float | None
    zero_fraction: float | None
    step: int


@dataclass(frozen=True, slots=True)
class VariableRow:
    """A variable of the program, from its first value to its last update. Those that optimizers and metrics keep for themselves are left out.

    `gradient`: the worst state of its gradient; None: nobody asked for one. `updated`: was it seen to change after its first value? None: unknown.
    """

    name: str
    shape: tuple[int | None, ...] | None
    dtype: str
    trainable: bool
    initial: str  # zeros, ones, constant, identity, random, restored, given ...
    detail: str  # how: `glorot_uniform`, `0.5`, `tf.random.normal([3, 1])`; may be empty
    location: Location | None  # where it, or its layer, was made
    assigned: Location | None = None  # where it was given another value before its gradient was first asked for
    gradient: GradientStatus | None = None
    updated: bool | None = None
    updated_by: str = ""  # class of the optimizer, or "assign"; empty where that was not seen
    updated_at: Location | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the program ended."""

    exit_status: int
    exception: str | None


@dataclass(frozen=True, slots=True)
class Environment:
    """The versions that a diagnosis depends on. None: not imported by the program."""

    python: str
    tensorflow: str | None
    keras: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """What one command found. `notices` are sentences about the run itself (TensorFlow was never imported, a hook failed ...)."""

    version: str
    environment: Environment
    command: Command
    outcome: Outcome | None
    diagnoses: tuple[Diagnosis, ...] = ()
    gradients: tuple[GradientRow, ...] = ()
    notices: tuple[str, ...] = ()
    variables: tuple[VariableRow, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The contract "whygrad/1": plain dicts, lists, strings and numbers."""
        body = asdict(self)
        return {
            "schema": SCHEMA,
            "tool": {"name": "whygrad", "version": body.pop("version")},
            **body,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Report:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError on data of another shape."""
        schema = data["schema"]
        if schema != SCHEMA:
            raise ValueError(f"schema {schema!r}, this version reads {SCHEMA!r}")
        return cls(
            version=data["tool"]["version"],
            environment=Environment(**data["environment"]),
            command=data["command"],
            outcome=None if data.get("outcome") is None else Outcome(**data["outcome"]),
            diagnoses=tuple(_diagnosis(d) for d in data["diagnoses"]),
            gradients=tuple(GradientRow(**{**g, "shape": _shape(g.get("shape"))}) for g in data.get("gradients", ())),
            notices=tuple(data.get("notices", ())),
            variables=tuple(map(_variable_row, data.get("variables", ()))),
        )


def _shape(value: Sequence[int | None] | None) -> tuple[int | None, ...] | None:
    return None if value is None else tuple(value)


def _location(value: Mapping[str, Any] | None) -> Location | None:
    return None if value is None else Location(**{**value, "source": tuple(value.get("source", ()))})


def _variable_row(v: Mapping[str, Any]) -> VariableRow:
    places = {name: _location(v.get(name)) for name in ("location", "assigned", "updated_at")}
    return VariableRow(**{**v, "shape": _shape(v.get("shape")), **places})


def _diagnosis(d: Mapping[str, Any]) -> Diagnosis:
    fix = d.get("fix")
    return Diagnosis(
        cause=d["cause"],
        certainty=d["certainty"],
        severity=d["severity"],
        message=d["message"],
        explanation=d["explanation"],
        location=_location(d["location"]),
        related=tuple(Related(r["message"], _location(r["location"])) for r in d.get("related", ())),
        gradient=d.get("gradient"),
        variables=tuple(
            VariableInfo(**{**v, "shape": _shape(v.get("shape")), "location": _location(v.get("location"))}) for v in d.get("variables", ())
        ),
        path=tuple(PathStep(**{**p, "location": _location(p.get("location"))}) for p in d.get("path", ())),
        fix=None if fix is None else Fix(**{**fix, "edits": tuple(_edit(e) for e in fix.get("edits", ()))}),
        help=d.get("help", ""),
    )


def _edit(e: Mapping[str, Any]) -> Edit:
    location = _location(e["location"])
    if location is None:
        raise ValueError("an edit without a location")
    return Edit(location, e["replacement"])
