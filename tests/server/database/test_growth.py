"""The lengths that are worked out for texts on MariaDB hold what the server really gives."""

from __future__ import annotations

from random import Random

from effort import amount
from sqloop.database.checking.parsing import parse_statement
from sqloop.database.connect import Database
from sqloop.database.engines.mariadb.growth import LONGEST, total_length
from sqloop.database.outcome import Limits

_ONE = "UPPER LOWER REVERSE HEX QUOTE JSON_QUOTE TO_BASE64 TRIM MD5 JSON_ARRAY SOUNDEX".split()
_LEAVES = ["name", "city", "'a'", "'\"x\\\\'", "'né'", "id", "12.5", "NULL"]


def write_expression(random: Random, depth: int) -> str:
    """A text of functions within functions."""
    if not depth or random.random() < 0.15:
        return random.choice(_LEAVES)

    def part() -> str:
        return write_expression(random, depth - 1)

    count = random.choice((0, 1, 3, 20))
    return random.choice(
        (
            lambda: f"{random.choice(_ONE)}({part()})",
            lambda: f"REPEAT({part()}, {count})",
            lambda: f"LPAD({part()}, {5 * count}, {part()})",
            lambda: f"RPAD({part()}, {5 * count}, '-')",
            lambda: f"SPACE({count})",
            lambda: f"REPLACE({part()}, {random.choice(_LEAVES)}, {part()})",
            lambda: f"REGEXP_REPLACE({part()}, {random.choice(('[a-z]', '', '(.)', '.*'))!r}, {part()})",
            lambda: f"CONCAT({part()}, {part()}, {part()})",
            lambda: f"CONCAT_WS({part()}, {part()}, {part()}, {part()})",
            lambda: f"INSERT({part()}, 1, 2, {part()})",
            lambda: f"JSON_OBJECT('k', {part()}, 'l', {part()})",
            lambda: f"JSON_DETAILED(JSON_ARRAY({part()}, {part()}))",
            lambda: f"CASE WHEN id > 1 THEN {part()} ELSE {part()} END",
            lambda: f"COALESCE({part()}, {part()})",
            lambda: f"SUBSTR({part()}, 2)",
            lambda: f"CAST({part()} AS CHAR({20 + count}))",
            lambda: f"DATE_FORMAT('2024-09-30', {part()})",
            lambda: f"({part()} + 1)",
            lambda: f"(SELECT MAX(v) FROM (SELECT {part()} AS v) AS q)",
        )
    )()


def test_no_text_is_longer_than_was_worked_out(mariadb_shop: Database) -> None:
    random, tried = Random(18), 0
    for _ in range(amount(400, 6_000)):
        sql = f"SELECT {write_expression(random, 5)} FROM customers"
        worked_out = total_length(parse_statement(sql, "mysql"))
        if worked_out > LONGEST // 100:  # not to let the server make it
            continue
        outcome = mariadb_shop._engine.run(sql, Limits(seconds=5))
        if outcome.status == "ok":
            tried += 1
            longest = max(len(str(row[0])) for row in outcome.rows)
            assert longest <= worked_out + 64, sql  # 64: what a table holds counts for
    assert tried > amount(200, 3_000)
