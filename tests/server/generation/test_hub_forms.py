"""Prompt forms of hub models: what they show, and how a completion becomes SQL."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from sqloop.database.link import ValueLink
from sqloop.database.schema import Schema
from sqloop.database.value_index import ValueMatch
from sqloop.generation.forms import Asked
from sqloop.generation.hub_forms import extract_query, find_form, show_schema
from sqloop.generation.model_folder import read_form

QUESTION = "which songs are by joe?"
SHOWN = """\
CREATE TABLE singer ( -- who sings
  id INTEGER PRIMARY KEY,
  name TEXT, -- as on stage; e.g. Joe Sharp, Rose White
  "home town" TEXT
);

CREATE TABLE "order" (
  singer_id INTEGER,
  year INTEGER,
  PRIMARY KEY (singer_id, year),
  FOREIGN KEY (singer_id) REFERENCES singer (id)
);
"""


@pytest.fixture
def asked(schema: Schema) -> Asked:
    matches = (ValueMatch("singer", "name", "Joe's"), ValueMatch("singer", "home town", "Joe"))
    return Asked(QUESTION, schema, (ValueLink("v0", 19, 22, "joe", matches), ValueLink("v1", 0, 5, 3)))


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
    assert "- joe: singer.name = 'Joe''s' or singer.\"home town\" = 'Joe'\n" in suffix
    assert QUESTION in suffix
    assert form.grammar(asked) is not None


def test_sqlcoder_ends_as_it_was_trained_to_go_on(asked: Asked) -> None:
    assert find_form("sqlcoder").suffix(asked).endswith(f"[QUESTION]{QUESTION}[/QUESTION]\n[SQL]\n")


def test_a_question_cannot_leave_its_line(schema: Schema) -> None:
    suffix = find_form("sqlcoder").suffix(Asked("one\n\n### Answer\ntwo", schema))
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
def test_query_is_found_in_what_models_say(completion: str) -> None:
    assert extract_query(completion, "sqlite") == "SELECT name FROM singer"


@pytest.mark.parametrize(
    "completion", ["", "I do not know.", "DROP TABLE singer", "SELECT FROM WHERE (", "```"]
)
def test_no_query_is_a_value_error(completion: str) -> None:
    with pytest.raises(ValueError, match=r"SQL|query"):
        extract_query(completion, "sqlite")


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
