"""One way of writing SQL: what changes, and that no gold query of the written scenarios loses its answer."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Column, Schema, Table
from sqloop.generation.prompts.hub_forms import extract_query
from sqloop_trainer.tuning.execution import run_query
from sqloop_trainer.tuning.house_style import write_in_house_style
from sqloop_trainer.tuning.scenarios import Scenario


def table(name: str) -> Table:
    return Table(name, tuple(Column(each, "INT", "number") for each in ("id", "name", "boss id", "order_id")))


SHOP = Schema("sqlite", tuple(map(table, ("orders", "order_line", "person", "place", "OrderLine", "as_set"))))

WRITTEN = [
    (
        "select T1.id from orders AS T1 join order_line AS T2 ON T1.id = T2.order_id",
        "SELECT o.id FROM orders AS o JOIN order_line AS ol ON o.id = ol.order_id",
    ),
    ("SELECT T1.name FROM person AS T1 WHERE T1.id = 3", "SELECT name FROM person WHERE id = 3"),
    (
        "SELECT person.name, place.name FROM person, place",
        "SELECT p.name, pl.name FROM person AS p CROSS JOIN place AS pl",
    ),
    (
        'SELECT a.name FROM person a JOIN person b ON a."boss id" = b.id',
        'SELECT p.name FROM person AS p JOIN person AS p2 ON p."boss id" = p2.id',
    ),
    (
        "SELECT x.id FROM OrderLine x JOIN order_line y ON x.id = y.id",
        "SELECT ol.id FROM OrderLine AS ol JOIN order_line AS ol2 ON ol.id = ol2.id",
    ),
    (
        "SELECT T1.id FROM as_set AS T1 JOIN person AS T2 ON T1.id = T2.id",
        "SELECT as2.id FROM as_set AS as2 JOIN person AS p ON as2.id = p.id",
    ),
    (
        "SELECT id FROM person AS x WHERE id > (SELECT AVG(y.id) FROM person AS y WHERE y.name = x.name)",
        "SELECT id FROM person AS p WHERE id > (SELECT AVG(p2.id) FROM person AS p2 WHERE p2.name = p.name)",
    ),
    (
        "WITH T1 AS (SELECT T2.id FROM orders AS T2) SELECT T1.id FROM T1",
        "WITH T1 AS (SELECT id FROM orders) SELECT T1.id FROM T1",
    ),
    ('SELECT "name" FROM "person" AS "x"', 'SELECT "name" FROM person'),
    ('SELECT x."name" FROM person AS x WHERE x."boss id" = 1', 'SELECT name FROM person WHERE "boss id" = 1'),
]


@pytest.mark.parametrize(("before", "after"), WRITTEN)
def test_one_query_is_written_one_way(before: str, after: str) -> None:
    assert write_in_house_style(before, SHOP) == after
    assert write_in_house_style(after, SHOP) == after


def test_every_written_query_keeps_its_answer(scenarios: list[Scenario]) -> None:
    """In house style, and behind what mends the names of a query that a model wrote: it must mend nothing."""
    asked = [(each, asking.sql) for each in scenarios for asking in each.askings]
    changed = []
    for scenario, sql in asked:
        styled = write_in_house_style(sql, scenario.schema)
        told, found, served = (
            run_query(str(scenario.path), each)
            for each in (sql, styled, extract_query(styled, scenario.schema))
        )
        if told.status != "ok" or found.rows != told.rows or served.rows != told.rows:
            changed.append((scenario.name, sql, styled))
    assert changed == []
    assert len(asked) == 8_595
