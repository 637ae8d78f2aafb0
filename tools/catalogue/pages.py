"""The data files -> docs/ops.md (one section per function that is not differentiable), docs/ops.html (the table), docs/ops-changes.md."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Iterator
from pathlib import Path

from tools.catalogue.differences_of_versions import Change, changes, only_in
from tools.catalogue.running import ROOT

from whygrad import catalogue
from whygrad.catalogue import Catalogue, Entry, Status
from whygrad.catalogue.counts import Coverage, by_group, coverage, public, raw
from whygrad.catalogue.entry import CUT, MEANING
from whygrad.catalogue.names import written
from whygrad.catalogue.reasons import argument_text, reasons
from whygrad.catalogue.replacements import Replacement, all_replacements, for_entry

DOCS = ROOT / "docs"
TEMPLATE = Path(__file__).parent / "page.html"
SHOWN = tuple(MEANING)


def write_pages() -> int:
    """Writes the files. Exit status."""
    known = [catalogue.load(tensorflow) for tensorflow, _ in catalogue.versions()]
    newest = known[-1]
    _write(DOCS / "ops.md", "\n".join(markdown(newest)))
    _write(DOCS / "ops.html", page(newest))
    _write(DOCS / "ops-changes.md", "\n".join(changed(known[0], newest)))
    return 0


def _write(file: Path, text: str) -> None:
    beside = file.with_suffix(".new")
    beside.write_text(f"{text.rstrip()}\n", encoding="utf-8", newline="\n")
    os.replace(beside, file)
    print(f"{file.relative_to(ROOT)}: {len(text) // 1024} KiB")


def markdown(known: Catalogue) -> Iterator[str]:
    entries = list(known)
    yield "# Which functions of TensorFlow are differentiable?\n"
    yield f"Measured with TensorFlow {known.tensorflow} and Keras {known.keras}; written by `make catalogue`, not by hand. Each function was called"
    yield "under a tape, each of its gradients was asked for, and those that came were compared with numerical differentiation. On the command line:"
    yield "`whygrad ops tf.round`. All functions, to search: [ops.html](ops.html). Between versions: [ops-changes.md](ops-changes.md).\n"
    yield from _counted(entries)
    yield from _missing(entries)
    yield from _doubtful(entries)
    yield "## What to write instead\n"
    for replacement in all_replacements():
        yield from _replacement(replacement)
    yield "## The functions that are not differentiable\n"
    yield "Raw ops, `tf.compat.v1` and `tf_keras` are in the table only.\n"
    for entry in entries:
        if in_sections(entry):
            yield from _section(entry)


def in_sections(entry: Entry) -> bool:
    """Public, current, and an argument that takes floats does not get its gradient."""
    aside = entry.name.startswith(("tensorflow.raw_ops.", "tensorflow.compat.", "tf_keras."))
    return not aside and (entry.status in CUT or entry.status is Status.DEPENDS)


def _counted(entries: list[Entry]) -> Iterator[str]:
    yield "## Counts\n"
    for what, some in (("public functions", public(entries)), ("raw ops", raw(entries))):
        yield f"- {_covered(what, coverage(some))}"
    yield f"\n| namespace | {' | '.join(s.value for s in SHOWN)} |"
    yield f"|---|{'---:|' * len(SHOWN)}"
    for name, counts in sorted(by_group(entries).items()):
        yield f"| `{written(f'{name}.').rstrip('.')}` | {' | '.join(str(counts[s]) for s in SHOWN)} |"
    yield ""
    yield from (f"- **{status.value}**: {meaning}" for status, meaning in MEANING.items())
    yield ""


def _covered(what: str, found: Coverage) -> str:
    return f"{found.total} {what}; {found.floats} take floats, {found.floats - len(found.missing)} of these are measured ({found.share:.1%})"


def _missing(entries: list[Entry]) -> Iterator[str]:
    yield "## Not measured, although they take floats or may\n"
    for entry in coverage(entries).missing:
        yield f"- `{written(entry.name)}`: {_plain(entry.reason)}"
    yield ""


def _doubtful(entries: list[Entry]) -> Iterator[str]:
    yield "## Doubtful gradients\n"
    yield "Here the tape and numerical differentiation disagree at every point tried. Some are meant so (a straight-through estimator, an eigenvector"
    yield "whose phase is free, a label that is taken as a constant or as normalised); the others are for the reader to judge.\n"
    for entry in entries:
        if entry.doubt:
            yield f"- `{written(entry.name)}` ({_plain(entry.call)}): {_plain(entry.doubt)}"
    yield ""


def _replacement(replacement: Replacement) -> Iterator[str]:
    yield f'### <a id="{replacement.slug}"></a>{replacement.title}\n'
    yield f"```python\n{replacement.code.rstrip()}\n```\n"
    yield f"Costs: {replacement.cost}\n"


def _section(entry: Entry) -> Iterator[str]:
    yield f"### `{written(entry.name)}`: {entry.status.value}\n"
    for argument in entry.float_arguments:
        yield f"- `{argument.name}`: {_plain(argument_text(entry, argument))}"
    yield ""
    for label, sentence in reasons(entry):
        if label == "why":
            yield f"{sentence}\n"
    found = for_entry(entry)
    if found:
        yield f"Instead: {'; '.join(f'[{r.title}](#{r.slug})' for r in found)}.\n"


def _plain(text: str) -> str:
    """Text of TensorFlow in Markdown: nothing in it is markup."""
    return html.escape(text, quote=False).replace("|", "\\|").replace("*", "\\*").replace("_", "\\_").replace("`", "\\`")


def page(known: Catalogue) -> str:
    """One file that needs nothing else: the table as data, searched in the page."""
    rows = [[written(e.name), e.status.value, _cells(e), " ".join(map(written, e.aliases))] for e in known]
    data = json.dumps(rows, separators=(",", ":")).replace("<", "\\u003c").replace("&", "\\u0026")
    fields = {"TENSORFLOW": known.tensorflow, "KERAS": known.keras, "COUNT": str(len(known))}
    text = TEMPLATE.read_text("utf-8")
    for name, value in fields.items():
        text = text.replace(f"@{name}@", html.escape(value))
    return text.replace("@ROWS@", data)


def _cells(entry: Entry) -> str:
    if entry.status is Status.NOT_MEASURED:
        return entry.reason
    floats = "; ".join(f"{a.name}: {argument_text(entry, a)}" for a in entry.float_arguments)
    instead = ", ".join(r.slug for r in for_entry(entry)) if entry.status is not Status.GRADIENT else ""
    return f"{floats}{f'  instead: {instead}' if instead else ''}"


def changed(old: Catalogue, new: Catalogue) -> Iterator[str]:
    found = changes(old, new)
    yield f"# From TensorFlow {old.tensorflow} (Keras {old.keras}) to {new.tensorflow} (Keras {new.keras})\n"
    yield "What a gradient does differently, as measured with both; written by `make catalogue`, not by hand.\n"
    yield from _changes("Became differentiable", [c for c in found if c.became])
    yield from _changes("Stopped being differentiable", [c for c in found if c.stopped])
    yield from _changes("Other changes", [c for c in found if not c.became and not c.stopped])
    for title, names in (("New functions", only_in(new, old)), ("Functions that are gone", only_in(old, new))):
        yield f"## {title} ({len(names)})\n"
        yield f"{', '.join(f'`{written(name)}`' for name in names)}\n"


def _changes(title: str, some: list[Change]) -> Iterator[str]:
    yield f"## {title} ({len(some)})\n"
    if some:
        yield "| function | argument | before | now |\n|---|---|---|---|"
        yield from (f"| `{written(c.name)}` | `{c.argument}` | {c.before.value} | {c.after.value} |" for c in some)
    yield ""
