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
        "order value": "1.0 * SUM(order_lines.qty * order_lines.price) / NULLIF(COUNT(orders.id), 0)",
        "margin": "SUM(order_lines.qty * order_lines.price) - COUNT(orders.id)",
        "growth": "",
    }
    assert found.entries["order count"].means == "How many orders"
    assert found.descriptions == {
        "customers": "People who bought something.",
        "customers.status": "A is active",
    }
    assert [line.split(":")[0] for line in found.left_out] == [
        "the SQL of foreign_orders",
        "the SQL of growth",
        "p90",
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


TWO_MODELS = """
semantic_models:
  - name: orders
    model: ref('orders')
    defaults: {agg_time_dimension: placed_at}
    entities:
      - {name: order, type: primary, expr: id}
      - {name: customer, type: foreign, expr: customer_id}
    dimensions:
      - {name: status, type: categorical}
      - {name: is_late, type: categorical, expr: "shipped_at is null or paid = 0"}
      - {name: placed_at, type: time, type_params: {time_granularity: day}}
    measures:
      - {name: total, agg: sum, expr: amount}
      - {name: cost, agg: sum, expr: paid}
      - {name: order_count, agg: sum, expr: 1}
      - {name: balance, agg: sum, expr: due, non_additive_dimension: {name: placed_at, window_choice: max}}
  - name: customers
    model: ref('customers')
    entities: [{name: customer, type: primary, expr: id}]
    dimensions: [{name: status, type: categorical}, {name: region, type: categorical}]
metrics:
  - {name: sales, type: simple, type_params: {measure: total}}
  - {name: costs, type: simple, type_params: {measure: {name: cost, fill_nulls_with: 0}}}
  - name: found
    type: TYPE
"""


def write_metric(rest: str, tmp_path: Path) -> str:
    """What becomes of one metric beside `sales` and `costs`."""
    found = read(TWO_MODELS.replace("    type: TYPE\n", rest), tmp_path)
    said = found.entries.get("found")
    return said.sql if said else found.left_out[0]


def by(filters: str) -> str:
    return f"    type: simple\n    type_params: {{measure: total}}\n    filter: {filters}\n"


CALL = "{{ Dimension('order__status') }}"


@pytest.mark.parametrize(
    ("filters", "condition"),
    [
        ("\"{{ Dimension('order__status') }} = 'open'\"", "orders.status = 'open'"),
        ("\"{{Dimension('customer__status')}} = 'A'\"", "customers.status = 'A'"),
        ("\"{{ Dimension('order__customer__region') }} = 'EU'\"", "customers.region = 'EU'"),
        (
            "\"{{ Dimension('order__is_late') }} = true\"",
            "(orders.shipped_at IS NULL OR orders.paid = 0) = TRUE",
        ),
        (
            f"[\"{CALL} = 'a' OR {CALL} = 'b'\", \"{{{{ Dimension('customer__region') }}}} = 'EU'\"]",
            "(orders.status = 'a' OR orders.status = 'b') AND customers.region = 'EU'",
        ),
        (
            "\"{{ TimeDimension('order__placed_at', 'day') }} >= '2024-01-01'\"",
            "orders.placed_at >= '2024-01-01'",
        ),
        ("\"{{ TimeDimension('metric_time') }} >= '2024-01-01'\"", "orders.placed_at >= '2024-01-01'"),
        ("\"{{ Entity('customer') }} > 5\"", "orders.customer_id > 5"),
        ("|\n      {{ Dimension('order__status') }}\n        = 'open'", "orders.status = 'open'"),
    ],
)
def test_a_filter_is_of_the_model_that_its_entity_has(filters: str, condition: str, tmp_path: Path) -> None:
    assert write_metric(by(filters), tmp_path) == f"SUM(CASE WHEN {condition} THEN orders.amount END)"


@pytest.mark.parametrize(
    ("filters", "reason"),
    [
        ("\"{{ Dimension('status') }} = 'open'\"", ""),
        (
            "\"{{ Dimension('shop__status') }} = 'open'\"",
            "its filter has shop__status, which more than one model has",
        ),
        (
            "\"{{ TimeDimension('order__placed_at', 'month') }} > '2024'\"",
            "its filter takes order__placed_at by the month",
        ),
        ("\"{{ Dimension('order__nope') }} = 1\"", "its filter has order__nope, which no model has"),
        ("\"{{ Metric('sales', group_by=['customer']) }} > 5\"", "its filter needs more than dimensions"),
        ("\"{{ var('x') }} > 5\"", "its filter needs more than dimensions"),
        ('"1 = 1) OR (1 = 1"', "its filter cannot be read"),
        ("[[[x]]]", "its filter cannot be read"),
    ],
)
def test_a_filter_that_is_not_understood_leaves_no_sql(filters: str, reason: str, tmp_path: Path) -> None:
    if reason:
        assert write_metric(by(filters), tmp_path) == f"the SQL of found: {reason}"
    else:  # Of the measure's own model, nothing else can be meant.
        assert "orders.status = 'open'" in write_metric(by(filters), tmp_path)


FILTER = "filter: \"{{ Dimension('order__status') }} = 'a'\""
OF_A = "SUM(CASE WHEN orders.status = 'a' THEN orders.amount END)"


@pytest.mark.parametrize(
    ("rest", "sql"),
    [
        (
            "type: ratio\n    type_params: {numerator: {name: sales, FILTER}, denominator: {name: sales}}",
            f"1.0 * {OF_A} / NULLIF(SUM(orders.amount), 0)",
        ),
        (
            "type: ratio\n    type_params: {numerator: sales, denominator: costs}\n    FILTER",
            f"1.0 * {OF_A} / NULLIF({OF_A.replace('amount', 'paid')}, 0)",
        ),
        (
            "type: derived\n    type_params: {expr: s / 2, metrics: [{name: sales, alias: s, FILTER}]}",
            f"{OF_A} / 2",
        ),
        (
            "type: derived\n    type_params: {expr: sales - prev, metrics: [{name: sales},"
            " {name: sales, alias: prev, offset_window: 1 month}]}",
            "the SQL of found: it compares with another period",
        ),
        (
            "type: derived\n    type_params: {expr: sales - prev, metrics: [{name: sales}]}",
            "the SQL of found: prev is none of its metrics",
        ),
        (
            "type: derived\n    type_params: {expr: found + 1, metrics: [found]}",
            "the SQL of found: it has itself",
        ),
        ("type: simple\n    type_params: {measure: order_count}", "COUNT(orders.id)"),
        (
            "type: simple\n    type_params: {measure: balance}",
            "the SQL of found: it is not added up over time",
        ),
    ],
)
def test_filters_go_down_to_the_aggregates(rest: str, sql: str, tmp_path: Path) -> None:
    assert write_metric(f"    {rest}\n".replace("FILTER", FILTER), tmp_path) == sql


def test_a_ratio_of_what_is_derived_keeps_its_parentheses(tmp_path: Path) -> None:
    derived = (
        "  - {name: profit, type: derived, type_params: {expr: sales - costs, metrics: [sales, costs]}}\n"
    )
    rest = f"    type: ratio\n    type_params: {{numerator: profit, denominator: sales}}\n{derived}"
    profit = "(SUM(orders.amount) - SUM(orders.paid))"
    assert write_metric(rest, tmp_path) == f"1.0 * {profit} / NULLIF(SUM(orders.amount), 0)"


OF_COLUMNS = """
models:
  - name: orders
    semantic_model: {enabled: true}
    agg_time_dimension: placed_at
    columns:
      - {name: id, entity: {type: primary, name: order}}
      - {name: customer_id, entity: {type: foreign, name: customer}}
      - {name: placed_at, granularity: day, dimension: {type: time}}
      - {name: status, description: Where it is, dimension: {type: categorical, name: state}}
    derived_semantics:
      dimensions: [{name: size, type: categorical, expr: "case when amount > 6 then 'big' else 'small' end"}]
    metrics:
      - {name: order_count, type: simple, agg: count, expr: 1}
      - {name: big, type: simple, agg: sum, expr: amount, filter: "{{ Dimension('order__size') }} = 'big'"}
      - {name: open, type: simple, agg: max, expr: amount, filter: ["{{ Dimension('order__state') }} = 'o'"]}
      - {name: p95, type: simple, agg: percentile, expr: amount, percentile: 95.0}
      - {name: gain, type: derived, expr: n - big, input_metrics: [{name: order_count, alias: n}, big]}
      - {name: running, description: So far, type: cumulative, input_metric: big, window: 1 month}
  - name: customers
    semantic_model: false
    metrics: [{name: gone, type: simple, agg: sum, expr: id}]
metrics:
  - {name: share, type: ratio, numerator: big, denominator: {name: order_count}}
  - {name: off, type: ratio, numerator: big, denominator: open, config: {enabled: false}}
"""


def test_semantics_may_stand_at_columns(tmp_path: Path) -> None:
    found = read(OF_COLUMNS, tmp_path)
    size = "CASE WHEN orders.amount > 6 THEN 'big' ELSE 'small' END"
    big = f"SUM(CASE WHEN ({size}) = 'big' THEN orders.amount END)"
    assert {name: entry.sql for name, entry in found.entries.items()} == {
        "share": f"1.0 * {big} / NULLIF(COUNT(orders.id), 0)",
        "order count": "COUNT(orders.id)",
        "big": big,
        "open": "MAX(CASE WHEN orders.status = 'o' THEN orders.amount END)",
        "gain": f"COUNT(orders.id) - {big}",
        "running": "",
        "size": size,
    }
    assert found.descriptions == {"orders.status": "Where it is"}
    assert [line.split(": ")[0] for line in found.left_out] == ["the SQL of p95", "the SQL of running"]


def test_names_of_the_database_take_the_place_of_those_of_dbt(tmp_path: Path) -> None:
    found = read(
        "models:\n"
        "  - {name: fct_orders, config: {alias: orders}, description: a}\n"
        "  - {name: people, versions: [{v: 1}, {v: 2, config: {alias: persons}}], description: b}\n"
        "sources: [{tables: [{name: x, identifier: raw_x, columns: [{name: y, description: c}]}]}]\n"
        "semantic_models:\n"
        "  - {name: o, model: ref('fct_orders'), measures: [{name: total, agg: sum, expr: amount}]}\n",
        tmp_path,
    )
    assert found.descriptions == {
        "orders": "a",
        "people": "b",
        "people_v1": "b",
        "persons": "b",
        "raw_x.y": "c",
    }
    assert found.entries["total"].sql == "SUM(orders.amount)"


def test_a_name_that_is_taken_or_no_name_costs_that_entry(tmp_path: Path) -> None:
    long = " ".join(["status = 'a'"] + ["or status = 'b'"] * 60)
    measures = [
        "{name: orders, agg: max, expr: id}",
        "{name: order, agg: min, expr: id}",
        f"{{name: {'x' * 61}, agg: max, expr: id}}",
        '{name: "12", agg: max, expr: id}',
        f'{{name: long, agg: max, expr: "{long}", description: "{"word " * 200}"}}',
        "{name: amount, agg: sum}",
    ]
    metrics = [
        f"{{name: {name}, label: Sales, type: simple, type_params: {{measure: order}}}}"
        for name in ("a", "b")
    ]
    found = read(
        f"semantic_models: [{{name: o, model: ref('o'), measures: [{', '.join(measures)}]}}]\n"
        f"metrics: [{', '.join(metrics)}, {metrics[1].replace('name: b', 'name: sale')}]\n",
        tmp_path,
    )
    assert {name: entry.sql for name, entry in found.entries.items()} == {
        "sales": "MIN(o.id)",
        "b": "MIN(o.id)",
        "orders": "MAX(o.id)",
        "long": "",
    }
    assert len(found.entries["long"].means) == 600
    assert found.left_out == [
        "sales: another one has that name",
        f"{'x' * 61}: a name needs a word, and 60 characters at most",
        "12: a name needs a word, and 60 characters at most",
        "the SQL of long: it is longer than 600 characters",
    ]


def test_a_folder_is_read_as_one_project(tmp_path: Path) -> None:
    def put(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    put("dbt_project.yml", "name: shop\nmodels: {shop: {+materialized: view}}\n")
    put(
        "models/marts/orders.yml",
        "semantic_models: [{name: o, model: ref('orders'), measures: [&m {name: sold, agg: sum, expr: b}]}]",
    )
    put("models/metrics.yaml", "metrics: [{name: total, type: simple, type_params: {measure: sold}}]")
    put("models/schema.yml", "models: [{name: orders, description: \"Sales. {{ doc('orders') }}\"}]")
    put("docs/words.md", "# Docs\n{% docs orders %}\nOne row\nan order.\n{% enddocs %}\n")
    put("models/broken.yml", "models: [")
    put("target/made.yml", "models: [{name: made, description: x}]")
    found = read_dbt(tmp_path, "sqlite")
    assert found.entries["total"].sql == "SUM(orders.b)"
    assert found.descriptions == {"orders": "Sales. One row an order."}
    (line,) = found.left_out
    assert "broken.yml is no YAML" in line
    # Of a file, too, the blocks of its project are known.
    assert read_dbt(tmp_path / "models" / "schema.yml", "sqlite").descriptions == found.descriptions
    with pytest.raises(SettingsError, match="holds no YAML"):
        read_dbt(tmp_path / "docs", "sqlite")
