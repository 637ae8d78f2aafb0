"""Texts that are being typed come in; diagnostics, repairs and pages go out, by the Language Server Protocol over standard input and output."""

from __future__ import annotations

from whygrad.errors import UsageError


def serve() -> None:
    """Serve one editor until it says goodbye. Raises UsageError where the library for it is missing."""
    try:
        import pygls.lsp.server  # noqa: F401
    except ImportError:
        raise UsageError("the language server needs pygls 2; type: pip install 'whygrad[lsp]'") from None
    from whygrad.plugins.lsp.server import make_server

    make_server().start_io()
