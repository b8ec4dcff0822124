"""A query in words, clause by clause, read off its syntax tree. No model is asked: what it says is so."""

from __future__ import annotations

from itertools import zip_longest

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.budget import TooComplexError
from sqloop.database.checking.parsing import SeveralStatementsError, parse_statement, write_statement
from sqloop.database.schema import Dialect
from sqloop.explanation.conditions import list_words, say_condition, say_holding
from sqloop.explanation.functions import enclose, say_function
from sqloop.explanation.joining import list_groups
from sqloop.explanation.origins import say_owner, say_sources
from sqloop.explanation.sources import find_limit, has_ties, puts_null_first
from sqloop.explanation.values import say_case, say_conditional, say_window

LONGEST = 20_000
"""Characters of a query that is explained."""

_AGGREGATES: dict[type[exp.Expr], str] = {
    exp.Sum: "the sum of",
    exp.Avg: "the average of",
    exp.Min: "the least",
    exp.Max: "the greatest",
}
_TOLD = frozenset(
    "with_ expressions distinct from_ joins where group having qualify windows order limit offset".split()
)
"""The clauses of a SELECT that have words; any other is shown as it stands there."""


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
    for number, cte in enumerate(tree.args["with_"].expressions if tree.args.get("with_") else ()):
        sentences.append(_explain_cte(cte, "Then" if number else "First"))
    if isinstance(tree, exp.SetOperation):
        left, right = " ".join(_explain_query(tree.left)), " ".join(_explain_query(tree.right))
        once = ", each only once," if tree.args.get("distinct") else ""
        words = {
            "UNION": f"These rows{once} together with",
            "EXCEPT": f"Of these rows{once} those that are not in",
        }
        other = f"Of these rows{once} those that are also in"
        sentences.append(f"{left} {words.get(tree.key.upper(), other)}: {right}")
    elif isinstance(tree, exp.Subquery):
        sentences += _explain_query(tree.this)
    elif isinstance(tree, exp.Select):
        sentences += _explain_select(tree)
    return sentences + _explain_order(tree)


def _explain_cte(cte: exp.Expr, first: str) -> str:
    columns = [each.name for each in cte.args["alias"].columns]
    called = f"{cte.alias}, with the columns {list_words(columns)}" if columns else cte.alias
    grows = any(each.name.lower() == cte.alias.lower() for each in cte.this.find_all(exp.Table))
    again = ", which adds rows to itself until there are no more" if grows else ""
    return f"{first}, called {called}{again}: {' '.join(_explain_query(cte.this))}"


def _explain_select(tree: exp.Select) -> list[str]:
    parts = []
    if tables := say_sources(tree, say_node):
        parts.append(f"From {tables}")
    if where := tree.args.get("where"):
        parts.append(f"where {say_holding(where.this, say_node)}")
    start = ", ".join(parts)
    groups = list_groups(tree)
    wanted = [each for each in tree.expressions if each.unalias() not in groups] or tree.expressions
    what = _say_all(wanted)
    if groups:
        named = {each.this: each for each in tree.expressions if isinstance(each, exp.Alias)}
        each_group = f"each {_say_all([named.get(each, each) for each in groups], article=False)}"
        alone = wanted is tree.expressions and len(wanted) == len(groups)
        what = each_group if alone else f"for {each_group}, {what}"
    what += _say_distinct(tree)
    sentences = [f"{start}: {what}." if start else f"{what[:1].upper()}{what[1:]}."]
    if having := tree.args.get("having"):
        only = "Only those where" if groups else "Only if"
        sentences.append(f"{only} {say_holding(having.this, say_node)}.")
    if qualify := tree.args.get("qualify"):
        sentences.append(f"Only rows where {say_holding(qualify.this, say_node)}.")
    return sentences + _show_others(tree)


def _say_distinct(tree: exp.Select) -> str:
    distinct = tree.args.get("distinct")
    if distinct is None:
        return ""
    if distinct.args.get("on"):
        keys = distinct.args["on"].expressions
        return f", only the first row for each {_say_all(keys, article=False)}"
    return ", each only once" if len(tree.expressions) == 1 else ", each combination only once"


def _show_others(tree: exp.Select) -> list[str]:
    """What has no words here is not passed over."""
    group = tree.args.get("group")
    rolled = {name: group.args.get(name) for name in ("rollup", "cube", "grouping_sets")} if group else {}
    others = {name: value for name, value in tree.args.items() if name not in _TOLD}
    shown = []
    for name, value in {**rolled, **others}.items():
        nodes = [
            each for each in (value if isinstance(value, list) else [value]) if isinstance(each, exp.Expr)
        ]
        shown += [_spell(each) or name.upper() for each in nodes]
    return [f"Besides: {', '.join(shown)}."] if shown else []


def _explain_order(tree: exp.Expr) -> list[str]:
    sentences = []
    if order := tree.args.get("order"):
        sentences.append(f"Ordered by {', then '.join(_say_key(each, tree) for each in order.expressions)}.")
    count, offset = find_limit(tree), tree.args.get("offset")
    after = f"after leaving out {say_node(offset.expression)}" if offset else ""
    if count is None:
        return [*sentences, f"{after.capitalize()}."] if after else sentences
    number = count.name if isinstance(count, exp.Literal) else say_node(count)
    options = tree.args["limit"].args.get("limit_options")
    number += " %" if options is not None and options.args.get("percent") else ""
    ties = ", with all that are equal to the last" if has_ties(tree) else ""
    first = "Only the first" if number == "1" else f"The first {number} only"
    return [*sentences, f"{first}{f', {after}' if after else ''}{ties}."]


