"""The protocol: its page is up to date, and JSON becomes its values or an error that names the field."""

from __future__ import annotations

import dataclasses
import runpy
from pathlib import Path

import pytest

from sqloop.lsp import protocol
from sqloop.lsp.convert import WireError, from_wire, to_wire

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_says_what_the_module_says() -> None:
    written = runpy.run_path(str(DOCS / "protocol.py"))["write"]()
    assert (DOCS / "protocol.md").read_text(encoding="utf-8") == written, "run docs/protocol.py"


def test_every_type_of_the_module_is_on_the_page() -> None:
    page = (DOCS / "protocol.md").read_text(encoding="utf-8")
    kinds = [each for each in vars(protocol).values() if dataclasses.is_dataclass(each)]
    assert len(kinds) > 20
    assert all(f"interface {kind.__name__} " in page for kind in kinds if isinstance(kind, type))


def test_values_survive_the_wire() -> None:
    status = protocol.Status(
        "0.1",
        "degraded",
        "no database",
        protocol.DatabaseStatus("unreachable", "shop", error="gone"),
        protocol.ModelStatus("idle"),
        protocol.FeedbackStatus(True, shown=3),
        trusted=False,
        connections=(protocol.ConnectionInfo("shop", "sqlite:///shop.db"),),
    )
    wire = to_wire(status)
    assert wire["connections"] == [{"name": "shop", "url": "sqlite:///shop.db"}]
    assert from_wire(protocol.Status, wire) == status


def test_cells_keep_their_types() -> None:
    page = protocol.RunResult("r1", "SELECT", "ok", "", ("a",), ("a",), ((1, "1", 1.5, None),), 0, 1, False, "", 2.0)
    assert from_wire(protocol.RunResult, to_wire(page)) == page


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "question is missing."),
        ({"question": 1}, "question: a text is expected, not an integer."),
        ({"question": "q", "k": True}, "k: an integer or null is expected, not true or false."),
        ([], "an object is expected, not an array."),
        ({"question": "q", "k": "4"}, "k: an integer or null is expected, not a text."),
    ],
)
def test_what_is_malformed_is_named(data: object, message: str) -> None:
    with pytest.raises(WireError) as caught:
        from_wire(protocol.AskParams, data)
    assert str(caught.value) == message


def test_an_action_is_one_of_those_known() -> None:
    with pytest.raises(WireError, match="action: one of accepted, edited, rejected, undone is expected"):
        from_wire(protocol.FeedbackParams, {"suggestion": "s", "action": "loved"})


def test_nested_options_are_read_and_what_is_unknown_is_left_out() -> None:
    options = from_wire(
        protocol.Options, {"limits": {"rows": 5, "new": 1}, "connections": {"a": "sqlite:///a"}}
    )
    assert options.limits == protocol.LimitOptions(rows=5)
    assert options.connections == {"a": "sqlite:///a"}
