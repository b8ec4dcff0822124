"""Which functions a query on MariaDB or MySQL may call: those listed here, and what the user names.

The server has hundreds of functions. Some take gigabytes (SFORMAT), some minutes that no KILL ends
(ENCRYPT), and a function that the database defines itself may do anything: set global variables, write
files, take locks. A list of bad ones would always be short of one, so what is good is listed. The four that
make a long text of a short one may, with a number that is written out (see `growth` for what they make
together).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from sqlglot import exp

from sqloop.database.checking.calls import read_calls
from sqloop.database.engines.mariadb.growth import refuse_growth
from sqloop.database.engines.mariadb.xpaths import refuse_xpaths

LONGEST_FILL = 10_000
"""Characters that LPAD, RPAD, SPACE and CAST may fill up to, and times that REPEAT may repeat."""

_FUNCTIONS = frozenset(
    """
    abs acos ascii asin atan atan2 avg bin bit_and bit_count bit_length bit_or bit_xor cast ceil ceiling
    char char_length character_length charset chr coalesce coercibility collation concat concat_ws
    connection_id conv convert convert_tz cos cot count crc32 cume_dist curdate current_date
    current_role current_time current_timestamp current_user curtime database date date_add date_format
    date_sub datediff day dayname dayofmonth dayofweek dayofyear default degrees dense_rank elt exp
    extract extractvalue field find_in_set first_value floor format from_base64 from_days from_unixtime
    get_format greatest group_concat grouping hex hour if ifnull inet6_aton inet6_ntoa inet_aton
    inet_ntoa instr interval is_ipv4 is_ipv6 isnull json_array json_arrayagg json_compact json_contains
    json_contains_path json_depth json_detailed json_equals json_exists json_extract json_keys
    json_length json_loose json_normalize json_object json_objectagg json_overlaps json_pretty
    json_query json_quote json_search json_table json_type json_unquote json_valid json_value lag
    last_day last_value lcase lead least left length ln localtime localtimestamp locate log log10 log2
    lower lpad ltrim makedate maketime max md5 median microsecond mid min minute mod month monthname
    natural_sort_key now nth_value ntile nullif nvl nvl2 oct octet_length ord percent_rank
    percentile_cont percentile_disc period_add period_diff pi position pow power quarter quote radians
    rand rank regexp_instr regexp_like regexp_replace regexp_substr repeat replace reverse right round
    row row_number rpad rtrim schema sec_to_time second session_user sha sha1 sha2 sign sin soundex
    space sqrt st_area st_astext st_contains st_distance st_distance_sphere st_geomfromtext
    st_intersects st_length st_within st_x st_y std stddev stddev_pop stddev_samp str_to_date strcmp
    subdate adddate addtime subtime substr substring substring_index sum sysdate system_user tan time
    time_format time_to_sec timediff timestamp timestampadd timestampdiff to_base64 to_char to_days
    to_seconds trim truncate ucase unhex unix_timestamp upper user utc_date utc_time utc_timestamp uuid
    values value var_pop var_samp variance version week weekday weekofyear year yearweek point compress
    encode decode uncompressed_length insert make_set found_rows row_count uuid_short crc32c aes_encrypt
    aes_decrypt json_schema_valid json_key_value json_array_intersect
    linestring polygon add_months months_between trunc any_value json_merge_patch json_merge_preserve
    json_set json_insert json_replace json_remove json_array_append json_array_insert
    """.split()
)
_FILLING = frozenset({"REPEAT", "LPAD", "RPAD"})
_WORDS = frozenset(
    """
    all and any as between by case columns cross distinct div else except exists for force from group
    having ignore in index inner intersect is join key lateral left like limit match against not on or
    over partition partitions regexp right rlike select some straight_join then union use using values
    when where with xor binary char varchar decimal dec numeric float double datetime nchar varbinary
    int signed unsigned rollup escape of end separator unbounded recursive nested
    """.split()
)
_SPACED = frozenset(
    """
    bit_and bit_or bit_xor cast count curdate curtime date_add date_sub extract group_concat max mid min
    now position session_user std stddev stddev_pop stddev_samp substr substring sum sysdate system_user
    trim var_pop var_samp variance adddate subdate
    """.split()
)
"""With a blank before the bracket the server takes these for functions of the database."""


def refuse_calls(code: str, root: exp.Expr, named: Collection[str] = ()) -> str | None:
    """Why a call in ``code``, whose tree is ``root``, is not allowed; the user allows those ``named``.

    >>> from sqloop.database.checking.parsing import parse_statement
    >>> sql = "SELECT ABS(1), sformat('a')"
    >>> refuse_calls(sql, parse_statement(sql, "mysql"))
    'the function sformat is not allowed'
    """
    headings = _headings(root)
    for call in read_calls(code):
        word = call.name.lower()
        if word in headings and not call.dotted:
            headings.remove(word)
            continue
        plain = not call.quoted and not call.dotted
        if word in named or (plain and word in _WORDS) or word == "":
            continue
        if plain and call.spaced and word in _SPACED:
            return f"{call.name} with a blank before its bracket is a function of the database: not allowed"
        if plain and word in _FUNCTIONS:
            continue
        return f"the function {call.name} is not allowed"
    return _refuse_filling(root) or refuse_growth(root) or refuse_xpaths(root)


def _headings(root: exp.Expr) -> list[str]:
    """Names that stand before a bracket and call nothing: `WITH name (columns)`, `AS name (columns)`."""
    return [alias.name.lower() for alias in root.find_all(exp.TableAlias) if alias.columns]


def _refuse_filling(root: exp.Expr) -> str | None:
    for node in root.find_all(exp.Repeat, exp.Pad, exp.Space, exp.DataTypeParam, exp.Anonymous):
        name, size = _filling(node)
        if not name:
            continue
        length = _number(size)
        if length is None or length > LONGEST_FILL:
            return f"{name} is not allowed without a number of at most {LONGEST_FILL:,}"
    return None


def _number(size: object) -> int | None:
    """A number that is written out, rounded up; 0 for NULL."""
    if isinstance(size, exp.Literal) and re.fullmatch(r"\d{1,9}(\.\d*)?", size.name):
        return int(float(size.name)) + 1 if "." in size.name else int(size.name)
    return 0 if isinstance(size, exp.Null) else None


def _filling(node: exp.Expr) -> tuple[str, object]:
    """The name of what makes a text long, with its length; an empty name where nothing does."""
    if isinstance(node, exp.Repeat):
        return "REPEAT", node.args.get("times")
    if isinstance(node, exp.Pad):
        return "LPAD" if node.args.get("is_left") else "RPAD", node.expression
    if isinstance(node, exp.Space):
        return "SPACE", node.this
    if isinstance(node, exp.DataTypeParam):
        is_length = isinstance(node.this, exp.Literal)
        return ("a type of such a length", node.this) if is_length else ("", None)
    name = node.name.upper()
    if name == "SPACE":
        return name, next(iter(node.expressions), None)
    return (
        (name, node.expressions[1:2][0] if node.expressions[1:2] else None)
        if name in _FILLING
        else ("", None)
    )
