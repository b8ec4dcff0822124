"""A query clause by clause: no clause is passed over, and none says what another would."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Dialect
from sqloop.explanation.clauses import explain_sql


@pytest.mark.parametrize(
    ("dialect", "condition", "said"),
    [
        ("sqlite", "a NOT LIKE 'x%'", "a does not begin with 'x' (in any case)"),
        ("postgres", "a NOT ILIKE '%x%'", "a does not contain 'x' (in any case)"),
        ("mysql", "a LIKE '%@x'", "a ends with '@x'"),
        ("sqlite", "a LIKE '2024-%'", "a begins with '2024-'"),
        ("mysql", "a NOT LIKE '%x_y%'", "a is not like '%x_y%'"),
        ("postgres", "a IS NOT NULL", "a is not NULL"),
        ("duckdb", "a NOT BETWEEN 1 AND 2", "a is not between 1 and 2"),
        ("sqlite", "NOT a = 'x is y'", "a is not 'x is y'"),
        ("sqlite", "NOT a >= 1", "a is less than 1"),
        ("sqlite", "NOT (a = 1 OR b = 2)", "not (a is 1 or b is 2)"),
        ("sqlite", "a = 1 OR b = 2 AND c = 3", "a is 1 or (b is 2 and c is 3)"),
        ("sqlite", "(a = 1 OR b = 2) AND c = 3", "(a is 1 or b is 2) and c is 3"),
        ("sqlite", "a AND NOT b", "a is true and b is false"),
        ("sqlite", "a = NULL", "a is NULL (which is so for no row)"),
        ("sqlite", "a NOT IN (1, NULL)", "a is none of 1 and NULL (which is so for no row)"),
        ("sqlite", "a IN (1, NULL)", "a is one of 1 and NULL"),
        ("sqlite", "a IS NOT 'F'", "a is not 'F' (NULL is a value like others here)"),
        ("mysql", "a <=> NULL", "a is NULL"),
    ],
)
def test_a_condition_says_what_holds(dialect: Dialect, condition: str, said: str) -> None:
    assert explain_sql(f"SELECT x FROM t WHERE {condition}", dialect) == f"From t, where {said}: x."


@pytest.mark.parametrize(
    ("dialect", "joined", "said"),
    [
        ("sqlite", "a RIGHT JOIN b USING (x, y)", "a with b (by x and y; all rows of b)"),
        ("sqlite", "a FULL JOIN b ON a.x = b.x", "a with b (by x; all rows of both sides)"),
        ("sqlite", "a CROSS JOIN b", "a with every row of b"),
        ("sqlite", "a, b", "a with every row of b"),
        ("sqlite", "a, b WHERE a.x = b.x", "a with b, where x of a is x of b"),
        ("sqlite", "a NATURAL LEFT JOIN b", "a with or without b (by the columns of the same name)"),
        ("duckdb", "a SEMI JOIN b USING (x)", "a that have a row of b (by x)"),
        ("duckdb", "a ANTI JOIN b USING (x)", "a that have no row of b (by x)"),
        ("duckdb", "a ASOF JOIN b USING (x)", "a with b (by x; ASOF JOIN)"),
        ("sqlite", "(SELECT x FROM b) AS c", "a query called c (From b: x)"),
        (
            "postgres",
            "a LEFT JOIN LATERAL (SELECT y FROM b WHERE b.x = a.x) AS c ON TRUE",
            "a with or without a query called c, asked for each row (From b, where x of b is x of a: y)",
        ),
        ("postgres", "generate_series(1, 3) AS g", "GENERATE_SERIES(1, 3) AS g"),
        ("postgres", "a TABLESAMPLE SYSTEM (10)", "a TABLESAMPLE SYSTEM (10)"),
    ],
)
def test_each_join_keeps_the_rows_that_it_is_said_to(dialect: Dialect, joined: str, said: str) -> None:
    assert explain_sql(f"SELECT x FROM {joined}", dialect) == f"From {said}: x."


@pytest.mark.parametrize(
    ("dialect", "sql", "said"),
    [
        (
            "sqlite",
            "SELECT x FROM a UNION ALL SELECT x FROM b",
            "From a: x. These rows together with: From b: x.",
        ),
        (
            "sqlite",
            "SELECT x FROM a UNION SELECT x FROM b",
            "From a: x. These rows, each only once, together with: From b: x.",
        ),
        (
            "sqlite",
            "SELECT x FROM a EXCEPT SELECT x FROM b",
            "From a: x. Of these rows, each only once, those that are not in: From b: x.",
        ),
        (
            "postgres",
            "SELECT x FROM a INTERSECT ALL SELECT x FROM b",
            "From a: x. Of these rows those that are also in: From b: x.",
        ),
        (
            "sqlite",
            "SELECT x, COUNT(*) FROM a GROUP BY x HAVING COUNT(*) > 1",
            "From a: for each x, the number of rows. Only those where the number of rows is greater than 1.",
        ),
        (
            "sqlite",
            "SELECT MAX(x) FROM a HAVING COUNT(*) > 1",
            "From a: the greatest x. Only if the number of rows is greater than 1.",
        ),
        (
            "duckdb",
            "SELECT x FROM a QUALIFY ROW_NUMBER() OVER (ORDER BY y) = 1",
            "From a: x. Only rows where (the row number by y, lowest first) is 1.",
        ),
        ("postgres", "SELECT DISTINCT ON (x) y FROM a", "From a: y, only the first row for each x."),
        ("sqlite", "SELECT DISTINCT x, y FROM a", "From a: x and y, each combination only once."),
        ("duckdb", "SELECT x, COUNT(*) FROM a GROUP BY ALL", "From a: for each x, the number of rows."),
        ("mysql", "SELECT x FROM a GROUP BY x WITH ROLLUP", "From a: each x. Besides: WITH ROLLUP."),
        ("duckdb", "SELECT * EXCLUDE (y) FROM a", "From a: all columns EXCLUDE (y)."),
        ("postgres", "SELECT x FROM a FOR UPDATE", "From a: x. Besides: FOR UPDATE."),
        (
            "sqlite",
            "SELECT COUNT(x), COUNT(*) FROM a",
            "From a: the number of rows with x and the number of rows.",
        ),
        (
            "sqlite",
            "SELECT EXISTS (SELECT 1 FROM a WHERE x)",
            "Whether there is a row of a where x is true.",
        ),
        (
            "sqlite",
            "SELECT x FROM a ORDER BY x DESC LIMIT 3 OFFSET 6",
            "From a: x. Ordered by x, descending. The first 3 only, after leaving out 6.",
        ),
        ("sqlite", "SELECT x FROM a ORDER BY x NULLS LAST", "From a: x. Ordered by x, empty ones last."),
        ("postgres", "SELECT x FROM a ORDER BY x NULLS LAST", "From a: x. Ordered by x."),
        (
            "postgres",
            "SELECT x FROM a ORDER BY x FETCH FIRST 3 ROWS WITH TIES",
            "From a: x. Ordered by x. The first 3 only, with all that are equal to the last.",
        ),
        (
            "sqlite",
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t), u AS (SELECT 2) "
            "SELECT n FROM t",
            "First, called t, with the columns n, which adds rows to itself until there are no more: 1. "
            "These rows together with: From t: n + 1. Then, called u: 2. From t: n.",
        ),
        (
            "sqlite",
            "SELECT x FROM a AS o WHERE y > (SELECT AVG(y) FROM a WHERE z = o.z)",
            "From a (called o), where y is greater than (From a, where z is z of o: the average of y): x.",
        ),
        (
            "sqlite",
            "SELECT o.x FROM a AS o WHERE o.y = (SELECT MAX(y) FROM a)",
            "From a, where y of a is (From a: the greatest y): x of a.",
        ),
    ],
)
def test_every_clause_is_said(dialect: Dialect, sql: str, said: str) -> None:
    assert explain_sql(sql, dialect) == said