def _say_key(key: exp.Expr, tree: exp.Expr) -> str:
    """What rows are ordered by; where the empty values come is said if it is not where they always do."""
    said, down = say_node(_resolve(key.this, tree)), bool(key.args.get("desc"))
    first = bool(key.args.get("nulls_first"))
    last = "" if first == puts_null_first(key) else f", empty ones {'first' if first else 'last'}"
    return f"{said}{', descending' if down else ''}{last}"


def _resolve(node: exp.Expr, tree: exp.Expr) -> exp.Expr:
    """What a position names: the 2 of ``ORDER BY 2`` is the second column."""
    shown = tree.selects if isinstance(tree, exp.Query) else []
    place = int(node.name) if isinstance(node, exp.Literal) and node.is_int else 0
    return shown[place - 1].unalias() if 0 < place <= len(shown) else node


def _say_all(nodes: list[exp.Expr], *, article: bool = True) -> str:
    """Several values; the table of columns that stand together is said once."""
    words = []
    for node, after in zip_longest(nodes, nodes[1:]):
        said = say_node(node)
        owner = node.table if isinstance(node, exp.Column) and node.name != "*" else ""
        again = isinstance(after, exp.Column) and after.table == owner
        said = node.name if owner and again else said
        said = (
            f"whether {said}" if isinstance(node.unalias(), exp.Predicate | exp.Connector | exp.Not) else said
        )
        words.append(said if article else said.removeprefix("the "))
    return list_words(words)


def say_node(node: exp.Expr) -> str:
    """A part of a query in words; the dialect stands in the ``meta`` of its root. Raises TooComplexError."""
    if isinstance(node, exp.Alias):
        said = _say_worked_out(node.this)
        return f"{node.alias} ({said})" if said else f"{say_node(node.this)} (as {node.alias})"
    if isinstance(node, exp.Column):
        table = f" of {say_owner(node)}" if node.table else ""
        return f"{node.name}{table}" if node.name != "*" else f"{_say_star(node.this)}{table}"
    if isinstance(node, exp.Star):
        return _say_star(node)
    if isinstance(node, exp.Paren):
        return f"({say_node(node.this)})"
    if said := _say_worked_out(node):
        alone = isinstance(node.parent, exp.Select) and len(node.parent.expressions) == 1
        return said if alone else f"({said})"
    said = _say_condition(node) if isinstance(node, exp.Condition) else ""
    if said := said or _say_aggregate(node) or say_function(node, say_node):
        return said
    if isinstance(node, exp.Query) and isinstance(node.unnest(), exp.Query):
        return f"({' '.join(_explain_query(node)).rstrip('.')})"
    return "NULL" if isinstance(node, exp.Null) else _spell(node)


def _say_star(node: exp.Expr) -> str:
    """All columns, with what is said of some of them."""
    return f"all columns{_spell(node).removeprefix('*')}"


def _say_worked_out(node: exp.Expr) -> str:
    """A value of several parts, which goes into parentheses beside others; empty for anything else."""
    if isinstance(node, exp.Window):
        return say_window(node, say_node)
    return say_case(node, say_node) if isinstance(node, exp.Case | exp.If) else ""


def _say_aggregate(node: exp.Expr) -> str:
    """One value of many rows; empty for everything else."""
    if isinstance(node, exp.Filter):
        return f"{say_node(node.this)} where {say_holding(node.expression.this, say_node)}"
    if isinstance(node, exp.AggFunc) and (said := say_conditional(node, say_node)):
        return said
    if isinstance(node, exp.Count):
        inner = node.this
        if isinstance(inner, exp.Distinct):
            return f"the number of {say_node(inner)}"
        if inner is None or isinstance(inner, exp.Star | exp.Literal):
            return "the number of rows"
        of = "rows with" if isinstance(inner, exp.Column) else "values of"
        return f"the number of {of} {say_node(inner)}"
    kind = type(node)
    return f"{_AGGREGATES[kind]} {enclose(node.this, say_node)}" if kind in _AGGREGATES else ""


def _say_condition(node: exp.Condition) -> str:
    """What has to hold; empty where ``node`` gives another value than true or false."""
    denied = isinstance(node, exp.Not)
    inner = node.this.unnest() if denied else node
    if isinstance(inner, exp.Exists):
        return f"there is {_say_existing(inner, 'no' if denied else 'a')}"
    return say_condition(node, say_node)


def _say_existing(node: exp.Exists, article: str) -> str:
    """The rows that a subquery looks for: what it selects of them does not matter."""
    query = node.this
    if not isinstance(query, exp.Select) or query.args.get("group") or not query.args.get("from_"):
        return f"{article} row in {say_node(query)}"
    where = query.args.get("where")
    condition = f" where {say_holding(where.this, say_node)}" if where else ""
    return f"{article} row of {say_sources(query, say_node)}{condition}"


def _spell(node: exp.Expr) -> str:
    """SQL as the database of the query writes it."""
    try:
        return write_statement(node, node.root().meta["dialect"])
    except TooComplexError:
        raise
    except SqlglotError:  # It can be read, not written.
        return "an expression"
