"""Joins by the wrong key: columns that cannot be equal are let go, and the key that joins them is taken.

A small model knows which tables a question needs and slips in how they hang together: it compares
`lesson.pupil_id` with `branch.id`, a key with itself, or `medal.athlete_id`, which is not there, where three
keys lead from one to the other. Works on the syntax tree, in place.
"""

from __future__ import annotations

from sqlglot import exp

from sqloop.generation.mending.doubts import doubt_equal
from sqloop.generation.mending.paths import Link, bridges, links, name_of, read_table, unread
from sqloop.generation.mending.scopes import HIDDEN, Scopes, Sources, conjuncts, tables_of

_Use = tuple[exp.Expr, set[str]]
"""A condition, and the sources that it reads."""


def mend_keys(tree: exp.Expr, scopes: Scopes) -> None:
    """Mend ``tree``, a query whose names are mended, in place.

    Only where one key joins what falls apart, or one way of keys. Outer joins are mended each by itself.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, ForeignKey, Schema, Table
    >>> nr, other, town = (Column(name, "INT", "number") for name in ("id", "branch_id", "pupil_id"))
    >>> keys = ForeignKey(("branch_id",), "branch", ("id",)), ForeignKey(("pupil_id",), "pupil", ("id",))
    >>> lesson = Table("lesson", (nr, other, town), ("id",), keys)
    >>> schema = Schema("sqlite", (Table("branch", (nr,), ("id",)), Table("pupil", (nr,), ("id",)), lesson))
    >>> tree = sqlglot.parse_one("SELECT b.id FROM lesson AS l JOIN branch AS b ON b.id = l.pupil_id")
    >>> mend_keys(tree, Scopes(tree, schema))
    >>> tree.sql()
    'SELECT b.id FROM lesson AS l JOIN branch AS b ON l.branch_id = b.id'
    """
    for select in scopes.selects:
        conditions = _inner_conditions(select, scopes)
        if conditions is None:
            _mend_outer(select, scopes)
            continue
        wrong = [each for each in conditions if _is_wrong(each, select, scopes)]
        said = (each for each in conditions if each not in wrong and not isinstance(each, exp.Boolean))
        kept = list(dict.fromkeys(said))
        if wrong or _falls_apart(select, kept, scopes) or _reads_ahead(select, scopes):
            _mend(select, kept, wrong, scopes)


def _mend_outer(select: exp.Select, scopes: Scopes) -> None:
    """Have outer joins on a column that is not there go over the tables between, as outer joins."""
    own = dict(scopes.sources(select))
    joins: list[exp.Join] = []
    for join in select.args.get("joins") or []:
        on, name = join.args.get("on"), join.this.alias_or_name.lower()
        wrong = [each for each in conjuncts(on) if _is_wrong(each, select, scopes)]
        if join.side == "LEFT" and len(wrong) == 1:
            others = _read(wrong[0], own) - {name}
            said = _named(wrong[0], scopes)
            way = _find_way(others, {name}, own, said, [], scopes) if len(others) == 1 else None
            for one, further, pair in way or ():
                if further == name:
                    wrong[0].replace(_equal(one, further, pair, own, scopes))
                    continue
                own[further] = unread(own, scopes)[further]
                table = read_table(own[further], scopes.schema)
                joins.append(exp.Join(this=table, on=_equal(one, further, pair, own, scopes), side="LEFT"))
        joins.append(join)
    if len(joins) > len(select.args.get("joins") or []):
        select.set("joins", joins)


def _equal(one: str, other: str, pair: tuple[str, str], own: Sources, scopes: Scopes) -> exp.EQ:
    left, right = (
        exp.Column(this=name_of(name, scopes.schema), table=own[source].name.copy())
        for source, name in zip((one, other), pair, strict=True)
    )
    return exp.EQ(this=left, expression=right)


def _inner_conditions(select: exp.Select, scopes: Scopes) -> list[exp.Expr] | None:
    """All that its joins ask for; None where one is no plain inner join."""
    found: list[exp.Expr] = []
    for join in select.args.get("joins") or []:
        on = join.args.get("on")
        if join.side or join.method or join.kind not in ("", "INNER") or join.args.get("using"):
            return None
        if on is None and _ties_in_where(select, scopes):
            return None
        found += conjuncts(on or exp.true())  # A comma, or a join that says nothing.
    return found or None


def _ties_in_where(select: exp.Select, scopes: Scopes) -> bool:
    """Whether WHERE says something of two sources at once."""
    own = scopes.sources(select)
    return any(len(_read(each, own)) > 1 for each in conjuncts(select.args.get("where")))


def _is_wrong(condition: exp.Expr, select: exp.Select, scopes: Scopes) -> bool:
    if not isinstance(condition, exp.EQ):
        return False
    left, right = condition.this, condition.expression
    if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
        return False
    here, there = scopes.place(left), scopes.place(right)
    if here is not None and there is not None:
        both_own = here.select is select and there.select is select
        return both_own and doubt_equal(here, there, scopes.schema) is not None
    own = scopes.sources(select)
    if left.name.lower() in HIDDEN or right.name.lower() in HIDDEN:
        return False
    sources = {each.table.lower() for each in (left, right)} & own.keys()
    return len(sources) == 2 and all(own[each].table is not None for each in sources)


def _falls_apart(select: exp.Select, conditions: list[exp.Expr], scopes: Scopes) -> bool:
    """Whether a join says nothing of the table that it joins: JOIN medal ON team.id = person.team_id."""
    own = scopes.sources(select)
    uses = [(each, _read(each, own)) for each in (*conditions, *conjuncts(select.args.get("where")))]
    return len(_parts(own, uses)) > 1


