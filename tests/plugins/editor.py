"""An editor for tests: a real client of the Language Server Protocol, which talks to a server process over its standard streams."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.lsp.client import LanguageClient

PATIENCE = 60  # seconds: a slow machine imports slowly


class Editor:
    """Opens and changes documents, waits for diagnostics, asks."""

    def __init__(self, folder: Path, encodings: list[types.PositionEncodingKind] | None = None) -> None:
        self.folder = folder
        self.client = LanguageClient("editor", "1")
        self.shown: dict[str, asyncio.Queue[list[types.Diagnostic]]] = {}
        self.messages: list[str] = []
        self._encodings = encodings
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self._diagnostics(params))
        self.client.feature(types.WINDOW_SHOW_MESSAGE)(lambda params: self.messages.append(params.message))

    def _diagnostics(self, params: types.PublishDiagnosticsParams) -> None:
        self.queue(params.uri).put_nowait(list(params.diagnostics))

    def queue(self, uri: str) -> asyncio.Queue[list[types.Diagnostic]]:
        return self.shown.setdefault(uri, asyncio.Queue())

    def uri(self, name: str) -> str:
        uri = uris.from_fs_path(str(self.folder / name))
        assert uri is not None
        return uri

    async def start(self, *command: str) -> types.InitializeResult:
        await self.client.start_io(sys.executable, *command)
        general = types.GeneralClientCapabilities(position_encodings=self._encodings)
        folder = types.WorkspaceFolder(self.uri(""), "project")
        params = types.InitializeParams(capabilities=types.ClientCapabilities(general=general), workspace_folders=[folder])
        answer = await self.client.initialize_async(params)
        self.client.initialized(types.InitializedParams())
        return answer

    async def open(self, name: str, text: str) -> list[types.Diagnostic]:
        item = types.TextDocumentItem(self.uri(name), "python", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.next(name)

    def type(self, name: str, version: int, text: str) -> None:
        document = types.VersionedTextDocumentIdentifier(version, self.uri(name))
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def next(self, name: str) -> list[types.Diagnostic]:
        """The next diagnostics of a document."""
        return await asyncio.wait_for(self.queue(self.uri(name)).get(), PATIENCE)

    async def actions(self, name: str, line: int) -> list[types.CodeAction]:
        where = types.Range(types.Position(line, 0), types.Position(line, 1))
        params = types.CodeActionParams(types.TextDocumentIdentifier(self.uri(name)), where, types.CodeActionContext([]))
        answer = await asyncio.wait_for(self.client.text_document_code_action_async(params), PATIENCE)
        return [action for action in answer or [] if isinstance(action, types.CodeAction)]

    async def hover(self, name: str, line: int, character: int) -> str | None:
        params = types.HoverParams(types.TextDocumentIdentifier(self.uri(name)), types.Position(line, character))
        answer = await asyncio.wait_for(self.client.text_document_hover_async(params), PATIENCE)
        return None if answer is None or not isinstance(answer.contents, types.MarkupContent) else answer.contents.value

    async def stop(self) -> None:
        await asyncio.wait_for(self.client.shutdown_async(None), PATIENCE)
        self.client.exit(None)
        await asyncio.wait_for(self.client.stop(), PATIENCE)


def edit_session(
    folder: Path, work: Callable[[Editor], Awaitable[None]], *command: str, encodings: list[types.PositionEncodingKind] | None = None
) -> None:
    """Start a server with `python COMMAND`, work with it, stop it."""

    async def session() -> None:
        editor = Editor(folder, encodings)
        await editor.start(*command)
        try:
            await work(editor)
        finally:
            await editor.stop()

    asyncio.run(session())


def applied(text: str, edits: list[types.TextEdit]) -> str:
    """The text after edits on single lines, in UTF-16 units."""
    lines = text.split("\n")
    for edit in edits:
        at = edit.range
        assert at.start.line == at.end.line
        line = lines[at.start.line].encode("utf-16-le")
        new = line[: 2 * at.start.character] + edit.new_text.encode("utf-16-le") + line[2 * at.end.character :]
        lines[at.start.line] = new.decode("utf-16-le")
    return "\n".join(lines)
