"""Texts that nest one pattern in another: what a parser reads twice takes twice the time at each level."""

from __future__ import annotations

from collections.abc import Iterator

PATTERNS = """
date(|'2024-01-01'|)
timestamp(|1|)
time(|1|)
datetime(|1|)
char(|1|)
varchar(|1|)
decimal(|1|)
int(|1|)
bigint(|1|)
binary(|1|)
json(|1|)
array(|1|)
map(|1|)
struct(|1|)
enum(|'a'|)
CAST(|a| AS INT)
CAST(|a| AS DECIMAL(10, 2))
TRY_CAST(|a| AS CHAR)
CONVERT(|a|, CHAR)
EXTRACT(YEAR FROM |a|)
SUBSTRING(|a| FROM 1)
TRIM(BOTH 'x' FROM |a|)
POSITION('a' IN |b|)
COALESCE(|a|, 0)
IF(|a|, 1, 2)
IF(a, 1, |b|)
date(a, |b|)
date_add(|a|, INTERVAL 1 DAY)
INTERVAL |1| DAY
JSON_EXTRACT(|a|, '$.a')
JSON_OBJECT('a', |1|)
JSON_ARRAY(|1|)
JSON_TABLE(|a|, '$' COLUMNS (b INT PATH '$'))
GROUP_CONCAT(|a| ORDER BY 1)
COUNT(DISTINCT |a|)
SUM(|a|) OVER (ORDER BY 1)
SUM(1) OVER (ORDER BY |a|)
SUM(a) FILTER (WHERE |b|)
CASE WHEN |a| THEN 1 END
CASE |a| WHEN 1 THEN 2 ELSE 3 END
CASE WHEN 1 THEN 2 ELSE |3| END
(|1|)
((|1|))
(|1|, 2)
(1 + |a|)
NOT |a|
- |a|
~(|a|)
a AND (|b|)
a IN (|1|)
a BETWEEN 1 AND (|2|)
a LIKE (|b|)
a -> (|b|)
EXISTS (SELECT |1|)
(SELECT |1|)
(SELECT a, |1|)
(SELECT 1 FROM t WHERE |a|)
(SELECT 1 FROM (SELECT |1|) d)
(SELECT 1 UNION SELECT |1|)
(WITH d AS (SELECT |1|) SELECT 1 FROM d)
(VALUES (|1|))
a[|1|]
{a: |1|}
x -> date(|a|)
"""
"""What opens a level, what stands in the innermost one, what closes it."""

DEPTHS = (2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 99, 110, 250, 1_000, 4_000)
ENDS = ("closed", "broken off")


def nested_texts() -> Iterator[tuple[str, str]]:
    """A pattern and the text that nests it, broken off where a model would go on stuttering."""
    for line in PATTERNS.strip().splitlines():
        begin, inside, end = line.split("|")
        for depth in DEPTHS:
            for ends in ENDS:
                yield line, f"SELECT {begin * depth}{inside}{end * depth if ends == 'closed' else ''}"
    for word, other in (("date", "char"), ("decimal", "time"), ("json", "date")):
        for depth in DEPTHS:
            text = "".join(f"{word}({other}(" for _ in range(depth))
            yield f"{word} {other}", f"SELECT {text}1{'))' * depth}"
