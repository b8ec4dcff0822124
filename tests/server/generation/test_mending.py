"""Names that a model got wrong, and names that it did not: before and after on one small schema."""

from __future__ import annotations

import pytest
from sqlglot import exp

from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Column, Dialect, Schema, Table
from sqloop.generation.mending.names import mend_names


def table(name: str, *columns: str) -> Table:
    return Table(name, tuple(Column(each, "TEXT", "text") for each in columns))


TABLES = (
    table("Singer", "id", "Name", "country"),
    table("concert", "id", "singer_id", "year", "amount"),
    table("order", "id", "concert_id", "Price Paid"),
    table("fan", "concert_id", "nick", "q02_smokes", "q03_age", "q05_age", "sold_2023"),
)


def mend(sql: str, dialect: Dialect) -> str:
    tree = parse_statement(sql, dialect)
    assert isinstance(tree, exp.Query)
    mend_names(tree, Schema(dialect, TABLES))  # type: ignore[arg-type]
    return write_statement(tree, dialect)


MENDED = {
    "a column of the other table": (
        "SELECT c.Name FROM Singer AS s JOIN concert AS c ON s.id = c.singer_id WHERE s.year = 2014",
        "SELECT s.Name FROM Singer AS s JOIN concert AS c ON s.id = c.singer_id WHERE c.year = 2014",
    ),
    "one alias for two tables, and in what joins them": (
        "SELECT s.Name, s.year FROM Singer AS s JOIN concert AS s ON s.id = s.singer_id",
        "SELECT s.Name, s2.year FROM Singer AS s JOIN concert AS s2 ON s.id = s2.singer_id",
    ),
    "one alias for two tables that are joined by one name": (
        "SELECT c.year FROM concert AS c JOIN Singer AS c ON c.id = c.id",
        "SELECT c.year FROM concert AS c JOIN Singer AS c2 ON c.id = c2.id",
    ),
    "one alias for three tables": (
        "SELECT x.country FROM concert AS x JOIN Singer AS x ON x.singer_id = x.id"
        ' JOIN "order" AS x ON x.id = x.id',
        "SELECT x2.country FROM concert AS x JOIN Singer AS x2 ON x.singer_id = x.id"
        ' JOIN "order" AS x3 ON x.id = x3.id',
    ),
    "a column of the other table that has it, beside its own": (
        'SELECT f.nick FROM "order" AS o JOIN concert AS c ON o.id = c.id'
        " JOIN fan AS f ON f.concert_id = c.concert_id",
        'SELECT f.nick FROM "order" AS o JOIN concert AS c ON o.id = c.id'
        " JOIN fan AS f ON f.concert_id = o.concert_id",
    ),
    "the table's name where it has an alias": (
        "SELECT Singer.Name FROM Singer AS s WHERE singer.country = 'Italy'",
        "SELECT s.Name FROM Singer AS s WHERE s.country = 'Italy'",
    ),
    "names in the spelling of the schema": (
        "SELECT NAME, SINGER.Country FROM singer ORDER BY name",
        "SELECT Name, Singer.country FROM Singer ORDER BY Name",
    ),
    "an alias in the spelling of its table": (
        "SELECT t1.name FROM singer AS T1",
        "SELECT T1.Name FROM Singer AS T1",
    ),
    "a name with a blank keeps its quotes": (
        'SELECT c."price paid" FROM concert AS c JOIN "ORDER" AS o ON o.concert_id = c.id',
        'SELECT o."Price Paid" FROM concert AS c JOIN "order" AS o ON o.concert_id = c.id',
    ),
    "a table that is a word of SQL keeps its quotes": (
        'SELECT concert.concert_id FROM concert JOIN "order" ON "order".concert_id = concert.id',
        'SELECT "order".concert_id FROM concert JOIN "order" ON "order".concert_id = concert.id',
    ),
    "the right letters, otherwise divided into words": (
        "SELECT c.SingerId, o.pricepaid FROM con_cert AS c JOIN ORDERS AS o ON o.ConcertId = c.id",
        'SELECT c.singer_id, o."Price Paid" FROM concert AS c JOIN "order" AS o ON o.concert_id = c.id',
    ),
    "the same words with another number": (
        "SELECT q03_smokes FROM fan",
        "SELECT q02_smokes FROM fan",
    ),
    "a text in the quotes of a name": (
        'SELECT Name FROM Singer WHERE country = "Italy"',
        "SELECT Name FROM Singer WHERE country = 'Italy'",
    ),
    "a text in backticks": (
        "SELECT Name FROM Singer WHERE country IN (`Italy`, `it's`)",
        "SELECT Name FROM Singer WHERE country IN ('Italy', 'it''s')",
    ),
    "in a subquery as well": (
        'SELECT Name FROM Singer WHERE id IN (SELECT c.singer_id FROM concert AS c JOIN "order" AS o'
        ' ON o.concert_id = c.id WHERE c."Price Paid" > 3 AND c.amount > 1)',
        'SELECT Name FROM Singer WHERE id IN (SELECT c.singer_id FROM concert AS c JOIN "order" AS o'
        ' ON o.concert_id = c.id WHERE o."Price Paid" > 3 AND c.amount > 1)',
    ),
    "in both halves of a union": (
        "SELECT s.NAME FROM singer AS s UNION SELECT concert.YEAR FROM Concert AS c",
        "SELECT s.Name FROM Singer AS s UNION SELECT c.year FROM concert AS c",
    ),
}
LEFT = {
    "what is right": "SELECT s.Name FROM Singer AS s JOIN concert AS c ON s.id = singer_id WHERE year = 2014",
    "a column that two tables have": (
        "SELECT s.id FROM Singer AS s JOIN concert AS c ON s.id = c.singer_id ORDER BY id"
    ),
    "a column that two other tables have": (
        'SELECT s.concert_id FROM Singer AS s CROSS JOIN "order" AS o CROSS JOIN "order" AS p'
    ),
    "a column that no table has": "SELECT s.age, s.name_of FROM Singer AS s CROSS JOIN concert AS c",
    "a number where two columns have the same words": "SELECT q04_age FROM fan",
    "a table that is not there": "SELECT b.Name FROM band AS b JOIN Singer AS s ON s.id = b.singer",
    "a common table expression of a table's name": (
        "WITH singer AS (SELECT id AS NAME FROM concert) SELECT singer.NAME FROM singer"
    ),
    "columns of a subquery": 'SELECT s.total, "total" FROM (SELECT SUM(amount) AS total FROM concert) AS s',
    "a query that refers to the one around it": (
        "SELECT Name FROM Singer WHERE EXISTS(SELECT 1 FROM concert AS c WHERE c.singer_id = Singer.id)"
    ),
    "a query that refers to the one around it, on the same table": (
        "SELECT Name FROM Singer WHERE id > "
        "(SELECT AVG(s.id) FROM Singer AS s WHERE s.country = Singer.country)"
    ),
    "a name that the query gives itself and a column has, too": (
        "SELECT s.Name, SUM(c.year) AS amount FROM Singer AS s JOIN concert AS c ON s.id = c.singer_id"
        " GROUP BY s.Name ORDER BY amount DESC"
    ),
    "a name in quotes that the query gives itself": (
        'SELECT country, COUNT(*) AS "how many" FROM Singer GROUP BY country ORDER BY "how many"'
    ),
    "a name in quotes behind a union": (
        'SELECT Name AS "who" FROM Singer UNION SELECT year FROM concert ORDER BY "who"'
    ),
    "a column in quotes": 'SELECT "Name" FROM Singer WHERE "country" = \'Italy\'',
    "a column in quotes of a table that is not joined": 'SELECT Name FROM Singer WHERE "year" = 2014',
    "all columns and none": "SELECT COUNT(*), s.* FROM Singer AS s",
}


