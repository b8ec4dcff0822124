"""What a dbt project says of its models, as glossary entries and descriptions.

Read are `schema.yml` (descriptions of models, sources, seeds and their columns), semantic models (measures,
computed dimensions) and metrics (simple, ratio, derived), in dbt's older and newer layout. Jinja is not run:
of its calls only `ref(…)` and `Dimension(…)` are understood, and what needs more is told in ``left_out``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Dialect
from sqloop.errors import SettingsError
from sqloop.glossary.entries import Entry

LARGEST = 5_000_000
"""Bytes of a file."""

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
_REF = re.compile(r"ref\(\s*(?:['\"][\w.]+['\"]\s*,\s*)?['\"](\w+)['\"]")
_DIMENSION = re.compile(r"\{\{\s*Dimension\(\s*['\"](\w+)['\"]\s*\)\s*\}\}")


@dataclass(frozen=True)
class Measure:
    """An aggregate over ``expression`` as ``agg`` spells it, with ``{}`` for the expression."""

    agg: str
    expression: str

    @property
    def sql(self) -> str:
        """As SQL."""
        return self.agg.format(self.expression)

    def where(self, condition: str) -> Measure:
        """The same over the rows for which ``condition`` holds."""
        return Measure(self.agg, f"CASE WHEN {condition} THEN {self.expression} END")


@dataclass
class Imported:
    """``left_out`` says, a line each, what could not be understood."""

    entries: dict[str, Entry] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def read_dbt(path: Path, dialect: Dialect) -> Imported:
    """What the YAML file says. Raises SettingsError where it cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            raise SettingsError(f"{path} is larger than {LARGEST:,} bytes.")
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"{path} is no YAML: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(data, dict):
        raise SettingsError(f"{path} is no schema.yml of dbt: it holds no models.")
    return _Reader(dialect).read(data)


