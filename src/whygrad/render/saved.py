"""A file comes in; the Report that it holds goes out, or a ReportError that says in one line what is wrong with it."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from whygrad import words
from whygrad.errors import ReportError
from whygrad.model import SCHEMA, Report

_NUMBERS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def read_report(path: Path) -> Report:
    """The report saved in `path`. Raises ReportError."""
    return parse_report(_read(path), str(path))


def parse_report(content: bytes, name: str) -> Report:
    """The report in `content`; `name` is what messages call it. Raises ReportError."""
    if not content.strip(b"\0 \t\r\n"):
        raise ReportError(f"{name} is empty: was the program that wrote it stopped?")
    try:
        data = json.loads(content)
    except json.JSONDecodeError as error:
        raise ReportError(_no_json(error, name)) from None
    except (ValueError, RecursionError):
        raise ReportError(f"{name} is not a JSON file") from None
    _demand_schema(data, name)
    return _build(data, name)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ReportError(f"no such file: {path}") from None
    except IsADirectoryError:
        raise ReportError(f"{path} is a folder; name the report file in it") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ReportError(f"cannot read {path}: {reason}") from None


def _no_json(error: json.JSONDecodeError, name: str) -> str:
    text = error.doc.rstrip()
    if (text.startswith("{") and error.pos >= len(text) - 1) or error.msg.startswith("Unterminated string"):
        return f"{name} breaks off at line {error.lineno}: it was not written to its end"
    return f"{name} is not a JSON file (line {error.lineno}: {error.msg}); make one with: whygrad run --format json --output {name} SCRIPT"


def _demand_schema(data: Any, name: str) -> None:
    schema = data.get("schema") if isinstance(data, Mapping) else None
    if not isinstance(schema, str) or not schema.startswith("whygrad/"):
        raise ReportError(f'{name} is JSON, but no whygrad report: it has no "schema": "{SCHEMA}"')
    if schema != SCHEMA:
        raise ReportError(f"{name} has the schema {schema!r}, this version reads {SCHEMA!r}; type: pip install --upgrade whygrad")


def _build(data: Mapping[str, Any], name: str) -> Report:
    try:
        report = Report.from_json(_with_numbers(data))
        _check(report, Report, "")
    except KeyError as error:
        raise ReportError(f"{name} is a damaged report: {error.args[0]!r} is missing") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise ReportError(f"{name} is a damaged report: {error}") from None
    return report


def _with_numbers(data: Mapping[str, Any]) -> dict[str, Any]:
    """The norms and fractions that JSON could not express as numbers are numbers again."""
    return {**data, "gradients": [{name: _number(value, name) for name, value in row.items()} for row in data.get("gradients", ())]}


def _number(value: Any, name: str) -> Any:
    return _NUMBERS.get(value, value) if name in ("norm", "zero_fraction") and isinstance(value, str) else value


def _check(value: Any, hint: Any, where: str) -> None:
    """Raises ValueError unless `value` has the type that the data model declares, all the way down."""
    origin = typing.get_origin(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and isinstance(value, hint):
        for name, inner in typing.get_type_hints(hint, None, vars(words)).items():
            _check(getattr(value, name), inner, f"{where}.{name}" if where else name)
    elif origin is tuple and isinstance(value, tuple):
        for index, item in enumerate(value):
            _check(item, typing.get_args(hint)[0], f"{where}[{index}]")
    elif not _is_instance(value, hint, where):
        raise ValueError(f"{where} is {value!r:.60}")


def _is_instance(value: Any, hint: Any, where: str) -> bool:
    origin = typing.get_origin(hint)
    if origin is typing.Literal:
        return value in typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _is_optional(value, hint, where)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(hint, type) and isinstance(value, hint) and (hint is bool or not isinstance(value, bool))


def _is_optional(value: Any, hint: Any, where: str) -> bool:
    """Every union of the model is `X | None`."""
    if value is None:
        return True
    _check(value, next(option for option in typing.get_args(hint) if option is not types.NoneType), where)
    return True
