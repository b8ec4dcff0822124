"""Synthesised questions: every pattern asks something that has an answer, in many words."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from random import Random

import pytest

from sqloop.database.schema import Column, ForeignKey, Schema, Table
from sqloop.generation.compact.expand import expand
from sqloop.generation.compact.rendering import render
from sqloop.generation.compact.selects import parse_query
from sqloop_trainer.synthesis.conditions.filters import own_condition
from sqloop_trainer.synthesis.conditions.number import on_number
from sqloop_trainer.synthesis.drafts import Draft, Pattern
from sqloop_trainer.synthesis.owners import draw_owned
from sqloop_trainer.synthesis.pairs import fill_domain
from sqloop_trainer.synthesis.patterns import (
    groups,
    lists,
    numbers,
    rows,
    selves,
    tops,
    windows,
)
from sqloop_trainer.synthesis.patterns.groups import count_by
from sqloop_trainer.synthesis.patterns.kinds import WEIGHTS
from sqloop_trainer.synthesis.scene import Scene
from sqloop_trainer.synthesis.schemas.domains import Domain, make_domain, read_domain
from sqloop_trainer.synthesis.told_columns import tell_columns
from sqloop_trainer.synthesis.wording import finish

SCENES = 32


def make_scene(seed: int) -> Scene:
    domain: Domain = make_domain(Random(seed))
    return Scene(domain, fill_domain(domain, seed), Random(seed))


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [make_scene(seed) for seed in range(SCENES)]


def answer(scene: Scene, sql: str) -> list[tuple[object, ...]]:
    rendered = render(expand(parse_query(sql, "sqlite"), scene.schema), "sqlite")
    return scene.connection.execute(rendered).fetchall()


@pytest.mark.parametrize("pattern", WEIGHTS, ids=lambda pattern: pattern.__name__)
def test_every_pattern_executes_has_answers_and_varies(scenes: list[Scene], pattern: Pattern) -> None:
    drafts = [(scene, draft) for scene in scenes for _ in range(6) if (draft := pattern(scene))]
    assert len(drafts) >= 10
    answers = [answer(scene, draft.sql) for scene, draft in drafts]
    filled = [found for found in answers if any(cell is not None for row in found for cell in row)]
    assert len(filled) >= 0.3 * len(drafts)  # The others are dropped: their owner has none of that kind.
    texts = {draft.text.lower() for _, draft in drafts}
    assert len(texts) >= 0.85 * len(drafts)
    assert not any(set("{}|") & set(draft.text) for _, draft in drafts)


def test_questions_begin_in_many_ways(scenes: list[Scene]) -> None:
    drafts = [draft for scene in scenes for _ in range(20) if (draft := lists.list_columns(scene))]
    starts = Counter(" ".join(draft.text.split()[:2]) for draft in drafts)
    assert starts.most_common(1)[0][1] < 0.18 * len(drafts)


def test_conditions_come_in_every_kind(scenes: list[Scene]) -> None:
    made = [
        found.sql
        for scene in scenes
        for table in scene.tables
        for _ in range(12)
        if (found := own_condition(scene, table))
    ]
    for shape in (" = '", " <> ", " LIKE '%", " IN (", " BETWEEN ", " > ", " < ", " >= ", " <= ", "YEAR("):
        assert any(shape in sql for sql in made), shape
    assert any("MONTH(" in sql and "YEAR(" in sql for sql in made)


@pytest.mark.parametrize(
    ("pattern", "shapes"),
    [
        (lists.ordered, ("ORDER BY", "DESC")),
        (tops.top_rows, ("LIMIT 1", "LIMIT 3", "DESC")),
        (groups.most_of, ("COUNT(*) DESC LIMIT 1", "SUM(", "AVG(")),
        (groups.having, ("HAVING COUNT(*) >", "HAVING COUNT(*) <", "HAVING AVG(")),
        (rows.both, ("INTERSECT", "EXCEPT", "UNION")),
        (rows.without, ("NOT IN", "COUNT(*)")),
        (windows.best_of_each, ("PARTITION BY", ") = 1", ") <= 2", " WHERE ", " DESC)")),
        (windows.leading_of_each, ("HAVING RANK() OVER (PARTITION BY",)),
        (windows.ranked, ("RANK() OVER (ORDER BY", "RANK() OVER (PARTITION BY")),
        (selves.has_role, ("IS NULL", " NOT IN (SELECT", " IN (SELECT")),
        (selves.count_by_role, ("GROUP BY", "LIMIT 1")),
    ],
)
def test_patterns_cover_their_shapes(scenes: list[Scene], pattern: Pattern, shapes: tuple[str, ...]) -> None:
    made = [draft.sql for scene in scenes for _ in range(20) if (draft := pattern(scene))]
    for shape in shapes:
        assert any(shape in sql for sql in made), shape


def test_more_and_less_are_said_as_they_are_meant(scenes: list[Scene]) -> None:
    """ "at least" never stands beside <, nor "below" beside >."""
    said = {"at least": ">=", "or more": ">=", "at most": "<=", "or less": "<=", "below": "<", "above": ">"}
    checked = 0
    for scene in scenes:
        for table in scene.tables:
            for _ in range(30):
                found = own_condition(scene, table)
                for words, sign in said.items():
                    if found and f" {words} " in f" {found.text} " and '"' not in found.sql.split(" ", 1)[1]:
                        assert f" {sign} " in found.sql, found
                        checked += 1
    assert checked > 50


def test_words_of_given_names_may_hold_what_templates_use(scenes: list[Scene]) -> None:
    """Spider has columns like "height (cm)": they are said as they are."""
    scene = make_scene(3)
    table = scene.table()
    column = scene.plain(table)[0]
    words = {**scene.domain.words, (table.name, column.name): ("height", "(cm|in)")}
    odd = Scene(Domain(scene.schema, words), scene.connection, Random(1))
    phrases = {odd.phrase(table, column) for _ in range(5)}
    assert phrases == {"height (cm|in)"}
    texts = [draft.text for _ in range(300) if (draft := lists.list_columns(odd))]
    assert any("height (cm|in)" in text for text in texts)


def test_a_scene_without_rows_asks_nothing_that_needs_values() -> None:
    domain = make_domain(Random(1))
    connection = sqlite3.connect(":memory:")
    for table in domain.schema.tables:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
    scene = Scene(domain, connection, Random(1))
    assert all(own_condition(scene, table) is None for table in scene.tables)
    for pattern in WEIGHTS:
        pattern(scene)


def test_zero_is_said_without_a_digit_and_never_like_null() -> None:
    schema = Schema(
        "sqlite", (Table("product", (Column("name", "TEXT", "text"), Column("stock", "INTEGER", "number"))),)
    )
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE product (name TEXT, stock INTEGER)")
    connection.executemany("INSERT INTO product VALUES (?, ?)", [("a", 0), ("b", 0), ("c", 7)])
    scene = Scene(read_domain(schema), connection, Random(0))
    (table,) = schema.tables
    said: dict[str, set[str]] = {}
    for _ in range(300):
        found = on_number(scene, table, table.columns[1])
        assert found is not None
        said.setdefault(found.sql.split(" ", 1)[1], set()).add(found.text)
    assert {"out of stock", "sold out"} <= said["= 0"]
    assert "in stock" in said["> 0"]
    assert not any(text.startswith(("without", "with no ")) for text in said["= 0"])


def test_orders_and_tops_use_the_words_that_people_have_for_them(scenes: list[Scene]) -> None:
    orders = [draft.text for s in scenes for _ in range(40) if (draft := lists.ordered(s))]
    greatest = [draft.text for s in scenes for _ in range(160) if (draft := tops.top_rows(s))]
    assert any("from old to young" in text or "oldest first" in text for text in orders)
    assert any("best paid" in text or "highest paid" in text for text in greatest)


def make_club() -> Scene:
    """Six members, one file each, what they paid, and a receipt of each: details beside events."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "CREATE TABLE member (member_id INTEGER PRIMARY KEY, name TEXT);"
        "CREATE TABLE file (file_id INTEGER PRIMARY KEY, member_id INTEGER, colour TEXT);"
        "CREATE TABLE payment (payment_id INTEGER PRIMARY KEY, member_id INTEGER, kind TEXT);"
        "CREATE TABLE receipt (receipt_id INTEGER PRIMARY KEY, payment_id INTEGER, shade TEXT);"
    )
    names = ("Ann", "Bo", "Cy", "Di", "Ed", "Flo")
    connection.executemany("INSERT INTO member VALUES (?, ?)", enumerate(names))
    connection.executemany("INSERT INTO file VALUES (?, ?, 'red')", [(i, i) for i in range(6)])
    connection.executemany(
        "INSERT INTO payment VALUES (?, ?, ?)", [(i, i % 6, ("cash", "card")[i % 2]) for i in range(600)]
    )
    connection.executemany("INSERT INTO receipt VALUES (?, ?, 'pale')", [(i, i) for i in range(600)])
    key = (ForeignKey(("member_id",), "member", ("member_id",)),)
    paid = (ForeignKey(("payment_id",), "payment", ("payment_id",)),)
    tables = tuple(
        Table(name, (Column(f"{name}_id", "INTEGER", "number"), *columns), (f"{name}_id",), keys)
        for name, columns, keys in (
            ("member", (Column("name", "TEXT", "text"),), ()),
            ("file", (Column("member_id", "INTEGER", "number"), Column("colour", "TEXT", "text")), key),
            ("payment", (Column("member_id", "INTEGER", "number"), Column("kind", "TEXT", "text")), key),
            ("receipt", (Column("payment_id", "INTEGER", "number"), Column("shade", "TEXT", "text")), paid),
        )
    )
    return Scene(read_domain(Schema("sqlite", tables)), connection, Random(0))


