"""The expression that a list of variables was taken with comes in; the line that takes it again elsewhere goes out, in the names that hold there."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.repairs.file import FUNCTIONS, SourceFile, names


def kept(file: SourceFile, taken: ast.expr | None) -> tuple[ast.Assign, str] | None:
    """The assignment that keeps the list, and its only target: `self.weights = model.trainable_variables`."""
    statement = None if taken is None else file.statement(taken)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or "\n" in file.code(statement.value):
        return None
    target = statement.targets[0]
    return (statement, file.code(target)) if isinstance(target, (ast.Name, ast.Attribute)) else None


def read_again(file: SourceFile, taken: ast.expr, there: ast.stmt) -> str | None:
    """The line to write before `there`, which reads the list. None where it is read before in that function, or its names are others there."""
    found = kept(file, taken)
    if found is None:
        return None
    statement, target = found
    code, home = _in_other_names(file, statement, there), file.home(there)
    reads = [n for n in ast.walk(home) if isinstance(n, (ast.Name, ast.Attribute)) and isinstance(n.ctx, ast.Load) and file.code(n) == target]
    begin = file.span(there)[0]
    mine = [n for n in reads if file.home(n) is home]
    earlier = [n for n in mine if file.span(n)[0] < begin and file.span(n)[0] > file.span(statement)[0]]
    here = any(file.inside(n, there) for n in mine)
    if code is None or not here or (earlier and isinstance(home, FUNCTIONS)):
        return None
    return f"{target} = {code}"


def _in_other_names(file: SourceFile, statement: ast.Assign, there: ast.stmt) -> str | None:
    """The value of the assignment as it is written in the function of `there`."""
    code, here, home = file.code(statement.value), file.home(statement), file.home(there)
    if here is home:
        return code
    if not isinstance(home, FUNCTIONS):
        return None
    read = names(statement.value, ast.Load)
    local = {a.arg for a in home.args.args} | names(home, ast.Store)
    if here is file.tree:
        return None if read & local else code
    return _of_self(file, statement, home)


def _of_self(file: SourceFile, statement: ast.Assign, home: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """What the constructor calls `model` is `self.model` in another method of the class, where it keeps it under that name."""
    here, owner = file.function(statement), file.parent(home)
    target = statement.targets[0]
    of_self = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
    if here is None or not isinstance(owner, ast.ClassDef) or file.parent(here) is not owner or not of_self:
        return None
    own = {a.arg for a in here.args.args} | names(here, ast.Store)
    stores = [s for s in here.body if isinstance(s, ast.Assign) and len(s.targets) == 1 and isinstance(s.value, ast.Name)]
    known = {s.value.id: file.code(s.targets[0]) for s in stores if isinstance(s.value, ast.Name) and file.code(s.targets[0]).startswith("self.")}
    code, (start, _) = file.code(statement.value), file.span(statement.value)
    read = [n for n in ast.walk(statement.value) if isinstance(n, ast.Name)]
    for n in sorted(read, key=lambda n: -file.span(n)[0]):
        if n.id == "self" or n.id not in own:
            continue
        if n.id not in known:
            return None
        first, last = file.span(n)
        code = code[: first - start] + known[n.id] + code[last - start :]
    return code
