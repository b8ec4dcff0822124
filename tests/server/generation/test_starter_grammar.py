"""The grammar of the starter model's answers: what it lets through, and what it keeps from being written."""

from __future__ import annotations

from random import Random

from llguidance import LLMatcher
from tokenizers import Tokenizer, decoders, models

from server.generation.completions import Accepts, linked, tokens
from sqloop.database.knowledge.value_index import ValueMatch
from sqloop.database.schema import Schema
from sqloop.generation.inference.tokens import Tokens
from sqloop.generation.prompts import starter_tokens
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.starter_form import StarterForm
from sqloop.generation.prompts.starter_grammar import without
from sqloop.generation.prompts.starter_tokens import special_tokens, token
from sqloop.linking.question import link_question
from sqloop_trainer.instances.rows import fill
from sqloop_trainer.synthesis.pairs import index_values, make_pairs
from sqloop_trainer.synthesis.schemas.domains import make_domain

FORM = StarterForm()


def test_the_grammar_refuses_what_the_prompt_does_not_show(schema: Schema, accepts: Accepts) -> None:
    grammar = FORM.grammar(linked(schema, 1, 2))
    assert accepts(grammar, tokens("select c4 from t1 where c4 eq v1"))
    for words in (
        "select c5",
        "select c4 from t2",
        "select c4 where c4 eq v2",
        "select",
        "select c4 where",
        "from t0",
        "select c4 q",
        "select c4 where c4 eq v1 v0",
    ):
        assert not accepts(grammar, tokens(words)), words
    assert accepts(FORM.grammar(linked(schema)), tokens("select c4 limit n3"))


def test_the_grammar_compares_a_linked_text_only_with_columns_that_hold_it(
    shop_schema: Schema, accepts: Accepts
) -> None:
    columns = [(table.name, column.name) for table in shop_schema.tables for column in table.columns]
    texts = [
        i
        for i, (table, name) in enumerate(columns)
        if (found := shop_schema.table(table)) and (each := found.column(name)) and each.kind == "text"
    ]
    holder, other = texts[:2]
    grammar = FORM.grammar(linked(shop_schema, "x", match=ValueMatch(*columns[holder], "X")))
    assert accepts(grammar, tokens(f"select c0 where c{holder} eq v0"))
    assert accepts(grammar, tokens(f"select c0 where c{other} like v0"))
    assert not accepts(grammar, tokens(f"select c0 where c{other} eq v0"))
    assert not accepts(grammar, tokens(f"select sum c{other} rp"))


def test_a_number_has_no_year(shop_schema: Schema, accepts: Accepts) -> None:
    kinds = [column.kind for table in shop_schema.tables for column in table.columns]
    number, text = kinds.index("number"), kinds.index("text")
    grammar = FORM.grammar(linked(shop_schema, 5))
    for words in ("select year c{} rp", "select count_all group_by month c{} rp", "select day min c{} rp rp"):
        assert accepts(grammar, tokens(words.format(text))), words
        assert not accepts(grammar, tokens(words.format(number))), words


def test_nothing_is_grouped_by_a_value(shop_schema: Schema, accepts: Accepts) -> None:
    grammar = FORM.grammar(linked(shop_schema, 5))
    for by, good in (
        ("c1", True),
        ("year c1 rp", True),
        ("c1 slash n9 star n9", True),
        ("v0", False),
        ("n3", False),
    ):
        for words in (
            f"select count_all group_by {by}",
            f"select c1 where rank over partition_by {by} order_by c1 rp le v0",
            f"select c1 where rank over partition_by c0 comma {by} order_by c1 rp le v0",
        ):
            assert accepts(grammar, tokens(words)) == good, words


def test_the_grammar_goes_only_where_keys_lead(shop_schema: Schema, accepts: Accepts) -> None:
    names = [f"{table.name}.{column.name}" for table in shop_schema.tables for column in table.columns]
    c = {name: f"c{i}" for i, name in enumerate(names)}
    asked = linked(shop_schema, "ulm", match=ValueMatch("city", "name", "ULM"))
    grammar = FORM.grammar(asked)
    boss, home = c["employee.boss_id"], c["employee.city_id"]
    for words in (
        f"select {boss} via {c['employee.name']}",
        f"select {boss} via {boss} via {c['employee.name']}",
        f"select {boss} via {home} via {c['city.name']}",
        f"select sum {boss} via {c['employee.id']} rp",
        f"select count_all where {boss} via {home} via {c['city.name']} eq v0",
    ):
        assert accepts(grammar, tokens(words)), words
    for words in (
        f"select {c['employee.name']} via {c['employee.name']}",  # no key
        f"select {boss} via {c['city.name']}",  # another table
        f"select {boss} via {c['employee.name']} via {c['employee.name']}",
        f"select sum {boss} via {c['city.id']} rp",
        f"select count_all where {boss} via {c['employee.name']} eq v0",  # where no name of a city stands
    ):
        assert not accepts(grammar, tokens(words)), words


def test_the_grammar_accepts_every_made_completion(accepts: Accepts) -> None:
    made = 0
    for seed in range(12):
        domain = make_domain(Random(seed))
        connection = fill(domain.schema, seed, 25, words=domain.name_words())
        index = index_values(domain.schema, connection)
        connection.close()
        for pair in make_pairs(domain, seed, 12):
            asked = Asked(link_question(pair.question, domain.schema, index))
            assert accepts(FORM.grammar(asked), pair.completion), pair
            made += 1
    assert made > 100


def test_a_model_of_before_is_not_offered_words_that_it_lacks(shop_schema: Schema) -> None:
    """The words that were added stand at the end of the vocabulary, and each in lines of its own."""
    early = special_tokens()[: -len(starter_tokens.LATER)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(early)
    words = Tokens(tokenizer, [tokenizer.token_to_id(token("eos"))], None)
    assert set(words.lacking) == set(starter_tokens.LATER)
    asked = linked(shop_schema, 20, "ulm", match=ValueMatch("city", "name", "ULM"))
    grammar = without(FORM.grammar(asked), words.lacking)
    matcher = LLMatcher(words.for_grammar(0), LLMatcher.grammar_from_lark(grammar))
    assert not matcher.is_error(), matcher.get_error()
    ids = tokenizer.encode(tokens("select c3 where c1 eq v1 and c10 gt avg c10 rp")).ids
    assert matcher.try_consume_tokens(ids) == len(ids)
    assert matcher.is_accepting()
