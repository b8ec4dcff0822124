"""The read-only check by itself: what it says, and that no text however hostile tires or breaks it."""

from __future__ import annotations

import pytest

from sqloop.database.checking.readonly import Refusal, check_readonly
from sqloop.database.checking.skeleton import SkeletonError, read_skeleton

HOSTILE = {
    "brackets": "SELECT " + "(" * 20_000 + "1" + ")" * 20_000,
    "brackets that never close": "SELECT " + "(" * 90_000,
    "functions": "SELECT " + "abs(" * 95 + "1" + ")" * 95,
    "subqueries": "SELECT " + "(SELECT " * 95 + "1" + ")" * 95,
    "derived tables": "SELECT * FROM " + "(SELECT * FROM " * 95 + "t" + ") a" * 95,
    "negations": "SELECT " + "NOT " * 20_000 + "1",
    "minuses": "SELECT " + "- " * 40_000 + "1",
    "cases": "SELECT " + "CASE WHEN " * 5_000 + "1" + " THEN 1 END" * 4_000,
    "quotes": "SELECT " + "'" * 90_001,
    "comments": "SELECT " + "/*" * 40_000,
    "joins without conditions": "SELECT 1 FROM t" + " JOIN t" * 10_000,
    "joins of subqueries": "SELECT 1 FROM t" + " JOIN (SELECT 1) t" * 30,
    "selects": "SELECT " * 10_000,
    "withs": "WITH " * 10_000,
    "binary": "SELECT '\x00\x01\x02'",
    "half a character": "SELECT '\ud800'",
    "too long": "SELECT " + "1," * 60_000 + "1",
}


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_gets_an_answer(name: str, dialect) -> None:  # type: ignore[no-untyped-def]
    check_readonly(HOSTILE[name], dialect)  # returning at all is the point


@pytest.mark.parametrize(
    ("sql", "status", "reason"),
    [
        ("", "error", "there is no query"),
        (" ;\n", "error", "there is no query"),
        ("DELETE FROM t", "refused", "only queries are allowed, not DELETE"),
        ("SELECT 1; SELECT 2", "refused", "exactly one statement is allowed, not 2"),
        ("SELECT * INTO x FROM t", "refused", "INTO is not allowed"),
        ("SELECT * FROM t FOR UPDATE", "refused", "locking clauses are not allowed"),
        ("SELECT /*!1*/ 1", "refused", "executable comments are not allowed"),
        ("SELECT Sleep(1)", "refused", "Sleep is not allowed"),
        ("SELECT\u00a01", "refused", "the character NO-BREAK SPACE is not allowed outside quotes"),
        ("SELECT 'a", "refused", "a quote or a comment is not closed"),
        ("SELECT " + "(" * 101 + "1" + ")" * 101, "refused", "nested too deeply"),
        ("SELECT 1 FROM t" + " JOIN t" * 9, "refused", "too many joins without a condition"),
        ("SELECT " + " " * 100_000 + "1", "refused", "longer than 100,000 characters"),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres"])
def test_the_reason_is_one_clear_line(sql: str, status: str, reason: str, dialect) -> None:  # type: ignore[no-untyped-def]
    refusal = check_readonly(sql, dialect)
    assert refusal is not None
    assert (refusal.status, refusal.reason) == (status, reason)


@pytest.mark.parametrize(
    "hint", ["SET_VAR(sql_mode='')", "max_execution_time(0)", "RESOURCE_GROUP(rg)", "BKA(`*/"]
)
def test_a_hint_may_choose_a_plan_and_no_more(hint: str) -> None:
    refusal = check_readonly(f"SELECT /*+ {hint} */ 1", "mysql")
    assert refusal is not None
    assert refusal.reason == "executable comments are not allowed"
    assert check_readonly("SELECT /*+ NO_BNL(`t`) INDEX(t i) */ 1 FROM t", "mysql") is None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT jsonb_path_query(a, '$.**') FROM t",
        "SELECT * FROM jsonb_path_query_array(t.a, 'lax $ . ** {2}') AS q",
        "SELECT pg_catalog.jsonb_path_exists(path => '$.**', target => a) FROM t",
        'SELECT "jsonb_path_query_first"(a, b) FROM t',
        "SELECT jsonb_path_match(a, ('$.*' || '*')::jsonpath) FROM t",
        "SELECT a @? '$.**' FROM t",
        "SELECT a @@ '$.**.b == 1' FROM t",
        "SELECT a @? E'$.\\052\\052' FROM t",
        "SELECT a @? b FROM t",
        "SELECT a @? '$.*'\n'*' FROM t",
        "SELECT a @? '$.** ? (@.b like_regex \"c\")' FROM t",
        "SELECT a @@ CAST(concat('$.*', '*') AS pg_catalog.jsonpath) FROM t",
        "SELECT json_query(a, '$.**') FROM t",
        "SELECT json_value(a, b) FROM t",
        "SELECT x FROM json_table(a, '$.**' COLUMNS (x int PATH '$.x')) AS q",
        "SELECT xpath('//*[count(//*) > 1]', a) FROM t",
        "SELECT xpath('//b[not(preceding::b = following::b)]', a) FROM t",
        "SELECT xpath('//a//b', a) FROM t",
        "SELECT xpath('//a/ancestor::b', a) FROM t",
        "SELECT xpath('//a[//b]', a) FROM t",
        "SELECT xpath('/a[b = //c]', a) FROM t",
        "SELECT xpath_exists(b, a) FROM t",
        'SELECT xpath(\'//*[count(//*) > 1 and "b" = "b"]\', a) FROM t',
        "SELECT xpath('//a' || '//b[\"c\"]', a), '/a' FROM t",
        "SELECT xpath('/a'\n'//b//c', a) FROM t",
        "SELECT '/a', \"xpath\"('//a//b', a) FROM t",
        "SELECT '/a', \"'\", xpath('//a//b', a) FROM t",
        "SELECT xpath(data => a, xpath => '//a//b') FROM t",
    ],
)
def test_a_path_at_which_postgresql_cannot_be_stopped_is_refused(sql: str) -> None:
    refusal = check_readonly(sql, "postgres")
    assert refusal is not None
    assert refusal.status == "refused"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT jsonb_path_query(a, '$.lines[*] ? (@.price > 3 && @.name like_regex \"^\\\\d+\")') FROM t",
        "SELECT jsonb_path_exists(a, '$.b'::jsonpath), a @? '$.b', a @@ '$.b == 1' FROM t",
        "SELECT to_tsvector(a) @@ to_tsquery('tea & !mug'), a @@ b FROM t",
        "SELECT xpath('/order/line[@no=\"3\"]/name/text()', a), xpath('//x:name', a, '{{x,urn:y}}') FROM t",
        "SELECT xpath_exists('//line[price = 3][1]/@no', a) FROM t",
    ],
)
def test_plain_paths_are_allowed(sql: str) -> None:
    assert check_readonly(sql, "postgres") is None