def test_tables_with_many_rows_are_asked_about_more_often() -> None:
    scene = make_club()
    counts = Counter(scene.table().name for _ in range(600))
    assert counts["payment"] > 3 * counts["file"] > 0


def test_what_each_row_has_once_is_not_counted() -> None:
    """ "How many files has Ann" has one answer for everybody; "how many payments" has not."""
    scene = make_club()
    file, payment, receipt = (scene.schema.table(name) for name in ("file", "payment", "receipt"))
    assert file
    assert payment
    assert receipt
    assert not any(draw_owned(scene, file) for _ in range(20))
    assert any(draw_owned(scene, payment) for _ in range(20))
    # A payment has one receipt, a member has many.
    assert {each.owner.name for _ in range(20) if (each := draw_owned(scene, receipt))} == {"member"}


def test_what_follows_a_question_stands_apart_from_it(scenes: list[Scene]) -> None:
    texts = [
        finish(scene.random, draft.text) for scene in scenes for _ in range(40) if (draft := count_by(scene))
    ]
    ends = [text for text in texts if re.search(r"(most|highest) first\W*$", text, re.IGNORECASE)]
    assert ends
    assert all(re.search(r"[^ ], (most|highest) first", text, re.IGNORECASE) for text in ends)


def test_the_best_of_each_group_is_its_best(scenes: list[Scene]) -> None:
    """Nobody of the group is better: found again without a window."""
    checked = 0
    for scene in scenes:
        for _ in range(10):
            draft = windows.best_of_each(scene)
            if draft is None or ") = 1" not in draft.sql or " WHERE RANK" not in draft.sql:
                continue
            found = re.search(r"PARTITION BY (.*) ORDER BY (\S+)( DESC)?\) = 1", draft.sql)
            assert found is not None
            group, value, down = found.groups()
            best = f"{'MAX' if down else 'MIN'}({value})"
            wanted = (
                dict(answer(scene, f"SELECT {group}, {best} GROUP BY {group}")) if "," not in group else {}
            )
            shown = answer(scene, draft.sql.replace(" WHERE RANK", f", {value} WHERE RANK", 1))
            for first, *_, last in shown if wanted else ():
                if None not in (first, last) and down:
                    assert wanted[first] == last, draft
                    checked += 1
    assert checked > 20


