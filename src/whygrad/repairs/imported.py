"""A file comes in; what libraries are called in it goes out: `T.math.log` is "tensorflow.math.log" after `import tensorflow as T`."""

from __future__ import annotations

from functools import lru_cache

from whygrad import syntax as ast
from whygrad.model import Edit
from whygrad.repairs.edits import inserted
from whygrad.repairs.file import FUNCTIONS, SourceFile

TENSORFLOW = ("tensorflow", "tensorflow.compat.v1", "tensorflow.compat.v2")

KERAS = ("keras", "tf_keras", "tensorflow.keras")

# Other doors to the same functions.
SAME = {
    "tensorflow.compat.v1": "tensorflow",
    "tensorflow.compat.v2": "tensorflow",
    "tensorflow.keras": "keras",
    "tf_keras": "keras",
    "tensorflow.math": "tensorflow",
    "tensorflow.python.keras": "keras",
}


@lru_cache(maxsize=16)
def imported(file: SourceFile) -> dict[str, str]:
    """The names that imports bind, with what they stand for. Names that are bound in any other way too are left out."""
    found: dict[str, str] = {}
    for node in file.nodes:
        if isinstance(node, ast.Import):
            found.update((a.asname, a.name) if a.asname else (a.name.partition(".")[0],) * 2 for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update((a.asname or a.name, f"{node.module}.{a.name}") for a in node.names)
    return {name: origin for name, origin in found.items() if name not in _other_bindings(file)}


def dotted(file: SourceFile, node: ast.AST) -> str:
    """The origin of a name or attribute: "numpy.mean", "tensorflow.round", "keras.ops.sign", a builtin's own name. Empty where it is not known."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    known = imported(file)
    if node.id in known:
        return _one_door(".".join([known[node.id], *parts]))
    builtin = node.id in ("float", "int", "list", "zip") and not parts and node.id not in _other_bindings(file)
    return node.id if builtin else ""


def called(file: SourceFile, node: ast.AST | None) -> str:
    """What a call calls, as `dotted`; empty for what is no call."""
    return dotted(file, node.func) if isinstance(node, ast.Call) else ""


@lru_cache(maxsize=64)
def name_of(file: SourceFile, module: str) -> str:
    """What `module` is called everywhere in the file; empty where no import at the top of it says so."""
    known = imported(file)
    for node in file.tree.body:
        for alias in node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else ():
            name = alias.asname or alias.name.partition(".")[0]
            if known.get(name, "") == module or (module == "tensorflow" and known.get(name) in TENSORFLOW):
                return name
    return ""


def tensorflow(file: SourceFile) -> str:
    """What TensorFlow is called: its name in the file, or `tf`, which `import_line` then brings in. Empty where `tf` is something else."""
    return name_of(file, "tensorflow") or ("" if "tf" in file.words else "tf")


def keras(file: SourceFile) -> str:
    """What Keras is called: a name of its own, or `tf.keras` where nothing but TensorFlow is imported. Empty where that is not clear."""
    known = imported(file)
    named = [name for name, origin in known.items() if origin in KERAS]
    if len(named) == 1:
        return named[0]
    others = any(origin.partition(".")[0] in ("keras", "tf_keras") for origin in known.values())
    tf = name_of(file, "tensorflow")
    return f"{tf}.keras" if tf and not named and not others else ""


def import_line(file: SourceFile) -> Edit | None:
    """`import tensorflow as tf` before the first import; None where TensorFlow has a name or the file has no import."""
    if name_of(file, "tensorflow"):
        return None
    first = next((n for n in file.tree.body if isinstance(n, ast.Import) or (isinstance(n, ast.ImportFrom) and n.module != "__future__")), None)
    return None if first is None else inserted(file, file.span(first)[0], "import tensorflow as tf\n")


def through_ops(file: SourceFile, node: ast.AST) -> str:
    """What `keras.ops` is called where `node` calls one of its functions, or where the file has no TensorFlow; else empty."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and dotted(file, node.func).startswith("keras.ops."):
        return file.code(node.func.value)
    ops = name_of(file, "keras.ops")
    return ops if ops and not name_of(file, "tensorflow") else ""


def _one_door(origin: str) -> str:
    for door, same in SAME.items():
        if origin == door or origin.startswith(f"{door}."):
            return _one_door(same + origin[len(door) :])
    return origin


@lru_cache(maxsize=16)
def _other_bindings(file: SourceFile) -> set[str]:
    found: set[str] = set()
    for node in file.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
    return found
