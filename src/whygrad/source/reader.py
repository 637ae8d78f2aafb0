"""The tree of one file in; its `File` out: one walk that notes scopes, definitions, stores, mutations and calls in the order of the text."""

from __future__ import annotations

import ast

from whygrad.source.scopes import (
    MUTATORS,
    Block,
    Comprehension,
    Definition,
    File,
    Function,
    Key,
    Kind,
    Mutation,
    Position,
    Scope,
    ScopeNode,
    Store,
    constant_key,
    parameters,
    unpack,
    unpack_each,
)

# Kinds of nodes that are read like another kind.
_SAME = {
    **dict.fromkeys(("ListComp", "SetComp", "DictComp", "GeneratorExp"), "comprehension"),
    **dict.fromkeys(("Yield", "YieldFrom"), "visit_Return"),
    "AsyncFor": "visit_For",
    "AsyncWith": "visit_With",
    "TryStar": "visit_Try",
    "AsyncFunctionDef": "visit_FunctionDef",
}


def read_scopes(path: str, lines: tuple[str, ...], tree: ast.Module) -> File:
    """One pass over the file."""
    file = File(path, lines, tree)
    reader = _Reader(file, Scope(tree, path, "<module>", None))
    reader.block(tree.body, reader.new_block(tree, "body"), ())
    return file


