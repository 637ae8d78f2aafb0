"""Recording <-> JSON, with everything an analysis was told about it: what was recorded on one machine can be analysed on another, without TensorFlow.

A file holds the recording, the answers TensorFlow gave (does this op carry gradient, what is this dtype), the user's source files
that were read, and how the program ended. `.json.gz` is compressed.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import types
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from whygrad import recording as rec
from whygrad._version import __version__
from whygrad.errors import UsageError

FORMAT = "whygrad-recording/1"
_ANSWERED = ("carries", "dtype_name", "is_trainable_dtype")  # fields of a Recording that are questions, not data


@dataclass(slots=True)
class Case:
    """A recording and what belongs to it. `recording` and `read` note each answer they give, so that `save` can keep them."""

    recording: rec.Recording
    read: Callable[[str], str | None]
    ended: str | None = None
    carried: dict[tuple[int, int], tuple[bool, ...] | None] = field(default_factory=dict)
    dtypes: dict[int, tuple[str, bool]] = field(default_factory=dict)
    files: dict[str, str | None] = field(default_factory=dict)


def observed(recording: rec.Recording, read: Callable[[str], str | None], ended: str | None = None) -> Case:
    """The same recording and the same files, with a memory."""
    case = Case(recording, read, ended)

    def carries(signature: int, shapes: tuple[rec.Shape | None, ...]) -> tuple[bool, ...] | None:
        answer = case.carried[signature, len(shapes)] = recording.carries(signature, shapes)
        return answer

    def dtype_name(enum: int) -> str:
        return _dtype(case, recording, enum)[0]

    def is_trainable_dtype(enum: int) -> bool:
        return _dtype(case, recording, enum)[1]

    def remembered(path: str) -> str | None:
        if path not in case.files:
            case.files[path] = read(path)
        return case.files[path]

    case.recording = dataclasses.replace(recording, carries=carries, dtype_name=dtype_name, is_trainable_dtype=is_trainable_dtype)
    case.read = remembered
    return case


def _dtype(case: Case, recording: rec.Recording, enum: int) -> tuple[str, bool]:
    if enum not in case.dtypes:
        case.dtypes[enum] = (recording.dtype_name(enum), recording.is_trainable_dtype(enum))
    return case.dtypes[enum]


def save(case: Case, path: Path) -> None:
    """Write a case that has been analysed. Raises OSError."""
    text = json.dumps(to_json(case), separators=(",", ":"))
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")


def load(path: Path) -> Case:
    """Read a case again. Raises UsageError when the file is not one, or of another version."""
    try:
        content = path.read_bytes()
        return from_json(json.loads(gzip.decompress(content) if path.suffix == ".gz" else content))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a saved recording: {type(error).__name__}: {error}") from None


def to_json(case: Case) -> dict[str, Any]:
    """Plain dicts, lists, strings and numbers."""
    fields = (f.name for f in dataclasses.fields(rec.Recording) if f.name not in _ANSWERED)
    return {
        "format": FORMAT,
        "whygrad": __version__,
        "ended": case.ended,
        "files": case.files,
        "dtypes": [[enum, *known] for enum, known in case.dtypes.items()],
        "carries": [[*question, answer] for question, answer in case.carried.items()],
        "recording": {name: _plain(getattr(case.recording, name)) for name in fields},
    }


def from_json(data: Mapping[str, Any]) -> Case:
    """The inverse of `to_json`. Raises ValueError on another version, KeyError or TypeError on another shape."""
    if data["format"] != FORMAT:
        raise ValueError(f"format {data['format']!r}, this version reads {FORMAT!r}")
    hints = get_type_hints(rec.Recording)
    values = {name: _typed(hints[name], value) for name, value in data["recording"].items()}
    dtypes = {enum: (name, trainable) for enum, name, trainable in data["dtypes"]}
    carried = {(signature, count): None if answer is None else tuple(answer) for signature, count, answer in data["carries"]}
    files = dict(data["files"])

    def carries(signature: int, shapes: tuple[rec.Shape | None, ...]) -> tuple[bool, ...] | None:
        try:
            return carried[signature, len(shapes)]
        except KeyError:
            op = values["signatures"][signature].op
            raise UsageError(f"the saved recording does not say whether {op} with {len(shapes)} inputs carries gradient") from None

    recording = rec.Recording(**values, carries=carries, dtype_name=lambda e: dtypes[e][0], is_trainable_dtype=lambda e: dtypes[e][1])
    return Case(recording, files.get, data["ended"], carried, dtypes, files)


def _plain(value: Any) -> Any:
    """Dataclasses become dicts; what JSON does not know (an op's attributes hold anything) becomes its text."""
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, array):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)


def _typed(hint: Any, value: Any) -> Any:
    """The value that was written, by the type that the field is declared with."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _typed(next(a for a in args if a is not type(None)), value)
    if hint is rec.Ops:
        empty = rec.Ops()  # its columns know how wide their numbers are
        return rec.Ops(**{name: array(getattr(empty, name).typecode, column) for name, column in value.items()})
    if dataclasses.is_dataclass(hint):
        hints = _hints(hint)  # type: ignore[arg-type]
        return hint(**{name: _typed(hints[name], item) for name, item in value.items()})  # type: ignore[operator]
    if origin is dict:
        return {int(key): _typed(args[1], item) for key, item in value.items()}
    if origin is list:
        return [_typed(args[0], item) for item in value]
    if origin is tuple:
        kinds = [args[0]] * len(value) if args[-1] is Ellipsis else args
        return tuple(_typed(kind, item) for kind, item in zip(kinds, value, strict=True))
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _hashable(value: Any) -> Any:
    return tuple(map(_hashable, value)) if isinstance(value, list) else value
