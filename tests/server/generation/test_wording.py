"""What a question asks and a query does not say: run on a database, with the answer that was meant."""

from __future__ import annotations

from functools import partial

import pytest

from server.generation.school import Case, assert_rows
from sqloop.database.connect import Database
from sqloop.database.schema import Column, Dialect, ForeignKey, Schema, Table
from sqloop.generation.prompts.forms import MeaninglessQueryError
from sqloop.generation.prompts.hub_forms import extract_query


@pytest.mark.parametrize(
    "case",
    [
        ("What is the average weight per pupil name?", "SELECT AVG(weight_g) FROM pupil",
         [("Uma", 4000.0), ("Vic", 6000.0), ("Wyn", 8000.0)]),
        ("Visits per day", "SELECT SUM(visits) FROM visit_day", [("2024-05-01", 29), ("2024-05-02", 8)]),
        ("What is the average weight per pupil?", "SELECT AVG(weight_g) FROM pupil", [(6000.0,)]),
        ("Which lesson is the oldest?", "SELECT id FROM lesson ORDER BY held DESC LIMIT 1", [(1,)]),
        ("The lesson that is longest with us?", "SELECT id FROM lesson ORDER BY held DESC LIMIT 1", [(1,)]),
        ("first and last name of the oldest pupil", "SELECT name FROM pupil ORDER BY age LIMIT 1",
         [("Vic",)]),
        ("the two newest lessons", "SELECT id FROM lesson ORDER BY held LIMIT 2", [(5,), (4,)]),
        ("for each trainer the time of the latest lesson and its price",
         "SELECT t.name, MAX(l.held), MAX(l.price) FROM lesson AS l JOIN trainer AS t "
         "ON t.id = l.trainer_id GROUP BY t.id, t.name",
         [("Ada", "2024-05-01 14:00:00", 11.0), ("Ben", "2024-05-02 08:00:00", 11.0),
          ("Cy", "2024-07-01 10:00:00", 5.0)]),
        ("price of the sale of lowest discount", "SELECT price FROM sale ORDER BY discount_pct LIMIT 1",
         [(100.0,)]),
        ("which VAT rate has the lowest average discount",
         "SELECT vat_rate FROM sale GROUP BY vat_rate ORDER BY AVG(discount_pct) LIMIT 1", [(20,)]),
        ("the latest lesson of 3 trainers", "SELECT id, held FROM lesson ORDER BY held ASC LIMIT 1",
         [(5, "2024-07-01 10:00:00")]),
        ("the three highest prices", "SELECT MAX(price) FROM lesson ORDER BY MAX(price) DESC LIMIT 3",
         [(30.0,), (11.0,), (11.0,)]),
        ("Of the pupils who had a lesson, which ages are they?",
         "SELECT p.age FROM pupil AS p JOIN lesson AS l ON l.pupil_id = p.id", [(9,), (12,), (10,)]),
        ("the two lowest prices", "SELECT DISTINCT MIN(price) FROM lesson LIMIT 2", [(5.0,), (10.0,)]),
        ("pence of the most recent lesson", "SELECT SUM(pence) FROM lesson ORDER BY held DESC LIMIT 1",
         [(500,)]),
        ("what Ada earned on the first day",
         "SELECT SUM(l.pence) FROM lesson AS l JOIN trainer AS t ON t.id = l.trainer_id WHERE t.name = 'Ada' "
         "ORDER BY l.due LIMIT 1", [(1100,)]),
        ("Which trainer gave the most lessons in each town? Town, trainer and number.",
         "SELECT b.town, t.name, COUNT(*) AS n FROM lesson AS l JOIN trainer AS t ON t.id = l.trainer_id "
         "JOIN branch AS b ON b.id = t.branch_id GROUP BY b.town, t.id, t.name ORDER BY n DESC LIMIT 1",
         [("Bern", "Ada", 2), ("Chur", "Cy", 2)]),
        ("For each branch, who gave the most lessons?",
         "SELECT b.town, t.name FROM lesson AS l JOIN trainer AS t ON t.id = l.trainer_id JOIN "
         "branch AS b ON b.id = t.branch_id GROUP BY b.id, b.town, t.name ORDER BY COUNT(*) DESC LIMIT 1",
         [("Bern", "Ada"), ("Chur", "Cy")]),
        ("the dearest lesson of every trainer, with its price", "SELECT t.name, l.id, l.price FROM lesson "
         "AS l JOIN trainer AS t ON t.id = l.trainer_id ORDER BY 3 DESC LIMIT 1",
         [("Ada", 2, 11.0), ("Ben", 3, 11.0), ("Cy", 4, 30.0)]),
        ("the two dearest lessons of each trainer", "SELECT t.name, l.id FROM lesson AS l "
         "JOIN trainer AS t ON t.id = l.trainer_id ORDER BY l.price DESC LIMIT 2",
         [("Ada", 2), ("Ada", 1), ("Ben", 3), ("Cy", 4), ("Cy", 5)]),
        ("price and trainer of the dearest lesson of each trainer",
         "SELECT price, trainer_id FROM lesson ORDER BY price DESC LIMIT 1",
         [(11.0, 1), (11.0, 2), (30.0, 3)]),
        ("the 2 oldest pupils, with what each pupil won", "SELECT p.name, z.title FROM pupil AS p "
         "JOIN award AS a ON a.pupil_id = p.id JOIN prize AS z ON z.prize_id = a.prize_id "
         "ORDER BY p.age DESC LIMIT 2", [("Vic", "Cup"), ("Uma", "Cup")]),
        ("the dearest lesson and the trainer of each lesson", "SELECT l.id, t.name FROM lesson AS l "
         "JOIN trainer AS t ON t.id = l.trainer_id ORDER BY l.price DESC LIMIT 1", [(4, "Cy")]),
        ("How many lessons did each trainer give? Only the first.", "SELECT t.name, COUNT(*) FROM lesson "
         "AS l JOIN trainer AS t ON t.id = l.trainer_id GROUP BY t.id, t.name ORDER BY 2 DESC, 1 LIMIT 1",
         [("Ada", 2)]),
        ("average price to two decimals", "SELECT AVG(price) FROM lesson", [(13.4,)]),
        ("average price per trainer, to one decimal place",
         "SELECT trainer_id, AVG(price) FROM lesson GROUP BY trainer_id",
         [("Ada", 10.5), ("Ben", 11.0), ("Cy", 17.5)]),
        ("average price, a decimal place is enough", "SELECT AVG(price) FROM lesson WHERE id < 4", [(10.7,)]),
        ("How high is the average price? One decimal.",
         "SELECT AVG(price) FROM lesson WHERE id < 4", [(10.7,)]),
        ("average price, whole number, of all", "SELECT AVG(price) FROM lesson WHERE id < 4", [(11.0,)]),
        ("lessons with a pupil, if any", "SELECT COUNT(*) FROM lesson WHERE pupil_id <> 'NULL'", [(4,)]),
        ("average to the nearest pound", "SELECT AVG(price) FROM lesson WHERE id < 4", [(11.0,)]),
        ("share under 11, to 1 decimal",
         "SELECT 100.0 * SUM(price < 11) / COUNT(*) FROM lesson WHERE id < 4", [(33.3,)]),
        ("mean of the means to 1 d.p.", "SELECT m FROM (SELECT trainer_id, AVG(price) AS m FROM lesson "
         "GROUP BY trainer_id) AS t ORDER BY m LIMIT 1", [(10.5,)]),
        ("How many lessons on 1 May 2024?",
         "SELECT COUNT(*) FROM lesson WHERE held >= '2024-05-01' AND held < '2025-01-01'", [(2,)]),
        ("How many lessons on 1 May this year?",
         "SELECT COUNT(*) FROM lesson WHERE held >= '2024-05-01' AND held <= '2024-05-31'", [(2,)]),
        ("lessons on May 1st",
         "SELECT COUNT(*) FROM lesson WHERE price > 0 AND held >= '2024-05-01' AND held < '2024-06-01'",
         [(2,)]),
        ("How many lessons since 2024-05-01 until the end of May?",
         "SELECT COUNT(*) FROM lesson WHERE held >= '2024-05-01' AND held < '2024-06-01'", [(3,)]),
        ("How many lessons took longer than 70 minutes?",
         "SELECT COUNT(*) FROM lesson WHERE seconds > 7000", [(2,)]),
        ("How many lessons took longer than 70 minutes?",
         "SELECT COUNT(*) FROM lesson WHERE seconds > 70", [(2,)]),
        ("pupils heavier than 5 kg", "SELECT name FROM pupil WHERE weight_g > 5", [("Vic",), ("Wyn",)]),
        ("lessons for more than £25", "SELECT COUNT(*) FROM lesson WHERE pence > 25", [(2,)]),
        ("lessons of more than 2500 pence", "SELECT COUNT(*) FROM lesson WHERE pence > 2500", [(2,)]),
        ("How many trainers gave two lessons or more?",
         "SELECT COUNT(*) FROM lesson GROUP BY trainer_id HAVING COUNT(*) >= 2", [(2,)]),
        ("How many lessons did each trainer give who gave two or more?",
         "SELECT COUNT(*) FROM lesson GROUP BY trainer_id HAVING COUNT(*) >= 2", [("Ada", 2), ("Cy", 2)]),
        ("Lessons that were held after they were due", "SELECT id FROM lesson WHERE held > due", [(2,)]),
        ("Who has two people or more below them, and how many?", "SELECT t.name, COUNT(*) FROM trainer AS t "
         "JOIN trainer AS b ON b.id = t.boss_id GROUP BY t.id HAVING COUNT(*) >= 2", [("Ada", 2)]),
        ("total price of all lessons",
         "SELECT SUM(l.price) FROM lesson AS l JOIN pupil AS p ON l.pupil_id = p.id", [(67.0,)]),
        ("What do all lessons cost?",
         "SELECT SUM(l.price) FROM lesson AS l JOIN pupil AS p ON l.pupil_id = p.id", [(67.0,)]),
        ("total price of lessons with a pupil",
         "SELECT SUM(l.price) FROM lesson AS l JOIN pupil AS p ON l.pupil_id = p.id", [(62.0,)]),
        ("lessons by town",
         "SELECT b.town, COUNT(*) FROM lesson AS l JOIN trainer AS t ON t.id = l.trainer_id "
         "JOIN branch AS b ON b.id = l.pupil_id GROUP BY b.id", [("Bern", 2), ("Chur", 3)]),
        ("lessons by town",
         "SELECT b.town, COUNT(*) FROM lesson AS l JOIN branch AS b ON b.id = l.trainer_id "
         "GROUP BY b.id", [("Bern", 2), ("Chur", 3)]),
        ("lessons by town", "SELECT b.town, COUNT(*) FROM lesson AS l JOIN branch AS b ON b.town = b.town "
         "JOIN trainer AS t ON t.id = l.trainer_id GROUP BY b.id", [("Bern", 2), ("Chur", 3)]),
        ("titles of the prizes of Uma", "SELECT z.title FROM pupil AS p JOIN prize AS z ON z.prize_id = p.id "
         "WHERE p.name = 'Uma'", [("Cup",), ("Medal",)]),
        ("names in Chur", "SELECT t.name FROM trainer AS t JOIN prize AS z ON t.boss_id = z.prize_id "
         "JOIN branch AS b ON b.id = t.branch_id WHERE b.town = 'Chur'", [("Ben",), ("Cy",)]),
        ("What were all fees, in pounds?", "SELECT SUM(fee) / 100.0 FROM pupil", [(24.75,)]),
        ("What were all fees, in percent?", "SELECT SUM(fee) / 100.0 FROM pupil", [(0.2475,)]),
        ("pupils with a fee over 10 pounds", "SELECT name FROM pupil WHERE fee > 1000", [("Vic",)]),
        ("pupils with a fee over 10", "SELECT name FROM pupil WHERE fee > 1000", []),
        ("lessons over 15 pounds", "SELECT id FROM lesson WHERE pence > 1500", [(3,), (4,)]),
        ("What were all prices, in pounds?", "SELECT SUM(pence) / 100.0 FROM lesson", [(82.0,)]),
        ("names of pupils by age, highest first", "SELECT name FROM pupil ORDER BY age",
         [("Vic",), ("Wyn",), ("Uma",)]),
        ("names of pupils, most pressing first", "SELECT name FROM pupil ORDER BY age",
         [("Uma",), ("Wyn",), ("Vic",)]),
        ("due dates of lessons in May, earliest first",
         "SELECT due FROM lesson WHERE id < 4 ORDER BY due DESC",
         [("2024-04-30",), ("2024-05-01",), ("2024-05-03",)]),
        ("Which lesson is the oldest?",
         "SELECT id FROM lesson WHERE due = (SELECT MAX(due) FROM lesson)", [(2,)]),
        ("Which lessons are as late as the latest?",
         "SELECT id FROM lesson WHERE due = (SELECT MAX(due) FROM lesson)", [(5,)]),
        ("How many trainers gave lessons?",
         "SELECT COUNT(*) FROM trainer AS t JOIN lesson AS l ON l.trainer_id = t.id", [(3,)]),
        ("number of lessons by trainers in Chur",
         "SELECT COUNT(*) FROM trainer AS t JOIN lesson AS l ON l.trainer_id = t.id WHERE t.branch_id = 2",
         [(3,)]),
        ("How many trainers were seen in lessons?",
         "SELECT COUNT(*) FROM trainer AS t JOIN lesson AS l ON l.trainer_id = t.id", [(5,)]),
        ("How many trainers have lessons?",
         "SELECT COUNT(*) FROM trainer AS t JOIN lesson AS l ON l.trainer_id = t.id", [(3,)]),
        ("How many times did trainers give lessons?",
         "SELECT COUNT(*) FROM trainer AS t JOIN lesson AS l ON l.trainer_id = t.id", [(5,)]),
        ("How many trainers gave lessons in each town?",
         "SELECT t.branch_id, COUNT(*) FROM trainer AS t JOIN lesson AS l ON l.trainer_id = t.id "
         "GROUP BY t.branch_id", [(1, 2), (2, 3)]),
        ("Which branches had more than 10 visits?",
         "SELECT b.town FROM branch AS b JOIN visit_day AS v ON v.branch_id = b.id "
         "GROUP BY b.id, b.town HAVING COUNT(*) > 10", [("Bern",), ("Chur",)]),
        ("Which branches had at least two days of visits?",
         "SELECT b.town FROM branch AS b JOIN visit_day AS v ON v.branch_id = b.id "
         "GROUP BY b.id, b.town HAVING COUNT(*) >= 2", [("Chur",)]),
        ("How many visits did Chur have?", "SELECT COUNT(*) FROM visit_day AS s "
         "JOIN branch AS b ON b.id = s.branch_id WHERE b.town = 'Chur'", [(17,)]),
        ("Which branch has the most visits?",
         "SELECT branch_id FROM visit_day GROUP BY branch_id ORDER BY COUNT(*) DESC LIMIT 1", [(1,)]),
        ("Which trainers gave lessons above 5?",
         "SELECT t.name FROM trainer AS t JOIN lesson AS l ON l.trainer_id = t.id WHERE l.price > 5",
         [("Ada",), ("Ben",), ("Cy",)]),
        ("Of the lessons above 5, which trainers gave them?",
         "SELECT t.name FROM trainer AS t JOIN lesson AS l ON l.trainer_id = t.id WHERE l.price > 5",
         [("Ada",), ("Ben",), ("Cy",)]),
        ("Which lessons above 5 did trainers give?",
         "SELECT t.name FROM trainer AS t JOIN lesson AS l ON l.trainer_id = t.id WHERE l.price > 5",
         [("Ada",), ("Ada",), ("Ben",), ("Cy",)]),
        ("How many pupils?", "SELECT COUNT(*) FROM pupils", [(3,)]),
        ("How many lessons?", "SELECT COUNT(l.id) FROM l", [(5,)]),
        ("How many trainers do we have in each branch?", "SELECT t.branch_id, COUNT(*) FROM trainer AS t "
         "JOIN lesson AS l ON l.trainer_id = t.id GROUP BY t.branch_id", [(1, 1), (2, 2)]),
        ("What is the number of trainers per town?", "SELECT b.town, COUNT(*) FROM lesson AS l JOIN trainer "
         "AS t ON l.trainer_id = t.id JOIN branch AS b ON b.id = t.branch_id GROUP BY b.town",
         [("Bern", 1), ("Chur", 2)]),
        ("average fee of the pupils", "SELECT AVG(p.fee) FROM pupil AS p JOIN award AS a ON "
         "a.pupil_id = p.id", [(8.25,)]),
        ("Total price after discount", "SELECT SUM(price * (1 - discount_pct)) FROM sale", [(154.0,)]),
        ("Total price after discount", "SELECT SUM(price * (1 - discount_pct / 100)) FROM sale", [(154.0,)]),
        ("Total price with VAT", "SELECT SUM((1 + vat_rate / 100) * price) FROM sale", [(184.5,)]),
        ("Total price with VAT", "SELECT SUM(price * (1 + vat_rate)) FROM sale", [(184.5,)]),
    ],
)  # fmt: skip
def test_the_answer_is_that_of_the_question(school: Database, case: Case) -> None:
    assert_rows(school, case)


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("average price", "SELECT AVG(price) FROM lesson"),
        ("Which trainers gave lessons, and when?",
         "SELECT t.name, l.held FROM trainer AS t JOIN lesson AS l ON l.trainer_id = t.id"),
        ("How many booked lessons are there?",
         "SELECT COUNT(*) FROM lesson AS l JOIN pupil AS p ON l.pupil_id = p.id"),
        ("the name of the trainer for every lesson",
         "SELECT t.name FROM trainer AS t JOIN lesson AS l ON l.trainer_id = t.id"),
        ("names of trainers, once a lesson",
         "SELECT t.name FROM lesson AS l JOIN trainer AS t ON l.trainer_id = t.id"),
        ("How many lessons did trainer 1 give?",
         "SELECT COUNT(*) FROM lesson WHERE trainer_id = 1 GROUP BY trainer_id"),
        ("How many lessons did Ada give?", "SELECT COUNT(*) FROM lesson AS l JOIN trainer AS t "
         "ON t.id = l.trainer_id WHERE t.name = 'Ada' GROUP BY l.trainer_id"),
        ("Which trainers are in Chur?",
         "SELECT t.name FROM trainer AS t JOIN branch AS b ON b.id = t.branch_id WHERE b.town = 'Chur'"),
        ("Which trainers have a boss?",
         "SELECT t.name FROM trainer AS t JOIN trainer AS b ON b.id = t.boss_id"),
        ("How many days had visits?", "SELECT COUNT(*) FROM visit_day"),
        ("How many due lessons are there?", "SELECT COUNT(*) FROM lesson"),
        ("How many visits were 8 at least?", "SELECT COUNT(*) FROM visit_day WHERE visits >= 8"),
        ("How many visits were there?", "SELECT SUM(visits) FROM visit_day"),
        ("the branch with the most number of days",
         "SELECT branch_id FROM visit_day GROUP BY branch_id ORDER BY COUNT(*) DESC LIMIT 1"),
        ("lessons from the oldest on to the latest", "SELECT id FROM lesson ORDER BY held LIMIT 9"),
        ("the oldest trainers' prices", "SELECT price FROM lesson ORDER BY price DESC LIMIT 1"),
        ("the newest lesson", "SELECT id FROM lesson ORDER BY held DESC LIMIT 1"),
        ("time and seconds of each price in the last month",
         "SELECT price, MAX(held), MAX(seconds) FROM lesson GROUP BY price"),
        ("latest lesson and highest seconds of each price",
         "SELECT price, MAX(held), MAX(seconds) FROM lesson GROUP BY price"),
        ("the sale of highest discount", "SELECT price FROM sale ORDER BY discount_pct DESC LIMIT 1"),
        ("one sale on request, by discount", "SELECT price FROM sale ORDER BY discount_pct LIMIT 1"),
        ("the longest running lesson", "SELECT id FROM lesson ORDER BY lesson_time DESC LIMIT 1"),
        ("the latest day's longest lesson", "SELECT id FROM lesson ORDER BY lesson_time ASC LIMIT 1"),
        ("which of the latest lessons is due first", "SELECT id FROM lesson ORDER BY due LIMIT 1"),
        ("the earliest age of a pupil", "SELECT age FROM pupil ORDER BY age LIMIT 1"),
        ("the highest price", "SELECT MAX(price) FROM lesson LIMIT 10"),
        ("lessons of the last month", "SELECT COUNT(*) FROM lesson ORDER BY held DESC LIMIT 1"),
        ("how many lessons", "SELECT COUNT(*) FROM lesson ORDER BY held DESC LIMIT 1"),
        ("the highest price", "SELECT MAX(price) FROM lesson LIMIT 1"),
        ("two highest prices", "SELECT MAX(price) FROM lesson ORDER BY id LIMIT 2"),
        ("number of lessons per price, price to two decimals",
         "SELECT price, COUNT(*) FROM lesson GROUP BY price"),
        ("average to two decimals", "SELECT ROUND(AVG(price), 1) FROM lesson"),
        ("lessons from 1 May 2024 to 3 June 2024",
         "SELECT COUNT(*) FROM lesson WHERE held >= '2024-05-01' AND held < '2024-06-04'"),
        ("lessons in the week of 25 May 2024",
         "SELECT COUNT(*) FROM lesson WHERE held >= '2024-05-25' AND held < '2024-06-01'"),
        ("lessons due within a week of 2024-05-01",
         "SELECT COUNT(*) FROM lesson WHERE due >= '2024-05-01' AND due <= '2024-05-08'"),
        ("lessons in the 30 days following 5 May 2024",
         "SELECT COUNT(*) FROM lesson WHERE held >= '2024-05-05' AND held < '2024-06-04'"),
        ("lessons in the fortnight of 1 July 2024",
         "SELECT COUNT(*) FROM lesson WHERE held >= '2024-07-01' AND held < '2024-07-15'"),
        ("lessons in the spring term of 1 May 2024",
         "SELECT COUNT(*) FROM lesson WHERE held >= '2024-05-01' AND held < '2024-07-01'"),
        ("What share of lessons was due, as a decimal?", "SELECT AVG(price < 10) FROM lesson"),
        ("average price. Give a decimal.", "SELECT AVG(price) FROM lesson"),
        ("average price on the way to the nearest day care", "SELECT AVG(price) FROM lesson"),
        ("average price as a decimal number", "SELECT AVG(price) FROM lesson"),
        ("How many trainers taught in each branch?", "SELECT t.branch_id, COUNT(*) FROM trainer AS t "
         "JOIN lesson AS l ON l.trainer_id = t.id GROUP BY t.branch_id"),
        ("How many lessons in each branch?", "SELECT t.branch_id, COUNT(*) FROM trainer AS t "
         "JOIN lesson AS l ON l.trainer_id = t.id GROUP BY t.branch_id"),
        ("How many trainers has each trainer?", "SELECT b.id, COUNT(*) FROM trainer AS b "
         "JOIN trainer AS t ON t.boss_id = b.id GROUP BY b.id"),
        ("Which trainers come the most?", "SELECT t.name FROM trainer AS t "
         "JOIN lesson AS l ON l.trainer_id = t.id GROUP BY t.name ORDER BY COUNT(*) DESC LIMIT 1"),
        ("Total price after fees", "SELECT SUM(price * (1 - fee_rate)) FROM sale"),
        ("lessons from 1 May 2024 on", "SELECT COUNT(*) FROM lesson WHERE held >= '2024-05-01'"),
        ("lessons longer than 70 minutes", "SELECT COUNT(*) FROM lesson WHERE seconds > 4200"),
        ("lessons between 60 and 70 minutes",
         "SELECT COUNT(*) FROM lesson WHERE seconds >= 3600 AND seconds <= 4200"),
        ("trainers with a branch",
         "SELECT COUNT(*) FROM trainer AS t JOIN branch AS b ON b.id = t.branch_id"),
        ("the most lessons of a trainer",
         "SELECT COUNT(*) FROM lesson GROUP BY trainer_id ORDER BY 1 DESC LIMIT 1"),
    ],
)  # fmt: skip
def test_what_says_all_that_is_asked_stays(school: Database, question: str, written: str) -> None:
    assert extract_query(written, school.schema(), question=question) == written


