"""Bytes in, text or one clear line out."""

from __future__ import annotations

import pytest

from lint.checking import TRAIN, Folder
from whygrad.errors import InputError
from whygrad.lint.one_file import Checker
from whygrad.lint.reading import LARGEST, decoded, newline_of


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"x = 1\r\ny = 2\r", "x = 1\ny = 2\n"),
        (b"\xef\xbb\xbfx = '\xc3\xa4'", "x = 'ä'"),
        (b"# coding: latin-1\nx = '\xe4'", "# coding: latin-1\nx = 'ä'"),
        (b"#!/bin/python\n# -*- coding: cp1252 -*-\nx = '\x80'", "#!/bin/python\n# -*- coding: cp1252 -*-\nx = '€'"),
        (b"x = 1\n# coding: latin-1\n", "x = 1\n# coding: latin-1\n"),  # too late to count
        (b"", ""),
    ],
)
def test_as_python_reads_it(content: bytes, text: str) -> None:
    source = decoded("a.py", content)
    assert source.text == text
    assert source.encoded(source.original) == content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x = 1\ny = '\xff'", "a.py:2: byte 0xff is not utf-8; save it as UTF-8, or declare its encoding in the first line"),
        (b"# coding: ascii\n\xff", "a.py:2: byte 0xff is not ascii; save it as UTF-8"),
        (b"# coding: klingon\n", "a.py: declares the unknown encoding 'klingon'; save it as UTF-8 and declare that"),
        (b"# coding: hex\n", "a.py: declares the unknown encoding 'hex'; save it as UTF-8 and declare that"),
        (b"x\r\n\ry\0", "a.py:3: a null byte; save the file as UTF-8 text, or leave it out with --exclude"),
        (b"#" * (LARGEST + 1), "a.py: 4 MB are too large to be checked; leave it out with --exclude"),
    ],
)
def test_what_cannot_be_read_is_one_line(content: bytes, message: str) -> None:
    with pytest.raises(InputError) as error:
        decoded("a.py", content)
    assert str(error.value) == message


def test_every_bad_file_has_its_line_and_the_rest_is_checked(folder: Folder) -> None:
    lib = b"# tensorflow tape.gradient\n"
    folder.write(
        {
            "bytes.py": lib + b"'\xff'\n",
            "good.py": TRAIN + "cut_here\n",
            "large.py": lib + b"t.gradient  # aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n" * 250_000,
            "null.py": lib + b"\0",
            "syntax.py": lib + b"def (:\n",
            "unrelated.py": b"def (:\n",
        }
    )
    checked = folder.check()
    assert (checked.status, checked.lines) == (2, ["good.py:2:1: cut_here found [outside-tape]"])
    starts = ["bytes.py:2: byte", "large.py: 11 MB", "null.py:2: a null", "syntax.py:2:5: not Python: invalid syntax; correct it"]
    assert [line.removeprefix("whygrad: ").startswith(start) for line, start in zip(checked.err.splitlines(), starts, strict=True)] == [True] * 4


@pytest.mark.parametrize("program", ["(" * 5000 + ")" * 5000, "-" * 200_000 + "1", "x" + ".a" * 100_000, "[" * 150 + "]" * 150, "f'{" * 200])
def test_deep_nesting_is_survived(folder: Folder, program: str) -> None:
    folder.write({"deep.py": f"{TRAIN}{program}\n", "good.py": TRAIN + "cut_here\n"})
    checked = folder.check("--jobs", "2")
    assert "good.py:2:1" in checked.out
    assert checked.err.count("\n") <= 1


def test_the_newline_of_a_file() -> None:
    assert newline_of("a\r\nb\r\nc\n") == "\r\n"
    assert newline_of("a") == "\n"


def test_contents_count_instead_of_the_disk(folder: Folder) -> None:
    from lint.fake_engine import examine

    folder.write({"a.py": TRAIN})
    path = str(folder.path / "a.py")
    result = Checker((), examine, None, {path: (TRAIN + "cut_here").encode()}).check(path)
    assert len(result.diagnoses) == 1
