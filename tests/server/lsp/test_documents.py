"""Documents: edits as the client counts them, and statements that stay known while the text changes."""

from __future__ import annotations

import random

import pytest
from lsprotocol import types

from sqloop.answer import ModelName
from sqloop.database.schema import Dialect, Schema
from sqloop.database.tokens import essence
from sqloop.feedback.events import Event
from sqloop.lsp.documents import Document, Documents, Encoding
from sqloop.lsp.suggestions import Suggestion, Suggestions
from sqloop.lsp.text.place import read_place
from sqloop.lsp.text.problems import parse_problem
from sqloop.lsp.text.regions import Regions
from sqloop.lsp.text.statements import all_statements, read_half

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
    "CREATE TRIGGER a ",
    "BEGIN ",
    "END",
    "\nDELIMITER //\n",
    "//",
    "\nDELIMITER ;\n",
    "$$",
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
    assert Documents(encoding).units("a😀") == column


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


def read(text: str, dialect: Dialect = "sqlite") -> list[tuple[str, str | None]]:
    document = Document("f", 1, text, "utf-16", dialect)
    return [(each.sql, each.comment and each.comment.text) for each in all_statements(document, dialect)]


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("SELECT 1; SELECT ';';", [("SELECT 1", None), ("SELECT ';'", None)]),
        ("-- how many?\nSELECT 1", [("SELECT 1", "how many?")]),
        ("\ufeffSELECT 1; SELECT 2", [("SELECT 1", None), ("SELECT 2", None)]),
        ("\ufeff-- how many?\nSELECT 1", [("SELECT 1", "how many?")]),
        ("-- one\n-- two\nSELECT 1", [("SELECT 1", "one two")]),
        ("/* one\n * two */\nSELECT 1;", [("SELECT 1", "one two")]),
        ("-- far\n\n-- near\nSELECT 1", [("SELECT 1", "near")]),
        ("SELECT 1\n\n-- second\nSELECT 2", [("SELECT 1", None), ("SELECT 2", "second")]),
        ("WITH a AS (SELECT 1)\n\nSELECT * FROM a", [("WITH a AS (SELECT 1)\n\nSELECT * FROM a", None)]),
        ("SELECT 1\n\nUNION ALL\n\nSELECT 2", [("SELECT 1\n\nUNION ALL\n\nSELECT 2", None)]),
        ("INSERT INTO t (a)\n\nSELECT 1", [("INSERT INTO t (a)\n\nSELECT 1", None)]),
        ("SELECT 1 -- behind\n\nSELECT 2", [("SELECT 1", None), ("SELECT 2", None)]),
        ("SELECT 1; -- behind\nSELECT 2;", [("SELECT 1", None), ("SELECT 2", None)]),
        ("SELECT 1; -- behind\n-- two\nSELECT 2;", [("SELECT 1", None), ("SELECT 2", "two")]),
        # Left half-written: where no query can follow, another one has begun.
        ("SELECT a FROM t JOIN\n\n-- two\nSELECT 2", [("SELECT a FROM t JOIN", None), ("SELECT 2", "two")]),
        ("SELECT f(a\n\nSELECT 2", [("SELECT f(a", None), ("SELECT 2", None)]),
        ("SELECT 1 UNION\n\n-- two\nSELECT 2", [("SELECT 1 UNION\n\n-- two\nSELECT 2", None)]),
        ("SELECT (\n\n-- two\nSELECT 2)", [("SELECT (\n\n-- two\nSELECT 2)", None)]),
    ],
)
def test_statements_and_their_comments(text: str, statements: list[tuple[str, str | None]]) -> None:
    assert read(text) == statements


BODY = """BEGIN
    DECLARE a INT;
    SELECT 1;

    -- the rest
    WHILE a DO SELECT CASE a WHEN 1 THEN 2 END; END WHILE;
    CASE a WHEN 1 THEN SELECT 1; END CASE;

    UPDATE t SET x = 1;
END"""
QUOTED = f"AS $body$\n{BODY};\n$body$"


