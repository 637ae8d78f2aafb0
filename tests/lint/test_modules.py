"""Names of imports in, files of the project out: what is found, what is never read, and what is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from whygrad.lint.modules import ModuleFinder

FILES = {
    "pyproject.toml": "",
    "train.py": "import losses",
    "losses.py": "LOSSES",
    "pkg/__init__.py": "PKG",
    "pkg/train.py": "",
    "pkg/losses.py": "PKG LOSSES",
    "pkg/deep/__init__.py": "DEEP",
    "pkg/deep/ops.py": "OPS",
    "scripts/run.py": "",
    "src/lib/__init__.py": "LIB",
    "space/part.py": "PART",
    "tensorflow/__init__.py": "NOT OURS",
    "bad.py": "\xff",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="latin-1")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "importer", "level", "text"),
    [
        ("losses", "train.py", 0, "LOSSES"),
        ("losses", "pkg/train.py", 0, "PKG LOSSES"),  # beside the script comes first
        ("pkg.losses", "pkg/deep/ops.py", 0, "PKG LOSSES"),
        ("losses", "pkg/train.py", 1, "PKG LOSSES"),
        ("", "pkg/train.py", 1, "PKG"),
        ("losses", "pkg/deep/ops.py", 2, "PKG LOSSES"),
        ("pkg", "train.py", 0, "PKG"),
        ("pkg.deep.ops", "scripts/run.py", 0, "OPS"),
        ("lib", "scripts/run.py", 0, "LIB"),
        ("space.part", "train.py", 0, "PART"),
        ("space", "train.py", 0, None),
        ("pkg.nothing", "train.py", 0, None),
        ("os", "train.py", 0, None),
        ("tensorflow", "train.py", 0, None),
        ("bad", "train.py", 0, None),
        ("losses", "pkg/deep/ops.py", 9, None),
    ],
)
def test_a_name_means_a_file(project: Path, name: str, importer: str, level: int, text: str | None) -> None:
    found = ModuleFinder([str(project)]).source_of(name, str(project / importer), level)
    assert (found and found[1]) == text


def test_installed_packages_find_only_themselves(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / "site-packages" / name).mkdir(parents=True)
        (tmp_path / "site-packages" / name / "__init__.py").write_text(name)
    finder = ModuleFinder([str(tmp_path)])
    importer = str(tmp_path / "site-packages" / "one" / "__init__.py")
    assert finder.source_of("one", importer) is not None
    assert finder.source_of("two", importer) is None
    assert finder.source_of("two", str(tmp_path / "train.py")) is None


def test_what_a_result_depends_on(project: Path) -> None:
    finder = ModuleFinder([str(project)])
    train, losses, ops = (str(project / name) for name in ("train.py", "losses.py", "pkg/deep/ops.py"))
    finder.source_of("losses", train)
    finder.source_of("numpy", train)
    finder.source_of("pkg.deep.ops", losses)
    finder.source_of("train", losses)  # a circle
    assert finder.files_read_for(train) == (losses, ops)
    assert ("numpy", train, 0, None) in set(finder.questions(train))
    assert finder.files_read_for(str(project / "scripts" / "run.py")) == ()


def test_a_file_is_read_once_and_an_overlay_counts_instead_of_the_disk(project: Path) -> None:
    new = str(project / "new.py")
    finder = ModuleFinder([str(project)], {str(project / "losses.py"): "EDITED", new: "NEW"})
    assert finder.source_of("losses", str(project / "train.py")) == (str(project / "losses.py"), "EDITED")
    assert finder.source_of("new", str(project / "train.py")) == (new, "NEW")
    assert finder.text(str(project / "pkg" / "losses.py")) == "PKG LOSSES"
    (project / "pkg" / "losses.py").write_text("CHANGED")
    assert finder.text(str(project / "pkg" / "losses.py")) == "PKG LOSSES"


def test_line_ends_are_those_of_python(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")
    assert ModuleFinder().text(str(tmp_path / "a.py")) == "one\ntwo\nthree\n"
