"""The bytes of a file come in; whether it can hold a finding goes out. Most files of a tree are left here, before anything is decoded or parsed.

A file matters when gradients are asked for, and when TensorFlow or Keras is used: in it, or in a module of the project that it imports, at any
distance. Layers and losses that it defines are examined by themselves: for a file that may have some, the words of training count as well.
`tests/lint/test_prefilter.py` holds the words against all programs of the corpus and of the causes.
"""

from __future__ import annotations

from whygrad.lint.modules import ModuleFinder

OUR_COMMENT = b"whygrad:"
NOTEBOOK = ".ipynb"
# Looked for as plain bytes, which is many times faster than a pattern; only where one is found, what stands around it is looked at.
_ASKING = {
    b"gradient": (b".gradient", b".gradients", b"gradients(", b"import gradients", b".apply_gradients", b".compute_gradients"),
    b"jacobian": (b".jacobian", b".batch_jacobian"),
    b".minimize": (b".minimize",),
    b".compile": (b".compile",),
}
_TRAINING = {
    b"gradients(": (b"_gradients(",),
    b"hessians": (b".hessians", b"hessians(", b"import hessians"),
    b"minimize(": (b"minimize(", b"_minimize("),
    b".fit": (b".fit",),
    b"train_step": (b"train_step",),
}
LONG = 8_000  # bytes; a shorter file is examined in the time of a second look
_REGEX_COMPILED = (b"re", b"regex", b"_re")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


class Prefilter:
    """Answers for the files of one project, whose modules `finder` finds."""

    def __init__(self, finder: ModuleFinder) -> None:
        self._finder = finder
        self._said: dict[str, tuple[bool, bool, bool]] = {}  # by modules that others import: speaks of a library, asks, trains
        self._imported: dict[str, list[str]] = {}
        self._harmless: dict[bool, set[str]] = {False: set(), True: set()}  # by whether training counts

    def can_matter(self, path: str, content: bytes) -> bool:
        """Never False for a file that holds a finding. `path` is absolute."""
        if OUR_COMMENT in content or (b"coding" in content[:1000] and _patterns().not_readable_as_ascii(content)):
            return True
        training = b"def call(" in content or b"def __call__(" in content  # of a layer, a model, a loss
        speaks, asks = _speaks(content), _asks(content, training, path.endswith(NOTEBOOK))
        if speaks and asks:
            return True
        return b"import" in content and self._with_imports(path, content, training, speaks, asks)

    def _with_imports(self, path: str, content: bytes, training: bool, speaks: bool, asks: bool) -> bool:
        """Whether the file and the modules of the project that it imports, at any distance, do both."""
        if path not in self._imported:
            self._imported[path] = self._modules(path, content)
        harmless = self._harmless[training]
        waiting, seen = [path], {path}
        while waiting:
            for found in self._imported[waiting.pop()]:
                if found not in seen and found not in harmless:
                    seen.add(found)
                    waiting.append(found)
                    one_speaks, one_asks, trains = self._facts(found)
                    speaks, asks = speaks or one_speaks, asks or one_asks or (training and trains)
                    if speaks and asks:
                        return True
        harmless |= seen  # what they reach has been seen as well
        return False

    def _facts(self, path: str) -> tuple[bool, bool, bool]:
        if path not in self._said:
            content = (self._finder.text(path) or "").encode("utf-8", "replace")
            self._said[path] = _speaks(content), _asks(content, training=False), _asks(content, training=True)
            self._imported.setdefault(path, self._modules(path, content))
        return self._said[path]

    def _modules(self, importer: str, content: bytes) -> list[str]:
        found = (self._finder.source_of(name, importer, level) for name, level in _patterns().imports(content))
        return [source[0] for source in found if source is not None]


def _speaks(content: bytes) -> bool:
    return b"tensorflow" in content or b"keras" in content


def _asks(content: bytes, training: bool, is_notebook: bool = False) -> bool:
    """In the code: long files are looked at a second time without their docstrings and comments, which love to show `model.fit`."""
    if not _mentions(content, training):
        return False
    return len(content) < LONG or is_notebook or _mentions(_patterns().code_only(content, braces=training), training)


def _mentions(content: bytes, training: bool) -> bool:
    if _any_of(_ASKING, content):
        return True
    return training and (_any_of(_TRAINING, content) or (b"Loss" in content and bool(_patterns().derives_from_loss(content))))


def _any_of(needles: dict[bytes, tuple[bytes, ...]], content: bytes) -> bool:
    """A loop, as most files are left here."""
    for stem, names in needles.items():
        if stem in content:
            for needle in names:
                if _really(content, needle):
                    return True
    return False


def _really(content: bytes, needle: bytes) -> bool:
    """Whether one of the places is the name as a whole, and `.compile` not that of regular expressions."""
    at = content.find(needle)
    while at >= 0:
        end = at + len(needle)
        longer = (not needle.endswith(b"(") and _in_name(content[end : end + 1])) or (needle[:1].isalpha() and _in_name(content[at - 1 : at]))
        if not longer and (needle != b".compile" or _word_before(content, at) not in _REGEX_COMPILED):
            return True
        at = content.find(needle, end)
    return False


def _in_name(character: bytes) -> bool:
    return character.isalnum() or character == b"_"


def _word_before(content: bytes, at: int) -> bytes:
    before = content[max(at - 40, 0) : at]
    start = len(before)
    while start and _in_name(before[start - 1 : start]):
        start -= 1
    return before[start:]


def _patterns() -> ModuleType:
    """Imported when the first file needs it: most of a small project do not."""
    from whygrad.lint import patterns

    return patterns
