"""Messages that no client should send, as strategies: mutated requests, wrong kinds, broken frames."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

URIS = (
    "file:///one.sql",
    "file:///two.sql",
    "file:///never-opened.sql",
    "untitled:Untitled-1",
    "",
    "://",
    "x" * 300,
)
TEXTS = (
    "SELECT name FROM customer;\n-- the customers in Rome\n",
    "",
    "\ufeffSELECT '\U0001f98a' AS fox, name\r\nFROM customer\rWHERE",
    "SELECT " + "date(" * 40,
    "-- " * 500,
    "SELECT 1;" * 300,
    "\x00\x01\ud800",
)
COMMANDS = [
    f"sqloop.server.{name}" for name in ("accept", "reject", "regenerate", "run", "explain", "unknown")
]

_odd_numbers = st.sampled_from([-1, 0, 1, 7, 2**31, 2**63, 10**30, -(10**30), 1.5, float("1e308")])
values = st.recursive(
    st.none() | st.booleans() | _odd_numbers | st.text(max_size=8) | st.sampled_from(URIS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
_numbers = st.integers(-2, 60) | _odd_numbers
positions = st.fixed_dictionaries({"line": _numbers, "character": _numbers})
ranges = st.fixed_dictionaries({"start": positions, "end": positions})
_documents = st.fixed_dictionaries({"uri": st.sampled_from(URIS)})
_versioned = st.fixed_dictionaries({"uri": st.sampled_from(URIS), "version": st.none() | _numbers})
_texts = st.sampled_from(TEXTS) | st.text(max_size=30)
_places = st.fixed_dictionaries({"textDocument": _documents, "position": positions})
_options = st.fixed_dictionaries({"tabSize": _numbers, "insertSpaces": st.booleans()})
_sqls = st.fixed_dictionaries({"sql": _texts}, optional={"uri": st.sampled_from(URIS), "limit": _numbers})

REQUESTS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(
        [
            "textDocument/hover",
            "textDocument/signatureHelp",
            "textDocument/definition",
            "textDocument/prepareRename",
        ],
        _places,
    ),
    "textDocument/completion": _places,
    "textDocument/inlineCompletion": st.builds(
        lambda place, kind: place | {"context": {"triggerKind": kind}}, _places, _numbers
    ),
    "textDocument/rename": st.builds(lambda place, name: place | {"newName": name}, _places, _texts),
    "textDocument/formatting": st.fixed_dictionaries({"textDocument": _documents, "options": _options}),
    "textDocument/rangeFormatting": st.fixed_dictionaries(
        {"textDocument": _documents, "options": _options, "range": ranges}
    ),
    "textDocument/documentSymbol": st.fixed_dictionaries({"textDocument": _documents}),
    "textDocument/codeLens": st.fixed_dictionaries({"textDocument": _documents}),
    "textDocument/codeAction": st.fixed_dictionaries(
        {
            "textDocument": _documents,
            "range": ranges,
            "context": st.fixed_dictionaries({"diagnostics": st.lists(values, max_size=2)}),
        }
    ),
    "workspace/executeCommand": st.fixed_dictionaries(
        {
            "command": st.sampled_from(COMMANDS),
            "arguments": st.lists(st.sampled_from(URIS) | _numbers, max_size=3),
        }
    ),
    "sqloop/ask": st.fixed_dictionaries({"question": _texts}, optional={"k": _numbers, "prefix": _texts}),
    "sqloop/run": _sqls,
    "sqloop/explain": _sqls,
    "sqloop/schema": st.fixed_dictionaries({}, optional={"refresh": st.booleans()}),
    "sqloop/feedback": st.fixed_dictionaries(
        {"event": _texts, "verdict": st.sampled_from(["accepted", "x"])}
    ),
    "sqloop/status": st.none() | values,
    "initialize": values,
    "no/such/method": values,
}
NOTIFICATIONS: dict[str, st.SearchStrategy[Any]] = {
    "textDocument/didOpen": st.fixed_dictionaries(
        {
            "textDocument": st.fixed_dictionaries(
                {
                    "uri": st.sampled_from(URIS),
                    "languageId": st.sampled_from(["sql", "python", ""]),
                    "version": _numbers,
                    "text": _texts,
                }
            )
        }
    ),
    "textDocument/didChange": st.fixed_dictionaries(
        {
            "textDocument": _versioned,
            "contentChanges": st.lists(
                st.fixed_dictionaries({"text": _texts}, optional={"range": ranges, "rangeLength": _numbers}),
                max_size=3,
            ),
        }
    ),
    "textDocument/didSave": st.fixed_dictionaries({"textDocument": _documents}, optional={"text": _texts}),
    "textDocument/didClose": st.fixed_dictionaries({"textDocument": _documents}),
    "workspace/didChangeConfiguration": st.fixed_dictionaries({"settings": values}),
    "workspace/didChangeWatchedFiles": st.fixed_dictionaries({"changes": st.lists(values, max_size=2)}),
    "$/cancelRequest": st.fixed_dictionaries({"id": values}),
    "$/setTrace": st.fixed_dictionaries({"value": st.sampled_from(["off", "verbose"]) | values}),
    "initialized": values,
}


@st.composite
def _mutated(draw: st.DrawFn, params: Any) -> Any:
    """One place of ``params`` replaced or taken away."""
    params = copy.deepcopy(params)
    node, depth = params, draw(st.integers(0, 3))
    while isinstance(node, dict) and node:
        name = draw(st.sampled_from(sorted(node)))
        if depth == 0 or not isinstance(node[name], dict):
            if draw(st.booleans()):
                node[name] = draw(values)
            else:
                del node[name]
            return params
        node, depth = node[name], depth - 1
    return draw(values)


@st.composite
def _messages(draw: st.DrawFn) -> bytes:
    known = REQUESTS | NOTIFICATIONS
    method = draw(st.sampled_from(sorted(known)))
    params = draw(known[method])
    if draw(st.booleans()):
        params = draw(_mutated(params))
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
    if (method in REQUESTS) is draw(st.sampled_from([True, True, True, True, False])):
        message["id"] = draw(st.integers(0, 999_999)) if draw(st.booleans()) else draw(values)
    if draw(st.integers(0, 9)) == 0:
        message = draw(_mutated(message))
    return _framed(json.dumps(message).encode("utf-8", "replace"))


def _framed(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


@st.composite
def _broken(draw: st.DrawFn) -> bytes:
    """What is no message at all; what it swallows of the next one is made up for with empty lines."""
    body = draw(st.binary(max_size=60))
    length = draw(st.integers(0, 200))
    frame = draw(
        st.sampled_from(
            [
                b"Content-Length: %d\r\n\r\n%b" % (length, body),
                b"Content-Length: -%d\r\n\r\n%b" % (length, body),
                b"Content-Length: %d\n\n%b" % (len(body), body),
                b"content-length:%d\r\nContent-Type: x; charset=utf-8\r\n\r\n%b" % (len(body), body),
                b"Content-Length: 1e3\r\n\r\n" + body,
                b"Content-Length:\r\n\r\n" + body,
                b"Content-Length: " + b"9" * 400 + b"\r\n\r\n" + body,
                b"Content-Type: application/json\r\n\r\n" + body,
                b": %d\r\n\r\n" % length,
                b"\r\n" * 5 + body,
                _framed(b"[" * 500),
                _framed(b"null"),
                _framed(b'{"jsonrpc": "2.0"}'),
                _framed(b'[{"jsonrpc": "2.0", "id": 1, "method": "sqloop/status"}]'),
            ]
        )
    )
    return frame + b"\r\n" * 150


messages = st.one_of(_messages(), _messages(), _messages(), _messages(), _broken())