class _Reader(ast.NodeVisitor):
    """Where the walk is: in which scope, at which position."""

    def __init__(self, file: File, module: Scope) -> None:
        self.file = file
        self.scope = file.scopes[module.node] = module
        self.order = 0
        self.at = Position(0, ())
        self.indices: list[int] = []

    # Order

    def new_block(self, owner: ast.AST, field: str, loop: bool = False) -> int:
        self.file.blocks.append(Block(owner, field, loop))
        self.indices.append(0)
        return len(self.indices) - 1

    def block(self, statements: list[ast.stmt], block: int, outside: tuple[tuple[int, int], ...]) -> None:
        before = self.at
        for statement in statements:
            self.order += 1
            self.indices[block] += 1
            self.at = Position(self.order, (*outside, (block, self.indices[block])))
            self.visit(statement)
        self.at = before

    def inner(self, owner: ast.AST, field: str) -> None:
        """A block that runs or not."""
        self.block(getattr(owner, field), self.new_block(owner, field), self.at.trail)

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, (ast.expr, ast.stmt)):
            self.file.scope_of[node] = self.scope
            self.file.position_of[node] = self.at
        method = _SAME.get(type(node).__name__)
        if method is None:
            super().visit(node)
        else:
            getattr(self, method)(node)

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        self.inner(node, "body")
        self.inner(node, "orelse")

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        body = self.new_block(node, "body", loop=True)
        outside = self.at
        self.at = Position(outside.order, (*outside.trail, (body, 0)))
        self.bind_each(node.target, node.iter)
        self.at = outside
        self.block(node.body, body, outside.trail)
        self.inner(node, "orelse")

    def visit_While(self, node: ast.While) -> None:
        body = self.new_block(node, "body", loop=True)
        outside = self.at
        self.at = Position(outside.order, (*outside.trail, (body, 0)))  # the test runs again with each round
        self.visit(node.test)
        self.at = outside
        self.block(node.body, body, outside.trail)
        self.inner(node, "orelse")

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, item.context_expr)
        *outside, (block, _) = self.at.trail
        self.block(node.body, block, tuple(outside))

    def visit_Try(self, node: ast.Try) -> None:
        self.inner(node, "body")
        for handler in node.handlers:
            self.inner(handler, "body")
        self.inner(node, "orelse")
        self.inner(node, "finalbody")

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        for case in node.cases:
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    self.define(Definition(name, "assign", part, self.at, node.subject))
            if case.guard is not None:
                self.visit(case.guard)
            self.inner(case, "body")

    # Scopes

    def enter(self, node: ScopeNode, name: str) -> Scope:
        """A new scope becomes the current one; the one before is returned."""
        before = self.scope
        prefix = "" if isinstance(before.node, ast.Module) else before.name + ("." if isinstance(before.node, ast.ClassDef) else ".<locals>.")
        self.scope = self.file.scopes[node] = Scope(node, self.file.path, prefix + name, before)
        return before

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self.define(Definition(node.name, "function", node, self.at))
        self.function(node, node.name)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.function(node, "<lambda>")

    def function(self, node: Function, name: str) -> None:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        before = self.enter(node, name)
        for parameter in parameters(node):
            self.define(Definition(parameter.arg, "parameter", parameter, Position(self.order - 0.5, ())))
        if isinstance(node, ast.Lambda):
            self.scope.returns.append(node.body)
            self.visit(node.body)
        else:
            self.block(node.body, self.new_block(node, "body"), ())
        self.scope = before

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        self.define(Definition(node.name, "class", node, self.at))
        before = self.enter(node, node.name)
        self.block(node.body, self.new_block(node, "body"), ())
        self.scope = before

    def comprehension(self, node: Comprehension) -> None:
        first = node.generators[0]
        self.visit(first.iter)
        before, at = self.enter(node, f"<{type(node).__name__.lower()}>"), self.at
        for generator in node.generators:
            if generator is not first:
                self.visit(generator.iter)
            self.at = Position(self.order - 0.5, ())
            self.bind_each(generator.target, generator.iter)
            self.at = at
            for condition in generator.ifs:
                self.visit(condition)
        for result in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self.visit(result)
        self.scope = before

    def visit_Global(self, node: ast.Global) -> None:
        self.scope.outer.update(dict.fromkeys(node.names, "global"))

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.outer.update(dict.fromkeys(node.names, "nonlocal"))

    def visit_Return(self, node: ast.Return | ast.Yield | ast.YieldFrom) -> None:
        if node.value is not None:
            self.visit(node.value)
            if isinstance(self.scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.scope.returns.append(node.value)

    # Definitions

    def define(self, definition: Definition) -> None:
        """Into the current scope, or the one that `global` and `nonlocal` name; a walrus leaves its comprehension."""
        scope, name = self.scope, definition.name
        while isinstance(definition.node, ast.NamedExpr) and isinstance(scope.node, Comprehension) and scope.parent:
            scope = scope.parent
        declared = scope.outer.get(name)
        if declared is not None:
            scope = _declared_scope(scope, name, declared == "global")
            definition = Definition(name, definition.kind, definition.node, definition.at, definition.value, definition.key, foreign=True)
        scope.definitions.setdefault(name, []).append(definition)

    def bind(self, target: ast.expr, value: ast.expr) -> None:
        self.visit(target)
        for part, source, key in unpack(target, value):
            self.bind_one(part, source, key)

    def bind_each(self, target: ast.expr, iterable: ast.expr) -> None:
        self.visit(target)
        for part, source, key in unpack_each(target, iterable):
            self.bind_one(part, source, key)

    def bind_one(self, target: ast.expr, value: ast.expr | None, key: Key, kind: Kind = "assign") -> None:
        if isinstance(target, ast.Name):
            self.define(Definition(target.id, kind, target, self.at, value, key))
        if isinstance(self.scope.node, ast.ClassDef) and isinstance(target, ast.Name) and value is not None:
            self.file.stores.setdefault(target.id, []).append(Store(target, value, key))
        elif isinstance(target, ast.Attribute) and value is not None:
            self.file.stores.setdefault(target.attr, []).append(Store(target, value, key))
        elif isinstance(target, ast.Subscript) and value is not None:
            self.mutate(target.value, value, constant_key(target.slice))

    def mutate(self, target: ast.expr, value: ast.expr, key: Key = None) -> None:
        self.file.mutations.append(Mutation(target, value, key, self.at, self.scope))

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.bind(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self.bind(node.target, node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.target)
        self.visit(node.value)
        self.bind_one(node.target, node.value, None, "augmented")

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.target)
        self.visit(node.value)
        self.define(Definition(node.target.id, "assign", node, Position(self.at.order - 0.25, self.at.trail), node.value))

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        self.file.calls.append(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            for value in (*node.args, *(k.value for k in node.keywords)):
                self.mutate(node.func.value, value)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.file.imports[name] = alias.name if alias.asname else name
            self.define(Definition(name, "import", node, self.at))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.file.stars.append(module)
                continue
            name = alias.asname or alias.name
            self.file.imports[name] = module + alias.name if module.endswith(".") else f"{module}.{alias.name}"
            self.define(Definition(name, "import", node, self.at))


def _declared_scope(scope: Scope, name: str, is_global: bool) -> Scope:
    """Where a `global` or `nonlocal` name lives."""
    outer = scope.parent
    while outer is not None and outer.parent is not None and (is_global or name not in outer.definitions):
        outer = outer.parent
    return outer or scope
