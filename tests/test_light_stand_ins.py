"""`whygrad.dataclass` and `whygrad.syntax` do what the library's own modules do."""

from __future__ import annotations

import ast
import copy
import dataclasses
import pickle
from pathlib import Path

import pytest

from whygrad import syntax
from whygrad.dataclass import asdict, dataclass, field, replace

PROGRAMS = sorted(Path(__file__).parents[1].glob("corpus/*/broken.py"))[:20]


@dataclass(frozen=True, slots=True)
class Point:
    """A place."""

    x: int
    y: int = 2
    marks: tuple[str, ...] = ()

    @property
    def both(self) -> int:
        return self.x + self.y


@dataclass(slots=True, eq=False)
class Box:
    point: Point
    items: dict[str, Point] = field(default_factory=dict)
    later: int = field(init=False)


def test_values() -> None:
    point = Point(1, marks=("a",))
    assert (point.x, point.y, point.both, Point.__doc__) == (1, 2, 3, "A place.")
    assert point == Point(1, 2, ("a",)) != Point(2, 2, ("a",))
    assert len({point, Point(1, 2, ("a",)), Point(1)}) == 2
    assert repr(point) == "Point(x=1, y=2, marks=('a',))"
    assert point != (1, 2, ("a",))
    assert not hasattr(point, "__dict__")
    with pytest.raises(TypeError):
        Point()  # type: ignore[call-arg]


def test_a_frozen_value_stays_as_it_is() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="'x'"):
        point.x = 3  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.y  # type: ignore[misc]
    assert point == Point(1)


def test_identity_and_factories() -> None:
    one, other = Box(Point(1)), Box(Point(1))
    assert one != other
    assert one.items is not other.items
    assert not hasattr(one, "later")
    one.later = 3
    assert one.later == 3


def test_copies() -> None:
    point = Point(1)
    assert replace(point, y=5) == dataclasses.replace(point, y=5) == Point(1, 5)
    assert pickle.loads(pickle.dumps(point)) == copy.deepcopy(point) == point


def test_it_counts_as_a_dataclass() -> None:
    box = Box(Point(1), {"a": Point(2)})
    box.later = 1
    assert dataclasses.is_dataclass(Box)
    assert [f.name for f in dataclasses.fields(box)] == ["point", "items", "later"]
    assert asdict(box) == dataclasses.asdict(box)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.parent.name)
def test_trees(program: Path) -> None:
    text = program.read_text("utf-8")
    tree = syntax.parse(text)
    assert ast.dump(tree) == ast.dump(ast.parse(text))
    assert list(syntax.walk(tree)) == [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
    for node in syntax.walk(tree):
        below = [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr_context)]
        assert list(syntax.iter_child_nodes(node)) == below
        assert syntax.unparse(node) == ast.unparse(node)
        assert list(syntax.iter_fields(node)) == list(ast.iter_fields(node))
