"""What the server offers, said before it is there: plain JSON, held to the registered features by a test."""

from __future__ import annotations

from typing import Any

from sqloop.lsp import protocol

COMMANDS = (
    protocol.ACCEPT,
    protocol.TAKE,
    protocol.REJECT,
    protocol.UNDO,
    protocol.REGENERATE,
    protocol.DEFINE,
    protocol.RUN_STATEMENT,
    protocol.EXPLAIN_STATEMENT,
)

ENCODINGS = ("utf-8", "utf-16", "utf-32")

TRIGGERS = (".", "=", "`", '"', "(", ",")
"""Characters after which completion is asked for. A blank is none: it suppresses ghost text in VS Code."""


def choose_encoding(params: dict[str, Any]) -> str:
    """The client's first choice among those that the server can count in; UTF-16 where it does not say."""
    capabilities = params.get("capabilities")
    general = capabilities.get("general") if isinstance(capabilities, dict) else None
    wanted = general.get("positionEncodings") if isinstance(general, dict) else None
    known = [each for each in wanted if each in ENCODINGS] if isinstance(wanted, list) else []
    return known[0] if known else "utf-16"


def offer(encoding: str) -> dict[str, Any]:
    """The result of `initialize`."""
    # Read from the installed metadata it would cost more than everything else here.
    return {
        "serverInfo": {"name": "sqloop"},
        "capabilities": {
            "positionEncoding": encoding,
            "textDocumentSync": {"openClose": True, "change": 2, "save": {"includeText": False}},
            "completionProvider": {"triggerCharacters": list(TRIGGERS), "resolveProvider": False},
            "inlineCompletionProvider": {},
            "hoverProvider": True,
            "signatureHelpProvider": {"triggerCharacters": ["(", ","]},
            "definitionProvider": True,
            "documentSymbolProvider": True,
            "documentFormattingProvider": True,
            "documentRangeFormattingProvider": True,
            "renameProvider": {"prepareProvider": True},
            "codeLensProvider": {"resolveProvider": False},
            "codeActionProvider": {"codeActionKinds": ["quickfix", "refactor"], "resolveProvider": False},
            "executeCommandProvider": {"commands": list(COMMANDS)},
        },
    }