class _Reader:
    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._found = Imported()
        self._measures: dict[str, Measure] = {}
        self._dimensions: dict[str, str] = {}

    def read(self, data: Mapping[str, Any]) -> Imported:
        models = [*_list(data, "models"), *_list(data, "seeds"), *_list(data, "snapshots")]
        for model in [*models, *(t for source in _list(data, "sources") for t in _list(source, "tables"))]:
            self._describe(model)
        for semantic in _list(data, "semantic_models"):
            found = _REF.search(_text(semantic, "model"))
            self._take_semantics(semantic, found[1] if found else _text(semantic, "name"))
        metrics = _list(data, "metrics")
        for model in models:
            self._take_semantics(model, _text(model, "name"))
            metrics += self._own_metrics(model)
        self._take_metrics(metrics)
        return self._found

    def _describe(self, table: Mapping[str, Any]) -> None:
        name = _text(table, "name")
        columns = {f"{name}.{_text(each, 'name')}": each for each in _list(table, "columns")}
        for key, each in {name: table, **columns}.items():
            text = " ".join(_text(each, "description").split())
            if text and "{{" not in text:
                self._found.descriptions[key] = text

    def _take_semantics(self, model: Mapping[str, Any], table: str) -> None:
        for each in _list(model, "dimensions"):
            name, sql = _text(each, "name"), self._qualify(_text(each, "expr") or _text(each, "name"), table)
            if sql is None:
                self._leave_out(name, "its expression cannot be read")
                continue
            self._dimensions[name] = sql
            if _text(each, "expr") and not re.fullmatch(r"[\w.`\"]+", sql):
                self._add(each, sql)
        for each in _list(model, "measures"):
            measure = self._measure(each, table)
            if measure is not None:
                self._measures[_text(each, "name")] = measure
                self._add(each, measure.sql)

    def _own_metrics(self, model: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Metrics inside a model, as dbt has them from 1.12 on: a simple one is its own measure."""
        metrics = _list(model, "metrics")
        for each in metrics:
            if _text(each, "agg") and (measure := self._measure(each, _text(model, "name"))):
                self._measures[_text(each, "name")] = measure
        return metrics

    def _measure(self, each: Mapping[str, Any], table: str) -> Measure | None:
        name, agg = _text(each, "name"), _AGGREGATES.get(_text(each, "agg").lower())
        sql = self._qualify(_text(each, "expr") or name, table)
        if agg is None or sql is None:
            self._leave_out(name, f"agg: {_text(each, 'agg')}" if agg is None else "its expression")
            return None
        return Measure(agg, sql)

    def _take_metrics(self, metrics: list[Mapping[str, Any]]) -> None:
        """Metrics may be made of others, whatever their order."""
        known: dict[str, str] = {}
        waiting = {_text(each, "name"): each for each in metrics}
        while waiting:
            ready = {name: sql for name, each in waiting.items() if (sql := self._write_metric(each, known))}
            if not ready:
                break
            for name, sql in ready.items():
                known[name] = sql
                self._add(waiting.pop(name), sql)
        for name, each in waiting.items():
            kind = _text(each, "type") or "simple"
            self._leave_out(f"the SQL of {name}", f"a {kind} metric that needs more than an expression")
            self._add(each, "")

    def _write_metric(self, metric: Mapping[str, Any], known: Mapping[str, str]) -> str | None:
        params = metric.get("type_params")
        params = params if isinstance(params, dict) else metric
        kind = _text(metric, "type") or "simple"
        if kind == "simple":
            named = params.get("measure", metric.get("name"))
            inner = named if isinstance(named, dict) else {"name": named}
            measure = self._measures.get(_text(inner, "name"))
            filters = [text for each in (metric, inner) if (text := _filter(each))]
            for text in filters:
                condition = self._write_filter(text)
                measure = measure.where(condition) if measure and condition else None
            return measure.sql if measure else None
        if kind == "ratio" and not _filter(metric):
            parts = [known.get(_name(params.get(part))) for part in ("numerator", "denominator")]
            return f"1.0 * {parts[0]} / {parts[1]}" if all(parts) else None
        if kind == "derived" and not _filter(metric):
            return self._write_derived(_text(params, "expr"), _inputs(params), known)
        return None

    def _write_derived(self, expr: str, inputs: Mapping[str, str], known: Mapping[str, str]) -> str | None:
        if not expr or any(name not in known for name in inputs.values()):
            return None
        named = {alias: f"({known[name]})" for alias, name in inputs.items()}
        return re.sub(r"\w+", lambda found: named.get(found[0], found[0]), expr)

    def _write_filter(self, text: str) -> str | None:
        names = [found.rpartition("__")[2] for found in _DIMENSION.findall(text)]
        if any(name not in self._dimensions for name in names):
            return None
        written = _DIMENSION.sub(lambda each: self._dimensions[each[1].rpartition("__")[2]], text)
        return None if "{{" in written else " ".join(written.split())

    def _qualify(self, expr: str, table: str) -> str | None:
        """``expr`` with its columns' table, in the dialect; None where it cannot be read."""
        try:
            (tree,) = parse_statement(f"SELECT {expr}", self._dialect).expressions
            for column in tree.find_all(exp.Column):
                if not column.table:
                    column.set("table", exp.to_identifier(table))
            return write_statement(tree, self._dialect)
        except (SqlglotError, ValueError):
            return None

    def _add(self, each: Mapping[str, Any], sql: str) -> None:
        name = (_text(each, "label") or _text(each, "name")).replace("_", " ").lower()
        means = " ".join(_text(each, "description").split())
        if "{{" in means:
            means = ""
        if name and (sql or means):
            self._found.entries[name] = Entry(name, means, sql)

    def _leave_out(self, name: str, why: str) -> None:
        self._found.left_out.append(f"{name}: {why}")


def _list(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = data.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _text(data: Mapping[str, Any], key: str) -> str:
    found = data.get(key)
    return str(found).strip() if isinstance(found, str | int | float) else ""


def _name(given: object) -> str:
    return _text(given, "name") if isinstance(given, dict) else str(given or "")


def _inputs(params: Mapping[str, Any]) -> dict[str, str]:
    found = params.get("metrics") or params.get("input_metrics")
    names: Iterator[object] = iter(found if isinstance(found, list) else ())
    return {
        (_text(each, "alias") if isinstance(each, dict) else "") or _name(each): _name(each) for each in names
    }


def _filter(data: Mapping[str, Any]) -> str:
    found = data.get("filter")
    return " AND ".join(map(str, found)) if isinstance(found, list) else _text(data, "filter")
