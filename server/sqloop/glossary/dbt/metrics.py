"""Metrics of a dbt project as SQL: filters go down to the aggregates that a metric is made of."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Dialect
from sqloop.glossary.dbt.mappings import Given, mapping, mappings, named, text
from sqloop.glossary.dbt.semantics import Measure, NotWrittenError, Semantics

_SHIFTED = ("offset_window", "offset_to_grain")
"""What has a metric of another period."""


class Metrics:
    """Metrics by name, which may be made of each other."""

    def __init__(
        self,
        metrics: Mapping[str, Given],
        measures: Mapping[str, Measure | str],
        semantics: Semantics,
        dialect: Dialect,
    ) -> None:
        """Of ``measures`` a text says why there is none."""
        self._metrics, self._measures, self._semantics, self._dialect = metrics, measures, semantics, dialect

    def write(self, name: str, filters: tuple[str, ...] = (), within: tuple[str, ...] = ()) -> str:
        """The metric ``name``, over the rows that all ``filters`` let in. Raises NotWrittenError.

        ``within`` are the metrics that it is a part of.
        """
        metric = self._metrics.get(name)
        if metric is None or name in within:
            raise NotWrittenError(
                f"{name} is no metric that has been found" if metric is None else "it has itself"
            )
        kind = _kind(metric)
        params = mapping(metric, "type_params") or metric
        filters, within = (*filters, *_filters(metric)), (*within, name)
        if kind == "simple":
            return self._write_simple(metric, params, filters)
        if kind == "ratio":
            over, under = (named(params, each) for each in ("numerator", "denominator"))
            top, bottom = (self._write_part(each, filters, within) for each in (over, under))
            return f"1.0 * {top} / NULLIF({bottom}, 0)"
        if kind == "derived":
            return self._write_derived(params, filters, within)
        raise NotWrittenError(f"a {kind} metric needs more than an expression")

    def _write_simple(self, metric: Given, params: Given, filters: tuple[str, ...]) -> str:
        given = named(params, "measure") if params.get("measure") else {"name": text(metric, "name")}
        measure = self._measures.get(text(given, "name"))
        if not isinstance(measure, Measure):
            raise NotWrittenError(measure or "its measure has not been found")
        filters = tuple(dict.fromkeys((*filters, *_filters(given))))
        return measure.write([self._semantics.write_filter(each, measure) for each in filters])

    def _write_part(self, part: Given, filters: tuple[str, ...], within: tuple[str, ...]) -> str:
        """So that it can stand in an expression."""
        if any(part.get(each) for each in _SHIFTED):
            raise NotWrittenError("it compares with another period")
        name = text(part, "name")
        sql = self.write(name, (*filters, *_filters(part)), within)
        return sql if _kind(self._metrics[name]) == "simple" else f"({sql})"

    def _write_derived(self, params: Given, filters: tuple[str, ...], within: tuple[str, ...]) -> str:
        parts = {
            text(each, "alias") or text(each, "name"): self._write_part(each, filters, within)
            for each in _inputs(params)
        }
        try:
            (tree,) = parse_statement(f"SELECT {text(params, 'expr')}", self._dialect).expressions
            for column in list(tree.find_all(exp.Column)):
                if column.sql() not in parts:
                    raise NotWrittenError(f"{column.sql()} is none of its metrics")
                (part,) = parse_statement(f"SELECT {parts[column.sql()]}", self._dialect).expressions
                tree = part if column is tree else tree
                column.replace(part)
            return write_statement(tree, self._dialect)
        except (SqlglotError, ValueError) as error:
            if isinstance(error, NotWrittenError):
                raise
            raise NotWrittenError("its expression cannot be read") from None


def _filters(given: Given) -> tuple[str, ...]:
    """Raises NotWrittenError."""
    found = given.get("filter")
    texts = found if isinstance(found, list) else [] if found is None else [found]
    if not all(isinstance(each, str) for each in texts):
        raise NotWrittenError("its filter cannot be read")
    return tuple(each for each in texts if each.strip())


def _inputs(params: Given) -> list[Given]:
    key = "metrics" if params.get("metrics") else "input_metrics"
    found = params.get(key)
    names = [{"name": each} for each in found if isinstance(each, str)] if isinstance(found, list) else []
    return [*names, *mappings(params, key)]


def _kind(metric: Given) -> str:
    return text(metric, "type") or "simple"