def test_a_role_is_called_by_its_key_and_shown_beside_its_row(scenes: list[Scene]) -> None:
    tied = [(s, table, role) for s in scenes for table in s.tables for role in s.roles(table)]
    assert any(role.table is table for _, table, role in tied)
    assert any(role.table is not table for _, table, role in tied)
    assert not any(role.noun.endswith(" id") for _, _, role in tied)
    drafts = [draft for s in scenes for _ in range(10) if (draft := selves.by_role(s))]
    nouns = {role.noun for _, _, role in tied}
    assert sum(any(noun in draft.text for noun in nouns) for draft in drafts) > 0.6 * len(drafts)
    assert any(draft.sql.count('"."') >= 2 and " AND " in draft.sql for draft in drafts)  # from ... to ...


def test_told_columns_are_those_of_the_answer_and_keep_its_rows(scenes: list[Scene]) -> None:
    told = kept = 0
    for scene in scenes:
        for pattern in WEIGHTS:
            draft = pattern(scene)
            if draft is None or (exact := tell_columns(scene, draft)) == draft:
                continue
            told += 1
            assert len(exact.text) > len(draft.text)
            rows, before = answer(scene, exact.sql), answer(scene, draft.sql)
            if " GROUP BY " in draft.sql:
                assert rows == before
            kept += len(rows) == len(before)  # Not where a row refers to nothing that could be shown.
    assert told > 300
    assert kept > 0.95 * told


def test_one_number_has_no_columns_to_tell(scenes: list[Scene]) -> None:
    drafts = [draft for scene in scenes for _ in range(5) if (draft := numbers.count_rows(scene))]
    assert drafts
    assert all(tell_columns(scenes[0], draft) == draft for draft in drafts)


def test_the_columns_that_are_told_are_those_that_are_asked_for() -> None:
    scene = make_club()
    plain = Draft('SELECT "receipt"."shade"', "pale ones")
    words = {"receipt.shade": "shade", "payment.kind": "kind"}
    for _ in range(60):
        told = tell_columns(scene, plain)
        rest = told.text.replace("pale ones", "")
        listed = {name for name in words if '"' + name.replace(".", '"."') + '"' in told.sql}
        assert {name for name, word in words.items() if word in rest.lower()} == listed
