"""The bytes of a file come in; whether it can hold a finding goes out. Most files of a tree are left here, before anything is decoded or parsed.

A file matters when somebody asks for gradients in it, and when it speaks of TensorFlow or Keras: itself, or in a module of the project that it
imports, at any distance. `tests/lint/test_prefilter.py` holds the words against all programs of the corpus and of the causes.
"""

from __future__ import annotations

from whygrad.lint.modules import ModuleFinder

LIBRARIES = (b"tensorflow", b"keras")
OUR_COMMENT = b"whygrad:"
# Looked for as plain bytes, which is many times faster than a pattern; only where one is found, what stands around it is looked at.
_ASKING = {
    b"gradient": (b".gradient", b".gradients", b"gradients(", b"import gradients"),
    b"jacobian": (b".jacobian", b".batch_jacobian"),
    b"hessians": (b".hessians", b"hessians(", b"import hessians"),
    b"minimize": (b".minimize", b"minimize("),
    b".compile": (b".compile",),
    b".fit": (b".fit",),
    b"train_step": (b"train_step",),
}
LONG = 8_000  # bytes; a shorter file is examined in the time of a second look
_REGEX_COMPILED = (b"re", b"regex", b"_re")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

Facts = tuple[bool, bool, list[tuple[str, int]]]  # speaks of a library, asks for gradients, imports


class Prefilter:
    """Answers for the files of one project, whose modules `finder` finds."""

    def __init__(self, finder: ModuleFinder) -> None:
        self._finder = finder
        self._facts: dict[str, Facts] = {}
        self._harmless: set[str] = set()

    def can_matter(self, path: str, content: bytes) -> bool:
        """Never False for a file that holds a finding. `path` is absolute."""
        if OUR_COMMENT in content or (b"coding" in content[:1000] and _patterns().not_readable_as_ascii(content)):
            return True
        library, asks = _speaks(content), _asks(content)
        if library and asks:
            return True
        return b"import" in content and self._with_imports(path, content)

    def _with_imports(self, path: str, content: bytes) -> bool:
        """Whether the file and the modules of the project that it imports, at any distance, do both."""
        if path not in self._facts:
            self._facts[path] = _facts(content.decode("latin-1"))
        library, asks, _ = self._facts[path]
        waiting, seen = [path], {path}
        while waiting:
            importer = waiting.pop()
            for found in self._imported(importer):
                if found not in seen and found not in self._harmless:
                    seen.add(found)
                    waiting.append(found)
                    library, asks = library or self._facts[found][0], asks or self._facts[found][1]
                    if library and asks:
                        return True
        self._harmless |= seen  # what they reach has been seen as well
        return False

    def _imported(self, importer: str) -> list[str]:
        found = []
        for name, level in self._facts[importer][2]:
            source = self._finder.source_of(name, importer, level)
            if source is not None:
                if source[0] not in self._facts:
                    self._facts[source[0]] = _facts(source[1])
                found.append(source[0])
        return found


def _facts(text: str) -> Facts:
    content = text.encode("utf-8", "replace")
    return _speaks(content), _asks(content), _patterns().imports(text)


def _speaks(content: bytes) -> bool:
    return any(library in content for library in LIBRARIES)


def _asks(content: bytes) -> bool:
    """In the code: long files are looked at a second time without their docstrings and comments, which love to show `model.fit`."""
    return _mentions(content) and (len(content) < LONG or _mentions(_patterns().code_only(content)))


def _mentions(content: bytes) -> bool:
    for stem, needles in _ASKING.items():
        if stem in content and any(_really(content, needle) for needle in needles):
            return True
    return b"Loss" in content and bool(_patterns().derives_from_loss(content))


def _really(content: bytes, needle: bytes) -> bool:
    """Whether one of the places is the name as a whole, and `.compile` not that of regular expressions."""
    at = content.find(needle)
    while at >= 0:
        end = at + len(needle)
        follows = content[end : end + 1]
        whole = needle.endswith(b"(") or not (follows.isalnum() or follows == b"_")
        if whole and not (needle == b".compile" and _word_before(content, at) in _REGEX_COMPILED):
            return True
        at = content.find(needle, end)
    return False


def _word_before(content: bytes, at: int) -> bytes:
    before = content[max(at - 40, 0) : at]
    start = len(before)
    while start and (before[start - 1 : start].isalnum() or before[start - 1 : start] == b"_"):
        start -= 1
    return before[start:]


def _patterns() -> ModuleType:
    """Imported when the first file needs it: most of a small project do not."""
    from whygrad.lint import patterns

    return patterns
