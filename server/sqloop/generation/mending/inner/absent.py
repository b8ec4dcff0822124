"""Rows that are not there: `NOT IN` among NULLs, joins that keep only what has a partner.

`customer_id NOT IN (SELECT customer_id FROM orders)` is true of nobody where one order has no customer. An
inner join of which `o.order_id IS NULL` is asked gives nothing, nor one of which `p.paid_on IS NULL` is asked
where every payment has a day: an outer one is meant. In an outer join `COUNT(*)` counts a row where nothing
was joined as well. Works on the syntax tree, in place.
"""

from __future__ import annotations

from sqlglot import exp

from sqloop.database.words import identifier_stems, split_text
from sqloop.generation.mending.asked.counting import first_counted
from sqloop.generation.mending.groups import conditions_of
from sqloop.generation.mending.paths import keys_between
from sqloop.generation.mending.scopes import Place, Scopes


def mend_absent(tree: exp.Expr, scopes: Scopes, question: str = "") -> None:
    """Mend ``tree``, a query that answers ``question``, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, ForeignKey, Schema, Table
    >>> nr, user = Column("id", "INT", "number"), Column("user_id", "INT", "number", nulls=True)
    >>> paid = Column("paid_on", "DATE", "date", samples=("2024-05-01",))
    >>> orders = Table("orders", (nr, user, paid), ("id",), (ForeignKey(("user_id",), "users", ("id",)),))
    >>> schema = Schema("sqlite", (Table("users", (nr,), ("id",)), orders))
    >>> for sql in (
    ...     "SELECT id FROM users WHERE NOT id IN (SELECT user_id FROM orders)",
    ...     "SELECT u.id FROM users AS u JOIN orders AS o ON o.user_id = u.id WHERE o.id IS NULL",
    ...     "SELECT u.id FROM users AS u JOIN orders AS o ON o.user_id = u.id WHERE o.paid_on IS NULL",
    ...     "SELECT u.id, COUNT(*) FROM users AS u LEFT JOIN orders AS o ON o.user_id = u.id GROUP BY u.id",
    ... ):
    ...     tree = sqlglot.parse_one(sql)
    ...     mend_absent(tree, Scopes(tree, schema))
    ...     tree.sql()
    'SELECT id FROM users WHERE NOT id IN (SELECT user_id FROM orders WHERE NOT user_id IS NULL)'
    'SELECT u.id FROM users AS u LEFT JOIN orders AS o ON o.user_id = u.id WHERE o.id IS NULL'
    'SELECT u.id FROM users AS u LEFT JOIN orders AS o ON o.user_id = u.id WHERE o.paid_on IS NULL'
    'SELECT u.id, COUNT(o.user_id) FROM users AS u LEFT JOIN orders AS o ON o.user_id = u.id GROUP BY u.id'
    """
    for none in tree.find_all(exp.Not):
        inner = none.this.args.get("query") if isinstance(none.this, exp.In) else None
        inner = inner.this if isinstance(inner, exp.Subquery) else inner
        if isinstance(inner, exp.Select):
            _leave_out_nulls(inner, scopes)
    for select in scopes.selects:
        _keep_the_lone(select, scopes, question)
        _count_partners(select, scopes, question)


def _leave_out_nulls(inner: exp.Select, scopes: Scopes) -> None:
    """Have a query give no NULL, if the one column that it shows holds any and nothing is said of it."""
    column = inner.expressions[0].unalias() if len(inner.expressions) == 1 else None
    place = scopes.place(column) if isinstance(column, exp.Column) else None
    if column is None or place is None or not place.column.nulls or inner.args.get("limit"):
        return
    said = (each for condition in conditions_of(inner) for each in condition.find_all(exp.Column))
    if not any(scopes.place(each) == place for each in said):
        inner.where(exp.not_(exp.Is(this=column.copy(), expression=exp.Null())), copy=False)


def _keep_the_lone(select: exp.Select, scopes: Scopes, question: str) -> None:
    """Make the join an outer one whose rows are asked to be missing, where nothing else is taken from it."""
    for join in select.args.get("joins") or []:
        on, source = join.args.get("on"), join.this.alias_or_name.lower()
        if on is None or join.side or join.kind not in ("", "INNER"):
            continue
        within = {id(each) for each in on.find_all(exp.Column)}
        joined = {place for each in on.find_all(exp.Column) if (place := scopes.place(each)) is not None}
        uses = [
            (column, place)
            for column in select.find_all(exp.Column)
            if id(column) not in within
            and (place := scopes.place(column)) is not None
            and (place.select, place.source) == (select, source)
        ]
        if uses and all(_is_never(column, place, joined, question) for column, place in uses):
            join.set("side", "LEFT")
            join.set("kind", None)


def _is_never(column: exp.Column, place: Place, joined: set[Place], question: str) -> bool:
    """Whether a column that holds something in each joined row has to be NULL."""
    test = column.parent
    if not isinstance(test, exp.Is) or not isinstance(test.expression, exp.Null):
        return False
    top = test.parent
    while isinstance(top, exp.And | exp.Paren):
        top = top.parent
    asked, stored = isinstance(top, exp.Where) and top.parent is place.select, place.column
    always = not stored.nullable or _is_always_there(place, question)
    return asked and (always or stored.name in place.table.primary_key or place in joined)


def _is_always_there(place: Place, question: str) -> bool:
    """Whether every row that was looked at has a value, and the question is of no missing one.

    All loans may be back today: of two days, as lent and returned, one is missing for a while. The only day
    of a table goes with its rows.
    """
    if not place.column.samples or place.column.nulls:
        return False
    if place.column.kind == "date":
        return sum(each.kind == "date" for each in place.table.columns) == 1
    said = {word.stem for word in split_text(question)}
    return said.isdisjoint(identifier_stems(place.column.name))


def _count_partners(select: exp.Select, scopes: Scopes, question: str) -> None:
    """Count what was joined to each group, where a row that had no partner would be counted as well."""
    joins, group = select.args.get("joins") or [], select.args.get("group")
    if group is None or len(joins) != 1 or joins[0].side != "LEFT" or len(scopes.sources(select)) != 2:
        return
    on, name = joins[0].args.get("on"), joins[0].this.alias_or_name.lower()
    first = next(each for source, each in scopes.sources(select).items() if source != name).table
    joined = scopes.sources(select)[name].table
    if first is None or joined is None or not keys_between(joined, first, scopes.schema):
        return
    keys = [each for each in on.find_all(exp.Column) if each.table.lower() == name] if on is not None else []
    grouped = [scopes.place(each) if isinstance(each, exp.Column) else None for each in group.expressions]
    if not keys or any(each is None or each.table is not first for each in grouped):
        return
    counted = first_counted(question, scopes)
    known = {each.column.name for each in grouped if each is not None}
    if counted is first or (counted is not joined and not known.issuperset(first.primary_key or ("",))):
        return
    uses = [each for each in select.find_all(exp.Column) if each.table.lower() == name]
    if any(each.find_ancestor(exp.Is, exp.Where, exp.Count) is not None for each in uses):
        return  # It is asked who has none, or both are counted: `COUNT(*), COUNT(o.id)`.
    for count in list(select.find_all(exp.Count)):
        share = count.find_ancestor(exp.Div, exp.Select)
        if isinstance(count.this, exp.Star) and share is select:
            count.set("this", keys[0].copy())
