"""Words that nothing in the SQL stands for: named, and the answer is not trusted."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sqloop.answer import DOUBT, NOT_ALL_LINKED, Answer, ModelName, Timings
from sqloop.commands.ask import print_json
from sqloop.database.knowledge.value_index import MAX_VALUES
from sqloop.database.outcome import Outcome, Value
from sqloop.database.schema import Column, Schema, Table
from sqloop.glossary import Entry, Glossary
from sqloop.linking.question import LinkedQuestion
from sqloop.linking.understanding import find_not_understood
from sqloop.ranking import Candidate
from sqloop.terminal.display import draw_answer

from .conftest import asked

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize(
    ("question", "sql", "words"),
    [
        ("How many invoices are unpaid?", "SELECT COUNT(*) FROM invoice", ("unpaid",)),
        ("cities of stores without a phone", "SELECT city FROM store WHERE shut_on IS NULL", ("phone",)),
        (
            "invoices of Ann Peters",
            "SELECT i.* FROM invoice AS i JOIN store AS s ON s.id = i.id WHERE customer = 'Ann'",
            ("Peters",),
        ),
        ("the number of invoices of each customer", "SELECT COUNT(*) FROM invoice", ("each customer",)),
        (
            "how many stores are closed",
            "SELECT COUNT(*) FROM store WHERE NOT phoneNumber IS NULL",
            ("closed",),
        ),
        ("average salary for each book", "SELECT AVG(salary) FROM employee", ("each book",)),
        (
            "the handling costs of Ann",
            "SELECT total FROM invoice WHERE customer = 'Ann'",
            ("handling costs",),
        ),
        ("wich employees are retired?", "SELECT name FROM employee", ("retired",)),
        ("late invoices", "SELECT * FROM invoice ORDER BY total", ("late",)),
        ("How many unpaid invoices are there?", "SELECT COUNT(*) FROM invoice", ("unpaid",)),
        ("Unpaid invoices", "SELECT * FROM invoice", ("Unpaid",)),
        ("Show invoices", "SELECT * FROM invoice", ()),
        ("How many employees, retired employees included?", "SELECT COUNT(*) FROM employee", ()),
        ("the names of retired employees", "SELECT name FROM employee", ("retired",)),
        ("employees who retired", "SELECT name FROM employee", ("retired",)),
        ("how many female employees", "SELECT COUNT(*) FROM employee", ("female",)),
        ("all remastered books", "SELECT title FROM book", ("remastered",)),
        ("number of vegan books per genre", "SELECT genre, COUNT(*) FROM book GROUP BY genre", ("vegan",)),
        ("which stores are currently closed?", "SELECT city FROM store", ("closed",)),
        ("the three retired employees", "SELECT name FROM employee LIMIT 3", ("retired",)),
        ("the retired employees named Ann", "SELECT * FROM employee WHERE name = 'Ann'", ("retired",)),
        (
            "unpaid or overdue invoices; how many unpaid invoices?",
            "SELECT COUNT(*) FROM invoice",
            ("overdue", "unpaid"),
        ),
        ("the best rewarded employees", "SELECT name FROM employee", ("best", "rewarded")),
        ("the best rewarded employees", "SELECT name FROM employee ORDER BY name", ("rewarded",)),
        (
            "which store has the most female employees?",
            "SELECT store_id FROM employee GROUP BY store_id ORDER BY COUNT(*) DESC LIMIT 1",
            ("female",),
        ),
        (
            "the oldest retired employees",
            "SELECT name FROM employee ORDER BY id LIMIT 3",
            ("retired",),
        ),
        ("How many stores in Oslo?", "SELECT COUNT(*) FROM store", ("Oslo",)),
        ("How many stores are at airports?", "SELECT COUNT(*) FROM store", ("airports",)),
        ("Which stores at the airport are there?", "SELECT city FROM store", ("airport",)),
        ("Show invoices on hold", "SELECT * FROM invoice", ("hold",)),
        ("Which stores have parking?", "SELECT city FROM store", ("parking",)),
        ("Which employees have a dog?", "SELECT name FROM employee", ("dog",)),
        ("List books made of wool", "SELECT title FROM book", ("wool",)),
        ("Which books contain nuts?", "SELECT title FROM book", ("nuts",)),
        ("How many invoices arrived late?", "SELECT COUNT(*) FROM invoice", ("late",)),
        ("How many invoices that were shipped early?", "SELECT COUNT(*) FROM invoice", ("early",)),
        ("stores open on sundays", "SELECT city FROM store", ("open", "sundays")),
        ("which is our longest book?", "SELECT title FROM book", ("longest",)),
        ("the employee with the most loans", "SELECT name FROM employee", ("most",)),
        (
            "stores with a garden that are closed",
            "SELECT city FROM store WHERE status = 'closed'",
            ("garden",),
        ),
        ("Which invoices are late?", "SELECT * FROM invoice", ("late",)),
        ("how many part-time employees", "SELECT COUNT(*) FROM employee", ("part-time",)),
        ("Which employees are part-time?", "SELECT name FROM employee", ("part-time",)),
        ("How many employees live in Atlantis?", "SELECT COUNT(*) FROM employee", ("Atlantis",)),
        ("invoices of Carmen Ruiz", "SELECT * FROM invoice WHERE customer = 'Carmen'", ("Ruiz",)),
        ("stores open on sundays", "SELECT city FROM store AS windows", ("open", "sundays")),
        ("How many purple unicorns dance?", "SELECT COUNT(*) FROM book", ("purple", "unicorns", "dance")),
        ("How many stores are 'closed'?", "SELECT COUNT(*) FROM store WHERE city = 'Rome'", ("'closed'",)),
    ],
)
def test_a_word_that_nothing_stands_for(
    question: str, sql: str, words: tuple[str, ...], schema: Schema
) -> None:
    assert find_not_understood(asked(question, schema), sql) == words


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("how many female employees", "SELECT COUNT(*) FROM employee WHERE sex = 'F'"),
        ("how many female employees", "SELECT COUNT(*) FROM employee WHERE sex = 'female'"),
        ("the names of retired employees", "SELECT name FROM employee WHERE left_on IS NOT NULL"),
        ("which stores are closed?", "SELECT city FROM store WHERE status = 'closed'"),
        ("how many loans are unpaid?", "SELECT COUNT(*) FROM loan WHERE paid = 0"),
        ("borrowed books", "SELECT title FROM book WHERE id IN (SELECT book_id FROM loan)"),
        ("all loaned books", "SELECT title FROM book JOIN loan ON loan.book_id = book.id"),
        ("the oldest employees", "SELECT name FROM employee ORDER BY id LIMIT 1"),
        (
            "Who are our five best rewarded employees?",
            "SELECT name FROM employee ORDER BY salary DESC LIMIT 5",
        ),
        ("the most generous employees", "SELECT name FROM employee ORDER BY salary DESC"),
        (
            "the lowest earning employees",
            "SELECT name FROM employee WHERE salary = (SELECT MIN(salary) FROM employee)",
        ),
        (
            "the three most wanted books",
            "SELECT title FROM (SELECT book.title, RANK() OVER (ORDER BY COUNT(*) DESC) AS place FROM loan "
            "JOIN book ON book.id = loan.book_id GROUP BY book.id) WHERE place <= 3",
        ),
        ("record invoices", "SELECT MAX(total) FROM invoice"),
        ("the average salary of all employees", "SELECT AVG(salary) FROM employee"),
        ("which distinct genres are there", "SELECT DISTINCT genre FROM book"),
        ("show me the number of employees who are paid more", "SELECT COUNT(*) FROM employee"),
        ("how many stores in Rome", "SELECT COUNT(*) FROM store WHERE city = 'Rome'"),
        ("employees with at most two loans", "SELECT name FROM employee WHERE id < 3"),
        ("the oldest employee", "SELECT name FROM employee WHERE id = (SELECT MIN(id) FROM employee)"),
        ("the best-selling books", "SELECT title FROM book"),
        ("part-time employees", "SELECT name FROM employee WHERE sex = 'part time'"),
        ("How many invoices are on record?", "SELECT COUNT(*) FROM invoice"),
        ("Which employees left late?", "SELECT name FROM employee WHERE left_on > salary"),
        ("Which employees started early?", "SELECT name FROM employee ORDER BY id"),
        (
            "How many invoices were sent on sundays?",
            "SELECT COUNT(*) FROM invoice WHERE strftime('%w', total) = '0'",
        ),
        ("stores in California", "SELECT city FROM store WHERE status = 'CA'"),
        ("invoices in October", "SELECT * FROM invoice WHERE total LIKE '2024-10-%'"),
        ("What Did We Sell To Carmen Ruiz In Oslo Stores", "SELECT * FROM store WHERE city = 'Oslo'"),
        ("How many people do we have?", "SELECT COUNT(*) FROM employee"),
        ("people counted by gender", "SELECT sex, COUNT(*) FROM employee GROUP BY sex"),
        (
            "How many stores are open and how many closed?",
            "SELECT status, COUNT(*) FROM store GROUP BY status",
        ),
        ("cities of stores without a phone", "SELECT city FROM store WHERE phoneNumber IS NULL"),
        (
            "cities of stores that have no salary to pay",
            "SELECT city FROM store WHERE id NOT IN (SELECT store_id FROM employee)",
        ),
        ("the sum of all salaries, without a name", "SELECT SUM(salary) FROM employee"),
        ("", "SELECT 1"),
        ("the average total of each invoice", "SELECT AVG(total) FROM invoice"),
        ("the salaries of each employee, in all", "SELECT SUM(salary) FROM employee GROUP BY id"),
        ("invoices of Dr Ann", "SELECT * FROM invoice WHERE customer = 'Ann'"),
        (
            "invoices of Ann Peeters",
            "SELECT i.* FROM invoice AS i JOIN store AS s ON s.id = i.id WHERE customer = 'Ann Peters'",
        ),
        ("how many unpaid invoices", "this is no SQL ("),
    ],
)
def test_what_the_query_says_in_its_own_way(question: str, sql: str, schema: Schema) -> None:
    assert find_not_understood(asked(question, schema), sql) == ()


@pytest.mark.parametrize(
    ("question", "sql", "words"),
    [
        ("How many unpaid invoices?", "SELECT COUNT(*) FROM invoice WHERE total > 0", ()),
        ("How many unpaid invoices?", "SELECT COUNT(*) FROM invoice", ("unpaid",)),
        ("the unpaid female employees", "SELECT * FROM employee WHERE total > 0", ("female",)),
        ("which stores are flagship?", "SELECT city FROM store", ()),
        ("How many stores are busy?", "SELECT COUNT(*) FROM store", ("busy",)),
        ("How many busy stores?", "SELECT COUNT(*) FROM store", ("busy stores",)),
    ],
    ids=["used", "passed over", "stands for no other word", "in plain words", "apart", "together"],
)
def test_a_word_of_the_glossary_is_understood_where_its_definition_is_used(
    question: str, sql: str, words: tuple[str, ...], schema: Schema
) -> None:
    glossary = Glossary(
        (
            Entry("unpaid", sql="invoice.total > 0"),
            Entry("flagship", "the largest of a city"),
            Entry("busy store", sql="store.status = 'B'"),
        )
    )
    notes = glossary.notes(question, schema)
    assert find_not_understood(replace(asked(question, schema), notes=notes), sql) == words


@pytest.mark.parametrize(
    ("question", "sql", "words"),
    [
        ("What is the total of the refunds paid to customers?", "SELECT SUM(amt) FROM tx9", ()),
        ("refunds paid to aunts", "SELECT * FROM tx8", ("refunds", "paid", "aunts")),
        ("How many employees are freelance?", "SELECT COUNT(*) FROM employee WHERE sex IS NULL", ()),
        (
            "How many female employees are freelance?",
            "SELECT COUNT(*) FROM employee WHERE kind = 2",
            ("female",),
        ),
        ("How many part-time employees?", "SELECT kind, COUNT(*) FROM employee GROUP BY kind", ()),
        ("How many freelance employees?", "SELECT COUNT(*) FROM employee", ("freelance",)),
        ("How many trainee employees are unpaid?", "SELECT COUNT(*) FROM employee", ("unpaid",)),
        ("How many stores in Oslo?", "SELECT COUNT(*) FROM store", ("Oslo",)),
    ],
    ids=["table", "other table", "unasked", "one word each", "hyphen", "column unread", "opposite", "value"],
)
def test_a_word_is_understood_where_what_is_read_is_described_so(
    question: str, sql: str, words: tuple[str, ...], schema: Schema
) -> None:
    codes = tuple(Table(name, (Column("amt", "REAL", "number"),)) for name in ("tx8", "tx9"))
    glossary = Glossary(
        descriptions=(
            ("tx9", "Refunds paid to customers"),
            ("employee", "trainees, too; paid by the month"),
            ("employee.kind", "1 for permanent, 2 for freelance, 3 for part-time"),
            ("store", "those in Oslo and Rome"),
        )
    )
    kinds = Column("kind", "INTEGER", "number")
    tables = (replace(t, columns=(*t.columns, kinds)) if t.name == "employee" else t for t in schema.tables)
    described = glossary.describe(Schema("sqlite", (*tables, *codes)))
    assert find_not_understood(asked(question, described), sql) == words


def answer(sql: str, rows: tuple[tuple[Value, ...], ...], words: tuple[str, ...] = ()) -> Answer:
    candidate = Candidate(sql, -0.01, Outcome("ok", ("n",), rows), 1, 0.98)
    return Answer("q", (candidate,), 1, Timings(1, 1, 1, 1, 4), ModelName("tiny"), not_understood=words)


@pytest.mark.parametrize(
    ("sql", "rows", "words", "confidence"),
    [
        ("SELECT 1", ((1,),), (), 0.98),
        ("SELECT 1", ((1,),), ("unpaid",), DOUBT),
        ("SELECT a FROM t WHERE a = 'x'", (), (), DOUBT),
        ("SELECT COUNT(*) FROM t WHERE a = 'x'", ((0,),), (), DOUBT),
        ("SELECT MAX(a) FROM t WHERE a = 'x'", ((None,),), (), DOUBT),
        ("SELECT a FROM t WHERE a = 'x'", (("x",),), (), 0.98),
        ("SELECT a FROM t WHERE a > 5", (), (), 0.98),
    ],
)
def test_such_an_answer_is_not_trusted(
    sql: str, rows: tuple[tuple[Value, ...], ...], words: tuple[str, ...], confidence: float
) -> None:
    assert answer(sql, rows, words).confidence == confidence


def test_every_face_names_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    told = answer("SELECT 1", ((1,),), ("unpaid", "vegan"))
    print_json(told, None)
    assert json.loads(capsys.readouterr().out)["not_understood"] == ["unpaid", "vegan"]
    Console(width=200).print(draw_answer(told))
    assert "not understood: unpaid, vegan" in capsys.readouterr().out
    assert "not understood: unpaid, vegan" in told._repr_html_()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("???", ("???",)),
        ("リーズの顧客は何人ですか", ("リーズの顧客は何人ですか",)),
        ("how many are there?", ("how many are there?",)),
        ("Wie viele Rechnungen gibt es", ("Wie", "viele", "Rechnungen", "gibt")),
        ("How many invoices?", ()),
        ("How many people do we have?", ()),
    ],
)
def test_a_question_of_which_nothing_means_anything_here_is_not_understood(
    question: str, words: tuple[str, ...], schema: Schema
) -> None:
    assert find_not_understood(asked(question, schema), "SELECT COUNT(*) FROM invoice") == words


@pytest.mark.parametrize(
    ("question", "name"), [("how many are there?", "loan"), ("顧客は何人ですか", "顧客")]
)
def test_a_database_of_one_table_need_not_be_named_and_names_may_stand_without_blanks(
    question: str, name: str
) -> None:
    one = Schema("sqlite", (Table(name, (Column("id", "INTEGER", "number"),)),))
    assert find_not_understood(LinkedQuestion(question, one), f'SELECT COUNT(*) FROM "{name}"') == ()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many vegan customers are there?", "sqloop: Not understood: vegan.\n"),
        ("???", "sqloop: Not understood: ???.\n"),
        ("How many customers are there?", ""),
    ],
)
def test_a_pipe_is_told_on_standard_error(run: Run, shop: Path, question: str, told: str) -> None:
    done = run("ask", question, "--db", f"sqlite:///{shop}", "-k", "1")
    assert done.stdout == "COUNT(*)\n3\n"
    assert told in done.stderr
    assert ("% sure" in done.stderr) == bool(told)
    told_json = json.loads(run("ask", question, "--db", f"sqlite:///{shop}", "-k", "1", "--json").stdout)
    assert told_json["not_understood"] == ([told.split()[-1].rstrip(".")] if told else [])
    assert (told_json["confidence"] <= DOUBT) == bool(told)


def test_a_pipe_is_told_that_not_all_values_were_looked_for(run: Run, crowded: Path) -> None:
    ask = "ask", "How many customers are there?", "--db", f"sqlite:///{crowded}", "-k", "1"
    done = run(*ask)
    assert done.stdout.endswith(f"\n{MAX_VALUES + 1}\n")
    assert NOT_ALL_LINKED in done.stderr
    assert json.loads(run(*ask, "--json").stdout)["linked_all"] is False


def test_an_abbreviation_and_another_language_are_understood() -> None:
    key = (Column("id", "INTEGER", "number"),)
    short = Schema("sqlite", tuple(Table(name, key) for name in ("appt", "pat")))
    german = Schema("sqlite", tuple(Table(name, key) for name in ("Mitglied", "Abteilung")))
    longest = LinkedQuestion("two longest appointments", short)
    assert find_not_understood(longest, "SELECT * FROM appt ORDER BY dur DESC LIMIT 2") == ()
    assert find_not_understood(LinkedQuestion("all deceased patients", short), "SELECT * FROM pat") == (
        "deceased",
    )
    youth = LinkedQuestion("youth members", german)
    assert find_not_understood(youth, "SELECT * FROM Mitglied WHERE Klasse = 'Jugend'") == ()
    assert find_not_understood(youth, "SELECT * FROM Mitglied") == ("youth", "members")


def test_a_word_before_a_name_of_two_words_narrows() -> None:
    table = Table("TrainingSession", (Column("IsOpen", "INTEGER", "number"),))
    asked = LinkedQuestion("cancelled training sessions", Schema("sqlite", (table,)))
    assert find_not_understood(asked, "SELECT * FROM TrainingSession") == ("cancelled",)
