"""How names of tables and columns are written: bare where they may be, else in the quotes of the dialect.

A word is kept from being bare where the engine or sqlglot, which checks what is run, reads something else
in it; a test holds the lists against each engine's own.
"""

from __future__ import annotations

import re

from sqloop.database.schema import Dialect, split_name

_REFUSED = """
add all alter and any as autoincrement between case cast check collate commit constraint create
cross cube current_date current_time current_timestamp current_user default deferrable delete
describe distinct drop else escape except exists false fetch for foreign from glob grant group
having if ilike in index inner insert intersect into is isnull join lateral like limit lock not
nothing notnull null offset on or order outer partitioned_by primary qualify raise references regexp
returning revoke rlike rollback rollup select set table tablesample then to transaction true uncache
union unique update using values when where with xor
"""
_RESERVED = frozenset(_REFUSED.split())
"""Words that SQLite or sqlglot refuses as a bare name (a test asks both)."""

_POSTGRES = _RESERVED | frozenset(
    """
    analyse analyze array asc asymmetric authorization binary both collation column
    concurrently current_catalog current_role current_schema desc do end freeze full initially inner join
    leading localtime localtimestamp natural offset only outer overlaps placing right left session_user
    similar some symmetric trailing unnest user variadic verbose window
    """.split()
)
"""Words that PostgreSQL keeps besides."""

_DUCKDB = _RESERVED | frozenset(
    """
    analyse analyze anti array asc asof asymmetric at authorization binary both by collation column
    columns concurrently deferrable desc do end force freeze full generated initially inner install join
    lambda leading left map natural offset only outer overlaps pivot pivot_longer pivot_wider placing
    positional right semi show similar some struct summarize symmetric tablesample trailing try_cast tuple
    unpack unpivot variadic verbose window between bigint bit boolean char character coalesce dec decimal
    exists extract float grouping grouping_id inout int integer interval national nchar none nullif
    numeric out overlay position precision real row setof smallint substring time timestamp treat trim
    values varchar xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi
    xmlroot xmlserialize xmltable
    """.split()
)
"""Words that DuckDB keeps besides (`duckdb_keywords()`, all but the unreserved)."""

_MARIADB = _RESERVED | frozenset(
    """
    accessible analyze asc asensitive before bigint binary blob both by call cascade change char
    character column condition continue convert cume_dist current_role cursor database databases
    day_hour day_microsecond day_minute day_second dec decimal declare delayed delete_domain_id
    dense_rank desc deterministic distinctrow div do_domain_ids double dual each elseif empty enclosed
    escaped exit explain first_value float float4 float8 force fulltext function generated get grouping
    groups high_priority hour_microsecond hour_minute hour_second ignore ignore_domain_ids infile inout
    insensitive int int1 int2 int3 int4 int8 integer interval io_after_gtids io_before_gtids iterate
    json_table key keys kill lag last_value lead leading leave left linear lines load localtime
    localtimestamp long longblob longtext loop low_priority master_bind master_demote_to_replica
    master_demote_to_slave master_ssl_verify_server_cert match maxvalue mediumblob mediumint mediumtext
    middleint minute_microsecond minute_second mod modifies natural no_write_to_binlog nth_value ntile
    numeric of optimize optimizer_costs option optionally out outfile over page_checksum parse_vcol_expr
    partition percent_rank portion precision procedure purge range rank read read_write reads real
    recursive ref_system_id release rename repeat replace require resignal restrict return right row
    row_number rows schema schemas second_microsecond sensitive separator show signal smallint spatial
    specific sql sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning
    ssl starting stats_auto_recalc stats_persistent stats_sample_pages stored straight_join system
    terminated tinyblob tinyint tinytext trailing trigger undo unlock unsigned usage use utc_date
    utc_time utc_timestamp varbinary varchar varcharacter varying virtual while window write year_month
    zerofill
    """.split()
)
"""Words that MySQL or MariaDB keeps besides."""

_KEPT: dict[Dialect, frozenset[str]] = {
    "sqlite": _RESERVED,
    "mysql": _MARIADB,
    "postgres": _POSTGRES,
    "duckdb": _DUCKDB,
}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def enclose(name: str, dialect: Dialect) -> str:
    """``name``, whatever it holds, as one quoted identifier.

    >>> enclose("first name", "sqlite"), enclose("a`b", "mysql")
    ('"first name"', '`a``b`')
    """
    mark = "`" if dialect == "mysql" else '"'
    return mark + name.replace(mark, mark * 2) + mark


def quote_name(name: str, dialect: Dialect) -> str:
    """``name`` as SQL has to write it: bare where it may be, else in the quotes of the dialect.

    >>> quote_name("age", "sqlite"), quote_name("order", "sqlite"), quote_name("a b", "mysql")
    ('age', '"order"', '`a b`')
    >>> quote_name("sales.Orders", "postgres")
    'sales."Orders"'
    """
    schema, name = split_name(name, dialect)
    if schema:
        return f"{quote_name(schema, dialect)}.{quote_name(name, dialect)}"
    # PostgreSQL takes a bare name for one in lower case.
    folded = dialect == "postgres" and name != name.lower()
    if _PLAIN.fullmatch(name) and not folded and name.lower() not in _KEPT[dialect]:
        return name
    return enclose(name, dialect)
