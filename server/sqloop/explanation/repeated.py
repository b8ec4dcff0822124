"""Rows that a join repeats in a sum, an average or a count of them, and of which table rows are counted.

Two joins from one table to several rows each multiply one another: each visit of a pet then stands beside
each of its vaccinations. One such join repeats the row that the others belong to. That is meant where the row
is looked up (a price, for each thing that was sold), and not where it is what counts (the total of an order,
for each of its lines). Nothing is said where a condition or a group may leave one row; MIN, MAX and DISTINCT
do not mind. Not covered: rows that a query in FROM, or a view, repeats.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from sqloop.database.checking.budget import TooComplexError
from sqloop.database.schema import Table
from sqloop.database.words import identifier_stems
from sqloop.explanation.clauses import say_node
from sqloop.explanation.joining import Joining, list_groups
from sqloop.explanation.sources import Sources, say
from sqloop.linking.hints import stand_ins

_AGGREGATES = {exp.Sum: "the sum", exp.Avg: "the average", exp.Count: "the count"}

_NAMES = {stem for word in ("name", "title") for stem in identifier_stems(word)}

LONGEST = 60
"""Characters of an aggregate that is said in full."""


def find_repeated(sources: Sources) -> Iterator[str]:
    """A sentence for each table whose rows count more than once, with all that they count in.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, ForeignKey, Schema, Table
    >>> number = lambda *names: tuple(Column(each, "INT", "number") for each in names)
    >>> of_pet = (ForeignKey(("pet_id",), "pets", ("id",)),)
    >>> visits = Table("visits", number("id", "pet_id", "cost"), ("id",), of_pet)
    >>> walks = Table("walks", number("id", "pet_id"), ("id",), of_pet)
    >>> schema = Schema("sqlite", (Table("pets", number("id"), ("id",)), visits, walks))
    >>> sql = "SELECT SUM(cost) FROM pets p JOIN visits v ON v.pet_id = p.id JOIN walks w ON w.pet_id = p.id"
    >>> list(find_repeated(Sources(sqlglot.parse_one(sql), schema)))
    ['In the sum of cost, each row of visits counts once for every row of walks of the same row of pets.']
    """
    joining = Joining(sources.select, sources.schema)
    group = sources.select.args.get("group")
    if len(joining.nodes) < 2 or not joining.is_clear or (group and _is_rolled_up(group)):
        return
    found: defaultdict[str, list[str]] = defaultdict(list)
    for kind in _AGGREGATES:
        for node in sources.own(kind):
            value = _read(node, joining)
            for said in _repeated(value, joining) if value is not None else ():
                found[said].append(_say_value(node))
    for said, values in found.items():
        yield f"In {' and '.join(dict.fromkeys(values))}, {said}."


def find_counted(sources: Sources) -> Iterator[str]:
    """What COUNT(*) counts, where a join makes it another table than all else in the query is about.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, ForeignKey, Schema, Table
    >>> number = lambda *names: tuple(Column(each, "INT", "number") for each in names)
    >>> visits = Table("visits", number("pet_id"), (), (ForeignKey(("pet_id",), "pets", ("id",)),))
    >>> schema = Schema("sqlite", (Table("pets", number("id", "age"), ("id",)), visits))
    >>> sql = "SELECT age, COUNT(*) FROM pets p JOIN visits v ON v.pet_id = p.id GROUP BY age"
    >>> list(find_counted(Sources(sqlglot.parse_one(sql), schema)))
    ['Rows of visits are counted: a row of pets with three of them counts three times.']
    """
    joining = Joining(sources.select, sources.schema)
    if len(joining.nodes) < 2 or not joining.is_clear or joining.outer:
        return
    if not any(isinstance(each.this, exp.Star) for each in sources.own(exp.Count)):
        return
    finest = [name for name in joining.nodes if joining.determined((name,)) == joining.nodes.keys()]
    joins = [join.args.get("on") for join in sources.select.args.get("joins") or ()]
    tied = {id(each) for on in joins if on is not None for each in on.find_all(exp.Column)}
    used = {joining.owner(each) for each in sources.own(exp.Column) if id(each) not in tied}
    if len(finest) != 1 or None in used or finest[0] in used:
        return
    fixed = tuple(list_groups(sources.select))
    for name in used - joining.determined((), fixed):
        key = next(joining.keys_to(finest[0], {name}), None) if name is not None else None
        value = _Value(sources.select, frozenset(), fixed)
        if key is not None and name is not None and not _is_named(name, value, joining):
            one, other = _say_source(finest[0], joining), _say_source(name, joining)
            counted = f"Rows of {one} are counted"
            yield f"{counted}: a row of {other} with three of them counts three times."


def find_averaged(sources: Sources) -> Iterator[str]:
    """Of what an average is where its values are from several tables: `AVG(qty * price)` is one of lines."""
    joining = Joining(sources.select, sources.schema)
    for node in sources.own(exp.Avg):
        value = _read(node, joining) if joining.is_clear else None
        units = value.units if value is not None else frozenset()
        finest = [name for name in units if units <= joining.determined((name,))]
        if len(units) > 1 and len(finest) == 1:
            yield f"The average has one value for each row of {_say_source(finest[0], joining)}."


@dataclass(frozen=True)
class _Value:
    """An aggregate: the sources that its values are from, and what is the same in all rows of one."""

    node: exp.Expr
    units: frozenset[str]
    fixed: tuple[exp.Expr, ...]


def _read(node: exp.Expr, joining: Joining) -> _Value | None:
    """None where it is not known what rows go into it, and where repeating them changes nothing."""
    inner, fixed = node.this, tuple(list_groups(joining.select))
    around = node.parent if isinstance(node.parent, exp.Filter) else node
    window = around.parent
    if isinstance(window, exp.Window):
        if joining.select.args.get("group") is not None or window.text("alias"):
            return None
        fixed = tuple(window.args.get("partition_by") or ())
    if inner is None or isinstance(inner, exp.Distinct) or inner.find(exp.AggFunc, exp.Query):
        return None
    columns = [] if _counts_rows(inner) else list(around.find_all(exp.Column))
    owners = [joining.owner(each) for each in columns]
    units = frozenset(owner for owner in owners if owner is not None)
    if None in owners:
        return None
    constant = units <= joining.determined((), fixed) or inner in fixed
    if constant and isinstance(node, exp.Avg):
        return None
    if isinstance(node, exp.Count) and constant:
        units = frozenset()  # One row of it is in each group: what is counted are the others.
    return _Value(node, units, fixed)


def _repeated(value: _Value, joining: Joining) -> Iterator[str]:
    if not value.units:
        yield from _pairs(value, joining)
        return
    units = set(value.units)
    for _ in joining.nodes:
        known, one = joining.determined(units), joining.determined(units, value.fixed)
        others = [name for name in joining.nodes if name not in one and joining.bound(name, known)]
        repeating = [name for name in others if not _may_be_one(name, known, value, joining)]
        looking = [name for name in others if units <= joining.determined((name,), value.fixed)]
        wrong = {each for each in repeating if _counts_itself(value, each, joining)}
        finer = [each for each in looking if each not in wrong]
        if not finer:
            break
        units.add(finer[0])  # It looks the others up: its rows are what goes into the value.
    for name in repeating:
        yield _say_repeated(units, name, known, joining, apart=name not in looking)


def _pairs(value: _Value, joining: Joining) -> Iterator[str]:
    """Rows are counted, and none of the tables has one for each: those of two are multiplied."""
    sets = {name: joining.determined((name,), value.fixed) for name in joining.nodes}
    if any(known == joining.nodes.keys() for known in sets.values()):
        return
    for one, known in sets.items():
        for other, others in sets.items():
            shared = known & others
            if other in known or one in others or joining.table(one) is joining.table(other):
                continue
            if shared and not any(_may_be_one(each, shared, value, joining) for each in (one, other)):
                yield _say_repeated({one}, other, shared, joining, apart=True)
                return


def _may_be_one(name: str, known: set[str], value: _Value, joining: Joining) -> bool:
    """Whether a source may have one row for each of those of ``known``, for all that is known of it."""
    table, keys = joining.table(name), list(joining.keys_to(name, known))
    if table is None or table.view or not keys or name in joining.restricted:
        return True
    if any(joining.table(each) is table for each in known | value.units):
        return True  # Pairs of rows of one table are asked for.
    own = {column.lower() for key, _ in keys for column in key.columns}
    if joining.bound(name, known) - own:
        return True  # More than the key ties it to the others.
    named = {each for each in joining.nodes if each != name and _is_named(each, value, joining)}
    bound = joining.bound(name, named, value.fixed)
    return any(
        bound.issuperset(map(str.lower, key.columns)) and not own.issuperset(map(str.lower, key.columns))
        for key in table.foreign_keys
    )


def _is_named(name: str, value: _Value, joining: Joining) -> bool:
    """Whether the groups, or a condition, say which row of a source is meant, as people do: by its name."""
    table = joining.table(name)
    if table is None:
        return False
    keys = {*table.primary_key, *(column for key in table.foreign_keys for column in key.columns)}
    texts = [column for column in table.columns if column.kind == "text" and column.name not in keys]
    names = [column for column in texts if len(texts) == 1 or _NAMES & set(identifier_stems(column.name))]
    said = joining.bound(name, (), value.fixed)
    return any(each.name.lower() in said for each in (*stand_ins(table), *names))


def _counts_itself(value: _Value, name: str, joining: Joining) -> bool:
    """Whether what is looked up for each row of ``name`` is meant to count once: it stands for itself."""
    if {name, *value.units} & joining.outer:  # What stands first is kept without the other.
        return next(each for each in joining.nodes if each == name or each in value.units) != name
    if isinstance(value.node, exp.Count):
        return True
    other, tables = joining.table(name), [joining.table(each) for each in value.units]
    return all(table is None or _is_event(table) or _is_part(other, table) for table in tables)


def _is_event(table: Table) -> bool:
    """Whether its rows are what happened, to others and at some time, rather than what others speak of."""
    refers = any(key.referred_table != table.name for key in table.foreign_keys)
    return refers and any(column.kind == "date" for column in table.columns)


def _is_part(part: Table | None, whole: Table) -> bool:
    """Whether a table is named as one of parts: `order_lines` of `orders`."""
    stems, more = identifier_stems(whole.name), identifier_stems(part.name) if part is not None else ()
    return len(more) > len(stems) and more[: len(stems)] == stems


def _counts_rows(inner: exp.Expr) -> bool:
    """Whether what is added up or counted is the same for each row, or where a condition holds."""
    values = [inner]
    if isinstance(inner, exp.Case):
        values = [branch.args["true"] for branch in inner.args["ifs"]] + [inner.args.get("default")]
    plain = (exp.Star, exp.Literal, exp.Null, exp.Boolean, exp.Predicate, exp.Connector)
    return all(each is None or isinstance(each, plain) for each in values)


def _is_rolled_up(group: exp.Expr) -> bool:
    return any(group.args.get(each) for each in ("rollup", "cube", "grouping_sets", "totals", "all"))


def _say_repeated(units: set[str], name: str, known: set[str], joining: Joining, *, apart: bool) -> str:
    """``apart``: both belong to a row of a third table, or have a value in common."""
    first = next((each for each in units if units <= joining.determined((each,))), next(iter(units)))
    key, owner = next(joining.keys_to(name, known))
    one, other = _say_source(first, joining), _say_source(name, joining)
    counts = f"each row of {one} counts once for every row of {other}"
    if not apart:
        return f"{counts} that it has"
    same = f"row of {_say_source(owner, joining)}" if owner else " and ".join(map(say, key.columns))
    return f"{counts} of the same {same}"


def _say_source(name: str, joining: Joining) -> str:
    table = joining.table(name)
    twice = table is not None and sum(joining.table(each) is table for each in joining.nodes) > 1
    shown = joining.nodes[name].alias_or_name
    return shown if table is None else f"{table.name} (called {shown})" if twice else table.name


def _say_value(node: exp.Expr) -> str:
    words = next(words for kind, words in _AGGREGATES.items() if isinstance(node, kind))
    if isinstance(node.this, exp.Column):
        return f"{words} of {say(node.this.name)}"
    try:
        said = say_node(node)
    except (TooComplexError, RecursionError):
        return words
    return said if len(said) <= LONGEST else words
