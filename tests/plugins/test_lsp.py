"""`whygrad lsp` as an editor sees it: a client of the protocol over the standard streams of a server process."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types

from plugins.editor import Editor, applied, edit_session
from whygrad.plugins.lsp.hover import address, aliases, name_at

ROOT = Path(__file__).parents[2]
REAL = ("-m", "whygrad", "lsp")
FAKE = ("-c", "from lint.fake_engine import examine; from whygrad.plugins.lsp.server import make_server; make_server(examine).start_io()")
HEAD = "import tensorflow as tf  # tape.gradient\n"
FIRST = (ROOT / "examples" / "first.py").read_text("utf-8")


@pytest.fixture(autouse=True)
def server_finds_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "tests"), os.environ["PYTHONPATH"]]))


def test_the_real_engine(tmp_path: Path) -> None:
    async def work(editor: Editor) -> None:
        (found,) = await editor.open("first.py", FIRST)
        assert (found.code, found.source, found.severity) == ("non-differentiable-op", "whygrad", types.DiagnosticSeverity.Error)
        line = FIRST.split("\n").index("    return tf.cast(tf.math.greater(score, 0.0), tf.float32)")
        assert (found.range.start, found.range.end) == (types.Position(line, 19), types.Position(line, 46))
        assert found.related_information
        text = await editor.hover("first.py", line, 30)
        assert text is not None
        assert "**whygrad: non-differentiable-op** (proven)" in text
        assert "**What to write instead**" in text
        assert "https://www.tensorflow.org/api_docs/python/tf/math/greater" in text
        square = await editor.hover("first.py", line + 4, FIRST.split("\n")[line + 4].index("square") + 1)
        assert square is not None
        assert square.startswith("```text\ntf.math.square: gradient\n")
        assert await editor.hover("first.py", 0, 0) is None

    edit_session(tmp_path, work, *REAL)


def test_diagnostics_follow_the_typing(tmp_path: Path) -> None:
    (tmp_path / "calls.txt").write_text("")

    async def work(editor: Editor) -> None:
        assert len(await editor.open("a.py", HEAD + "cut_here\n")) == 1
        for version in range(2, 12):
            editor.type("a.py", version, HEAD + "cut_here\n" * version)
        assert len(await editor.next("a.py")) == 11
        editor.type("a.py", 12, HEAD + "def (\n")
        assert await editor.next("a.py") == []
        editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(editor.uri("a.py"))))
        assert await editor.next("a.py") == []

    edit_session(tmp_path, work, *FAKE)
    assert (tmp_path / "calls.txt").read_text().count("a.py") == 3  # ten keystrokes in a row are one check


def test_an_open_module_counts_as_it_is_typed(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("nothing")

    async def work(editor: Editor) -> None:
        (found,) = await editor.open("a.py", HEAD + "import b\ncut_here\n")
        assert found.message == "cut_here found"
        await editor.open("b.py", "cut_")
        saved = types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(editor.uri("b.py")))
        editor.client.text_document_did_save(saved)
        (found,) = await editor.next("a.py")
        assert found.message == "cut_here found, 1 modules"

    edit_session(tmp_path, work, *FAKE)


def test_a_finding_in_another_file_says_where(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("x\n")

    async def work(editor: Editor) -> None:
        (found,) = await editor.open("a.py", HEAD + "import b\ncut_elsewhere b 1\n")
        assert found.message == "b.py:1: cut_elsewhere found"
        assert found.range.start == types.Position(0, 0)

    edit_session(tmp_path, work, *FAKE)


def test_quick_fixes(tmp_path: Path) -> None:
    text = HEAD + '"\U0001f600é"; cut_safe; cut_review\nx = """\ncut_here"""\nclean  # whygrad: ignore\n'

    async def work(editor: Editor) -> None:
        found = await editor.open("a.py", text)
        assert [d.code for d in found] == ["outside-tape"] * 3 + ["unused-ignore"]
        assert found[0].range.start == types.Position(1, 7)  # the smiley counts as two
        titles = {action.title: action for action in await editor.actions("a.py", 1)}
        assert sorted(titles) == ["whygrad: ignore outside-tape here", "whygrad: write mended", "whygrad: write mended (review)"]
        safe = titles["whygrad: write mended"]
        assert (safe.kind, safe.is_preferred) == ("quickfix", True)
        assert safe.edit is not None
        assert safe.edit.changes is not None
        assert applied(text, list(safe.edit.changes[editor.uri("a.py")])) == text.replace("cut_safe", "mended")
        ignore = titles["whygrad: ignore outside-tape here"]
        assert ignore.edit is not None
        assert ignore.edit.changes is not None
        silent = applied(text, list(ignore.edit.changes[editor.uri("a.py")]))
        assert silent.split("\n")[1].endswith("cut_review  # whygrad: ignore[outside-tape]")
        assert "whygrad: ignore outside-tape here" in {action.title for action in await editor.actions("a.py", 3)}
        (remove,) = await editor.actions("a.py", 4)
        assert remove.title == "whygrad: remove the comment"
        assert list(found[3].tags or ()) == [types.DiagnosticTag.Unnecessary]

    edit_session(tmp_path, work, *FAKE)


def test_an_editor_that_counts_in_characters(tmp_path: Path) -> None:
    async def work(editor: Editor) -> None:
        (found,) = await editor.open("a.py", HEAD + '"\U0001f600é"; cut_here\n')
        assert found.range.start == types.Position(1, 6)

    edit_session(tmp_path, work, *FAKE, encodings=[types.PositionEncodingKind.Utf32])


def test_settings_count_and_bad_ones_are_said_once(tmp_path: Path) -> None:
    settings = tmp_path / "pyproject.toml"
    settings.write_text('[tool.whygrad]\nignore = ["outside-tape"]\n')

    async def work(editor: Editor) -> None:
        assert await editor.open("a.py", HEAD + "cut_here\n") == []
        settings.write_text("[tool.whygrad]\nignored = []\n")
        for version in (2, 3):
            editor.type("a.py", version, HEAD + "cut_here\n" * version)
            assert await editor.next("a.py") == []
        await asyncio.sleep(0)
        (message,) = editor.messages
        assert message.endswith("has no key 'ignored'; did you mean ignore or per-file-ignores?")

    edit_session(tmp_path, work, *FAKE)


def test_without_its_library_it_says_what_to_install(tmp_path: Path) -> None:
    program = "import sys; sys.modules['pygls'] = None; sys.argv = ['whygrad', 'lsp']; from whygrad.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "whygrad: the language server needs pygls 2; type: pip install 'whygrad[lsp]'\n"


@pytest.mark.parametrize(
    ("text", "pointed", "name"),
    [
        ("import tensorflow as tf\ntf.math.round(x)", "round", "tensorflow.math.round"),
        ("import tensorflow as tf\ntf.math.round(x)", "math", "tensorflow.math"),
        ("import tensorflow\ntensorflow.round(x)", "round", "tensorflow.round"),
        ("from tensorflow.keras import (\n  backend as K,\n  ops)\nK.argmax(", "argmax", "tensorflow.keras.backend.argmax"),
        ("from tensorflow import math as m, nn\nnn.relu(", "relu", "tensorflow.nn.relu"),
        ("import numpy as np\nnp.round(x)", "round", None),
        ("import tensorflow as tf\nx.round()", "round", None),
    ],
)
def test_the_name_under_the_cursor(text: str, pointed: str, name: str | None) -> None:
    lines = text.split("\n")
    assert name_at(text, len(lines) - 1, lines[-1].index(pointed) + 1) == name


def test_names_and_addresses() -> None:
    assert aliases("import tensorflow.compat.v1 as tf\nimport keras.ops\n") == {"tf": "tensorflow.compat.v1", "keras": "keras"}
    assert address("keras.ops.round") == "https://www.tensorflow.org/api_docs/python/tf/keras/ops/round"
