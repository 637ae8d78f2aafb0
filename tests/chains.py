"""A line like "tape; w > MatMul > Round > Mean = loss; end" in; the Build of a program that ran so, its text made up to fit, out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from build import Build

STATEMENT = re.compile(r"(?P<inputs>[\w, ]+?)\s*(?P<ops>(>\s*\w+\s*)+)=\s*(?P<name>\w+)")


def graph(text: str, sources: Sequence[str] = ()) -> Build:
    """Statements, separated by semicolons: `a, b > Op > Op = name`, `tape`, `stop` ... `go`, `end`.

    A name that nothing made is a variable, created at the top of the program; a name with an underscore before it is a constant.
    The last line of the program asks `tape.gradient(<last name>, [<sources>])`; `Build.ask` says what came back.
    """
    statements = [s.strip() for s in text.split(";") if s.strip()]
    built = Build("\n".join(_written(statements, sources)))
    under: list[object] = []
    for name in _created(statements):
        built.names[name] = (
            built.value(at=f'np.load("{name}.npy")') if name[0] == "_" else built.variable(name, at=f'tf.Variable(0.0, name="{name}")')
        )
    for statement in statements:
        found = STATEMENT.fullmatch(statement)
        if found is None:
            _enter_or_leave(built, statement, under)
            continue
        expression = found["inputs"]
        tensors = [built.names[n.strip()] for n in expression.split(",")]
        for kind in found["ops"].split(">")[1:]:
            expression = f"{kind.strip()}({expression})"
            tensors = [built.use(t, at=expression) if t in built.variables else t for t in tensors]
            tensors = [built.op(kind.strip(), *tensors, at=expression)]
        built.names[found["name"]] = tensors[0]
    return built


def _enter_or_leave(built: Build, word: str, under: list[object]) -> None:
    manager = {"tape": lambda: built.tape(at="tf.GradientTape()"), "stop": lambda: built.stopped(0, at="tape.stop_recording()")}.get(word)
    if manager is not None:
        under.append(manager())
        under[-1].__enter__()  # type: ignore[attr-defined]
    elif word in ("go", "end"):
        under.pop().__exit__(None, None, None)  # type: ignore[attr-defined]
    else:
        raise ValueError(f"not a statement of this language: {word!r}")


def _created(statements: Sequence[str]) -> list[str]:
    made: set[str] = set()
    found: dict[str, None] = {}
    for match in filter(None, map(STATEMENT.fullmatch, statements)):
        found.update((n.strip(), None) for n in match["inputs"].split(",") if n.strip() not in made)
        made.add(match["name"])
    return list(found)


def _written(statements: Sequence[str], sources: Sequence[str]) -> Iterator[str]:
    """The program that the statements stand for."""
    created, depth, last = _created(statements), 0, ""
    for name in created:
        yield f'{name} = np.load("{name}.npy")' if name[0] == "_" else f'{name} = tf.Variable(0.0, name="{name}")'
    for statement in statements:
        found = STATEMENT.fullmatch(statement)
        if found is not None:
            expression, last = found["inputs"], found["name"]
            for kind in found["ops"].split(">")[1:]:
                expression = f"{kind.strip()}({expression})"
            yield f"{'    ' * depth}{last} = {expression}"
        elif statement in ("tape", "stop"):
            yield f"{'    ' * depth}with {'tf.GradientTape() as tape' if statement == 'tape' else 'tape.stop_recording()'}:"
        depth += {"tape": 1, "stop": 1, "go": -1, "end": -1}.get(statement, 0)
    wanted = ", ".join(sources or [name for name in created if name[0] != "_"])
    yield f"tape.gradient({last}, [{wanted}])"
