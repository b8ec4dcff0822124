"""The semantic models of a dbt project: measures, dimensions and entities as SQL, and what a filter means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Dialect
from sqloop.glossary.dbt.mappings import Given, mapping, mappings, text

_AGGREGATES = {
    "sum": "SUM({})",
    "average": "AVG({})",
    "avg": "AVG({})",
    "min": "MIN({})",
    "max": "MAX({})",
    "count": "COUNT({})",
    "count_distinct": "COUNT(DISTINCT {})",
    "sum_boolean": "SUM(CASE WHEN {} THEN 1 ELSE 0 END)",
}
_ROWS = {("sum", "1"), ("count", "1"), ("count", "*")}
"""What counts rows."""
_KEYS = {"primary", "unique", "natural"}
"""Entities of which a model has one row each, so that others reach its dimensions by them."""
_CALL = re.compile(r"\{\{\s*(Dimension|TimeDimension|Entity)\(\s*['\"](\w+)['\"]([^()]*)\)\s*\}\}")
_GRAIN = re.compile(r"\s*(?:,\s*(?:time_granularity(?:_name)?\s*=\s*)?['\"](\w+)['\"]\s*)?")
METRIC_TIME = "metric_time"


class NotWrittenError(ValueError):
    """Something has no SQL of its own; the message says why, in a few words."""


@dataclass(frozen=True)
class Dimension:
    """``grain`` is what a time is told in; empty for what is no time."""

    sql: str
    grain: str = ""


@dataclass(eq=False)
class SemanticModel:
    """One table; ``key`` is the SQL of its primary entity, ``time`` the dimension of time of its measures."""

    table: str
    key: str = ""
    time: str = ""
    entities: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    dimensions: dict[str, Dimension] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """An aggregate over ``expression`` as ``agg`` spells it, with ``{}`` for the expression."""

    agg: str
    expression: str
    model: SemanticModel
    time: str

    def write(self, conditions: list[str]) -> str:
        """As SQL, over the rows for which all ``conditions`` hold."""
        if not conditions:
            return self.agg.format(self.expression)
        return self.agg.format(f"CASE WHEN {' AND '.join(conditions)} THEN {self.expression} END")


class Semantics:
    """All semantic models: what a measure, and what a filter of a measure means."""

    def __init__(self, dialect: Dialect, tables: Mapping[str, str]) -> None:
        """``tables`` are the names in the database of models that have another there."""
        self._dialect, self._tables = dialect, tables
        self._models: list[SemanticModel] = []

    def add(self, given: Given, name: str) -> SemanticModel:
        """The semantic model of the dbt model ``name``, in either layout."""
        model = SemanticModel(self._tables.get(name, name), time=_time_of(given))
        self._models.append(model)
        for each in _entities(given):
            self._add_entity(model, each)
        if primary := text(given, "primary_entity"):
            model.keys.add(primary)
        for each in dimensions_of(given):
            if sql := self.qualify(text(each, "expr") or text(each, "name"), model.table):
                grain = text(each, "granularity") or text(mapping(each, "type_params"), "time_granularity")
                timed = (grain or "day") if text(each, "type") == "time" else ""
                model.dimensions[text(each, "name")] = Dimension(sql, timed)
        return model

    def _add_entity(self, model: SemanticModel, each: Given) -> None:
        name, kind = text(each, "name"), text(each, "type")
        sql = self.qualify(text(each, "expr") or name, model.table)
        if sql is None:
            return
        model.entities[name] = sql
        if kind in _KEYS:
            model.keys.add(name)
        if kind == "primary":
            model.key = sql

    def measure(self, each: Given, model: SemanticModel) -> Measure:
        """A measure, or a simple metric that is its own. Raises NotWrittenError."""
        kind, written = text(each, "agg").lower(), text(each, "expr") or text(each, "name")
        if kind not in _AGGREGATES:
            raise NotWrittenError(f"agg: {kind}")
        if mapping(each, "non_additive_dimension"):
            raise NotWrittenError("it is not added up over time")
        counts = (kind, written) in _ROWS
        if counts and not model.key:
            raise NotWrittenError("it counts the rows of a model without a primary entity")
        sql = model.key if counts else self.qualify(written, model.table)
        if sql is None:
            raise NotWrittenError("its expression cannot be read")
        agg = _AGGREGATES["count" if counts else kind]
        return Measure(agg, sql, model, text(each, "agg_time_dimension") or model.time)

    def write_filter(self, written: str, measure: Measure) -> str:
        """A filter of ``measure`` as a condition. Raises NotWrittenError."""
        meant = _CALL.sub(lambda call: self._write_call(call, measure), written)
        if "{{" in meant or "{%" in meant:
            raise NotWrittenError("its filter needs more than dimensions")
        sql = self.qualify(meant, measure.model.table, condition=True)
        if sql is None:
            raise NotWrittenError("its filter cannot be read")
        return sql

    def _write_call(self, call: re.Match[str], measure: Measure) -> str:
        kind, name, rest = call.groups()
        grain = _GRAIN.fullmatch(rest)
        if grain is None:
            raise NotWrittenError("its filter needs more than dimensions")
        if kind == "Entity":
            return f"({self._find_entity(name, measure.model)})"
        found = self._find_dimension(name, measure)
        if grain[1] and grain[1].lower() != found.grain.lower():
            raise NotWrittenError(f"its filter takes {name} by the {grain[1]}")
        return f"({found.sql})"

    def _find_dimension(self, name: str, measure: Measure) -> Dimension:
        *path, last = (measure.time if name == METRIC_TIME else name).split("__")
        models = [each for each in self._models if last in each.dimensions]
        # An entity that no model declares tells nothing.
        keyed = [each for each in self._models if path and path[-1] in each.keys]
        own = measure.model
        if own in models and (not path or own in keyed):
            return own.dimensions[last]
        found = [each.dimensions[last] for each in models if not keyed or each in keyed]
        if len(found) != 1:
            raise NotWrittenError(
                f"its filter has {name}, which {'no' if not found else 'more than one'} model has"
            )
        return found[0]

    def _find_entity(self, name: str, own: SemanticModel) -> str:
        found = own.entities.get(name.rpartition("__")[2])
        if found is None:
            raise NotWrittenError(f"its filter has {name}, which no model has")
        return found

    def qualify(self, written: str, table: str, *, condition: bool = False) -> str | None:
        """An expression with its columns' table, in the dialect; None where it cannot be read.

        A ``condition`` is put into parentheses where it could not stand beside others.
        """
        try:
            (tree,) = parse_statement(f"SELECT {written}", self._dialect).expressions
            for column in tree.find_all(exp.Column):
                if not column.table:
                    column.set("table", exp.to_identifier(table))
            for paren in [each for each in tree.find_all(exp.Paren) if isinstance(each.this, exp.Column)]:
                if paren is not tree:
                    paren.replace(paren.this)
            while isinstance(tree, exp.Paren):
                tree = tree.this
            sql = write_statement(tree, self._dialect)
        except (SqlglotError, ValueError):
            return None
        return f"({sql})" if condition and isinstance(tree, exp.Or | exp.Xor) else sql


def dimensions_of(given: Given) -> list[Given]:
    """The dimensions of a semantic model, as the older layout has them."""
    derived = mapping(given, "derived_semantics")
    return [
        *mappings(given, "dimensions"),
        *mappings(derived, "dimensions"),
        *_of_columns(given, "dimension"),
    ]


def _entities(given: Given) -> list[Given]:
    derived = mapping(given, "derived_semantics")
    return [*mappings(given, "entities"), *mappings(derived, "entities"), *_of_columns(given, "entity")]


def _of_columns(given: Given, key: str) -> Iterator[Given]:
    """What columns are; a bare text is a type."""
    for column in mappings(given, "columns"):
        if column.get(key):
            found, name = column[key], text(column, "name")
            said = found if isinstance(found, dict) else {"type": found}
            yield {"name": name, "granularity": column.get("granularity"), **said, "expr": name}


def _time_of(given: Given) -> str:
    return text(given, "agg_time_dimension") or text(mapping(given, "defaults"), "agg_time_dimension")
