"""Text of a program comes in; its syntax tree goes out. What `ast` offers, under the same names, without the modules that `ast` imports for itself,
and with a `walk` that leaves out what nobody looks at: whether a name is read or written."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ast import *  # noqa: F403
else:
    from _ast import *  # noqa: F403
    from _ast import AST, Attribute, Constant, Name, PyCF_ONLY_AST, expr_context

    def parse(source: str | bytes, *, mode: str = "exec") -> AST:
        """Raises SyntaxError, ValueError, RecursionError and MemoryError."""
        return compile(source, "<unknown>", mode, PyCF_ONLY_AST, dont_inherit=True)

    def iter_fields(node: AST) -> list[tuple[str, object]]:
        """The fields with their values."""
        return [(name, getattr(node, name)) for name in node._fields if hasattr(node, name)]

    def iter_child_nodes(node: AST) -> list[AST]:
        """The nodes directly below, in the order of the text."""
        found: list[AST] = []
        for name in node._fields:
            child = getattr(node, name, None)
            if child.__class__ is list:
                found += [item for item in child if isinstance(item, AST)]
            elif isinstance(child, AST) and not isinstance(child, expr_context):
                found.append(child)
        return found

    def walk(node: AST) -> list[AST]:
        """The node and all below it, level by level."""
        found = [node]
        for parent in found:  # which grows meanwhile
            for name in PARTS[parent.__class__]:
                child = getattr(parent, name, None)
                if child.__class__ is list:
                    found += [item for item in child if isinstance(item, AST)]
                elif isinstance(child, AST):
                    found.append(child)
        return found

    def copy_location(new: AST, old: AST) -> AST:
        """`new`, at the place of `old`."""
        for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
            if hasattr(old, name):
                setattr(new, name, getattr(old, name))
        return new

    def unparse(node: AST) -> str:
        """The node as text. All but `a.b.c` and `0.5` is rare, so that the real `ast` is imported here."""
        words: list[str] = []
        inner = node
        while isinstance(inner, Attribute):
            words.append(inner.attr)
            inner = inner.value
        if isinstance(inner, Name):
            return ".".join([inner.id, *reversed(words)])
        if isinstance(node, Constant) and type(node.value) in (int, float, bool, type(None)) and "inf" not in repr(node.value):
            return repr(node.value)
        import ast

        return ast.unparse(node)

    def get_docstring(node: AST, clean: bool = True) -> str | None:
        """As `ast.get_docstring`."""
        import ast

        return ast.get_docstring(node, clean)


class _Parts(dict[type, tuple[str, ...]]):
    """For each class of nodes the fields in which other nodes may be."""

    def __missing__(self, kind: type) -> tuple[str, ...]:
        fields: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]
        self[kind] = tuple(name for name in fields if name not in _NO_NODES)
        return self[kind]


_NO_NODES = frozenset({"arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "lineno", "module", "simple", "type_comment"})
PARTS = _Parts()
