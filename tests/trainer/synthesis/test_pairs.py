"""Pairs: executed, worth asking, readable by the model, the same for the same seed."""

from __future__ import annotations

from random import Random

from sqloop.database.schema import Column, Schema, Table
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.starter_form import StarterForm
from sqloop.linking.question import link_question
from sqloop_trainer.synthesis.pairs import Pair, fill_domain, index_values, make_pairs
from sqloop_trainer.synthesis.schemas.domains import Domain, make_domain, read_domain

COUNT = 12


def pairs_of(seeds: range) -> list[tuple[int, Domain, Pair]]:
    return [
        (seed, domain, pair)
        for seed in seeds
        for domain in [make_domain(Random(seed))]
        for pair in make_pairs(domain, seed, COUNT)
    ]


def test_pairs_have_answers_and_questions_differ() -> None:
    made = pairs_of(range(30))
    assert len(made) >= 0.9 * 30 * COUNT
    assert len({pair.question.lower() for _, _, pair in made}) >= 0.98 * len(made)
    for seed, domain, pair in made:
        connection = fill_domain(domain, seed)
        cells = [cell for row in connection.execute(pair.sql) for cell in row]
        assert any(cell is not None for cell in cells), pair
        assert cells not in ([0], [0.0]), pair
        connection.close()


def test_a_pair_is_what_the_model_is_asked_when_it_serves() -> None:
    form = StarterForm()
    for seed, domain, pair in pairs_of(range(40, 50)):
        connection = fill_domain(domain, seed)
        index = index_values(domain.schema, connection)
        asked = Asked(link_question(pair.question, domain.schema, index))
        assert form.suffix(asked) == pair.suffix
        served = connection.execute(form.to_sql(pair.completion, asked)).fetchall()
        wanted = connection.execute(pair.sql).fetchall()
        assert sorted(served, key=repr) == sorted(wanted, key=repr), pair
        connection.close()


def test_the_same_seed_gives_the_same_pairs() -> None:
    once, again = pairs_of(range(3)), pairs_of(range(3))
    assert [pair for _, _, pair in once] == [pair for _, _, pair in again]
    domain = make_domain(Random(1))
    assert list(make_pairs(domain, 1, COUNT)) != list(make_pairs(domain, 2, COUNT))


def test_domains_differ_in_style() -> None:
    schemas = [make_domain(Random(seed)).schema for seed in range(60)]
    names = [table.name for schema in schemas for table in schema.tables]
    assert any(name.isupper() for name in names)
    assert any("_" in name for name in names)
    assert any(name.startswith("tbl_") for name in names)
    assert any(name != name.lower() and "_" not in name and not name.isupper() for name in names)
    assert {len(schema.tables) for schema in schemas} >= {2, 3, 4, 5}
    keys = [key for schema in schemas for table in schema.tables for key in table.foreign_keys]
    assert keys
    for schema in schemas:
        for table in schema.tables:
            for key in table.foreign_keys:
                referred = schema.table(key.referred_table)
                assert referred is not None
                assert key.referred_columns == referred.primary_key


def test_a_schema_with_nothing_to_ask_gives_no_pairs() -> None:
    bare = Schema("sqlite", (Table("t", (Column("id", "INTEGER", "number"),), ("id",)),))
    assert list(make_pairs(read_domain(bare), 1, COUNT)) == []


def test_names_without_words_are_asked_about_as_they_are_spelled() -> None:
    columns = (
        Column("id", "INTEGER", "number"),
        Column("_", "REAL", "number"),
        Column("name", "TEXT", "text"),
    )
    domain = read_domain(Schema("sqlite", (Table("__", columns, ("id",)),)))
    assert len(list(make_pairs(domain, 1, 10))) == 10


def test_a_given_schema_is_asked_in_its_own_words() -> None:
    columns = (
        Column("id", "INTEGER", "number"),
        Column("nm", "TEXT", "text"),
        Column("wgt", "REAL", "number"),
    )
    schema = Schema("sqlite", (Table("pgn", columns, ("id",)),))
    words = {"pgn": "penguins", "pgn.nm": "name", "pgn.wgt": "body weight"}
    made = list(make_pairs(read_domain(schema, words), 1, 30))
    text = " ".join(pair.question.lower() for pair in made)
    assert "penguin" in text
    assert "body weight" in text