def test_two_keys_between_two_tables_are_not_chosen_from() -> None:
    number = {name: Column(name, "INTEGER", "number") for name in ("id", "home_id", "away_id", "place_id")}
    team, place = Table("team", (number["id"],), ("id",)), Table("place", (number["id"],), ("id",))
    game = Table("game", tuple(number.values()), ("id",), (
        ForeignKey(("home_id",), "team", ("id",)), ForeignKey(("away_id",), "team", ("id",)),
        ForeignKey(("place_id",), "place", ("id",)),
    ))  # fmt: skip
    with pytest.raises(MeaninglessQueryError, match="keys of different things"):
        extract_query(
            "SELECT t.id FROM game AS g JOIN team AS t ON t.id = g.place_id",
            Schema("sqlite", (team, place, game)),
        )


@pytest.mark.parametrize("question", ["active patients have appointments", "female patients have fees"])
def test_a_code_says_no_word_that_names_something_else(question: str) -> None:
    key, code = Column("id", "INTEGER", "number"), Column("state", "CHAR(1)", "text", samples=("A", "F"))
    of, fee = Column("patient_id", "INTEGER", "number"), Column("fee", "REAL", "number")
    refers = ForeignKey(("patient_id",), "patient", ("id",))
    tables = Table("patient", (key, code), ("id",)), Table("appointment", (key, of, fee), ("id",), (refers,))
    counted = "SELECT COUNT(DISTINCT p.id) FROM patient AS p{} WHERE p.state = '{}'"
    joined = counted.format(" JOIN appointment AS a ON a.patient_id = p.id", question[0].upper())
    ask = partial(extract_query, joined, Schema("sqlite", tables), question=f"How many {question}?")
    assert ask() == joined
    assert ask(question=f"How many {question.split()[0]} patients are there?") == counted.format(
        "", question[0].upper()
    )


