"""A query in words, clause by clause, read off its syntax tree. No model is asked: what it says is so."""

from __future__ import annotations

from itertools import zip_longest

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.budget import TooComplexError
from sqloop.database.checking.parsing import SeveralStatementsError, parse_statement, write_statement
from sqloop.database.schema import Dialect
from sqloop.explanation.functions import say_function
from sqloop.explanation.joining import list_groups
from sqloop.explanation.sources import find_limit
from sqloop.explanation.values import say_case, say_conditional, say_window

LONGEST = 20_000
"""Characters of a query that is explained."""

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "is",
    exp.NEQ: "is not",
    exp.GT: "is greater than",
    exp.GTE: "is at least",
    exp.LT: "is less than",
    exp.LTE: "is at most",
    exp.Like: "is like",
    exp.ILike: "is like (in any case)",
    exp.Is: "is",
}
_AGGREGATES: dict[type[exp.Expr], str] = {
    exp.Sum: "the sum of",
    exp.Avg: "the average of",
    exp.Min: "the least",
    exp.Max: "the greatest",
}
_DENIALS = {
    "is one of": "is none of",
    "is among": "is not among",
    "is like": "is not like",
    " is ": " is not ",
}


def explain_sql(sql: str, dialect: Dialect) -> str:
    """Sentences that say what ``sql`` asks for.

    >>> explain_sql("SELECT city, COUNT(*) FROM customer GROUP BY city LIMIT 3", "sqlite")
    'From customer: for each city, the number of rows. The first 3 only.'
    >>> explain_sql("SELECT m.name FROM member AS m JOIN city AS c ON m.city_id = c.city_id", "sqlite")
    'From member with city (by city_id): name of member.'
    >>> explain_sql("SELECT name FROM city c WHERE NOT EXISTS (SELECT 1 FROM shop WHERE at = c.id)", "sqlite")
    'From city, where there is no row of shop where at is id of city: name.'
    >>> explain_sql("SELECT e.name FROM staff e JOIN staff m ON e.boss = m.id", "sqlite")
    'From staff (called e) with staff (called m) (where boss of e is id of m): name of e.'
    """
    try:
        return _explain(sql, dialect)
    except _UnexplainedError as error:
        return str(error)


def ask_in_words(sql: str, dialect: Dialect) -> str:
    """What ``sql`` asks for, as the question that nobody wrote; empty where it cannot be said.

    >>> ask_in_words("SELECT name FROM customer WHERE city = 'Rome'", "sqlite")
    "From customer, where city is 'Rome': name."
    >>> ask_in_words("SELECT name FROM", "sqlite")
    ''
    """
    try:
        return _explain(sql, dialect)
    except _UnexplainedError:
        return ""


class _UnexplainedError(Exception):
    """Why a query cannot be explained, in a sentence."""


def _explain(sql: str, dialect: Dialect) -> str:
    if len(sql) > LONGEST:
        raise _UnexplainedError("This query is too long to be explained.")
    try:
        tree = parse_statement(sql, dialect)
    except (TooComplexError, SeveralStatementsError) as error:
        raise _UnexplainedError(f"This query cannot be explained: it is {error}.") from None
    except SqlglotError:
        raise _UnexplainedError("This query cannot be read: it has a mistake in it.") from None
    tree.meta["dialect"] = dialect
    if not isinstance(tree, exp.Query):
        raise _UnexplainedError("This statement is no query.")
    try:
        return " ".join(_explain_query(tree))
    except TooComplexError as error:
        raise _UnexplainedError(f"This query cannot be explained: it is {error}.") from None
    except RecursionError:
        raise _UnexplainedError("This query is nested too deeply to be explained.") from None


def _explain_query(tree: exp.Expr) -> list[str]:
    sentences = []
    for cte in tree.args["with_"].expressions if tree.args.get("with_") else ():
        sentences.append(f"First, called {cte.alias}: {' '.join(_explain_query(cte.this))}")
    if isinstance(tree, exp.SetOperation):
        words = {"UNION": "together with", "EXCEPT": "without", "INTERSECT": "that are also among"}
        left, right = " ".join(_explain_query(tree.left)), " ".join(_explain_query(tree.right))
        sentences.append(f"{left} These rows {words.get(tree.key.upper(), 'and')}: {right}")
    elif isinstance(tree, exp.Subquery):
        return _explain_query(tree.this)
    elif isinstance(tree, exp.Select):
        sentences.append(_explain_select(tree))
    return sentences + _explain_order(tree)


