"""Entries of the catalogue come in; tables and pages for a terminal go out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from whygrad.catalogue import Catalogue, Entry, Status
from whygrad.catalogue.as_data import document
from whygrad.catalogue.counts import Coverage, by_group, coverage, public, raw, select
from whygrad.catalogue.entry import MEANING
from whygrad.catalogue.names import is_numpy, written
from whygrad.catalogue.reasons import argument_text, reasons
from whygrad.catalogue.replacements import Replacement, for_entry
from whygrad.errors import UsageError
from whygrad.render.layout import columns, cropped, finished, item, quoted, styled, wrap
from whygrad.render.plain_text import one_line
from whygrad.render.screen import Screen

STYLES = {
    Status.GRADIENT: "green",
    Status.NONE: "red",
    Status.ZERO: "magenta",
    Status.NO_REGISTERED_GRADIENT: "red",
    Status.DEPENDS: "cyan",
}
_HEADINGS = {
    "gradient": (Status.GRADIENT,),
    "none": (Status.NONE,),
    "zero": (Status.ZERO,),
    "lookup": (Status.NO_REGISTERED_GRADIENT,),
    "depends": (Status.DEPENDS,),
    "other": (Status.INDEX, Status.NOT_FLOAT),
    "missing": (Status.NOT_MEASURED,),
}


_NUMPY = "NumPy itself leaves TensorFlow: no gradient passes through it. This is the function of TensorFlow with the same name."
_WIDE = 8  # cells of a column of counts


def render_counts(catalogue: Catalogue, screen: Screen) -> str:
    """How many functions of each namespace have which status."""
    entries = list(catalogue)
    lines = [*_title(catalogue, screen.width), Text(), *_counts(entries), Text()]
    for what, some in (("public functions", public(entries)), ("raw ops", raw(entries))):
        lines += wrap(styled(_covered(what, coverage(some))), screen.width)
    lines += [Text(), *(styled((f"{name:>8}", "bold"), f"  {_meaning(name)}") for name in _HEADINGS), Text()]
    lines += [styled("One of them: ", ("whygrad ops tf.round", "bold"))]
    lines += [styled("A list: ", ("whygrad ops --status none --namespace tf.math", "bold"))]
    return finished(cropped(lines, screen.width), width=screen.width, color=screen.color)


def _title(catalogue: Catalogue, width: int) -> list[Text]:
    what = f"What the functions of TensorFlow {catalogue.tensorflow} and Keras {catalogue.keras} do to a gradient, as measured"
    return wrap(styled((what, "bold")), width, hang=0)


def _counts(entries: Sequence[Entry]) -> list[Text]:
    found = by_group(entries)
    total = sum(found.values(), Counter())
    rows = [(written(f"{name}.").rstrip("."), found[name]) for name in sorted(found)]
    header = [Text("namespace"), *(Text(heading.rjust(_WIDE)) for heading in _HEADINGS)]
    return columns([header, *(_count_row(name, counts) for name, counts in (*rows, ("all", total)))], indent=0, gap=0)


def _count_row(name: str, counts: Counter[Status]) -> list[Text]:
    return [Text(name), *(Text(str(sum(counts[s] for s in statuses)).rjust(_WIDE)) for statuses in _HEADINGS.values())]


def _covered(what: str, found: Coverage) -> str:
    return f"{found.total} {what}; {found.floats} take floats, {found.floats - len(found.missing)} of these are measured ({found.share:.1%})"


def _meaning(heading: str) -> str:
    return "; ".join(dict.fromkeys(MEANING[s] for s in _HEADINGS[heading]))


def render_list(entries: Sequence[Entry], screen: Screen) -> str:
    """One line per function: its name, its status, and what its float arguments get."""
    rows = [[Text(written(e.name)), Text(e.status.value, style=STYLES.get(e.status, "")), Text(_in_short(e))] for e in entries]
    table = cropped(columns(rows, indent=0), screen.width) if rows else []
    return finished([*table, styled((_plural(len(entries)), "bold"))], width=screen.width, color=screen.color)


def _plural(count: int) -> str:
    return "1 function" if count == 1 else f"{count} functions"


def _in_short(entry: Entry) -> str:
    if entry.reason:
        return one_line(entry.reason)
    main = [a for a in entry.float_arguments if not a.optional] or entry.float_arguments
    return "; ".join(f"{a.name}: {argument_text(entry, a)}" for a in main)  # names and ops: plain words


def render_entry(catalogue: Catalogue, entry: Entry, replacements: Sequence[Replacement], screen: Screen, note: str = "") -> str:
    """The page of one function."""
    lines = wrap(styled((written(entry.name), "bold"), ": ", (entry.status.value, STYLES.get(entry.status, "bold"))), screen.width)
    if entry.aliases:
        lines += item("also", Text(", ".join(map(written, entry.aliases))), screen.width)
    lines += [Text(), *cropped(columns(_arguments(entry), indent=2), screen.width), Text()]
    for label, sentence in (*reasons(entry), *([("note", note)] if note else [])):
        lines += item(label, quoted(one_line(sentence, screen.encoding)), screen.width)
    lines += item("measured", quoted(one_line(_measured(catalogue, entry), screen.encoding)), screen.width)
    for replacement in replacements:
        lines += _replacement(replacement, screen)
    return finished(lines, width=screen.width, color=screen.color)


def _arguments(entry: Entry) -> list[list[Text]]:
    header = [styled((title, "bold")) for title in ("argument", "takes", "gradient")]
    return [header, *([Text(a.name), Text(a.kind), Text(argument_text(entry, a))] for a in entry.arguments if a.kind != "setting" or not a.optional)]


def _measured(catalogue: Catalogue, entry: Entry) -> str:
    call = f", called with {entry.call}" if entry.call else ""
    checked = f"; the gradient was compared with differences in {entry.checked}" if entry.checked else ""
    return f"TensorFlow {catalogue.tensorflow}, Keras {catalogue.keras}{call}{checked}"


def _replacement(replacement: Replacement, screen: Screen) -> list[Text]:
    lines = [Text(), *item("instead", styled((replacement.title, "bold")), screen.width)]
    lines += [Text(f"      {line}".rstrip()) for line in replacement.code.splitlines()]
    return lines + wrap(styled(("    costs: ", "bold")) + quoted(replacement.cost), screen.width, hang=6)


def render_ops(catalogue: Catalogue, name: str | None, status: str | None, namespace: str, format_: str, screen: Screen) -> str:
    """What `whygrad ops` prints: one entry, a list where `status` or `namespace` choose, else the counts. Raises UsageError."""
    if name is not None:
        entry = catalogue.get(name)
        note = _NUMPY if is_numpy(name) else ""
        return _as_json(catalogue, [entry]) if format_ == "json" else render_entry(catalogue, entry, for_entry(entry), screen, note)
    if status is None and not namespace and format_ != "json":
        return render_counts(catalogue, screen)
    entries = select(catalogue, None if status is None else _status(status), namespace)
    if namespace and not entries and not select(catalogue, None, namespace):
        raise UsageError(f"no namespace is called {namespace!r}; the list: whygrad ops")
    return _as_json(catalogue, entries) if format_ == "json" else render_list(entries, screen)


def _status(word: str) -> Status:
    known = {s.value: s for s in MEANING}
    if word not in known:
        raise UsageError(f"no status is called {word!r}; one of: {', '.join(known)}")
    return known[word]


def _as_json(catalogue: Catalogue, entries: Sequence[Entry]) -> str:
    return f"{json.dumps(document(catalogue, entries), indent=2)}\n"