@pytest.mark.parametrize(
    ("dialect", "meant"),
    [
        ("sqlite", "SELECT ROUND(AVG(price), 2) FROM lesson"),
        ("mysql", "SELECT ROUND(AVG(price), 2) FROM lesson"),
        ("postgres", "SELECT ROUND(CAST(AVG(price) AS DECIMAL), 2) FROM lesson"),
        ("duckdb", "SELECT ROUND(AVG(price), 2) FROM lesson"),
    ],
)
def test_each_engine_rounds_as_it_can(dialect: Dialect, meant: str) -> None:
    schema = Schema(dialect, (Table("lesson", (Column("price", "DOUBLE", "number"),)),))
    assert extract_query("SELECT AVG(price) FROM lesson", schema, question="to 2 decimals") == meant


def test_what_postgres_cannot_compare_is_not_made_distinct() -> None:
    key, data = Column("id", "integer", "number"), Column("data", "json", "text")
    of = Column("user_id", "integer", "number")
    refers = ForeignKey(("user_id",), "users", ("id",))
    tables = Table("users", (key, data), ("id",)), Table("orders", (key, of), ("id",), (refers,))
    written = "SELECT u.{} FROM users AS u JOIN orders AS o ON o.user_id = u.id WHERE o.id > 5"
    for shown, distinct in (("data", ""), ("id", "DISTINCT ")):
        mended = extract_query(written.format(shown), Schema("postgres", tables), question="Which users?")
        assert mended == written.replace("SELECT ", f"SELECT {distinct}").format(shown)