def _reads_ahead(select: exp.Select, scopes: Scopes) -> bool:
    """Whether a join's condition names a table that is joined behind it, which SQLite alone allows."""
    own = scopes.sources(select)
    read = {next(iter(own))}
    for join in select.args.get("joins") or []:
        read.add(join.this.alias_or_name.lower())
        on = join.args.get("on")
        if on is not None and not _read(on, own) <= read:
            return True
    return False


def _named(condition: exp.Expr, scopes: Scopes) -> set[tuple[str, str]]:
    """The columns that a condition names, with their sources, as far as they are there."""
    places = (scopes.place(each) for each in condition.find_all(exp.Column))
    return {(place.source, place.column.name) for place in places if place is not None}


def _mend(select: exp.Select, kept: list[exp.Expr], wrong: list[exp.Expr], scopes: Scopes) -> None:
    own = dict(scopes.sources(select))
    if any(source.table is None for source in own.values()):
        return
    uses = [(condition, _read(condition, own)) for condition in kept]
    said: set[tuple[str, str]] = set().union(*(_named(each, scopes) for each in wrong))
    ends = [_read(each, own) for each in wrong]
    tables, first = tables_of(select), next(iter(own))
    parts = _parts(own, uses)
    between = unread(own, scopes)
    # Tables whose columns are there and cannot be equal may have no business in the query. One whose column
    # is not there was meant: where no way leads to it, the model is to put it right.
    guessed = bool(wrong) and all(len(_named(each, scopes)) == 2 for each in wrong)
    while len(parts) > 1:
        way = _find_way(parts[0], set().union(*parts[1:]), own, said, ends, scopes)
        if way is None or (guessed and len(way) > 2):
            idle = [name for name in own if name != first and not _is_used(name, select, wrong, scopes)]
            if guessed and idle:
                del own[idle[0]]
                tables = [each for each in tables if each.alias_or_name.lower() != idle[0]]
                uses = [(condition, read) for condition, read in uses if idle[0] not in read]
                way = None
            elif way is None:
                return
        for one, other, pair in way or ():
            for name in {one, other} - own.keys():
                own[name] = between[name]
                tables.append(read_table(between[name], scopes.schema))
            uses.append((_equal(one, other, pair, own, scopes), {one, other}))
        parts = _parts(own, uses)
    joins = _join(tables, uses)
    if joins is not None:
        select.set("joins", joins)


def _is_used(source: str, select: exp.Select, wrong: list[exp.Expr], scopes: Scopes) -> bool:
    """Whether a query names a column of a source elsewhere than in what is ``wrong``."""
    inside = {id(column) for each in wrong for column in each.find_all(exp.Column)}
    places = [(column, scopes.place(column)) for column in select.find_all(exp.Column)]
    return any(
        id(column) not in inside and (place is None or (place.source == source and place.select is select))
        for column, place in places
    )


def _find_way(
    part: set[str],
    rest: set[str],
    own: Sources,
    said: set[tuple[str, str]],
    ends: list[set[str]],
    scopes: Scopes,
) -> list[Link] | None:
    """The one key, or the keys by way of the fewest tables that are not read, that join a part to the rest.

    What ``said`` names goes before others; of several the one between two sources that were to be joined
    (``ends``), or else over tables that the question names. None where there is no way, or several.
    """
    between = unread(own, scopes)
    direct = [[link] for one in part for other in rest for link in links(one, other, own, scopes)]
    for ways in (direct, bridges(part, rest, own, scopes)):
        named = [way for way in ways if any(_is_said(link, said) for link in way)]
        sources = {source for source, _ in said}
        near = [way for way in ways if any(sources & set(link[:2]) for link in way)]
        for some in (named, near, ways):
            if some:
                ended = [way for way in some if {way[0][0], way[-1][1]} in ends] if len(some) > 1 else some
                if len(ended) > 1:
                    over = [[between[link[1]].table for link in way[:-1]] for way in ended]
                    asked = [any(table and scopes.names(table) for table in tables) for tables in over]
                    ended = [way for way, told in zip(ended, asked, strict=True) if told]
                return ended[0] if len(ended) == 1 else None
    return None


def _is_said(link: Link, said: set[tuple[str, str]]) -> bool:
    one, other, pair = link
    return (one, pair[0]) in said or (other, pair[1]) in said


def _read(condition: exp.Expr, own: Sources) -> set[str]:
    """The sources that a condition reads."""
    return {each.table.lower() for each in condition.find_all(exp.Column)} & own.keys()


def _parts(own: Sources, uses: list[_Use]) -> list[set[str]]:
    """The sources, those together that hang together."""
    parts = [{name} for name in own]
    for _, link in uses:
        met = [part for part in parts if part & link]
        if met:
            parts = [*(part for part in parts if not part & link), set().union(*met)]
    return parts


def _join(tables: list[exp.Expression], uses: list[_Use]) -> list[exp.Join] | None:
    """Joins of ``tables`` in an order in which each hangs on one before it; None where there is no such."""
    first, *waiting = tables
    placed = {first.alias_or_name.lower()}
    joins: list[exp.Join] = []
    while waiting:
        ready = (each for each in waiting if _hangs(each.alias_or_name.lower(), placed, uses))
        table = next(ready, None)
        if table is None:
            return None
        waiting.remove(table)
        placed.add(table.alias_or_name.lower())
        now = [condition.copy() for condition, read in uses if read <= placed]
        uses = [(condition, read) for condition, read in uses if not read <= placed]
        joins.append(exp.Join(this=table.copy(), on=exp.and_(*now, copy=False)))
    return joins


def _hangs(table: str, placed: set[str], uses: list[_Use]) -> bool:
    return any(table in read and read <= placed | {table} for _, read in uses)
