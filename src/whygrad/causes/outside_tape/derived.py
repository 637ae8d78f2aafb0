"""A value that a constructor computes from variables, once, comes in; a property that computes it at every reading goes out.

self.chol = tf.linalg.cholesky(cov + noise)     self.noise = noise
                                                ...
                                                @property
                                                def chol(self):
                                                    return tf.linalg.cholesky(self.cov + self.noise)
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.dataclass import dataclass, field
from whygrad.model import Edit, Fix
from whygrad.repairs.edits import changed, deleted, inserted
from whygrad.repairs.file import SourceFile, names, uses
from whygrad.repairs.imported import dotted
from whygrad.repairs.pure import is_pure

CONSTRUCTORS = ("__init__", "build")
MOST_LINES = 8


@dataclass(slots=True)
class _Plan:
    """`lines`: the statements that the property runs, in order; the last one stores the attribute. `owned`: parameters with where `self` has them."""

    owner: ast.ClassDef
    method: ast.FunctionDef
    lines: list[ast.Assign]
    owned: dict[str, str] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)  # parameters that `self` has to keep from now on

    @property
    def me(self) -> str:
        return self.method.args.args[0].arg


def in_a_constructor(file: SourceFile, node: ast.expr) -> Fix | None:
    """None unless the value ends in one attribute that nothing else stores, and may be computed again at any time."""
    plan = _plan(file, node)
    if plan is None or not _is_repeatable(file, plan) or not _parameters(file, plan):
        return None
    last = plan.lines[-1]
    target = last.targets[0]
    edits = _edits(file, plan)
    if edits is None or not isinstance(target, ast.Attribute):
        return None
    return Fix(f"compute `{file.code(target)}` at every reading: a property, under the tape", edits=edits)


def _plan(file: SourceFile, node: ast.expr) -> _Plan | None:
    method, statement = file.function(node), file.statement(node)
    owner = None if method is None else file.parent(method)
    plain = isinstance(method, ast.FunctionDef) and method.name in CONSTRUCTORS and isinstance(owner, ast.ClassDef) and method.args.args
    if not plain or not isinstance(method, ast.FunctionDef) or not isinstance(owner, ast.ClassDef) or statement not in method.body:
        return None
    lines = _chain(file, method, statement)
    return None if lines is None else _Plan(owner, method, lines)


def _chain(file: SourceFile, method: ast.FunctionDef, first: ast.stmt | None) -> list[ast.Assign] | None:
    """From the first statement to the one that stores the attribute, with what else in the method their values are made of."""
    chain: list[ast.Assign] = []
    current = first
    while True:
        if not isinstance(current, ast.Assign) or len(current.targets) != 1 or len(chain) > MOST_LINES:
            return None
        chain.append(current)
        target = current.targets[0]
        if isinstance(target, ast.Attribute):
            return _with_sources(file, method, chain)
        readers = _readers(file, method, target.id) if isinstance(target, ast.Name) else []
        if len(readers) != 1 or readers[0] not in method.body:
            return None
        current = readers[0]


def _readers(file: SourceFile, method: ast.FunctionDef, name: str) -> list[ast.stmt]:
    found = [file.statement(use) for use in uses(method, name)]
    return [s for i, s in enumerate(found) if s is not None and s not in found[:i]]


def _with_sources(file: SourceFile, method: ast.FunctionDef, chain: list[ast.Assign]) -> list[ast.Assign] | None:
    """Local names that the chain reads are made there as well."""
    wanted = list(chain)
    for statement in wanted:
        for name in names(statement.value, ast.Load):
            makers = [s for s in ast.walk(method) if isinstance(s, ast.stmt) and name in _bound_by(s)]
            if len(makers) > 1 or any(not isinstance(m, ast.Assign) or m not in method.body for m in makers):
                return None
            wanted += [m for m in makers if isinstance(m, ast.Assign) and m not in wanted]
    return sorted(wanted, key=method.body.index) if len(wanted) <= MOST_LINES else None


def _bound_by(statement: ast.stmt) -> set[str]:
    """Names that the statement itself binds, not those of statements in it."""
    parts = [n for n in ast.iter_child_nodes(statement) if not isinstance(n, ast.stmt)]
    return {n for part in parts for n in names(part, ast.Store)}


def _is_repeatable(file: SourceFile, plan: _Plan) -> bool:
    target = plan.lines[-1].targets[0]
    if not isinstance(target, ast.Attribute) or file.code(target.value) != plan.me or plan.owner.decorator_list:
        return False
    stored = [n for n in file.nodes if isinstance(n, ast.Attribute) and n.attr == target.attr and not isinstance(n.ctx, ast.Load)]
    taken = [s for s in plan.owner.body if getattr(s, "name", "") == target.attr or target.attr in _bound_by(s)]
    plain = all(isinstance(s.targets[0], ast.Name) for s in plan.lines[:-1]) and all(_is_known(file, base) for base in plan.owner.bases)
    slots = [n for n in ast.walk(plan.owner) if isinstance(n, ast.Constant) and n.value == target.attr]  # or of `setattr`
    early = [n for n in ast.walk(plan.method) if isinstance(n, ast.Attribute) and n.attr == target.attr and isinstance(n.ctx, ast.Load)]
    return plain and len(stored) == 1 and not (taken or slots or early) and all(is_pure(file, s.value) for s in plan.lines)


def _is_known(file: SourceFile, base: ast.expr) -> bool:
    """A base class that does not store attributes of other names: of the libraries, or of this file."""
    own = [n for n in file.nodes if isinstance(n, ast.ClassDef) and n.name == file.code(base)]
    return len(own) == 1 or dotted(file, base).startswith(("tensorflow.", "keras.")) or file.code(base) == "object"


def _parameters(file: SourceFile, plan: _Plan) -> bool:
    """Parameters of the constructor are read from `self`, which keeps them already or from now on. False where its attributes change later."""
    arguments = [a.arg for a in (*plan.method.args.args[1:], *plan.method.args.kwonlyargs)]
    read = {name for s in plan.lines for name in names(s.value, ast.Load)}
    attributes = {n.attr for n in ast.walk(plan.owner) if isinstance(n, ast.Attribute)}
    if names(plan.method, ast.Store) & set(arguments) & read:
        return False  # bound anew: two values of one name
    for name in [a for a in arguments if a in read]:
        kept = [s for s in plan.method.body if isinstance(s, ast.Assign) and isinstance(s.value, ast.Name) and s.value.id == name]
        held = next((t for s in kept for t in s.targets if isinstance(t, ast.Attribute) and file.code(t.value) == plan.me), None)
        if held is None and name in attributes:
            return False
        plan.owned[name] = f"{plan.me}.{held.attr if held is not None else name}"
        plan.new += [name] if held is None else []
    starred = {a.arg for a in (plan.method.args.vararg, plan.method.args.kwarg) if a is not None}
    used = {n.attr for s in plan.lines for n in ast.walk(s.value) if isinstance(n, ast.Attribute)}
    used |= {code.rpartition(".")[2] for code in plan.owned.values()}
    return not read & starred and all(_stores(plan.owner, attribute) <= 1 for attribute in used)


def _stores(owner: ast.ClassDef, attribute: str) -> int:
    return sum(isinstance(n, ast.Attribute) and n.attr == attribute and not isinstance(n.ctx, ast.Load) for n in ast.walk(owner))


def _edits(file: SourceFile, plan: _Plan) -> tuple[Edit, ...] | None:
    last, outer, inner = plan.lines[-1], file.indent(plan.method), file.indent(plan.lines[-1])
    target = last.targets[0]
    if outer is None or inner is None or any(file.indent(s) is None for s in plan.lines) or not isinstance(target, ast.Attribute):
        return None
    body = [f"{inner}{_written(file, plan, s)}" for s in plan.lines[:-1]]
    value = _written(file, plan, last, value_only=True)
    text = "\n".join((f"{outer}@property", f"{outer}def {target.attr}({plan.me}):", *body, f"{inner}return {value}"))
    gone = [s for s in plan.lines[:-1] if _is_read_there_only(file, plan, s)]
    if len(gone) + 1 == len(plan.method.body) and not plan.new:
        return None  # nothing would be left of the constructor
    kept = f"\n{inner}".join(f"{plan.me}.{name} = {name}" for name in plan.new)
    start, end = file.span(last)
    edits = [changed(file, start, file.line_end(end), kept) if kept else deleted(file, last), *(deleted(file, s) for s in gone)]
    place = inserted(file, file.line_end(file.span(plan.method)[1]), f"\n\n{text}")
    found = [e for e in edits if e is not None]
    return _apart(file, plan, found, place) if len(found) == len(edits) else None


def _is_read_there_only(file: SourceFile, plan: _Plan, statement: ast.Assign) -> bool:
    made = names(statement.targets[0], ast.Store)
    return all(_among(file, use, plan.lines) for name in made for use in uses(plan.method, name))


def _among(file: SourceFile, use: ast.AST, lines: list[ast.Assign]) -> bool:
    return any(file.inside(use, s) for s in lines)


def _apart(file: SourceFile, plan: _Plan, edits: list[Edit], place: Edit) -> tuple[Edit, ...]:
    """Where the last line of the constructor goes, the property begins in its place: two edits may not touch."""
    last = plan.lines[-1]
    if plan.method.body[-1] is last and edits[0].replacement == "":
        start, end = file.line_start(file.span(last)[0]), file.line_end(file.span(last)[1])
        return (Edit(file.place(start, end), place.replacement[1:]), *edits[1:])
    return (*edits, place)


def _written(file: SourceFile, plan: _Plan, statement: ast.Assign, value_only: bool = False) -> str:
    """The statement as it is written, its comment too, with what `self` has in the place of parameters."""
    (start, end), text = file.span(statement), file.code(statement)
    for use in sorted((u for name in plan.owned for u in uses(statement.value, name)), key=lambda u: -file.span(u)[0]):
        first, last = (at - start for at in file.span(use))
        text = text[:first] + plan.owned[use.id] + text[last:]
    if value_only:
        text = text[file.span(statement.targets[0])[1] - start :].partition("=")[2].lstrip(" ")
    return (text + file.text[end : file.line_end(end)]).rstrip()
