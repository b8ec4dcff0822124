"""What is a message of JSON-RPC at all, before anything takes it apart."""

from __future__ import annotations

from lsprotocol import types

INVALID_REQUEST, INVALID_PARAMS = -32600, -32602
"""Codes of JSON-RPC for what is no message, and for a message with parameters that do not fit."""


def is_message(data: object) -> bool:
    """Whether it is a request, a notification or an answer, as JSON-RPC 2.0 has them."""
    if not isinstance(data, dict) or data.get("jsonrpc") != "2.0":
        return False
    known = isinstance(data["method"], str) if "method" in data else {"result", "error"} & data.keys()
    return bool(known) and isinstance(data.get("id"), str | int | float | None)


def names_request(params: object) -> bool:
    """Whether a cancel says which request it means."""
    return isinstance(params, dict) and isinstance(params.get("id"), str | int)


def is_notification(method: object) -> bool:
    """Whether the protocol has no answer to ``method``."""
    known = types.METHOD_TO_TYPES.get(method) if isinstance(method, str) else None
    return known is not None and known[1] is None
