"""Inner queries that were to look at the row around them and do not. Works on the syntax tree, in place."""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.schema import Schema
from sqloop.generation.mending.paths import links, name_of
from sqloop.generation.mending.scopes import Scopes, Source, find_table, holds, tables_of

_IF = re.compile(
    r"\b(?:if(?!\s+(?:any|so|at all|possible|applicable)\s*(?:$|[^\w\s]))"
    r"|unless|provided|as long as|at all)\b",
    re.IGNORECASE,
)
"""What says that something is to hold of all rows or none: "all customers if an order is late"."""


def mend_correlation(tree: exp.Expr, schema: Schema, question: str = "") -> None:
    """Mend ``tree``, a query on ``schema`` that answers the ``question``, in place.

    `(SELECT AVG(price) FROM item WHERE kind = item.kind)` means the kind of the query around it, which reads
    the same table: the inner one gets a name of its own. So does `product_id = line.product_id` in a query on
    the lines of a product. `NOT EXISTS (SELECT 1 FROM hire)` is true for every row around it or for none: the
    key that joins the two is added, where there is one. An average over all is no average of the one row
    around it, `(SELECT AVG(i.price) FROM item)`.
    """
    for folded in list(tree.find_all(exp.AggFunc)):
        _fold_own(folded, Scopes(tree, schema))
    for equal in list(tree.find_all(exp.EQ)):
        left, right = _compared(equal)
        if left is None or right is None:
            continue
        scopes = Scopes(tree, schema)
        own, other = scopes.place(left), scopes.place(right)
        if own is None or other is None or own.select is not other.select or own.source != other.source:
            continue
        if own.column is other.column:
            _refer_outwards(own.select, own.source, left, right, scopes)
    for exists in list(tree.find_all(exp.Exists)) if not _IF.search(question) else ():
        if isinstance(exists.this, exp.Select):
            _tie(exists.this, Scopes(tree, schema))


def _compared(equal: exp.EQ) -> tuple[exp.Column, exp.Column] | tuple[None, None]:
    """The columns that are held against each other, as they are or both within the same function."""
    sides = equal.this, equal.expression
    columns = [list(side.find_all(exp.Column)) for side in sides]
    if any(len(each) != 1 for each in columns):
        return None, None
    ((left,), (right,)) = columns
    plain = exp.column("x")
    alike = [side.transform(lambda node: plain if isinstance(node, exp.Column) else node) for side in sides]
    return (left, right) if alike[0] == alike[1] else (None, None)


def _fold_own(folded: exp.AggFunc, scopes: Scopes) -> None:
    """Fold the rows of the table that an inner query reads, where it folds those of the same one outside."""
    inner = folded.find_ancestor(exp.Select)
    sources = scopes.sources(inner) if inner is not None else {}
    if len(sources) != 1:
        return
    ((name, own),) = sources.items()
    columns = list(folded.find_all(exp.Column))
    places = [scopes.place(each) for each in columns]
    outside = {
        (place.source, place.table) for place in places if place is not None and place.select is not inner
    }
    if own.table is None or None in places or len(outside) != 1:
        return
    source, table = outside.pop()
    if table is own.table and source != name and all(place.select is not inner for place in places if place):
        for column in columns:
            column.set("table", own.name.copy())


def _tie(inner: exp.Select, scopes: Scopes) -> None:
    """Hold the rows of EXISTS against the row around it, if they name nothing of it and one key can."""
    around = inner.find_ancestor(exp.Select)
    if around is None or inner.args.get("group") or inner.args.get("having") or inner.args.get("limit"):
        return
    within = {id(each) for each in inner.find_all(exp.Select)}
    for column in inner.find_all(exp.Column):
        place = scopes.place(column)
        if place is None or id(place.select) not in within:
            return
    ties = _again(inner, around, scopes) or _keys(inner, around, scopes)
    if len(ties) != 1:
        return
    own, inside, other, outside = ties[0]
    name = scopes.sources(inner)[own].name
    if own in scopes.sources(around):
        name = exp.to_identifier(_call_otherwise(own, inner, scopes))
    left = exp.Column(this=name_of(inside, scopes.schema), table=name.copy())
    right = exp.Column(this=name_of(outside, scopes.schema), table=scopes.sources(around)[other].name.copy())
    inner.where(exp.EQ(this=left, expression=right), copy=False)


_Tie = tuple[str, str, str, str]
"""A source of the inner query and a column, and one of the query around it with the column that equals it."""


def _again(inner: exp.Select, around: exp.Select, scopes: Scopes) -> list[_Tie]:
    """The row around it, where the inner query joins its table once more: by the key."""
    if len(scopes.sources(inner)) == 1:
        return []
    return [
        (own, key[0], other, key[0])
        for own, source in scopes.sources(inner).items()
        for other, outer in scopes.sources(around).items()
        if source.table is not None and source.table is outer.table
        for key in [source.table.primary_key]
        if len(key) == 1
    ]


def _keys(inner: exp.Select, around: exp.Select, scopes: Scopes) -> list[_Tie]:
    """The keys between tables of the two."""
    found: list[_Tie] = []
    for own, source in scopes.sources(inner).items():
        for other, outer in scopes.sources(around).items():
            both: dict[str, Source] = {"inner": source, "outer": outer}
            found += [(own, a, other, b) for _, _, (a, b) in links("inner", "outer", both, scopes)]
    return found


def _refer_outwards(
    select: exp.Select, source: str, left: exp.Column, right: exp.Column, scopes: Scopes
) -> None:
    table = scopes.sources(select)[source].table
    around = select.find_ancestor(exp.Select)
    if around is None or table is None or len(scopes.sources(select)) > 1:
        return
    bare = [each for each in (left, right) if not each.table]
    others = [each for each in scopes.sources(around).values() if holds(each, right.name)]
    if len(bare) == 1 and len(others) == 1 and others[0].table is not table:
        bare[0].set("table", others[0].name.copy())
        return
    outer = [each for each in scopes.sources(around).values() if each.table is table]
    inner = select.args["from_"].this
    if len(outer) != 1 or not isinstance(inner, exp.Table) or find_table(inner, scopes.schema) is not table:
        return
    outwards = left if left.table and not right.table else right
    _call_otherwise(source, select, scopes, outwards)
    outwards.set("table", outer[0].name.copy())


def _call_otherwise(source: str, select: exp.Select, scopes: Scopes, kept: exp.Column | None = None) -> str:
    """Give a table that ``select`` reads another name, also in its columns but ``kept``; returns it."""
    taken = {name for each in scopes.selects for name in scopes.sources(each)}
    first = source[:1] if source[:1].isalpha() else "t"
    alias = next(name for n in range(2, 100) if (name := f"{first}{n}") not in taken)
    for column in list(select.find_all(exp.Column)):
        place = scopes.place(column)
        if column is not kept and place is not None and place.select is select and place.source == source:
            column.set("table", exp.to_identifier(alias))
    for read in tables_of(select):
        if read.alias_or_name.lower() == source:
            read.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    return alias
