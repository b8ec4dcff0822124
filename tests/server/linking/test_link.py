"""Value linking: which words of a question are values, and where they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from sqloop.database.knowledge.value_index import ValueIndex, ValueMatch
from sqloop.database.schema import Column, Schema, Table
from sqloop.linking.link import MAX_LINKS, MAX_MATCHES, link_values

SCHEMA = Schema(
    "sqlite",
    (
        Table("medals", tuple(Column(name, "TEXT", "text") for name in ("type", "athlete", "city"))),
        Table("cities", (Column("name", "TEXT", "text"), Column("population", "INTEGER", "number"))),
    ),
)
STORED = {
    ("medals", "type"): ["MedalGold", "MedalSilver", "first_place"],
    ("medals", "athlete"): [
        "Usain Bolt",
        "Naïm Süleymanoğlu",
        "Paavo Nurmi",
        "Grace Jackson",
        "Colin Jackson",
    ],
    ("medals", "city"): ["London", "Rio de Janeiro"],
    ("cities", "name"): ["London", "Köln", "Many", "2000", "New"],
}


def index(stored: dict[tuple[str, str], list[str]] = STORED) -> ValueIndex:
    made = ValueIndex()
    for (table, column), values in stored.items():
        made.add(table, column, values)
    return made


def link(question: str) -> list[tuple[str, str | int | float, list[str]]]:
    """For each link its words, its value as read, and the values as stored."""
    found = link_values(question, SCHEMA, index())
    assert [each.handle for each in found] == [f"v{i}" for i in range(len(found))]
    return [
        (question[each.start : each.end], each.value, [match.value for match in each.matches])
        for each in found
    ]


@pytest.mark.parametrize(
    ("question", "links"),
    [
        ("how many gold medals", [("gold medals", "gold medals", ["MedalGold"])]),
        ("medals of USAIN BOLT", [("USAIN BOLT", "USAIN BOLT", ["Usain Bolt"])]),
        ("medals of bolt usain", [("bolt usain", "bolt usain", ["Usain Bolt"])]),
        ("medals of naim suleymanoglu", [("naim suleymanoglu", "naim suleymanoglu", ["Naïm Süleymanoğlu"])]),
        ("people in koln", [("koln", "koln", ["Köln"])]),
        ("who took first places", [("first places", "first places", ["first_place"])]),
        ("in rio de janeiro", [("rio de janeiro", "rio de janeiro", ["Rio de Janeiro"])]),
        ("what did Nurmi win", [("Nurmi", "Nurmi", ["Paavo Nurmi"])]),
        ("what did Nurmi's rival win", [("Nurmi's", "Nurmi's", ["Paavo Nurmi"])]),
        ("london medals", [("london", "london", ["London", "London"])]),
    ],
)
def test_stored_text_in_other_forms(question: str, links: Sequence[object]) -> None:
    assert link(question) == links


@pytest.mark.parametrize(
    ("question", "links"),
    [
        ("more than 20 or 1,500 or 2.5", [("20", 20), ("1,500", 1500), ("2.5", 2.5)]),
        ("top five by a dozen", [("five", 5), ("dozen", 12)]),
        ("won in may", [("may", 5)]),
        ("May I see December", [("May", 5), ("December", 12)]),
        ("they may march", []),
        ("on 2024-02-29 or 2024-03-01 10:30:00", [("2024-02-29",) * 2, ("2024-03-01 10:30:00",) * 2]),
        ("named 'Zoë' or \"no one\" or “x”", [("'Zoë'", "Zoë"), ('"no one"', "no one"), ("“x”", "x")]),
        ("code `42`", [("`42`", 42)]),
        ("the athlete's city", []),
        ("medals of Ann Lee in Paris", [("Ann Lee", "Ann Lee"), ("Paris", "Paris")]),
        ("List the Medals", []),
        ("how many cities by population", []),
        ("medals by year? Give cities too.", []),
        ("medals in Paris. I'd like the date as YYYY-MM", [("Paris", "Paris")]),
        ("who lives in Ulm? Anna Lee does", [("Ulm", "Ulm"), ("Lee", "Lee")]),
        ("medals of St. Gallen and Mr. Brown", [(w, w) for w in ("St", "Gallen", "Mr", "Brown")]),
    ],
)
def test_numbers_dates_quotes_and_unknown_names(
    question: str, links: Sequence[tuple[str, str | int | float]]
) -> None:
    assert [(words, value) for words, value, _ in link(question)] == links


def test_an_exact_spelling_comes_first() -> None:
    two = index({("medals", "city"): ["Londons"], ("cities", "name"): ["London"]})
    (found,) = link_values("in London", SCHEMA, two)
    assert [match.table for match in found.matches] == ["cities", "medals"]
    assert found.stored("medals", "city") == "Londons"
    assert found.stored("cities", "name") == "London"
    assert found.stored("cities", "population") == "London"


def test_a_number_that_is_stored_as_text_knows_its_column() -> None:
    assert link("in 2000") == [("2000", 2000, ["2000"])]


def test_common_words_and_names_of_the_schema_are_no_values() -> None:
    assert link("how many new medals") == []
    assert link("what is the type of new cities") == []


def test_a_word_that_two_values_share_tells_nothing() -> None:
    assert link("medals of jackson") == []
    assert link("medals of grace jackson") == [("grace jackson", "grace jackson", ["Grace Jackson"])]


def test_links_do_not_overlap_and_the_longest_wins() -> None:
    found = link_values('"Usain Bolt" in Rio de Janeiro on 2016-08-14', SCHEMA, index())
    assert [each.value for each in found] == ["Usain Bolt", "Rio de Janeiro", "2016-08-14"]
    for before, after in pairwise(found):
        assert before.end <= after.start


def test_there_are_limits() -> None:
    assert len(link(" and ".join(str(number) for number in range(100, 150)))) == MAX_LINKS
    many = index({("medals", f"c{i}"): ["London"] for i in range(10)})
    (found,) = link_values("in london", SCHEMA, many)
    assert len(found.matches) == MAX_MATCHES


def test_values_that_are_no_names_are_not_indexed() -> None:
    made = index({("medals", "city"): ["", "x" * 101, "one two three four five six seven eight", "?!"]})
    assert link_values("one two three four five six seven eight ?!", SCHEMA, made)[0].matches == ()
    assert made.whole(("",)) == []


def test_an_index_knows_where_values_are() -> None:
    made = index()
    assert made.whole(("gold", "medal")) == [ValueMatch("medals", "type", "MedalGold")]
    assert made.telling("bolt") == [ValueMatch("medals", "athlete", "Usain Bolt")]
    assert made.telling("jackson") == []


def test_short_words_of_a_sentence_are_no_parts_of_names() -> None:
    made = index({("medals", "athlete"): ["Kim Won-ho", "An Lee", "Usain Bolt"]})

    def values(question: str) -> list[str]:
        return [match.value for each in link_values(question, SCHEMA, made) for match in each.matches]

    assert values("which city has won the most") == []
    assert values("who won before Bolt") == ["Usain Bolt"]
    assert values("who won before bolt") == []  # on the written questions such words are seldom the value
    assert values("medals of lee") == []
    assert values("medals of Lee") == ["An Lee"]


KINDS = Schema(
    "sqlite",
    (
        Table("places", (Column("name", "TEXT", "text"), Column("kind", "TEXT", "text"))),
        Table("halls", (Column("free_seats", "INTEGER", "number"),)),
    ),
)


@pytest.mark.parametrize(
    ("question", "links"),
    [
        ("thai places", [("thai", ["Thai"])]),
        ("the Thai Place", [("Thai Place", ["Thai Place"])]),
        ("thai place", [("thai place", ["Thai Place"])]),
        ("sushi bars", [("sushi bars", ["Sushi", "Sushi Bar"])]),
        ("what are the names of the place", []),
        ("The Name of the Rose", [("The Name of the Rose", ["The Name of the Rose"])]),
        ("best rated ones, higher than 3", [("3", [])]),
        ("with high priority", [("high", ["High"])]),
    ],
)
def test_things_of_a_kind_are_not_the_one_that_is_called_so(
    question: str, links: list[tuple[str, list[str]]]
) -> None:
    named = ["Thai Place", "Sushi Bar", "The Names", "The Name of the Rose", "Best Corner", "Higher Ground"]
    stored = {("places", "name"): named, ("places", "kind"): ["Thai", "Sushi", "High"]}
    found = link_values(question, KINDS, index(stored))
    assert [
        (question[each.start : each.end], [match.value for match in each.matches]) for each in found
    ] == links


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("which halls are out of seats", [0]),
        ("3 out of seats", [3]),
        ("walks out of places", []),
        ("out of", []),
    ],
)
def test_what_is_out_of_a_number_has_none(question: str, values: list[int]) -> None:
    assert [each.value for each in link_values(question, KINDS, index({}))] == values


@pytest.mark.parametrize(
    ("question", "stored"),
    [
        ("customers in paris", ["paris", "Paris", "PARIS"]),
        ("customers in Paris", ["Paris", "paris", "PARIS"]),
        ("customers in PARIS", ["PARIS", "paris", "Paris"]),
        ("customers in 'paris'", ["paris", "Paris", "PARIS"]),
        ("the email of Luis", ["Luis", "Luís"]),
        ("the email of Luís", ["Luís", "Luis"]),
        ("the email of luis", ["Luis", "Luís"]),
        ("the email of Luis Rojas", ["Luis Rojas", "Luís Rojas"]),
    ],
)
def test_the_value_as_written_comes_before_its_variants(question: str, stored: list[str]) -> None:
    values = ["paris", "Paris", "PARIS", "Luís", "Luis", "Luís Rojas", "Luis Rojas"]
    (found,) = link_values(question, SCHEMA, index({("medals", "city"): values}))
    said = found.stored("medals", "city")
    assert said == stored[0]
    # What is alike but for case and accents keeps the order of the database.
    assert {match.value for match in found.matches} == set(stored)


SONGS = Schema(
    "sqlite",
    (
        Table("songs", (Column("title", "TEXT", "text"), Column("price", "REAL", "number"))),
        Table("artists", (Column("name", "TEXT", "text"),)),
        Table("hits", (Column("title", "TEXT", "text"), Column("stars", "TEXT", "text")), view=True),
    ),
)
TITLES = [
    "The Cost of Living",
    "She Sells Sanctuary",
    "Money for Nothing",
    "Let's Spend The Night Together",
    "Blue Sky",
    "Base Layers",
    "0.99",
    "Top Gun Anthem",
]


@pytest.mark.parametrize(
    ("question", "links"),
    [
        ("How many songs cost 0.99?", [("0.99", ["0.99"])]),
        ("songs with a price of 0.99", [("0.99", [])]),
        ("songs with 0.99 price", [("0.99", [])]),
        ("total sales", []),
        ("How much money was spent per country?", []),
        ("how many songs are sold at night", []),
        ("which songs are based on others", []),
        ("Top songs", []),
        ("songs? Money counts", []),
        ("the song about Living", [("Living", ["The Cost of Living"])]),
        ("is money for nothing sold", [("money for nothing", ["Money for Nothing"])]),
        ("something by strummer", [("strummer", ["Joe Strummer"])]),
        ("something by Strummer", [("Strummer", ["Joe Strummer"])]),
    ],
)
def test_a_common_word_of_a_longer_value_is_no_link(
    question: str, links: list[tuple[str, list[str]]]
) -> None:
    stored = index({("songs", "title"): TITLES, ("artists", "name"): ["Joe Strummer"]})
    found = link_values(question, SONGS, stored)
    assert [
        (question[each.start : each.end], [match.value for match in each.matches]) for each in found
    ] == links


def test_a_view_that_repeats_a_table_is_not_named_for_its_values() -> None:
    stored = index(
        {("hits", "title"): ["Blue Sky"], ("hits", "stars"): ["Five Stars"], ("songs", "title"): ["Blue Sky"]}
    )
    found = link_values("'Blue Sky' with 'Five Stars'", SONGS, stored)
    assert [[match.table for match in each.matches] for each in found] == [["songs"], ["hits"]]
