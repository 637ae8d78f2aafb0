"""Messages of an editor come in; answers and diagnostics go out. What is typed is checked when the typing pauses, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from whygrad._version import __version__
from whygrad.lint.one_file import flow_engine
from whygrad.plugins.lsp.diagnostics import actions, diagnostic
from whygrad.plugins.lsp.documents import Checked, Engine, check_document
from whygrad.plugins.lsp.hover import hover
from whygrad.plugins.lsp.places import column_of, lines_of

PAUSE = 0.3  # seconds without a change
_STACK = 64 * 1024 * 1024  # the engine goes as deep as the program's expressions; threads get little by default on some systems


class Server(LanguageServer):
    """The open documents with what was last found in each."""

    def __init__(self, engine: Engine) -> None:
        super().__init__("whygrad", __version__)
        self.engine = engine
        self.checked: dict[str, Checked] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._said: set[str] = set()
        threading.stack_size(_STACK)
        self._thread = ThreadPoolExecutor(1)

    def changed(self, uri: str, pause: float = PAUSE) -> None:
        """Check a document soon; a change before that starts the wait again."""
        self.forget(uri)
        self._waiting[uri] = asyncio.get_running_loop().create_task(self._check_soon(uri, pause))

    def forget(self, uri: str) -> None:
        """Give up a check that waits."""
        task = self._waiting.pop(uri, None)
        if task is not None:
            task.cancel()

    def current(self, uri: str) -> Checked | None:
        """What was found, if it was found in the text as it is now."""
        checked = self.checked.get(uri)
        return checked if checked is not None and checked.text == self.workspace.get_text_document(uri).source else None

    async def _check_soon(self, uri: str, pause: float) -> None:
        await asyncio.sleep(pause)
        path = uris.to_fs_path(uri)
        if path is None or uri not in self.workspace.text_documents:
            return
        texts = {name: document.source for other, document in self.workspace.text_documents.items() if (name := uris.to_fs_path(other))}
        checked = await asyncio.get_running_loop().run_in_executor(self._thread, check_document, path, texts, self._roots(), self.engine)
        if uri in self.workspace.text_documents and self.workspace.get_text_document(uri).source == checked.text:
            self.checked[uri] = checked
            self._publish(uri, path, checked)

    def _publish(self, uri: str, path: str, checked: Checked) -> None:
        if checked.trouble and checked.trouble not in self._said:
            self._said.add(checked.trouble)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"whygrad: {checked.trouble}"))
        document = self.workspace.get_text_document(uri)
        shown = [diagnostic(found, path, checked.text, document.position_codec) for found in checked.diagnoses]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, shown, document.version))

    def _roots(self) -> tuple[str, ...]:
        return tuple(path for folder in self.workspace.folders if (path := uris.to_fs_path(folder)))


def make_server(engine: Engine = flow_engine) -> Server:
    """A server that has not started yet."""
    server = Server(engine)
    _follow_documents(server)
    _answer_questions(server)
    return server


def _follow_documents(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.changed(params.text_document.uri, 0)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        """What one file says may change what is found in the others."""
        for uri in list(server.workspace.text_documents):
            server.changed(uri, 0 if uri == params.text_document.uri else PAUSE)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.forget(uri)
        server.checked.pop(uri, None)
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))


def _answer_questions(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix]))
    async def code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        checked, path = server.current(uri), uris.to_fs_path(uri)
        if checked is None or path is None:
            return []
        codec = server.workspace.get_text_document(uri).position_codec
        touched = [d for d in checked.diagnoses if d.location is None or _overlap(d.location.line, d.location.end_line, params.range)]
        return [action for found in touched for action in actions(found, path, checked.text, codec)]

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hovered(params: types.HoverParams) -> types.Hover | None:
        uri = params.text_document.uri
        checked, document = server.current(uri), server.workspace.get_text_document(uri)
        column = column_of(params.position, lines_of(document.source), document.position_codec)
        found = () if checked is None else checked.diagnoses
        text = hover(document.source, found, uris.to_fs_path(uri) or "", params.position.line, column)
        return None if text is None else types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text))


def _overlap(first: int, last: int, asked: types.Range) -> bool:
    return first - 1 <= asked.end.line and asked.start.line <= last - 1
