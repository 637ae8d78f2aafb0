"""The user's files in; where a value comes from, where a name is defined, who encloses a place, out. Nothing is imported or run."""

from __future__ import annotations

import ast
import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from whygrad.model import Location
from whygrad.source import text as source_text
from whygrad.source.answers import CallInfo, FunctionInfo, Step
from whygrad.source.backwards import Chain, Place, inputs
from whygrad.source.calls import arguments, link
from whygrad.source.functions import FUNCTIONS, element_assignment, first_lines, own_returns, slipped, unreturned, updated
from whygrad.source.names import dotted, index, name_definitions
from whygrad.source.reaching import may_follow, owner
from whygrad.source.reader import read_scopes
from whygrad.source.scopes import Comprehension, Definition, File, Scope, parameters
from whygrad.source.stepping import is_stepped

WHOLE = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)  # what stands inside need not be in their value
STATES_PER_STEP = 30  # places looked at for each expression that may be given back, before the search ends


class Program:
    """The user's files, parsed once. Files that are missing or do not parse are left out, and every question about them has no answer."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], str | None]) -> None:
        self._files: dict[str, File] = {}
        for path in dict.fromkeys(paths):
            file = _parse(path, read(path))
            if file is not None:
                self._files[path] = file
        self._names = index(self._files)
        self._calls = link(self._names)
        self._nodes = {path: source_text.index(file.tree) for path, file in self._files.items()}

    def origins(self, location: Location, limit: int = 400) -> Iterator[Step]:
        """The expressions that the value at `location` comes from, nearest first, each once; the first is the one at `location`."""
        seen: set[ast.expr] = set()
        for chain in self._search(location, limit):
            if chain.place.node not in seen:
                seen.add(chain.place.node)
                yield self._step(chain.place.node)
            if len(seen) >= limit:
                return

    def derives(self, sink: Location, origin: Location) -> tuple[Step, ...] | None:
        """The expressions from `sink` back to the one at `origin`; None when the value at `sink` does not come from there."""
        file = self._files.get(origin.path)
        if file is None:
            return None
        wanted = source_text.span_of(file.lines, origin)
        known = isinstance(self._nodes[origin.path].get(wanted), ast.expr)
        for chain in self._search(sink, 4000):
            if chain.file is file and self._matches(chain.place.node, wanted, known):
                return tuple(self._step(node) for node in chain.nodes())
        return None

    def definition(self, location: Location) -> Location | None:
        """The value that the name or attribute at `location` was given last before it: in the same function, else anywhere."""
        node = self._expression(location)
        if isinstance(node, ast.Name):
            return self._name_definition(node, self._files[location.path])
        if isinstance(node, ast.Attribute):
            return self._attribute_definition(node, self._files[location.path])
        return None

    def call_at(self, location: Location) -> CallInfo | None:
        """The call at `location`, or the outermost one inside it."""
        node = self._expression(location)
        call = next((n for n in ast.walk(node) if isinstance(n, ast.Call)), None) if node is not None else None
        if call is None:
            return None
        file = self._files[location.path]
        args = tuple(self._location(a, file) for a in call.args)
        keywords = {k.arg or "**": self._location(k.value, file) for k in call.keywords}
        return CallInfo(self._location(call, file), self._callee(call, file), self._location(call.func, file), args, keywords)

    def function_at(self, location: Location) -> FunctionInfo | None:
        """The innermost function around `location` (or at it)."""
        file = self._files.get(location.path)
        if file is None:
            return None
        where = source_text.span_of(file.lines, location)
        around = [s for n, s in file.scopes.items() if isinstance(n, FUNCTIONS) and source_text.covers(source_text.span(n), where)]
        return self._function(max(around, key=lambda s: source_text.span(s.node)[:2]), file) if around else None  # type: ignore[arg-type]

    def returns(self, definition: Location) -> tuple[Location, ...]:
        """The return statements of the function whose `def` stands on the first line of `definition`, those of functions inside it left out."""
        file = self._files.get(definition.path)
        found = self._function_from(definition)
        if file is None or found is None:
            return ()
        if isinstance(found, ast.Lambda):
            return (self._location(found.body, file),)
        return tuple(source_text.location_in(file.lines, file.path, source_text.span(n), definition.function) for n in own_returns(found))

    def unreturned(self, location: Location) -> Location | None:
        """What the function at `location` (its `def`, or a call of it) computes in its last line, where it returns nothing."""
        node, found = self._expression(location), self._function_from(location)
        sites = self._calls.by_call.get(node, []) if isinstance(node, ast.Call) else []
        if found is None or isinstance(found, ast.Lambda):
            found = sites[0].function.node if len(sites) == 1 else None
        value = unreturned(found) if found is not None else None
        file = self._file_of(value) if value is not None else None
        return None if value is None or file is None else self._location(value, file)

    def slipped(self, definition: Location) -> Location | None:
        """The value of a returned name of the function that begins there which was most likely meant to read another parameter."""
        file, found = self._files.get(definition.path), self._function_from(definition)
        value = None if found is None or isinstance(found, ast.Lambda) else slipped(found)
        return None if file is None or value is None else self._location(value, file)

    def _function_from(self, definition: Location) -> ast.AST | None:
        """The function whose `def` stands on the first line of `definition`."""
        file = self._files.get(definition.path)
        nodes = file.scopes if file else ()
        return next((n for n in nodes if isinstance(n, FUNCTIONS) and definition.line in first_lines(n)), None)

    def assignments_after(self, location: Location, name: str) -> tuple[Location, ...]:
        """The values that `name` is given in the same function after `location`; those that a loop around it brings back come last."""
        file, node = self._files.get(location.path), self._expression(location)
        if file is None or node is None:
            return ()
        place = file.position_of[node]
        home, _ = owner(file.scope_of[node], name)
        found = [d for d in (home.definitions.get(name, ()) if home else ()) if d.kind in ("assign", "augmented") and not d.foreign]
        found = [d for d in found if may_follow(d.at, place, file.blocks)]
        ordered = sorted(found, key=lambda d: (d.at.order < place.order, d.at.order))
        return tuple(self._location(d.value, file) for d in ordered if d.value is not None)

    def steps(self, asked: Location, sources: Location) -> bool:
        """Does the program step what stands at `sources` along the gradients that are asked for at `asked`?"""
        call, listed, behind = self._expression(asked), self._expression(sources), self.definition(sources)
        parts = [e for e in (listed, self._expression(behind) if behind else None) if e is not None]
        return isinstance(call, ast.Call) and bool(parts) and is_stepped(self._calls, call, parts, self._files[asked.path].scope_of[call])

    def put(self, sink: Location, limit: int = 400) -> Iterator[tuple[Location, Location, Location]]:
        """Each `holder[index] = value` that the value at `sink` comes through: the statement, the holder, the value."""
        for chain in self._search(sink, limit):
            file, node = chain.file, chain.place.node
            for mutation in file.mutations:
                if mutation.value is node and (statement := element_assignment(file.tree, node)) is not None:
                    where = source_text.location_in(file.lines, file.path, source_text.span(statement), file.scope_of[node].name)
                    yield where, self._location(mutation.target, file), self._location(node, file)

    def imports(self, path: str) -> Mapping[str, str]:
        """Local name -> dotted origin."""
        file = self._files.get(path)
        return {} if file is None else dict(file.imports)

    def _search(self, location: Location, limit: int) -> Iterator[Chain]:
        """Breadth first, backwards. A place is an expression with the calls entered to reach it, so that a function is left where it was entered."""
        queue = deque(Chain(Place(node), self._files[location.path], None) for node in self._roots(location))
        seen = {chain.place for chain in queue}
        for _ in range(limit * STATES_PER_STEP):
            if not queue:
                return
            chain = queue.popleft()
            yield chain
            for place in inputs(self._calls, chain.place):
                file = self._file_of(place.node)
                if place not in seen and file is not None:
                    seen.add(place)
                    queue.append(Chain(place, file, chain))

    def _roots(self, location: Location) -> list[ast.expr]:
        """The expression at a location; of a statement (all that Python 3.10 may know) the expressions in it."""
        file = self._files.get(location.path)
        if file is None:
            return []
        exact = self._nodes[location.path].get(source_text.span_of(file.lines, location))
        if isinstance(exact, ast.stmt):
            return [c for c in ast.iter_child_nodes(exact) if isinstance(c, ast.expr) and c in file.scope_of]
        found = self._expression(location)
        return [] if found is None else [found]

    def _expression(self, location: Location) -> ast.expr | None:
        """The expression at `location`, else the smallest around it, else the first inside it."""
        file = self._files.get(location.path)
        if file is None:
            return None
        where = source_text.span_of(file.lines, location)
        exact = self._nodes[location.path].get(where)
        if isinstance(exact, ast.expr):
            return exact if exact in file.scope_of else None
        expressions = [n for n in file.scope_of if isinstance(n, ast.expr)]
        around = [n for n in expressions if source_text.covers(source_text.span(n), where)]
        if around:
            return max(around, key=lambda n: (source_text.span(n)[:2], -source_text.span(n)[3]))
        inside = [n for n in expressions if source_text.covers(where, source_text.span(n))]
        return _value_of(exact, file) or min(inside, key=lambda n: (n.lineno, n.col_offset), default=None)

    def _matches(self, node: ast.expr, wanted: source_text.Span, known: bool) -> bool:
        where = source_text.span(node)
        if where == wanted or source_text.covers(wanted, where):
            return True
        opaque = isinstance(node, WHOLE) or node in self._calls.by_call
        return not known and not opaque and source_text.covers(where, wanted) and where[0] == where[2]

    def _name_definition(self, node: ast.Name, file: File) -> Location | None:
        found = name_definitions(self._names, node, file.scope_of[node])
        before = sorted(found, key=lambda d: (d.at.order < file.position_of[node].order, d.at.order))
        for definition in reversed(before):
            if definition.kind in ("assign", "augmented") and definition.value is not None:
                return self._location(definition.value, file)
            if definition.kind == "parameter":
                return self._only_argument(definition)
        return None

    def _only_argument(self, parameter: Definition) -> Location | None:
        """What the one call of a function hands to its parameter."""
        function = self._calls.function_of.get(parameter)
        sites = self._calls.by_function.get(function, []) if function is not None else []
        given = [a for site in sites for a in arguments(site, parameter)]
        file = self._file_of(given[0]) if len(given) == 1 else None
        return None if file is None else self._location(given[0], file)

    def _attribute_definition(self, node: ast.Attribute, file: File) -> Location | None:
        stores = [s for s in self._calls.stores.get(node.attr, ()) if not s.into and s.value is not node]
        scope, order = file.scope_of[node], file.position_of[node].order
        here = [s for s in stores if file.scope_of.get(s.value) is scope and file.position_of[s.value].order < order]
        near = [s for s in stores if s.value in file.scope_of]
        for store in itertools.chain(reversed(here), near, stores):
            home = self._file_of(store.value)
            if home is not None:
                return self._location(store.value, home)
        return None

    def _function(self, scope: Scope, file: File) -> FunctionInfo:
        node = scope.node
        assert isinstance(node, FUNCTIONS)
        names = tuple(p.arg for p in parameters(node))
        optional = names[len(node.args.posonlyargs + node.args.args) - len(node.args.defaults) :]
        body = node.body if isinstance(node.body, list) else [node.body]
        read = {n.id for part in body for n in ast.walk(part) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        unread = frozenset(names) - read - frozenset(optional) - {name for name in names if updated(body, name)}
        head = source_text.header(node, file.lines)
        whole = source_text.location_in(file.lines, file.path, source_text.span(node), scope.name)
        return FunctionInfo(scope.name, whole, source_text.location_in(file.lines, file.path, head, scope.name), names, unread)

    def _step(self, node: ast.expr) -> Step:
        file = self._file_of(node)
        assert file is not None
        return Step(self._location(node, file), self._callee(node, file) if isinstance(node, ast.Call) else None)

    def _callee(self, call: ast.Call, file: File) -> str:
        """`np.mean(x)` -> "numpy.mean", `x.numpy()` -> ".numpy", a user's function -> its name."""
        name = dotted(self._names, call.func, file.scope_of[call])
        sites = self._calls.by_call.get(call, [])
        if sites and not sites[0].constructor and not isinstance(sites[0].function.node, ast.Lambda):
            return sites[0].function.name
        if name is not None:
            return name
        return f".{call.func.attr}" if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)

    def _location(self, node: ast.expr, file: File) -> Location:
        scope = file.scope_of[node]
        while isinstance(scope.node, Comprehension) and scope.parent is not None:
            scope = scope.parent
        return source_text.location_in(file.lines, file.path, source_text.span(node), scope.name)

    def _file_of(self, node: ast.AST) -> File | None:
        return next((file for file in self._files.values() if node in file.scope_of), None)


def _parse(path: str, text: str | None) -> File | None:
    tree = None if text is None else source_text.parse(text)
    if text is None or tree is None:
        return None
    lines = tuple(line.rstrip("\r") for line in text.split("\n"))
    try:
        return read_scopes(path, lines, tree)
    except RecursionError:
        return None  # an expression nested a thousand levels deep


def _value_of(statement: ast.AST | None, file: File) -> ast.expr | None:
    """The expression that a statement is about."""
    value = getattr(statement, "value", None)
    return value if isinstance(value, ast.expr) and value in file.scope_of else None
