"""Which functions a query on PostgreSQL may call: those listed here, and what the user names.

The server has three thousand. Some read and write its files, run a text as SQL, end other sessions, take
locks or wait; one that the database defines itself may do anything. So what is good is listed. What makes a
long text of a short one may, with a number that is written out: a value may have a gigabyte.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlglot import exp

from sqloop.database.checking.bare_words import refuse_bare_words
from sqloop.database.checking.calls import read_calls
from sqloop.database.engines.postgres.paths import refuse_paths

LONGEST_FILL = 10_000
"""Characters that lpad and rpad may fill up to, and times that repeat may repeat."""

LONGEST_REPEATED = 100_000
"""Times that all repeat of a query may repeat, one within the other."""

_FUNCTIONS = frozenset(
    """
    abs acos acosd acosh age any_value array_agg array_append array_cat array_dims array_length
    array_lower array_ndims array_position array_positions array_prepend array_remove array_replace
    array_to_json array_to_string array_upper ascii asin asind asinh atan atan2 atand atanh avg
    bit_and bit_count bit_length bit_or bit_xor bool_and bool_or bound_box box broadcast btrim cardinality
    cbrt ceil ceiling center char_length character_length chr circle clock_timestamp coalesce
    col_description concat concat_ws convert_from convert_to corr cos cosd cosh cot cotd count covar_pop
    covar_samp cume_dist current_catalog current_database current_schema current_schemas date date_add
    date_bin date_part date_subtract date_trunc decode degrees dense_rank diameter diagonal div encode
    enum_first enum_last enum_range erf erfc every exp extract factorial family first_value floor
    format_type gcd gen_random_uuid generate_series generate_subscripts get_byte get_bit greatest grouping
    height host hostmask initcap inet_merge inet_same_family isclosed isempty isfinite isopen json_agg
    json_array json_array_elements json_array_elements_text json_array_length json_arrayagg
    json_build_array json_build_object json_each json_each_text json_exists json_extract_path
    json_extract_path_text json_object json_object_agg json_object_keys json_objectagg json_query
    json_strip_nulls json_table json_to_record json_to_recordset json_typeof json_value jsonb_agg
    jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object
    jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object
    jsonb_object_agg jsonb_object_keys jsonb_path_exists jsonb_path_match jsonb_path_query
    jsonb_path_query_array jsonb_path_query_first jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls
    jsonb_to_record jsonb_to_recordset jsonb_typeof justify_days justify_hours justify_interval lag
    last_value lcm lead least left length line ln localtimestamp log log10 lower lower_inc lower_inf
    lpad lseg ltrim make_date make_interval make_time make_timestamp make_timestamptz masklen max md5
    min min_scale mod mode multirange netmask network normalize now nth_value ntile nullif num_nonnulls
    num_nulls numnode obj_description octet_length overlay parse_ident path pclose percent_rank
    percentile_cont percentile_disc pg_column_size pg_get_constraintdef pg_get_indexdef pg_get_viewdef
    pg_size_pretty pg_table_is_visible pg_total_relation_size pg_relation_size pg_table_size pg_typeof
    phraseto_tsquery pi plainto_tsquery point polygon popen position power pow quote_ident quote_literal
    quote_nullable radians radius random range_agg range_intersect_agg range_merge rank regexp_count
    regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
    regexp_split_to_table regexp_substr regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
    regr_sxx regr_sxy regr_syy repeat replace reverse right round row row_number row_to_json rpad rtrim
    scale set_masklen setweight sha224 sha256 sha384 sha512 shobj_description sign similarity sin sind
    sinh slope split_part sqrt starts_with statement_timestamp stddev stddev_pop stddev_samp string_agg
    string_to_array string_to_table strip strpos substr substring sum tan tand tanh text timeofday timezone
    to_ascii to_char to_date to_hex to_json to_jsonb to_number to_regclass to_regtype to_timestamp
    to_tsquery to_tsvector transaction_timestamp translate trim trim_array trim_scale trunc ts_headline
    ts_rank ts_rank_cd tsvector_to_array unaccent unistr unnest upper upper_inc upper_inf
    var_pop var_samp variance version websearch_to_tsquery width width_bucket word_similarity xmlagg
    xmlconcat xmlelement xmlforest xpath xpath_exists int4range int8range numrange tsrange tstzrange
    daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange
    has_table_privilege has_schema_privilege
    """.split()
)
_WORDS = frozenset(
    """
    all and any array as between bernoulli by case cast cross cube distinct else end except exists fetch
    filter from full group having ilike in inner intersect interval is join lateral left like limit
    materialized natural not offset on or order outer over overlaps repeatable right rollup select sets
    similar some system then to union using values when where
    window with within xmlattributes
    bit char character varchar varying dec decimal numeric float time timestamp timestamptz timetz bpchar
    """.split()
)
"""Words before a bracket that call nothing: keywords, and types with a size."""


def refuse_calls(code: str, root: exp.Expr, named: Collection[str] = ()) -> str | None:
    """Why a call in ``code``, whose tree is ``root``, is not allowed; the user allows those ``named``.

    >>> from sqloop.database.checking.parsing import parse_statement
    >>> sql = "SELECT ABS(1), pg_read_file('a')"
    >>> refuse_calls(sql, parse_statement(sql, "postgres"))
    'the function pg_read_file is not allowed'
    """
    headings = [alias.name.lower() for alias in root.find_all(exp.TableAlias) if alias.columns]
    for call in read_calls(code):
        word = call.name.lower()
        plain = not call.dotted and not call.quoted
        own = not call.dotted or call.schema == "pg_catalog"
        if word in headings and not call.dotted:
            headings.remove(word)
        elif word in named or (plain and word in _WORDS):
            continue
        elif not own or word not in _FUNCTIONS or (call.quoted and call.name != word):
            return f"the function {call.name} is not allowed"
    return refuse_bare_words(root) or _refuse_filling(root) or refuse_paths(root)


def _refuse_filling(root: exp.Expr) -> str | None:
    repeated = 1
    for node in root.find_all(exp.Repeat, exp.Pad, exp.DataTypeParam, exp.Anonymous):
        name, size = _filling(node)
        if not name:
            continue
        length = int(size.name) if isinstance(size, exp.Literal) and size.name.isdigit() else None
        if length is None or length > LONGEST_FILL:
            return f"{name} is not allowed without a number of at most {LONGEST_FILL:,}"
        repeated *= length if name == "repeat" else 1
    return "repeat of so much is not allowed" if repeated > LONGEST_REPEATED else None


def _filling(node: exp.Expr) -> tuple[str, object]:
    """The name of what makes a text long, with its length; an empty name where nothing does."""
    if isinstance(node, exp.Repeat):
        return "repeat", node.args.get("times")
    if isinstance(node, exp.Pad):
        return "lpad" if node.args.get("is_left") else "rpad", node.expression
    if isinstance(node, exp.DataTypeParam):
        return ("a type of such a length", node.this) if isinstance(node.this, exp.Literal) else ("", None)
    name = node.name.lower()
    if name in ("repeat", "lpad", "rpad", "array_fill"):
        return name, next(iter(node.expressions[1:2]), None)
    return "", None
