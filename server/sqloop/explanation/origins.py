"""The tables of a query, how they are joined, and what their columns are called beside them, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from sqloop.explanation.conditions import list_words

Say = Callable[[exp.Expr], str]

_KINDS = {"SEMI": "that have a row of", "ANTI": "that have no row of"}
_ALL = {"RIGHT": "all rows of {}", "FULL": "all rows of both sides"}


def say_sources(select: exp.Expr, say: Say) -> str:
    """The tables of a query and how they are joined; empty where it has none.

    >>> import sqlglot
    >>> said = lambda sql: say_sources(sqlglot.parse_one(sql), lambda each: each.sql())
    >>> said("SELECT 1 FROM a LEFT JOIN b USING (x) CROSS JOIN c")
    'a with or without b (by x) with every row of c'
    """
    source = select.args.get("from_")
    tables = [_say_source(source.this, say)] if source else []
    tables += [_say_join(join, select, say) for join in select.args.get("joins") or ()]
    return " ".join(tables)


def say_owner(column: exp.Column) -> str:
    """The table of a column: its name, or what the query calls it where it stands there more than once."""
    select = column.find_ancestor(exp.Select)
    while select is not None:
        for table in _tables(select):
            if table.alias_or_name.lower() == column.table.lower():
                return column.table if _is_called(table) else table.name
        select = select.find_ancestor(exp.Select)
    return column.table


def _say_join(join: exp.Join, select: exp.Expr, say: Say) -> str:
    """A table, the rows that it adds, and what these have to have in common with those before."""
    table, side, method = _say_source(join.this, say), join.side.upper(), join.method.upper()
    condition, using = join.args.get("on"), join.args.get("using")
    facts = [_say_match(condition, say)] if not isinstance(condition, exp.Boolean | None) else []
    facts += [f"by {list_words([each.name for each in using])}"] if using else []
    facts += ["by the columns of the same name"] if method == "NATURAL" else []
    facts += [f"{method} JOIN"] if method not in ("", "NATURAL") else []
    free = not facts and not _is_tied(select) and not isinstance(join.this, exp.Lateral)
    facts += [_ALL[side].format(table)] if side in _ALL else []
    kind = "with or without" if side == "LEFT" else _KINDS.get(join.kind.upper(), "with")
    words = f"{kind} every row of {table}" if free else f"{kind} {table}"
    return f"{words} ({'; '.join(facts)})" if facts else words


def _is_tied(select: exp.Expr) -> bool:
    """Whether a condition of WHERE holds two columns against each other, as after a list of tables."""
    where = select.args.get("where")
    equals = where.find_all(exp.EQ) if where is not None else ()
    return any(
        isinstance(each.this, exp.Column) and isinstance(each.expression, exp.Column) for each in equals
    )


def _say_match(condition: exp.Expr, say: Say) -> str:
    sides = [condition.this, condition.expression] if isinstance(condition, exp.EQ) else []
    if sides and all(isinstance(side, exp.Column) for side in sides) and sides[0].name == sides[1].name:
        return f"by {sides[0].name}"
    return f"where {say(condition)}"


def _say_source(node: exp.Expr, say: Say) -> str:
    inner, alias = node.this, node.alias
    query = inner.this if isinstance(node, exp.Lateral) and isinstance(inner, exp.Subquery) else inner
    if isinstance(node, exp.Subquery | exp.Lateral) and isinstance(query, exp.Query):
        called = f" called {alias}" if alias else ""
        asked = ", asked for each row" if isinstance(node, exp.Lateral) else ""
        return f"a query{called}{asked} {say(query)}"
    more = any(node.args.get(each) for each in ("sample", "pivots", "joins", "version", "when"))
    if not isinstance(node, exp.Table) or not isinstance(inner, exp.Identifier) or more:
        return say(node)
    return f"{node.name} (called {alias})" if alias and _is_called(node) else node.name


def _is_called(table: exp.Table) -> bool:
    """Whether its name alone does not say which one is meant."""
    root = table.root()
    if "called" not in root.meta:
        root.meta["called"] = set(_list_called(root))
    return id(table) in root.meta["called"]


def _list_called(root: exp.Expr) -> Iterator[int]:
    """The tables that stand twice in one query, or in one within another that speaks of both."""
    for select in root.find_all(exp.Select):
        around = [each for outer in _list_around(select) for each in _tables(outer)]
        own, used = _tables(select), {each.table.lower() for each in select.find_all(exp.Column)}
        outer = [each for each in around if each.alias_or_name.lower() in used]
        for place, table in enumerate(own):
            twins = [each for each in (*own[:place], *own[place + 1 :], *outer) if each.name == table.name]
            yield from map(id, [table, *twins] if twins else [])


def _list_around(select: exp.Expr) -> Iterator[exp.Select]:
    outer = select.find_ancestor(exp.Select)
    while outer is not None:
        yield outer
        outer = outer.find_ancestor(exp.Select)


def _tables(select: exp.Select) -> list[exp.Table]:
    source = select.args.get("from_")
    nodes = [source.this] if source else []
    nodes += [join.this for join in select.args.get("joins") or ()]
    return [node for node in nodes if isinstance(node, exp.Table)]
