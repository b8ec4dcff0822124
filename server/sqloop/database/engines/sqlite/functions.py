"""Which functions a query on SQLite may call: those listed here, of SQLite itself.

Nobody can add one to our processes: no extension is loaded and no function registered. But SQLite's own do
not all read (``optimize`` of full text writes, ``load_extension`` runs code), builds differ, and versions to
come bring more: what nobody looked at is refused. What the listed ones take is bounded by
`sqloop.database.engines.sqlite.connection` (length of values and patterns) and by the limits of the process.

Sources: sqlite.org/lang_corefunc.html, lang_datefunc.html, lang_mathfunc.html, lang_aggfunc.html,
windowfunctions.html, json1.html, fts3.html, fts5.html, geopoly.html.
"""

from __future__ import annotations

_CORE = """
    abs changes char coalesce concat concat_ws format glob hex if ifnull iif instr last_insert_rowid
    length like likelihood likely lower ltrim match max min nullif octet_length printf quote random
    randomblob replace round rtrim sign soundex sqlite_compileoption_get sqlite_compileoption_used
    sqlite_offset sqlite_source_id sqlite_version substr substring subtype total_changes trim typeof unhex
    unicode unistr unistr_quote unlikely upper zeroblob
"""
_DATES = """
    current_date current_time current_timestamp date datetime julianday strftime time timediff unixepoch
"""
_MATHEMATICS = """
    acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod
    pi pow power radians sin sinh sqrt tan tanh trunc
"""
_AGGREGATES = """
    avg count group_concat max median min percentile percentile_cont percentile_disc string_agg sum total
"""
_WINDOWS = """
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
"""
_JSON = """
    -> ->> json json_array json_array_insert json_array_length json_each json_error_position json_extract
    json_group_array json_group_object json_insert json_object json_patch json_pretty json_quote
    json_remove json_replace json_set json_tree json_type json_valid jsonb jsonb_array jsonb_array_insert
    jsonb_each jsonb_extract jsonb_group_array jsonb_group_object jsonb_insert jsonb_object jsonb_patch
    jsonb_remove jsonb_replace jsonb_set jsonb_tree
"""
_SEARCH = """
    bm25 fts5_get_locale fts5_insttoken fts5_locale fts5_source_id highlight matchinfo offsets snippet
"""
_SHAPES = """
    geopoly_area geopoly_bbox geopoly_blob geopoly_ccw geopoly_contains_point geopoly_group_bbox
    geopoly_json geopoly_overlap geopoly_regular geopoly_svg geopoly_within geopoly_xform
"""
FUNCTIONS = frozenset(
    " ".join((_CORE, _DATES, _MATHEMATICS, _AGGREGATES, _WINDOWS, _JSON, _SEARCH, _SHAPES)).split()
)
"""In lower case, operators that SQLite takes for functions among them."""
