"""The catalogue: found by being there, read without importing anything, complete."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from whygrad.causes import HEADINGS, OPTIONAL_HEADINGS, all_causes, find, read_causes
from whygrad.errors import UsageError
from whygrad.render.page import render_page
from whygrad.render.screen import Screen

SLUGS = tuple(all_causes())
PAGE = '''"""A pattern that is bad.

What happens
    None.

        code = 1

Why the gradient stops
    Because.
"""
import tensorflow, no_such_module
raise RuntimeError("a page is read, not run")
'''


def folder(root: Path, name: str, text: str | None = PAGE, **programs: str) -> Path:
    (root / name).mkdir()
    if text is not None:
        (root / name / "__init__.py").write_text(text, encoding="utf-8")
    for program, source in programs.items():
        (root / name / f"{program}.py").write_text(source)
    return root / name


def test_a_cause_exists_by_being_there(tmp_path: Path) -> None:
    folder(tmp_path, "second_cause")
    first = folder(tmp_path, "first_cause", broken="x", fixed="y")
    for name, text in (
        ("no_module", None),
        ("no_docstring", "x = 1\n"),
        ("_private", PAGE),
        ("__pycache__", PAGE),
        (".hidden", PAGE),
        ("blank", '""" """'),
    ):
        folder(tmp_path, name, text)
    (tmp_path / "__init__.py").write_text(PAGE)
    (tmp_path / "file.py").write_text(PAGE)
    causes = read_causes(tmp_path)
    assert list(causes) == ["first-cause", "second-cause"]
    cause = causes["first-cause"]
    assert (cause.broken, cause.fixed, causes["second-cause"].broken) == (first / "broken.py", first / "fixed.py", None)
    assert cause.title == "A pattern that is bad"
    assert cause.sections == {"What happens": "None.\n\n    code = 1", "Why the gradient stops": "Because."}


def test_an_indented_heading_is_text(tmp_path: Path) -> None:
    folder(tmp_path, "one", '"""T\n\nWhat happens\n    See\n    What happens\n    below.\n"""')
    assert read_causes(tmp_path)["one"].sections == {"What happens": "See\nWhat happens\nbelow."}


def test_the_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        all_causes()["x"] = None  # type: ignore[index]


def test_there_are_causes() -> None:
    assert len(SLUGS) >= 7
    assert list(SLUGS) == sorted(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_is_complete(slug: str) -> None:
    cause = find(slug)
    assert cause.title
    assert tuple(cause.sections)[: len(HEADINGS)] == HEADINGS
    assert set(cause.sections) <= {*HEADINGS, *OPTIONAL_HEADINGS}
    assert all(text.strip() for text in cause.sections.values())


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_loses_no_word_on_the_screen(slug: str) -> None:
    cause = find(slug)
    shown = render_page(cause, None, None, Screen(width=80)).split()
    assert sorted(shown) == sorted(f"{slug}: {cause.title} {' '.join(f'{heading} {text}' for heading, text in cause.sections.items())}".split())


def test_a_name_in_another_spelling() -> None:
    assert find(f"  {SLUGS[0].replace('-', '_').upper()} ").slug == SLUGS[0]


@pytest.mark.parametrize(
    ("name", "advice"), [("not-a-varable", "did you mean not-a-variable"), ("xyzzy", "whygrad explain"), ("", "whygrad explain")]
)
def test_a_name_that_does_not_exist(name: str, advice: str) -> None:
    with pytest.raises(UsageError) as raised:
        find(name)
    assert advice in str(raised.value)


def test_reading_a_page_imports_no_cause() -> None:
    program = """
import sys
from whygrad.causes import all_causes
all_causes()
print([name for name in sys.modules if name.startswith(("whygrad.causes.", "tensorflow"))])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