def _explain_select(tree: exp.Select) -> str:
    parts = []
    if tables := _say_sources(tree):
        parts.append(f"From {tables}")
    if where := tree.args.get("where"):
        parts.append(f"where {say_node(where.this)}")
    start = ", ".join(parts)
    groups = list_groups(tree)
    wanted = [each for each in tree.expressions if each.unalias() not in groups] or tree.expressions
    what = _say_all(wanted)
    if groups:
        named = {each.this: each for each in tree.expressions if isinstance(each, exp.Alias)}
        each_group = f"each {_say_all([named.get(each, each) for each in groups], article=False)}"
        alone = wanted is tree.expressions and len(wanted) == len(groups)
        what = each_group if alone else f"for {each_group}, {what}"
    if having := tree.args.get("having"):
        what += f", if {say_node(having.this)}"
    if tree.args.get("distinct"):
        what += ", each only once"
    return f"{start}: {what}." if start else f"{what[:1].upper()}{what[1:]}."


def _say_sources(tree: exp.Select) -> str:
    """The tables of a query and how they are joined; empty where it has none."""
    source = tree.args.get("from_")
    tables = [_say_source(source.this)] if source else []
    for join in tree.args.get("joins") or []:
        kind = "with or without" if join.side.upper() == "LEFT" else "with"
        condition = join.args.get("on")
        matching = f" ({_say_match(condition)})" if condition else ""
        tables.append(f"{kind} {_say_source(join.this)}{matching}")
    return " ".join(tables)


def _explain_order(tree: exp.Expr) -> list[str]:
    sentences = []
    if order := tree.args.get("order"):
        keys = [
            f"{say_node(_resolve(each.this, tree))}{', descending' if each.args.get('desc') else ''}"
            for each in order.expressions
        ]
        sentences.append(f"Ordered by {', then '.join(keys)}.")
    if count := find_limit(tree):
        number = count.name if isinstance(count, exp.Literal) else say_node(count)
        sentences.append(f"The first {number} only.")
    if offset := tree.args.get("offset"):
        sentences.append(f"After leaving out {say_node(offset.expression)}.")
    return sentences


def _resolve(node: exp.Expr, tree: exp.Expr) -> exp.Expr:
    """What a position names: the 2 of ``ORDER BY 2`` is the second column."""
    shown = tree.selects if isinstance(tree, exp.Query) else []
    place = int(node.name) if isinstance(node, exp.Literal) and node.is_int else 0
    return shown[place - 1].unalias() if 0 < place <= len(shown) else node


def _say_all(nodes: list[exp.Expr], *, article: bool = True) -> str:
    """Several values; the table of columns that stand together is said once."""
    words = []
    for node, after in zip_longest(nodes, nodes[1:]):
        said = "all columns" if isinstance(node, exp.Star) else say_node(node)
        owner = node.table if isinstance(node, exp.Column) and node.name != "*" else ""
        again = isinstance(after, exp.Column) and after.table == owner
        said = node.name if owner and again else said
        words.append(said if article else said.removeprefix("the "))
    return _list(words)


def _say_match(condition: exp.Expr) -> str:
    """What rows of two tables have to have in common."""
    sides = [condition.this, condition.expression] if isinstance(condition, exp.EQ) else []
    if sides and all(isinstance(side, exp.Column) for side in sides) and sides[0].name == sides[1].name:
        return f"by {sides[0].name}"
    return f"where {say_node(condition)}"


def _say_owner(column: exp.Column) -> str:
    """The table of a column: its name, or what the query calls it where it stands there more than once."""
    select = column.find_ancestor(exp.Select)
    while select is not None:
        tables = _tables(select)
        names = [table.name for table in tables if table.alias_or_name.lower() == column.table.lower()]
        if names:
            twice = sum(table.name == names[0] for table in tables) > 1
            return column.table if twice else names[0]
        select = select.find_ancestor(exp.Select)
    return column.table


def _tables(select: exp.Select) -> list[exp.Table]:
    source = select.args.get("from_")
    nodes = [source.this] if source else []
    nodes += [join.this for join in select.args.get("joins") or ()]
    return [node for node in nodes if isinstance(node, exp.Table)]


def _say_source(node: exp.Expr) -> str:
    if isinstance(node, exp.Table):
        select = node.find_ancestor(exp.Select)
        twice = select is not None and sum(each.name == node.name for each in _tables(select)) > 1
        return f"{node.name} (called {node.alias})" if twice and node.alias else node.name
    if isinstance(node, exp.Subquery):
        return f"a query ({' '.join(_explain_query(node.this)).rstrip('.')})"
    return _spell(node)