@pytest.mark.parametrize(
    "path",
    [
        "'//*[count(//*) > 1]'",
        "'//a//b'",
        "'//a' '//b'",
        "'/a'\"//b\"",
        "'//a[\\'b\\' = //c]'",
        "'\\/\\/a\\/\\/b'",
        "CONCAT('//a', '/', '/b')",
        "0x2f2f612f2f62",
        "X'2f2f612f2f62'",
        "_utf8mb4'//a//b'",
        "b",
        "@p",
        "'//a/ancestor::b'",
        "(SELECT b FROM t)",
    ],
)
def test_a_path_at_which_mariadb_cannot_be_stopped_is_refused(path: str) -> None:
    refusal = check_readonly(f"SELECT ExtractValue(a, {path}) FROM t", "mysql")
    assert refusal is not None
    assert refusal.status == "refused"


def test_plain_paths_are_allowed_on_mariadb() -> None:
    written = """EXTRACTVALUE('<a><b no="1">x/y</b></a>', '//b[@no="1"]')"""
    stored = 'ExtractValue(a, "/b[2]/text()")'
    assert check_readonly(f"SELECT {written}, {stored} FROM t", "mysql") is None


def test_what_cannot_be_parsed_is_an_error_of_one_line() -> None:
    refusal = check_readonly("SELECT FROM WHERE (", "sqlite")
    assert isinstance(refusal, Refusal)
    assert refusal.status == "error"
    assert "\n" not in refusal.reason
    assert "\x1b" not in refusal.reason


def test_a_partition_may_be_named() -> None:
    assert check_readonly("SELECT id FROM visits PARTITION (p2023, p2024)", "mysql") is None


