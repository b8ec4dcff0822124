"""Names in a query, as the schema has them: spelled as there, each column from a table that has it.

A model that knows what to ask still takes a column from the wrong one of two joined tables, gives two
tables one alias, or writes a text in the quotes of a name. Where only one reading makes sense it is taken;
all else is left for the database to refuse, and what the database accepts keeps its meaning. Works on the
syntax tree, in place.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from sqloop.database.identifiers import quote_name
from sqloop.database.knowledge.samples import read_truth
from sqloop.database.schema import Dialect, Schema, Table, split_name
from sqloop.generation.mending.joins import (
    could_stand_for,
    join_far,
    join_missing,
    join_upwards,
    mend_condition,
    stands_for,
)
from sqloop.generation.mending.nearest import nearest_column, spelled_alike
from sqloop.generation.mending.scopes import (
    HIDDEN,
    Scopes,
    Source,
    Sources,
    find_table,
    gives,
    holds,
    tables_of,
)


def mend_names(tree: exp.Expression, schema: Schema, question: str = "") -> None:
    """Mend ``tree``, a query on ``schema`` that answers the ``question``, in place."""
    _mend_tables(tree, schema)
    for select in tree.find_all(exp.Select):
        _separate_aliases(select)
    scopes = Scopes(tree, schema, question)
    for equal in tree.find_all(exp.EQ):
        mend_condition(equal, scopes)
    named = {each.alias.lower() for each in tree.find_all(exp.Alias)}
    for column in list(tree.find_all(exp.Column)):
        if not isinstance(column.this, exp.Identifier):
            continue
        if column.table:
            _mend_qualified(column, scopes)
        elif not _mend_spelling(column, scopes) and column.name.lower() not in named:
            _mend_unknown(column, scopes)
    _quote_aliases(tree, schema.dialect)
    if schema.dialect in ("postgres", "duckdb"):
        _quote(tree, schema)


def _mend_tables(tree: exp.Expression, schema: Schema) -> None:
    ctes = {each.alias.lower() for each in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        owner = table.args.get("db")
        if not owner and table.name.lower() in ctes:
            continue
        known = find_table(table, schema) or (None if owner else _meant_table(table, tree, schema))
        if known is not None:
            _name(table, known.name, schema.dialect)


def _meant_table(table: exp.Table, tree: exp.Expression, schema: Schema) -> Table | None:
    """The one table that a name means which no table has: spelled otherwise, or short for it.

    Where several could be meant, and where it is short, it has all columns that are taken from it; its alias
    stays what it is called by.
    """
    alias = table.alias_or_name
    asked = {each.name for each in tree.find_all(exp.Column) if each.table.lower() == alias.lower()}
    alike = [each for each in schema.tables if spelled_alike(each.name, table.name)]
    able = [each for each in alike or schema.tables if all(map(each.column, asked))]
    found = (able or alike) if alike else [each for each in able if stands_for(alias.lower(), each)]
    if len(found) != 1 or not isinstance(table.this, exp.Identifier):
        return None
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    return found[0]


def _name(table: exp.Table, name: str, dialect: Dialect) -> None:
    """Call ``table`` so; on PostgreSQL with the schema that it is in, unless that is on the search path."""
    owner, name = split_name(name, dialect)
    table.this.set("this", name)
    if quote_name(name, dialect) != name:
        table.this.set("quoted", True)
    if owner:
        table.set("db", exp.to_identifier(owner))


def _quote(tree: exp.Expression, schema: Schema) -> None:
    """Put names of the schema in quotes that are others without: PostgreSQL reads those in lower case, and
    DuckDB has keywords that SQLite has not.

    Aliases are left as they are written, where they are given and where they are used.
    """
    known = {part for table in schema.tables for part in split_name(table.name, schema.dialect)}
    known |= {column.name for table in schema.tables for column in table.columns}
    aliases = {each.alias for each in tree.find_all(exp.Alias)} | {
        each.name for each in tree.find_all(exp.TableAlias)
    }
    for name in tree.find_all(exp.Identifier):
        meant = name.name in known and (
            isinstance(name.parent, exp.Table)
            or (isinstance(name.parent, exp.Column) and name.name not in aliases)
        )
        if meant and quote_name(name.name, schema.dialect) != name.name:
            name.set("quoted", True)


def _separate_aliases(select: exp.Select) -> None:
    """Give the second of two tables of one alias another one, also where its own join says what joins it.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT c.x FROM class AS c JOIN course AS c ON c.id = c.id")
    >>> _separate_aliases(tree)
    >>> tree.sql()
    'SELECT c.x FROM class AS c JOIN course AS c2 ON c.id = c2.id'
    """
    taken: set[str] = set()
    for source in tables_of(select):
        alias = source.alias_or_name.lower()
        if alias not in taken:
            taken.add(alias)
            continue
        number = next(n for n in range(2, 100) if f"{alias}{n}" not in taken)
        source.set("alias", exp.TableAlias(this=exp.to_identifier(f"{alias}{number}")))
        taken.add(f"{alias}{number}")
        on = source.parent.args.get("on") if isinstance(source.parent, exp.Join) else None
        for equal in on.find_all(exp.EQ) if on is not None else ():
            right = equal.expression
            if equal.this == right and isinstance(right, exp.Column) and right.table.lower() == alias:
                right.set("table", exp.to_identifier(f"{alias}{number}"))


def _mend_qualified(column: exp.Column, scopes: Scopes) -> None:
    qualifier = column.table.lower()
    own, *outer = [sources for _, sources in scopes.around(column)] or [{}]
    source = own.get(qualifier)
    if column.name.lower() in HIDDEN:
        return
    if column.text("db").lower() in own and (qualifier in own or scopes.schema.table(qualifier) is not None):
        column.set("db", None)  # orders.customer.city
    if source is not None and source.table is not None:
        twice = str(column.args.get("db") or "").lower() == qualifier
        if twice and holds(source, column.name):
            column.set("db", None)  # c.c.name
        found = [source] if holds(source, column.name) else _others(column, own)
        if len(found) == 1:
            _take_from(found[0], column)
        elif not found:
            _ = join_missing(column, scopes) or _take_another([source], column, scopes)
    elif source is None and (further := next((each for each in outer if qualifier in each), None)):
        _ = (
            _take_from(further[qualifier], column)
            or join_missing(column, scopes)
            or join_upwards(column, scopes)
        )
    elif source is None:
        _mend_qualifier(column, own, scopes)


def _mend_qualifier(column: exp.Column, own: Sources, scopes: Scopes) -> None:
    """No alias here or around: short for a table, which is read or is not, or a slip of the pen."""
    qualifier = column.table.lower()
    if any(_may_have_fields(each, qualifier) for each in own.values()):
        return  # A field of a column, or what a function gives: `address.city`, `json_each.value`.
    found = _givers(column.name, own)
    meant = [each for each in own.values() if each.table and stands_for(qualifier, each.table)]
    likely = [each for each in meant if each in found] or (meant if not found else [])
    if len(likely) == 1 and _take_from(likely[0], column):
        return
    if join_missing(column, scopes):
        return
    if len(found) == 1 and (len(own) == 1 or not could_stand_for(qualifier, column.name, scopes.schema)):
        _take_from(found[0], column)
    elif len(likely) == 1:
        _take_nearest(likely, column)


def _mend_spelling(column: exp.Column, scopes: Scopes) -> bool:
    """Spell a column without a qualifier; False where no table of its query has it."""
    own = next((sources for _, sources in scopes.around(column)), {})
    found = _holders(column.name, own)
    if len(found) == 1:
        _spell(column, found[0])
    elif found and not _is_shown(column) and not _is_merged(column):
        _take_from(found[0], column)  # The database refuses it; whoever wrote it thought of the first table.
    return bool(found)


def _mend_unknown(column: exp.Column, scopes: Scopes) -> None:
    """A column of a table that is not read, a slip of the pen, or a text in the quotes of a name."""
    if column.name.lower() in HIDDEN:
        return
    read = [source for select in scopes.selects for source in scopes.sources(select).values()]
    known = any(table.column(column.name) for table in scopes.schema.tables)
    around = [source for _, own in scopes.around(column) for source in own.values()]
    if any(gives(each, column.name) for each in around):
        return
    if column.this.args.get("quoted") and not known:
        if all(source.table is not None for source in read):
            column.replace(exp.Literal.string(column.name))
    elif not join_missing(column, scopes) and all(source.table is not None for source in around):
        _ = _take_another(around, column, scopes)


def _take_another(sources: Sequence[Source], column: exp.Column, scopes: Scopes) -> bool:
    """Take the nearest column of these sources, or one of a table that is not read.

    `subscription.plan = 'Team'` is no number of a plan: if nothing else is found, that is said of it.
    """
    words = _is_held_against_words(column)
    return (
        _take_nearest(sources, column, numbers=not words)
        or join_far(column, scopes)
        or join_upwards(column, scopes)
        or (words and _take_nearest(sources, column))
    )


def _others(column: exp.Column, own: Sources) -> list[Source]:
    """The sources that have a column of that name, but for the one whose it is compared with."""
    equal, found = column.parent, _givers(column.name, own)
    if not isinstance(equal, exp.EQ):
        return found
    other = equal.expression if equal.this is column else equal.this
    if not isinstance(other, exp.Column) or other.name.lower() != column.name.lower():
        return found
    return [each for each in found if each is not own.get(other.table.lower())]


def _givers(name: str, own: Sources) -> list[Source]:
    return [each for each in own.values() if gives(each, name)]


def _holders(name: str, own: Sources) -> list[Source]:
    return [each for each in own.values() if holds(each, name)]


def _take_from(source: Source, column: exp.Column) -> bool:
    known = _spell(column, source) or gives(source, column.name)
    if known:
        column.set("table", source.name.copy() if source.name.name else None)
    return known


def _take_nearest(sources: Sequence[Source], column: exp.Column, *, numbers: bool = True) -> bool:
    """Take the column that a name means which none of these tables has, where only one can be meant."""
    tables = [(each, each.table) for each in sources if each.table is not None]
    found = [(source, name) for source, table in tables if (name := nearest_column(column.name, table))]
    if len(found) != 1:
        return False
    source, name = found[0]
    stored = source.table.column(name) if source.table is not None else None
    if stored is not None and stored.kind == "number" and not numbers:
        return False
    column.set("this", exp.to_identifier(name))
    if column.table:
        column.set("table", source.name.copy())
    return True


def _is_held_against_words(column: exp.Column) -> bool:
    """Whether it is compared with a text that is no number and no truth, in capitals or not."""
    side: exp.Expr = column
    while isinstance(side.parent, exp.Lower | exp.Upper | exp.Trim | exp.Paren):
        side = side.parent
    parent = side.parent
    if isinstance(parent, exp.In):
        said = parent.expressions
    elif isinstance(parent, exp.EQ | exp.NEQ | exp.Like | exp.ILike):
        said = [parent.expression if parent.this is side else parent.this]
    else:
        return False
    texts = [each.name for each in said if isinstance(each, exp.Literal) and any(map(str.isalpha, each.name))]
    return bool(texts) and all(read_truth(each) is None for each in texts)


def _may_have_fields(source: Source, name: str) -> bool:
    """Whether a source has a column of that name which is no plain value, or may have anything."""
    known = source.table.column(name) if source.table is not None else None
    return (source.table is None and not source.shown) or (known is not None and known.kind == "other")


def _is_merged(column: exp.Column) -> bool:
    """Whether joins of its query make one column of two of the same name (USING, NATURAL)."""
    select = column.find_ancestor(exp.Select)
    joins = select.args.get("joins") or [] if select is not None else []
    return any(join.args.get("using") or join.method == "NATURAL" for join in joins)


def _is_shown(column: exp.Column) -> bool:
    """Whether it may be the name of what is selected, which ORDER BY and its like know."""
    select = column.find_ancestor(exp.Select)
    shown = select.named_selects if select is not None else []
    return column.find_ancestor(exp.Order, exp.Group, exp.Having) is not None and column.name.lower() in map(
        str.lower, shown
    )


def _quote_aliases(tree: exp.Expression, dialect: Dialect) -> None:
    """Put aliases of tables that are words of SQL in quotes, where they are given and where they are used.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT to.x FROM team_order AS to")
    >>> _quote_aliases(tree, "sqlite")
    >>> tree.sql()
    'SELECT "to".x FROM team_order AS "to"'
    """
    given = {each.name for each in tree.find_all(exp.TableAlias)}
    kept = {name for name in given if quote_name(name.lower(), dialect) != name.lower()}
    for name in tree.find_all(exp.Identifier) if kept else ():
        place = name.parent
        if name.name in kept and (
            isinstance(place, exp.TableAlias)
            or (isinstance(place, exp.Column) and place.args.get("table") is name)
        ):
            name.set("quoted", True)


def _spell(column: exp.Column, source: Source) -> bool:
    known = source.table.column(column.name) if source.table is not None else None
    if known is not None:
        column.this.set("this", known.name)
    return known is not None
