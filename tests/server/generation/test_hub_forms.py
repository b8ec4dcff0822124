"""Prompt forms of hub models: what they show, and how a completion becomes SQL."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sqloop.database.knowledge.value_index import ValueIndex, ValueMatch
from sqloop.database.schema import Column, Dialect, ForeignKey, Kind, Schema, Table
from sqloop.errors import ModelError
from sqloop.generation.model_folder import find_model, identify_file, read_form, weigh_model
from sqloop.generation.prompts.forms import Asked, Example, Failure
from sqloop.generation.prompts.hub_forms import PART, extract_query, find_form, show_links
from sqloop.generation.prompts.shown_schema import show_schema
from sqloop.generation.prompts.sql_grammar import sql_grammar
from sqloop.linking.link import ValueLink
from sqloop.linking.question import LinkedQuestion, Note, link_question
from sqloop.models.catalogue import CATALOGUE
from sqloop.models.gguf_file import is_gguf

QUESTION = "which songs are by joe?"
SHOWN = """\
CREATE TABLE singer ( -- who sings
  id INTEGER PRIMARY KEY,
  name TEXT, -- as on stage; 'Joe Sharp', 'Rose White'
  "home town" TEXT
);

CREATE TABLE "order" (
  singer_id INTEGER REFERENCES singer (id),
  year INTEGER,
  PRIMARY KEY (singer_id, year)
);
"""


@pytest.fixture
def asked(schema: Schema) -> Asked:
    matches = (ValueMatch("singer", "name", "Joe's"), ValueMatch("singer", "home town", "Joe"))
    return Asked(
        LinkedQuestion(QUESTION, schema, (ValueLink("v0", 19, 22, "joe", matches), ValueLink("v1", 0, 5, 3)))
    )


def test_schema_is_shown_as_statements_that_sqlite_runs(schema: Schema) -> None:
    assert show_schema(schema) == SHOWN
    connection = sqlite3.connect(":memory:")
    connection.executescript(SHOWN)
    connection.close()


@pytest.mark.parametrize("name", ["chat", "sqlcoder"])
def test_prefix_holds_the_schema_and_suffix_the_question(name: str, asked: Asked) -> None:
    form = find_form(name)
    assert form.name == name
    assert SHOWN in form.prefix(asked.schema)
    assert QUESTION not in form.prefix(asked.schema)
    suffix = form.suffix(asked)
    assert "Stored values: singer.\"home town\" = 'Joe'; singer.name = 'Joe''s'\n" in suffix
    assert QUESTION in suffix


def test_a_chat_model_is_mended_and_sqlcoder_is_kept_to_a_grammar(asked: Asked) -> None:
    assert find_form("chat").grammar(asked) is None
    assert find_form("sqlcoder").grammar(asked) == sql_grammar(asked.schema)


def test_the_parts_of_a_question_come_in_one_order(asked: Asked) -> None:
    """What is asked again with an error begins as what was asked before: the same keys and values serve."""
    form = find_form("chat")
    examples = (Example("who\nsings?", "SELECT name\nFROM singer"), Example("how many?", "SELECT 1"))
    shown = replace(asked, examples=examples)
    again = replace(shown, failed=Failure("SELECT nme\nFROM singer", "no such column: nme"))
    assert form.suffix(shown) == (
        "Answered before:\n-- who sings?\nSELECT name FROM singer\n-- how many?\nSELECT 1\n\n"
        "Stored values: singer.\"home town\" = 'Joe'; singer.name = 'Joe''s'\n"
        f"Question: {QUESTION}\n"
    )
    assert form.suffix(again) == form.suffix(shown) + (
        "This query fails: SELECT nme FROM singer\nError: no such column: nme\n"
    )
    told = find_form("sqlcoder").suffix(again)
    assert told.index("Answered before:") < told.index("This query fails:") < told.index("[QUESTION]")


NOTES = (Note("old\nsongs", "song.year < 1970"), Note("hit", "a song that\nsold well"))


def test_words_of_the_user_stand_between_examples_and_values(asked: Asked) -> None:
    linked = replace(asked.linked, notes=NOTES)
    shown = Asked(linked, examples=(Example("how many?", "SELECT 1"),))
    assert find_form("chat").suffix(shown) == (
        "Answered before:\n-- how many?\nSELECT 1\n\n"
        "Note: old songs means song.year < 1970\nNote: hit means a song that sold well\n"
        "Stored values: singer.\"home town\" = 'Joe'; singer.name = 'Joe''s'\n"
        f"Question: {QUESTION}\n"
    )
    assert "Note: hit means a song that sold well\n" in find_form("sqlcoder").suffix(shown)


def test_five_notes_are_the_most(asked: Asked) -> None:
    notes = tuple(Note(f"n{number}", "x") for number in range(7))
    assert find_form("chat").suffix(Asked(replace(asked.linked, notes=notes))).count("Note: ") == 5


def test_only_chat_models_rewrite_follow_ups() -> None:
    told = {name: find_form(name).follow_ups for name in ("chat", "tuned", "sqlcoder", "starter")}
    assert told == {"chat": "rewritten", "tuned": "together", "sqlcoder": "refused", "starter": "refused"}


def shown_table(*columns: Column, dialect: Dialect = "sqlite", **more: Any) -> str:
    return show_schema(Schema(dialect, (Table("t", columns, **more),)))


def test_types_are_shown_without_their_sizes() -> None:
    shown = shown_table(
        Column("a", "VARCHAR(40)", "text"), Column("b", "DECIMAL(10, 2)", "number"), Column("c", "", "other")
    )
    assert shown == "CREATE TABLE t (\n  a VARCHAR,\n  b DECIMAL,\n  c\n);\n"


@pytest.mark.parametrize(
    ("kind", "samples", "note"),
    [
        ("text", ("it's", "b"), "'it''s', 'b'"),
        ("number", ("1", "2.5"), "1, 2.5"),
        ("boolean", ("0", "1"), "0, 1"),
        ("date", ("2020-01-01", "2020-01-02"), "'2020-01-01'"),
        ("text", ("x" * 40, "y"), f"'{'x' * 24}', 'y'"),
        ("text", tuple("abcd" * 5 for _ in "12345"), "'abcdabcdabcdabcdabcd'"),
        ("text", ("answered", "spam", "open", "new"), "'answered', 'spam', 'open', 'new'"),  # all there are
        ("text", ("a\nb",), "'a b'"),
    ],
)
def test_samples_are_written_as_a_query_would_write_them(
    kind: Kind, samples: tuple[str, ...], note: str
) -> None:
    assert shown_table(Column("a", "X", kind, samples=samples)) == f"CREATE TABLE t (\n  a X -- {note}\n);\n"


def test_a_schema_fits_up_to_a_length_of_its_text() -> None:
    def wide(tables: int, word: str) -> Schema:
        columns = tuple(Column(f"{word}{i}", "INTEGER", "number") for i in range(5))
        return Schema("sqlite", tuple(Table(f"t{i}", columns) for i in range(tables)))

    form = find_form("tuned")
    assert form.room(wide(48, "column")) is None  # 240 columns, twice as many as the starter model takes
    assert form.room(wide(48, "a_column_with_a_long_name_")) == PART
    assert form.room(wide(400, "c")) == PART


def test_null_is_shown_where_rows_hold_it_and_numbers_that_refer_are_not() -> None:
    key = ForeignKey(("a",), "pair", ("x",))
    shown = shown_table(
        Column("a", "INT", "number", samples=("1", "2"), nulls=True),
        Column("b", "TEXT", "text", nulls=True),
        foreign_keys=(key,),
    )
    assert shown == "CREATE TABLE t (\n  a INT REFERENCES pair (x), -- NULL\n  b TEXT -- NULL\n);\n"


def test_views_stand_behind_the_tables_as_views(schema: Schema) -> None:
    view = Table(
        "Sales Total", (Column("year", "INTEGER", "number"), Column("sum", "REAL", "number")), view=True
    )
    shown = show_schema(Schema("sqlite", (view, *schema.tables)))
    assert shown == f'{SHOWN}\nCREATE VIEW "Sales Total" (year, sum);\n'


def test_keys_of_two_columns_stand_by_themselves() -> None:
    key = ForeignKey(("a", "b"), "pair", ("x", "y"))
    shown = shown_table(Column("a", "INT", "number"), Column("b", "INT", "number"), foreign_keys=(key,))
    assert shown.endswith("  b INT,\n  FOREIGN KEY (a, b) REFERENCES pair (x, y)\n);\n")


def test_names_are_quoted_as_mariadb_quotes_them() -> None:
    column = Column("home town", "text", "text", samples=("it's",))
    assert shown_table(column, dialect="mysql") == "CREATE TABLE t (\n  `home town` text -- 'it''s'\n);\n"


@pytest.mark.parametrize(
    ("question", "value", "sure"),
    [
        ("songs of the queen", "Queen", True),
        ("songs of the queen", "Queen of Hearts", False),
        ("songs of the Queen", "Queen of Hearts", True),
        ("which songs are new", "New Order", False),
    ],
)
def test_a_common_word_within_a_stored_value_is_no_hint(
    schema: Schema, question: str, value: str, sure: bool
) -> None:
    index = ValueIndex()
    index.add("singer", "name", [value])
    suffix = find_form("chat").suffix(Asked(link_question(question, schema, index)))
    assert ("Stored values:" in suffix) == sure


def test_a_value_is_shown_in_three_places_at_most_the_likest_first(schema: Schema) -> None:
    values = ("JOE", "joe", "Joe B", "Joe")
    matches = tuple(ValueMatch("singer", "name", each) for each in values)
    asked = Asked(LinkedQuestion(QUESTION, schema, (ValueLink("v0", 19, 22, "joe", matches),)))
    assert show_links(asked) == (
        "Stored values: singer.name = 'joe'; singer.name = 'JOE'; singer.name = 'Joe'\n"
    )


def test_names_in_a_completion_are_mended(schema: Schema) -> None:
    asked = Asked(LinkedQuestion(QUESTION, schema))
    said = 'SELECT s.NAME FROM singer AS s JOIN "order" AS o ON s.id = o.singer_id WHERE s.year = 2014'
    mended = 'SELECT s.name FROM singer AS s JOIN "order" AS o ON s.id = o.singer_id WHERE o.year = 2014'
    assert find_form("chat").to_sql(said, asked) == mended


def test_sqlcoder_ends_as_it_was_trained_to_go_on(asked: Asked) -> None:
    assert find_form("sqlcoder").suffix(asked).endswith(f"[QUESTION]{QUESTION}[/QUESTION]\n[SQL]\n")


def test_a_question_cannot_leave_its_line(schema: Schema) -> None:
    suffix = find_form("sqlcoder").suffix(Asked(LinkedQuestion("one\n\n### Answer\ntwo", schema)))
    assert "[QUESTION]one ### Answer two[/QUESTION]" in suffix


@pytest.mark.parametrize(
    "completion",
    [
        "SELECT name FROM singer",
        " select  name from singer ;",
        "```sql\nSELECT name FROM singer;\n```\nThis lists all names.",
        "Here it is:\n```\nSELECT name FROM singer",
        "SELECT name FROM singer [/SQL] and more",
        "SELECT name FROM singer; SELECT 2",
        "SELECT name FROM singer<|im_end|>",
    ],
)
def test_query_is_found_in_what_models_say(completion: str, schema: Schema) -> None:
    assert extract_query(completion, schema) == "SELECT name FROM singer"


def test_a_quote_may_be_escaped_as_other_languages_do(schema: Schema) -> None:
    said = r"SELECT name FROM singer WHERE name = 'Katia\'s'"
    assert extract_query(said, schema) == "SELECT name FROM singer WHERE name = 'Katia''s'"
    path = r"SELECT name FROM singer WHERE name = 'C:\'"
    assert extract_query(path, schema) == path


@pytest.mark.parametrize("completion", ["", "I do not know.", "SELECT FROM WHERE (", "```"])
def test_no_query_is_a_value_error(completion: str, schema: Schema) -> None:
    with pytest.raises(ValueError, match=r"SQL|query"):
        extract_query(completion, schema)


@pytest.mark.parametrize(
    ("files", "folder", "form"),
    [
        (
            {"sqloop.json": {"form": "starter"}, "tokenizer_config.json": {"chat_template": "x"}},
            "m",
            "starter",
        ),
        ({"tokenizer_config.json": {"chat_template": "x"}}, "m", "chat"),
        ({"chat_template.jinja": "x"}, "m", "chat"),
        ({"tokenizer_config.json": {"chat_template": "x"}}, "llama-3-sqlcoder-8b", "sqlcoder"),
        ({"chat_template.jinja": "x"}, "models--defog--sqlcoder-7b-2/snapshots/1a", "sqlcoder"),
        ({"tokenizer_config.json": {}}, "m", "sqlcoder"),
    ],
)
def test_form_is_chosen_by_the_folder(
    tmp_path: Path, files: dict[str, object], folder: str, form: str
) -> None:
    (tmp_path / folder).mkdir(parents=True)
    for name, content in files.items():
        (tmp_path / folder / name).write_text(json.dumps(content))
    assert read_form(tmp_path / folder) == form


def test_a_gguf_file_is_a_model_whatever_it_is_called(tiny_gguf: Path, tmp_path: Path) -> None:
    blob = tmp_path / "sha256-71af"
    blob.write_bytes(tiny_gguf.read_bytes())
    assert is_gguf(blob)
    assert find_model(str(blob)) == blob
    assert read_form(blob) == "chat"
    assert weigh_model(blob) == (None, blob.stat().st_size)
    assert read_form(blob.rename(tmp_path / "sqlcoder-7b.gguf")) == "sqlcoder"


@pytest.mark.parametrize("content", [b"", b"GGU", b"ggml....", b"{}"])
def test_another_file_is_no_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    assert not is_gguf(path)
    with pytest.raises(ModelError, match="is no model but a file"):
        find_model(str(path))


@pytest.mark.parametrize("place", [0, 0.5, 1])
def test_a_gguf_file_is_told_from_another_by_its_parts(tmp_path: Path, place: float) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    content = bytearray(b"GGUF" * 100_000)
    one.write_bytes(content)
    other.write_bytes(content)
    assert identify_file(one) == identify_file(other)
    content[min(int(place * len(content)), len(content) - 1)] ^= 1
    other.write_bytes(content)
    assert identify_file(one) != identify_file(other)
    other.write_bytes(content[:-1])
    assert identify_file(one) != identify_file(other)


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        ("sqlite", "SELECT STRFTIME('%Y', Placed) FROM Orders WHERE Note LIKE 'a%'"),
        ("postgres", """SELECT EXTRACT(YEAR FROM "Placed") FROM "Orders" WHERE "Note" ILIKE 'a%'"""),
    ],
)
def test_the_tuned_model_is_asked_for_what_it_learned(dialect: Dialect, written: str) -> None:
    columns = (Column("Placed", "timestamp", "date"), Column("Note", "text", "text"))
    schema = Schema(dialect, (Table("Orders", columns),))
    form = find_form("tuned")
    assert form.prefix(schema).startswith("Write one SQLite query ")
    assert form.prefix(replace(schema, dialect="mysql")).startswith("Write one MySQL query ")
    said = "SELECT strftime('%Y', placed) FROM orders WHERE note LIKE 'a%'"
    assert form.to_sql(said, Asked(LinkedQuestion("q", schema))) == written


@pytest.mark.parametrize(
    "said", ["SELECT placed_on FROM wide", "SELECT w.placed_on FROM wide AS w JOIN t9 ON t9.code = w.code"]
)
def test_what_a_prompt_had_no_room_for_is_known_all_the_same(said: str) -> None:
    names = ["code", "placed_at", *(f"c{i}" for i in range(70)), "placed_on"]
    wide = Table("wide", tuple(Column(name, "INTEGER", "number") for name in names))
    others = (Table(f"t{i}", (Column("code", "TEXT", "text"),)) for i in range(1_500))
    form, schema = find_form("tuned"), Schema("sqlite", (*others, wide))
    asked = Asked(link_question("How wide?", schema, ValueIndex(), room=form.room))
    assert "placed_on" not in form.prefix(asked.schema)
    assert extract_query(said, asked.schema) != said
    assert form.to_sql(said, asked) == said


def test_a_file_of_the_catalogue_is_tuned(tmp_path: Path) -> None:
    path = tmp_path / "any.gguf"
    with path.open("wb") as file:
        file.truncate(CATALOGUE[0].bytes)
    assert read_form(path) == "tuned"
    with path.open("ab") as file:
        file.write(b"x")
    assert read_form(path) == "chat"
