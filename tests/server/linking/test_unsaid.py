"""What a question asks for by its form and a query has nothing for: numbers, denials, groups, orders."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Schema
from sqloop.linking.understanding import find_not_understood

from .conftest import asked


@pytest.mark.parametrize(
    ("question", "sql", "words"),
    [
        ("invoices above the credit line", "SELECT id FROM invoice WHERE total > 500", ("credit line",)),
        ("invoices above the handling cost", "SELECT id FROM invoice WHERE total > handling_cost", ()),
        (
            "invoices above average",
            "SELECT id FROM invoice WHERE total > (SELECT AVG(total) FROM invoice)",
            (),
        ),
        (
            "customers that occur more than once",
            "SELECT customer FROM invoice GROUP BY customer HAVING COUNT(*) > 1",
            (),
        ),
        ("invoices older than 30 days", "SELECT id FROM invoice", ("30",)),
        ("invoices over 5000", "SELECT id FROM invoice WHERE customer = 'Ann'", ("5000",)),
        ("stores with more than two employees", "SELECT city FROM store", ("two",)),
        ("top 3 books", "SELECT title FROM book ORDER BY id", ("3",)),
        ("top 3 books", "SELECT title FROM book LIMIT 3", ("top 3",)),
        ("the 5 newest books", "SELECT title FROM book LIMIT 5", ("newest",)),
        ("when was the last loan", "SELECT book_id FROM loan", ("last loan",)),
        ("books sorted by title", "SELECT title FROM book", ("sorted",)),
        ("total of the invoices last year", "SELECT SUM(total) FROM invoice", ("last year",)),
        ("total of the invoices in may", "SELECT SUM(total) FROM invoice", ("may",)),
        ("number of invoices per customer", "SELECT COUNT(*) FROM invoice", ("per customer",)),
        (
            "invoice total by customer 2024",
            "SELECT SUM(total) FROM invoice WHERE id > 2024",
            ("by customer",),
        ),
        (
            "the greatest total of each customer",
            "SELECT customer, MAX(total) FROM invoice",
            ("each customer",),
        ),
        ("how many different genres", "SELECT COUNT(genre) FROM book", ("different",)),
        ("genres, no duplicates", "SELECT genre FROM book", ("duplicates",)),
        ("which loans are not paid?", "SELECT id FROM loan WHERE paid = 1", ("not paid",)),
        ("which loans arent paid?", "SELECT id FROM loan WHERE paid = 1", ("arent paid",)),
        ("how many loans are unpaid?", "SELECT COUNT(*) FROM loan WHERE paid = 1", ("unpaid",)),
        (
            "books that were never lent",
            "SELECT title FROM book JOIN loan ON loan.book_id = book.id",
            ("never lent",),
        ),
        (
            "books without a loan",
            "SELECT DISTINCT title FROM book WHERE id IN (SELECT book_id FROM loan)",
            ("without a loan",),
        ),
    ],
)
def test_what_a_query_cannot_be_without_is_named(
    question: str, sql: str, words: tuple[str, ...], schema: Schema
) -> None:
    assert find_not_understood(asked(question, schema), sql) == words


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("invoices older than 30 days", "SELECT id FROM invoice WHERE total < date('now', '-1 month')"),
        ("invoices over 50 euros", "SELECT id FROM invoice WHERE total > 5000"),
        ("employees hired after 2009", "SELECT name FROM employee WHERE left_on >= '20100101'"),
        ("salaries after a rise of 5 percent", "SELECT salary * 1.05 FROM employee"),
        ("the average total to the nearest 10", "SELECT ROUND(AVG(total), -1) FROM invoice"),
        ("invoices of the last 30 days", "SELECT id FROM invoice WHERE total > date('now', '-30 days')"),
        ("books with at least 1 loan", "SELECT title FROM book WHERE id IN (SELECT book_id FROM loan)"),
        ("the average total per invoice", "SELECT SUM(total) / COUNT(*) FROM invoice"),
        (
            "how many percent of the loans are paid, in per cent",
            "SELECT 100.0 * SUM(paid) / COUNT(*) FROM loan",
        ),
        ("how many loans were paid by customers", "SELECT COUNT(*) FROM loan WHERE paid = 1"),
        ("which loans are not paid?", "SELECT id FROM loan WHERE paid = 0"),
        ("stores that are not shut", "SELECT city FROM store WHERE shut_on IS NULL"),
        ("stores that do not trade", "SELECT city FROM store WHERE status = 'X'"),
        (
            "paid loans, those without a book left out",
            "SELECT id FROM loan WHERE paid AND book_id IS NOT NULL",
        ),
        ("shut stores", "SELECT city FROM store WHERE status = 'SHT'"),
        ("sort books alphabetically", "SELECT title FROM book ORDER BY title"),
        ("median total of the invoices", "SELECT total FROM invoice ORDER BY total LIMIT 1 OFFSET 1"),
    ],
)
def test_what_a_query_has_in_another_form_is_not_named(question: str, sql: str, schema: Schema) -> None:
    assert find_not_understood(asked(question, schema), sql) == ()