@pytest.mark.parametrize(
    ("dialect", "routine"),
    [
        ("mysql", f"CREATE OR REPLACE DEFINER=`a`@`%` PROCEDURE p()\n{BODY}"),
        ("mysql", f"CREATE TRIGGER p AFTER INSERT ON t FOR EACH ROW {BODY}"),
        ("mysql", f"CREATE EVENT p ON SCHEDULE EVERY 1 DAY DO {BODY}"),
        ("mysql", f"CREATE FUNCTION p() RETURNS INT {BODY}"),
        ("mysql", BODY.replace("BEGIN", "BEGIN NOT ATOMIC")),
        ("sqlite", f"CREATE TEMP TRIGGER p INSERT ON t WHEN CASE 1 WHEN 1 THEN 1 END {BODY}"),
        ("postgres", f"CREATE FUNCTION p() RETURNS int {QUOTED} LANGUAGE plpgsql"),
        ("postgres", f"DO {QUOTED.removeprefix('AS ')}"),
    ],
)
def test_a_routine_is_one_statement(dialect: Dialect, routine: str) -> None:
    expected = [("SELECT 0", None), (routine, None), ("SELECT 9", "how many")]
    assert read(f"SELECT 0;\n{routine};\n-- how many\nSELECT 9;", dialect) == expected
    if dialect == "mysql":
        for mark in ("//", "$$", ";;"):
            text = f"SELECT 0;\nDELIMITER {mark}\n{routine}{mark}\nDELIMITER ;\n-- how many\nSELECT 9;"
            assert read(text, dialect) == expected


def test_a_routine_of_a_dump_is_a_comment() -> None:
    routine = f"/*!50003 CREATE*/ /*!50003 TRIGGER p INSERT ON t FOR EACH ROW {BODY} */"
    text = f"SELECT 0;\nDELIMITER ;;\n{routine};;\nDELIMITER ;\nSELECT 9;"
    assert [sql for sql, _ in read(text, "mysql")] == ["SELECT 0", "SELECT 9"]


def test_a_transaction_is_no_routine() -> None:
    assert [sql for sql, _ in read("BEGIN;\nSELECT 1;\nEND;")] == ["BEGIN", "SELECT 1", "END"]


@pytest.mark.parametrize(
    "before", ["CREATE TRIGGER p INSERT ON t BEGIN SELECT 1;", "DELIMITER //\nSELECT 1 //\n"]
)
def test_a_question_in_a_body_is_still_one(before: str) -> None:
    text = f"{before}\n-- how many cats\nSEL"
    half = read_half(Document("f", 1, text, "utf-16", "mysql"), len(text), "mysql")
    assert half is not None
    assert half.comment is not None
    assert (half.written, half.comment.text) == ("SEL", "how many cats")


@pytest.mark.parametrize("sign", ["\u2028", "\f", "\v", "\x85", "\r\n", "😀"])
def test_a_mistake_is_marked_where_it_is_whatever_stands_in_texts(sign: str) -> None:
    sql = f"SELECT 'a{sign}b', name\nFROM customer\nWHERE )"
    (problem,) = parse_problem(sql, "sqlite")
    assert sql[problem.start : problem.end] == ")"


def test_a_statement_of_a_dump_is_not_read_at_each_key_press() -> None:
    dump = "INSERT INTO t VALUES\n" + "(1, 'a;b', NULL),\n" * 20_000
    document = Document("f", 1, f"SELECT 1;\n{dump}(2);\nSELECT 2", "utf-16", "sqlite")
    assert [each.sql for each in all_statements(document, "sqlite")] == ["SELECT 1", "SELECT 2"]
    assert read_half(document, len(dump), "sqlite") is None
    assert read_place(document, len(dump), Schema("sqlite", ()), "sqlite") is None
    half = read_half(document, len(document.text), "sqlite")
    assert half is not None
    assert half.written == "SELECT 2"


def test_who_used_a_query_is_found_without_reading_what_all_others_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    suggestions, asked = Suggestions(), list[str]()
    for number in range(50):
        shown = Event("shown", f"question {number}", None, None, "", "", ModelName("m", None))
        suggestion = Suggestion(f"question {number}", (), 1, shown)
        suggestion.use(f"SELECT {number}", "sqlite")
        suggestions.add(suggestion)
    monkeypatch.setattr(
        "sqloop.lsp.suggestions.essence", lambda sql, dialect: (asked.append(sql), essence(sql, dialect))[1]
    )
    found = suggestions.used("select 7;", "sqlite")
    assert found is not None
    assert (found.question, asked) == ("question 7", ["select 7;"])
