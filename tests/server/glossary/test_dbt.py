"""What is taken from a dbt project, in its older and newer layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqloop.errors import SettingsError
from sqloop.glossary.dbt import Imported, read_dbt

SEMANTICS = """
models:
  - name: customers
    description: People who bought something.
    columns:
      - {name: status, description: "A is active"}
      - {name: city, description: "{{ doc('city') }}"}
semantic_models:
  - name: orders
    model: ref('orders')
    dimensions:
      - {name: placed_at, type: time}
      - {name: is_shipped, type: categorical, expr: shipped_at is not null}
    measures:
      - {name: order_count, agg: count, expr: id, description: How many orders}
      - {name: p90, agg: percentile, expr: id}
  - name: lines
    model: ref('project', 'order_lines')
    measures: [{name: order_total, agg: sum, expr: qty * price}]
metrics:
  - name: order_value
    label: Order value
    type: ratio
    type_params: {numerator: income, denominator: {name: sales}}
  - {name: income, type: simple, type_params: {measure: order_total}}
  - {name: sales, type: simple, type_params: {measure: {name: order_count}}}
  - name: shipped_orders
    type: simple
    type_params: {measure: order_count}
    filter: "{{ Dimension('order__is_shipped') }}"
  - name: foreign_orders
    type: simple
    type_params: {measure: order_count}
    filter: "{{ Entity('order') }} > 1"
  - name: margin
    type: derived
    type_params: {expr: inc - cnt, metrics: [{name: income, alias: inc}, {name: sales, alias: cnt}]}
  - {name: growth, type: cumulative, type_params: {measure: order_count}, description: So far}
"""

NEWER = """
models:
  - name: orders
    semantic_model: {enabled: true}
    metrics:
      - {name: order_count, type: simple, agg: count_distinct, expr: id, label: Number of orders}
sources:
  - name: raw
    tables: [{name: order_lines, description: What was sold}]
"""


def read(text: str, tmp_path: Path) -> Imported:
    path = tmp_path / "schema.yml"
    path.write_text(text, encoding="utf-8")
    return read_dbt(path, "sqlite")


def test_measures_and_metrics_become_definitions(tmp_path: Path) -> None:
    found = read(SEMANTICS, tmp_path)
    assert {name: entry.sql for name, entry in found.entries.items()} == {
        "is shipped": "NOT orders.shipped_at IS NULL",
        "order count": "COUNT(orders.id)",
        "order total": "SUM(order_lines.qty * order_lines.price)",
        "income": "SUM(order_lines.qty * order_lines.price)",
        "sales": "COUNT(orders.id)",
        "shipped orders": "COUNT(CASE WHEN NOT orders.shipped_at IS NULL THEN orders.id END)",
        "order value": "1.0 * SUM(order_lines.qty * order_lines.price) / COUNT(orders.id)",
        "margin": "(SUM(order_lines.qty * order_lines.price)) - (COUNT(orders.id))",
        "growth": "",
    }
    assert found.entries["order count"].means == "How many orders"
    assert found.descriptions == {
        "customers": "People who bought something.",
        "customers.status": "A is active",
    }
    assert [line.split(":")[0] for line in found.left_out] == [
        "p90",
        "the SQL of foreign_orders",
        "the SQL of growth",
    ]


def test_the_newer_layout_has_metrics_inside_models(tmp_path: Path) -> None:
    found = read(NEWER, tmp_path)
    assert found.entries["number of orders"].sql == "COUNT(DISTINCT orders.id)"
    assert found.descriptions == {"order_lines": "What was sold"}


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [", "!!python/object:os.system {}", ""])
def test_what_is_no_project_is_said_to_be_none(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"schema\.yml is no"):
        read(text, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "models: 3",
        "models: [1, {name: [x]}]",
        "metrics: [{name: a, type_params: [1]}]",
        "semantic_models: [{}]",
    ],
)
def test_what_has_another_shape_is_passed_over(text: str, tmp_path: Path) -> None:
    assert not read(text, tmp_path).entries
