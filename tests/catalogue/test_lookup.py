"""Names as people write them, the data format, and what loading costs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from whygrad import catalogue
from whygrad.catalogue import Argument, Catalogue, Detail, Entry, Output, Status, lookup
from whygrad.catalogue.lines import entry_of, line_of, names_of
from whygrad.errors import UsageError

DATA = Path(lookup.DATA)

KNOWN = catalogue.load()
ENTRY = Entry(
    "tensorflow.f",
    ("tensorflow.math.f",),
    (Argument("x", 0, "float"), Argument("k", 1, "integer"), Argument("axis", 2, "setting", True), Argument("w", None, "float", True)),
    (Output("values", "float32"), Output("", "int32")),
    {"x": (Status.GRADIENT, Status.NONE), "k": (Status.INDEX,) * 2, "w": (Status.DEPENDS, Status.NO_REGISTERED_GRADIENT)},
    {"x": Detail(("Round", "Cast"), (), "a note"), "w": Detail((), (("a=1", Status.ZERO), ("a=2", Status.GRADIENT)))},
    "x=f(3, 4); k=2",
    "",
    "x: 1 is not 2",
    "float64",
)


def test_an_entry_is_one_line() -> None:
    line = line_of(ENTRY)
    assert "\n" not in line
    assert names_of(line) == ["tensorflow.f", "tensorflow.math.f"]
    assert entry_of(line) == ENTRY


def test_all_data_is_read_and_written_alike() -> None:
    for file in DATA.glob("*.txt"):
        lines = file.read_text("utf-8").splitlines()
        assert lines == sorted(lines)
        assert [line_of(entry_of(line)) for line in lines] == lines


def test_arguments_by_name_and_by_position() -> None:
    assert ENTRY.flow("x") == ENTRY.flow(0) == (Status.GRADIENT, Status.NONE)
    assert ENTRY.flow("axis") == ENTRY.flow("nothing") == ENTRY.flow(7) == ()
    assert ENTRY.detail(0).stops_at == ("Round", "Cast")
    assert ENTRY.status is Status.GRADIENT


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("tf.round", "tensorflow.math.round"),
        ("tf.math.round", "tensorflow.math.round"),
        ("tensorflow.round", "tensorflow.math.round"),
        ("tf.compat.v1.round", "tensorflow.math.round"),
        ("tensorflow.compat.v2.math.round", "tensorflow.math.round"),
        ("np.round", "tensorflow.math.round"),
        ("numpy.round", "tensorflow.math.round"),
        ("tnp.sign", "tensorflow.experimental.numpy.sign"),
        ("round", "tensorflow.math.round"),
        ("tf.round()", "tensorflow.math.round"),
        ("Round", "tensorflow.raw_ops.Round"),
        ("raw_ops.Round", "tensorflow.raw_ops.Round"),
        ("tf.raw_ops.Round", "tensorflow.raw_ops.Round"),
        ("ops.round", "keras.ops.round"),
        ("keras.ops.round", "keras.ops.round"),
        ("tf.keras.ops.round", "keras.ops.round"),
        ("K.argmax", "keras.backend.argmax"),
        ("keras.backend.argmax", "keras.backend.argmax"),
        ("top_k", "tensorflow.math.top_k"),
        ("nn.relu", "tensorflow.nn.relu"),
        ("keras.losses.MeanSquaredError", "keras.losses.MeanSquaredError"),
        ("tf.keras.losses.MeanSquaredError", "keras.losses.MeanSquaredError"),
        ("losses.MeanSquaredError", "keras.losses.MeanSquaredError"),
    ],
)
def test_names_as_people_write_them(written: str, full: str) -> None:
    found = KNOWN.find(written)
    assert found is not None
    assert full in found.names


@pytest.mark.parametrize(("wrong", "right"), [("tf.rond", "tf.round"), ("tf.math.agrmax", "tf.math.argmax"), ("keras.ops.flor", "keras.ops.floor")])
def test_did_you_mean(wrong: str, right: str) -> None:
    assert KNOWN.find(wrong) is None
    assert right in KNOWN.suggest(wrong)
    with pytest.raises(UsageError, match="did you mean"):
        KNOWN.get(wrong)


@pytest.mark.parametrize("nonsense", ["", " ", ".", "xyzzyxyzzy", "tf.", "\x1b[31m", "a" * 10_000])
def test_nonsense_is_not_found(nonsense: str) -> None:
    assert KNOWN.find(nonsense) is None
    with pytest.raises(UsageError):
        KNOWN.get(nonsense)


def test_the_nearest_version_is_taken() -> None:
    assert catalogue.load() is catalogue.load(catalogue.versions()[-1][0])
    assert catalogue.load("2.15.1").tensorflow == "2.15"
    assert catalogue.load("9.0").tensorflow == catalogue.versions()[-1][0]
    with pytest.raises(UsageError, match=r"write it like 2\.15"):
        catalogue.load("new")


def test_the_oldest_and_the_newest_are_measured() -> None:
    assert len(catalogue.versions()) >= 2
    assert catalogue.versions()[0][0] == "2.15"


def test_loading_takes_milliseconds() -> None:
    file = max(DATA.glob("*.txt"), key=lambda f: f.stat().st_size)
    began = time.perf_counter()
    fresh = Catalogue("0", "0", file.read_bytes())
    assert fresh.find("tf.raw_ops.Round")
    assert time.perf_counter() - began < 0.25, "a few milliseconds, on a busy machine some more"


def test_the_first_names_are_found_as_all_others() -> None:
    file = max(DATA.glob("*.txt"), key=lambda f: f.stat().st_size)
    for entry in [*KNOWN][::60]:
        for name in (*entry.names, f"{entry.name}x", entry.name[:-1], '"a"'):
            assert Catalogue("0", "0", file.read_bytes()).exact(name) == KNOWN.exact(name)


def test_looking_up_imports_no_tensorflow() -> None:
    heavy = "{'tensorflow', 'keras', 'numpy', 'rich'}"
    program = f"import sys\nfrom whygrad import catalogue\ncatalogue.load().get('tf.round')\nprint({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"


def test_the_data_belongs_to_the_package() -> None:
    assert DATA.is_relative_to(Path(catalogue.__file__).parent)