def say_node(node: exp.Expr) -> str:
    """A part of a query in words; the dialect stands in the ``meta`` of its root. Raises TooComplexError."""
    if isinstance(node, exp.Alias):
        said = _say_worked_out(node.this)
        return f"{node.alias} ({said})" if said else f"{say_node(node.this)} (as {node.alias})"
    if isinstance(node, exp.Column):
        table = f" of {_say_owner(node)}" if node.table else ""
        return f"{node.name}{table}" if node.name != "*" else f"all columns{table}"
    if isinstance(node, exp.Paren):
        return f"({say_node(node.this)})"
    if said := _say_worked_out(node):
        alone = isinstance(node.parent, exp.Select) and len(node.parent.expressions) == 1
        return said if alone else f"({said})"
    said = _say_condition(node) if isinstance(node, exp.Condition) else ""
    if said := said or _say_aggregate(node) or say_function(node, say_node):
        return said
    if isinstance(node, exp.Query):
        return f"({' '.join(_explain_query(node)).rstrip('.')})"
    return "NULL" if isinstance(node, exp.Null) else _spell(node)


def _say_worked_out(node: exp.Expr) -> str:
    """A value of several parts, which goes into parentheses beside others; empty for anything else."""
    if isinstance(node, exp.Window):
        return say_window(node, say_node)
    return say_case(node, say_node) if isinstance(node, exp.Case | exp.If) else ""


def _say_aggregate(node: exp.Expr) -> str:
    """One value of many rows; empty for everything else."""
    if isinstance(node, exp.Filter):
        return f"{say_node(node.this)} where {say_node(node.expression.this)}"
    if isinstance(node, exp.Sum | exp.Count) and (said := say_conditional(node, say_node)):
        return said
    if isinstance(node, exp.Count):
        inner = node.this
        if isinstance(inner, exp.Distinct):
            return f"the number of {say_node(inner)}"
        every = inner is None or isinstance(inner, exp.Star | exp.Literal)
        return "the number of rows" if every else f"the number of {say_node(inner)}"
    kind = type(node)
    return f"{_AGGREGATES[kind]} {say_node(node.this)}" if kind in _AGGREGATES else ""


def _say_condition(node: exp.Condition) -> str:
    """What has to hold; empty where ``node`` gives another value than true or false."""
    kind = type(node)
    if isinstance(node, exp.And):
        return f"{say_node(node.left)} and {say_node(node.right)}"
    if isinstance(node, exp.Or):
        return f"{say_node(node.left)} or {say_node(node.right)}"
    if isinstance(node, exp.Not):
        return _say_not(node)
    if kind in _COMPARISONS and isinstance(node, exp.Binary):
        return f"{say_node(node.left)} {_COMPARISONS[kind]} {say_node(node.right)}"
    if isinstance(node, exp.Between):
        return (
            f"{say_node(node.this)} is between {say_node(node.args['low'])} and {say_node(node.args['high'])}"
        )
    if isinstance(node, exp.In):
        inside = node.args.get("query")
        among = say_node(inside) if inside else _list([say_node(each) for each in node.expressions], "or")
        return f"{say_node(node.this)} is {'among' if inside else 'one of'} {among}"
    return f"there is {_say_existing(node, 'a')}" if isinstance(node, exp.Exists) else ""


def _say_existing(node: exp.Exists, article: str) -> str:
    """The rows that a subquery looks for: what it selects of them does not matter."""
    query = node.this
    if not isinstance(query, exp.Select) or query.args.get("group") or not query.args.get("from_"):
        return f"{article} row in {say_node(query)}"
    where = query.args.get("where")
    condition = f" where {say_node(where.this)}" if where else ""
    return f"{article} row of {_say_sources(query)}{condition}"


def _say_not(node: exp.Not) -> str:
    if isinstance(node.this, exp.Exists):
        return f"there is {_say_existing(node.this, 'no')}"
    said = say_node(node.this)
    if not isinstance(node.this, exp.In | exp.Is | exp.Like | exp.ILike):
        return f"not {said}"
    return next((said.replace(was, now, 1) for was, now in _DENIALS.items() if was in said), f"not {said}")


def _spell(node: exp.Expr) -> str:
    """SQL as the database of the query writes it."""
    try:
        return write_statement(node, node.root().meta["dialect"])
    except TooComplexError:
        raise
    except SqlglotError:  # It can be read, not written.
        return "an expression"


def _list(words: list[str], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""
