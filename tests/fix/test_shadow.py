"""A folder that looks like another one: links to everything, but for the files that are changed."""

from __future__ import annotations

from pathlib import Path

from whygrad.fix.shadow import shadow


def project(folder: Path) -> Path:
    root = folder / "project"
    (root / "package" / "deep").mkdir(parents=True)
    (root / "data").mkdir()
    (root / "train.py").write_text("as it was\n")
    (root / "package" / "deep" / "model.py").write_text("a model\n")
    (root / "package" / "other.py").write_text("another\n")
    (root / "data" / "rows.csv").write_text("1,2\n")
    return root


def test_only_the_changed_files_are_new(tmp_path: Path) -> None:
    root = project(tmp_path)
    changed = {str(root / "train.py"): b"changed\n", str(root / "package" / "deep" / "model.py"): b"another model\n"}
    with shadow(str(root), changed) as made:
        folder = Path(made.folder)
        assert (folder / "train.py").read_text() == "changed\n"
        assert (folder / "package" / "deep" / "model.py").read_text() == "another model\n"
        assert (folder / "package" / "other.py").read_text() == "another\n"
        assert (folder / "data" / "rows.csv").read_text() == "1,2\n"
        assert (folder / "data").is_symlink()
        assert not (folder / "package").is_symlink()
    assert (root / "train.py").read_text() == "as it was\n"
    assert not folder.exists()
    assert (root / "data" / "rows.csv").read_text() == "1,2\n"  # what a link leads to is not cleaned up


def test_places_are_told_apart(tmp_path: Path) -> None:
    root = project(tmp_path)
    with shadow(str(root), {}) as made:
        inside = made.inside(str(root / "train.py"))
        assert inside.startswith(made.folder)
        assert made.outside(inside) == str(root / "train.py")
        assert made.inside("/elsewhere/train.py") == made.outside("/elsewhere/train.py") == "/elsewhere/train.py"
        assert made.inside(f"{root}s/train.py") == f"{root}s/train.py"  # a folder whose name only begins alike


def test_a_file_outside_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    root = project(tmp_path)
    other = tmp_path / "other.py"
    other.write_text("not ours\n")
    with shadow(str(root), {str(other): b"changed\n"}):
        assert other.read_text() == "not ours\n"
