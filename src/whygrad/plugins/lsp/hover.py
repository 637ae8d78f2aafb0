"""A place in a text comes in; what to show beside it goes out in Markdown: a finding with its page, and what an operation does to a gradient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from whygrad import catalogue
from whygrad.catalogue import Catalogue, Entry, replacements
from whygrad.catalogue.names import written
from whygrad.causes import all_causes
from whygrad.model import Diagnosis
from whygrad.plugins.lsp.places import holds, lines_of
from whygrad.render.ops import render_entry
from whygrad.render.screen import Screen

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_IMPORT = re.compile(r"^[ \t]*import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?", re.MULTILINE)
_FROM = re.compile(r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^#\n;]*)", re.MULTILINE)
_MEMBER = re.compile(r"(\w+)(?:[ \t]+as[ \t]+(\w+))?")
_LIBRARIES = ("tensorflow", "keras", "tf_keras")
_WIDTH = 88


def hover(text: str, found: Sequence[Diagnosis], path: str, line: int, column: int) -> str | None:
    """The Markdown for a character, counted from 0; None where there is nothing to say. `found` are the findings in this very text."""
    parts = [_finding(d) for d in found if d.location is not None and d.location.path == path and holds(d.location, line, column)]
    parts += _operation(text, line, column)
    return "\n\n---\n\n".join(parts) or None


def _finding(found: Diagnosis) -> str:
    cause = all_causes().get(found.cause)
    parts = [f"**whygrad: {found.cause}** ({found.certainty})", found.message, found.explanation]
    if found.fix is not None:
        parts.append(f"**Fix** ({found.fix.safety}): {found.fix.title}")
    if cause is not None:
        parts += [f"**{heading}**\n\n{_section(section)}" for heading, section in cause.sections.items()]
    return "\n\n".join(filter(None, parts))


def _section(text: str) -> str:
    """Addresses alone become links by themselves; code, which is indented, stays code."""
    return re.sub(r"(https?://[^\s)]+)", r"<\1>", text)


def _operation(text: str, line: int, column: int) -> Iterator[str]:
    name = name_at(text, line, column)
    if name is None:
        return
    known = catalogue.load()
    entry = known.find(name)
    if entry is not None:
        yield _entry(known, entry)


def _entry(known: Catalogue, entry: Entry) -> str:
    page = render_entry(known, entry, replacements.for_entry(entry), Screen(_WIDTH))
    return f"```text\n{page.rstrip()}\n```\n\n[{written(entry.name)} in TensorFlow's documentation]({address(entry.name)})"


def address(name: str) -> str:
    """Where a function is documented."""
    full = name if name.startswith("tensorflow.") else f"tensorflow.{name}"
    return "https://www.tensorflow.org/api_docs/python/tf/" + full.removeprefix("tensorflow.").replace(".", "/")


def name_at(text: str, line: int, column: int) -> str | None:
    """The full name of the function under the cursor, `tensorflow.math.round`: the dotted name up to the part that is pointed at.

    None where its first part was not imported from TensorFlow or Keras.
    """
    lines = lines_of(text)
    for found in _NAME.finditer(lines[line] if line < len(lines) else ""):
        if found.start() <= column < found.end() or column == found.end():
            end = found.group().find(".", max(column - found.start(), 0))
            head, _, rest = (found.group() if end < 0 else found.group()[:end]).partition(".")
            full = aliases(text).get(head)
            return None if full is None or full.partition(".")[0] not in _LIBRARIES else ".".join(filter(None, (full, rest)))
    return None


def aliases(text: str) -> dict[str, str]:
    """What the imported names of a text mean. Read line by line: a text that is being typed does not always parse."""
    found = {(alias or module.partition(".")[0]): (module if alias else module.partition(".")[0]) for module, alias in _IMPORT.findall(text)}
    for module, members in _FROM.findall(text):
        found |= {(alias or name): f"{module}.{name}" for name, alias in _MEMBER.findall(members)}
    return found