def test_joins_with_conditions_may_be_many() -> None:
    joins = " JOIN t AS {0} ON a.id = {0}.id LEFT JOIN t AS u{0} USING (id)"
    sql = "SELECT 1 FROM t AS a" + "".join(joins.format(f"t{number}") for number in range(25))
    assert check_readonly(sql, "sqlite") is None


@pytest.mark.parametrize(
    ("dialect", "sql", "bare"),
    [
        ("sqlite", r"SELECT '\' -- '", "SELECT ''  "),
        ("mysql", r"SELECT '\' -- '", "SELECT ''"),
        ("mysql", "SELECT 1--1", "SELECT 1- -1"),
        ("postgres", r"SELECT '\' -- '", "SELECT ''  "),
        ("postgres", r"SELECT E'\' -- '", "SELECT ''"),
        ("postgres", "SELECT 1 -- x\r, 2", "SELECT 1  \r, 2"),
        ("postgres", "SELECT 1 # x", "SELECT 1 # x"),
        ("postgres", 'SELECT "a""b" /* c */', 'SELECT ""  '),
        ("sqlite", "SELECT 1--1", "SELECT 1 "),
        ("mysql", "SELECT 1 # x\n, 2", "SELECT 1  \n, 2"),
        ("mysql", "SELECT 1 /* /* */ , 2", "SELECT 1   , 2"),
        ("mysql", 'SELECT "a", `b`', "SELECT '', ``"),
        ("sqlite", 'SELECT "a", `b`, [c]', 'SELECT "", "", ""'),
        ("duckdb", r"SELECT '\' -- '", "SELECT ''  "),
        ("duckdb", r"SELECT E'\' -- '", "SELECT ''"),
        ("duckdb", "SELECT 1 -- x\r, 2", "SELECT 1  \r, 2"),
        ("duckdb", "SELECT 1--1", "SELECT 1 "),
        ("duckdb", 'SELECT "a""b", `c``d` /* e */', 'SELECT "", ""  '),
    ],
)
def test_quotes_and_comments_end_where_the_database_ends_them(dialect, sql: str, bare: str) -> None:  # type: ignore[no-untyped-def]
    assert read_skeleton(sql, dialect).bare == bare


def test_a_hash_is_no_comment_in_sqlite() -> None:
    assert "drop" in read_skeleton("SELECT 1 # drop", "sqlite").bare


@pytest.mark.parametrize(
    "character", ["\u200b", "\u2028", "\uff33", "\u212a", "\u017f", "\u0131", "\x0b", "\ufeff"]
)
def test_look_alikes_and_hidden_characters_stay_outside(character: str) -> None:
    with pytest.raises(SkeletonError):
        read_skeleton(f"SELECT {character} FROM t", "sqlite")
    read_skeleton(f"SELECT '{character}' FROM t", "sqlite")


@pytest.mark.parametrize("name", ["größe", "straße", "имя", "名前", "naïve", "नाम", "اسم"])
def test_names_in_other_scripts_need_no_quotes(name: str) -> None:
    assert check_readonly(f"SELECT {name} FROM t", "sqlite") is None


@pytest.mark.parametrize(
    ("dialect", "mark"), [("sqlite", '"'), ("duckdb", '"'), ("postgres", '"'), ("mysql", "`")]
)
def test_a_bracket_within_a_name_or_a_text_calls_nothing(dialect, mark: str) -> None:  # type: ignore[no-untyped-def]
    for name in ("Länge (m)", "Price (€)", "evil(", "a.evil (x)", "it''s (b)"):
        named = f"{mark}{name}{mark}"
        sql = f"SELECT SUM(t.{named}), {named} AS {named}, 'evil (' FROM {named} AS t WHERE {named} IN (1)"
        assert check_readonly(sql, dialect) is None, sql
    if dialect == "sqlite":  # There the engine itself stops what is not allowed.
        return
    called = (
        f"{mark}evil{mark} (1)",
        f"a.{mark}evil{mark}(1)",
        f"{mark}b (c){mark}.evil(1)",
        "óevil(1)",
        "evil\n(1)",
    )
    for call in called:
        refusal = check_readonly(f"SELECT {mark}Price (€){mark}, {call} FROM t", dialect)
        assert refusal is not None, call
        assert "evil is not allowed" in refusal.reason


def test_a_letter_with_a_mark_of_its_own_is_a_part_of_the_name() -> None:
    for dialect in ("duckdb", "postgres", "mysql"):
        assert check_readonly("SELECT x\u0323abs(1)", dialect) is not None  # type: ignore[arg-type]