@pytest.mark.parametrize("name", MENDED)
def test_what_has_one_reading_is_taken_so(name: str) -> None:
    before, after = MENDED[name]
    assert mend(before, "sqlite") == after
    assert mend(after, "sqlite") == after


@pytest.mark.parametrize("name", LEFT)
def test_what_is_right_or_has_no_one_reading_stays(name: str) -> None:
    assert mend(LEFT[name], "sqlite") == LEFT[name]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SELECT name FROM singer", 'SELECT "Name" FROM "Singer"'),
        (
            "SELECT T1.name, COUNT(*) AS Total FROM singer AS T1 GROUP BY T1.name ORDER BY Total",
            'SELECT T1."Name", COUNT(*) AS Total FROM "Singer" AS T1 GROUP BY T1."Name" ORDER BY Total',
        ),
        ("SELECT Singer.id FROM Singer AS Singer", 'SELECT Singer.id FROM "Singer" AS Singer'),
        ("SELECT SUM(total) FROM invoice", 'SELECT SUM("Total") FROM sales.invoice'),
        ("SELECT invoice.total FROM sales.INVOICE", 'SELECT invoice."Total" FROM sales.invoice'),
        ("SELECT id FROM branch", "SELECT id FROM branch"),
        ("SELECT id FROM hr.branch", "SELECT id FROM hr.branch"),
        ("WITH invoice AS (SELECT 1 AS x) SELECT x FROM invoice",) * 2,
    ],
)
def test_postgres_reads_bare_names_in_lower_case_and_tables_of_schemas(before: str, after: str) -> None:
    tables = (*TABLES, table("sales.invoice", "id", "Total"), table("hr.branch", "id"), table("branch", "id"))
    tree = parse_statement(before, "postgres")
    mend_names(tree, Schema("postgres", tables))  # type: ignore[arg-type]
    assert write_statement(tree, "postgres") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'SELECT `NAME` FROM singer WHERE country = "Italy"',
            "SELECT `Name` FROM Singer WHERE country = 'Italy'",
        ),
        (
            "SELECT name FROM Singer WHERE country = `Italy`",
            "SELECT Name FROM Singer WHERE country = 'Italy'",
        ),
        ("SELECT singer.id FROM singer", "SELECT Singer.id FROM Singer"),
        (
            "SELECT C.name FROM singer AS S JOIN concert AS C ON s.id = c.singer_id",
            "SELECT S.Name FROM Singer AS S JOIN concert AS C ON S.id = C.singer_id",
        ),
        (
            "SELECT c.`price paid` FROM concert AS c JOIN `Order` ON c.id = `Order`.concert_id",
            "SELECT `order`.`Price Paid` FROM concert AS c JOIN `order` ON c.id = `order`.concert_id",
        ),
        (
            "SELECT name FROM singer AS s WHERE EXISTS(SELECT 1 FROM concert WHERE singer_id = S.ID)",
            "SELECT Name FROM Singer AS s WHERE EXISTS(SELECT 1 FROM concert WHERE singer_id = s.id)",
        ),
    ],
)
def test_mariadb_tells_the_case_of_tables_and_aliases_apart(before: str, after: str) -> None:
    assert mend(before, "mysql") == after
