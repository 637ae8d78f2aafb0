"""A model whose Lambda layers read variables of the program comes in; those variables are listed in the place of the model's empty list.

keras.layers.Lambda(lambda t: t * scale)         keras.layers.Lambda(lambda t: t * scale)
tape.gradient(loss, model.trainable_variables)   tape.gradient(loss, [scale])
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import FUNCTIONS, SourceFile, names
from whygrad.repairs.imported import called

LAMBDA = "keras.layers.Lambda"
VARIABLES = ("tensorflow.Variable", "keras.Variable")


def read_by_lambda(file: SourceFile, node: ast.Attribute) -> Fix | None:
    """None where no Lambda layer reads variables that can be named where the list is read."""
    wanted = _variables(file)
    code = file.code(node)
    read = {name for function in _functions(file) for name in names(function, ast.Load) - _parameters(function)}
    found = [name for name in wanted if name in read]
    if not found or any(name in _local(file, node) for name in found):
        return None
    listed = f"[{', '.join(found)}]"
    places = [n for n in ast.walk(file.home(node)) if isinstance(n, ast.Attribute) and file.code(n) == code and isinstance(n.ctx, ast.Load)]
    return Fix(f"pass the variables that the Lambda layer reads: `{listed}`", edits=tuple(replaced(file, n, listed) for n in places))


def _variables(file: SourceFile) -> list[str]:
    """The names that the module gives to variables, and to nothing else."""
    stores = [n.id for n in file.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    made = [s for s in file.tree.body if isinstance(s, ast.Assign) and called(file, s.value) in VARIABLES and len(s.targets) == 1]
    return [t.id for s in made for t in s.targets if isinstance(t, ast.Name) and stores.count(t.id) == 1]


def _functions(file: SourceFile) -> list[ast.AST]:
    """What the Lambda layers of the file are given: lambdas, and functions by name."""
    given = [n.args[0] for n in file.nodes if isinstance(n, ast.Call) and called(file, n) == LAMBDA and n.args]
    by_name = {g.id for g in given if isinstance(g, ast.Name)}
    return [*(g for g in given if isinstance(g, ast.Lambda)), *(n for n in file.nodes if isinstance(n, FUNCTIONS) and n.name in by_name)]


def _local(file: SourceFile, node: ast.AST) -> set[str]:
    function = file.function(node)
    return set() if function is None else _parameters(function)


def _parameters(function: ast.AST) -> set[str]:
    return {a.arg for a in ast.walk(function) if isinstance(a, ast.arg)} | names(function, ast.Store)
