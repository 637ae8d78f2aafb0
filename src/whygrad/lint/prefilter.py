"""The bytes of a file come in; whether it can hold a finding goes out. Most files of a tree are left here, before anything is decoded or parsed.

A file matters when it speaks of gradients, of training or of layers, and of TensorFlow or Keras: itself, or in a module of the project
that it imports. The words are those with which a computation with gradients begins; `tests/lint/test_prefilter.py` holds them against all programs of
the corpus and of the causes.
"""

from __future__ import annotations

import re

from whygrad.lint.reading import declared_encoding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whygrad.lint.modules import ModuleFinder

LIBRARIES = (b"tensorflow", b"keras")
OUR_COMMENT = b"whygrad:"
BEGINNINGS = (b"radient", b"minimize", b".compile(", b".fit(", b"add_loss", b"train_step", b"train_on_batch", b"Layer", b"Model", b"Lambda")
_NOT_KERAS = re.compile(rb"\bre\.compile\(")
_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+(\.*)[ \t]*([\w.]*)[ \t]+import[ \t]+([^#\r\n]*)|import[ \t]+([\w., \t]+))", re.MULTILINE)
_ASCII_BASED = re.compile(r"(?i)utf-?8|ascii|us-ascii|latin|iso-?8859|cp\d|windows|euc|gb|big5|koi8|mac|shift|sjis")


def can_matter(path: str, content: bytes, finder: ModuleFinder) -> bool:
    """Never False for a file that holds a finding. `path` is absolute."""
    if _not_readable_as_ascii(content) or OUR_COMMENT in content:
        return True
    if not _begins_something(content):
        return False
    return any(library in content for library in LIBRARIES) or _imports_a_library(path, content, finder)


def _begins_something(content: bytes) -> bool:
    """`re.compile(` is by far the most frequent `.compile(`, and not one of a model."""
    found = [word for word in BEGINNINGS if word in content]
    return bool(found) and (found != [b".compile("] or content.count(b".compile(") > len(_NOT_KERAS.findall(content)))


def _not_readable_as_ascii(content: bytes) -> bool:
    """In an encoding like UTF-7 the words look different."""
    encoding = declared_encoding(content) if b"coding" in content[:1000] else None
    return encoding is not None and not _ASCII_BASED.match(encoding)


def _imports_a_library(path: str, content: bytes, finder: ModuleFinder) -> bool:
    """Whether a module of the project that the file imports, at any distance, speaks of a library."""
    waiting, seen = [(path, content.decode("latin-1"))], {path}
    while waiting:
        importer, text = waiting.pop()
        for name, level in _imported(text):
            found = finder.source_of(name, importer, level)
            if found is None or found[0] in seen:
                continue
            if "tensorflow" in found[1] or "keras" in found[1]:
                return True
            seen.add(found[0])
            waiting.append(found)
    return False


def _imported(text: str) -> list[tuple[str, int]]:
    """The modules that a text imports, and the names that may be modules, as (name, level). Also what only looks like an import."""
    names: list[tuple[str, int]] = []
    for found in _IMPORT.finditer(text.encode("utf-8", "replace")):
        dots, base, what, plain = (part.decode("ascii", "replace") if part is not None else "" for part in found.groups())
        if plain:
            names += [(part.split()[0], 0) for part in plain.split(",") if part.strip()]
            continue
        names.append((base, len(dots)))
        words = re.findall(r"\w+", what)
        names += [(f"{base}.{word}".lstrip("."), len(dots)) for word in words if word != "as"]
    return names
