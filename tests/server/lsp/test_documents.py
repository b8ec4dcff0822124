"""Documents: edits as the client counts them, and statements that stay known while the text changes."""

from __future__ import annotations

import random

import pytest
from lsprotocol import types

from sqloop.lsp.documents import Document, Encoding
from sqloop.lsp.text.regions import Regions
from sqloop.lsp.text.statements import all_statements

PIECES = [
    "SELECT 1",
    ";",
    "\n",
    "'a;b'",
    "-- c;\n",
    "/* ; */",
    '"',
    "'",
    "`",
    "\r\n",
    "\r",
    "é😀",
    "--",
    "/*",
    "*/",
    "\n\n",
]


def edit(document: Document, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
    where = types.Range(types.Position(*start), types.Position(*end))
    document.apply(types.TextDocumentContentChangePartial(range=where, text=text))


@pytest.mark.parametrize(("encoding", "column"), [("utf-16", 3), ("utf-8", 5), ("utf-32", 2)])
def test_positions_count_as_the_client_does(encoding: Encoding, column: int) -> None:
    document = Document("f", 1, "x\na😀b", encoding, "sqlite")
    edit(document, (1, column), (1, column + 1), "c")
    assert document.text == "x\na😀c"
    assert document.position(4) == types.Position(1, column)


def test_positions_beyond_the_text_are_at_its_end() -> None:
    document = Document("f", 1, "ab\ncd", "utf-16", "sqlite")
    edit(document, (0, 99), (0, 99), "!")
    edit(document, (99, 0), (99, 3), "?")
    assert document.text == "ab!\ncd?"


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres"])
@pytest.mark.parametrize("seed", range(30))
def test_after_any_edits_all_is_known_as_if_read_anew(dialect: str, seed: int) -> None:
    draw = random.Random(seed)
    document = Document("f", 1, "".join(draw.choices(PIECES, k=60)), "utf-16", dialect)  # type: ignore[arg-type]
    for _ in range(60):
        a, b = sorted(draw.randint(0, len(document.text)) for _ in range(2))
        b = min(b, a + draw.choice([0, 0, 1, 8]))
        text = "".join(draw.choices(PIECES, k=draw.randint(0, 3)))
        expected = document.text[:a] + text + document.text[b:]
        document._replace(a, b, text)
        fresh = Document("f", 1, expected, "utf-16", dialect)  # type: ignore[arg-type]
        assert document.text == expected
        assert document._starts == fresh._starts
        assert document.regions.starts == Regions(expected, dialect).starts  # type: ignore[arg-type]


def read(text: str) -> list[tuple[str, str | None]]:
    document = Document("f", 1, text, "utf-16", "sqlite")
    return [(each.sql, each.comment and each.comment.text) for each in all_statements(document, "sqlite")]


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("SELECT 1; SELECT ';';", [("SELECT 1", None), ("SELECT ';'", None)]),
        ("-- how many?\nSELECT 1", [("SELECT 1", "how many?")]),
        ("-- one\n-- two\nSELECT 1", [("SELECT 1", "one two")]),
        ("/* one\n * two */\nSELECT 1;", [("SELECT 1", "one two")]),
        ("-- far\n\n-- near\nSELECT 1", [("SELECT 1", "near")]),
        ("SELECT 1\n\n-- second\nSELECT 2", [("SELECT 1", None), ("SELECT 2", "second")]),
        ("WITH a AS (SELECT 1)\n\nSELECT * FROM a", [("WITH a AS (SELECT 1)\n\nSELECT * FROM a", None)]),
        ("SELECT 1\n\nUNION ALL\n\nSELECT 2", [("SELECT 1\n\nUNION ALL\n\nSELECT 2", None)]),
        ("INSERT INTO t (a)\n\nSELECT 1", [("INSERT INTO t (a)\n\nSELECT 1", None)]),
        ("SELECT 1 -- behind\n\nSELECT 2", [("SELECT 1", None), ("SELECT 2", None)]),
    ],
)
def test_statements_and_their_comments(text: str, statements: list[tuple[str, str | None]]) -> None:
    assert read(text) == statements
