"""Follow-ups from Python, from the command line and in a conversation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import sqloop
from sqloop.answer import ModelName
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database
from sqloop.errors import CancelledError, QuestionError
from sqloop.generation.opening import open_generator
from sqloop.generation.prompts.forms import FollowUp
from sqloop.generation.prompts.hub_forms import ChatForm
from terminal import Terminal

ROME, OSLO = "How many customers are in Rome?", "How many customers are in Oslo?"
CITIES = "How many customers are in each city?"
IN_ROME = "SELECT COUNT(*) FROM customers WHERE city = 'Rome'"
IN_OSLO = "SELECT COUNT(*) FROM customers WHERE city = 'Oslo'"
PER_CITY = "SELECT city, COUNT(*) FROM customers GROUP BY city"
PROMPT = "\x1b[?2004h"
"""What a terminal is told when a line is about to be read."""

TOLD = {ROME: IN_ROME, OSLO: IN_OSLO, "and the same by city?": CITIES, CITIES: PER_CITY}
FOLLOW_UP = FollowUp("and the same by city?", ROME, IN_ROME)


@pytest.fixture
def settled(tmp_path: Path, store: Path) -> Callable[[str], dict[str, str]]:
    def settle(url: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SQLOOP_")}
        own = {"SQLOOP_MODEL": url, "SQLOOP_DB": f"sqlite:///{store}", "SQLOOP_K": "1", "NO_COLOR": "1"}
        return kept | own | {"XDG_DATA_HOME": str(tmp_path / "data")}

    return settle


Settled = Callable[[str], dict[str, str]]


def run(variables: Mapping[str, str], folder: Path, *arguments: str, typed: str = "") -> Any:
    command = [sys.executable, "-m", "sqloop", *arguments]
    return subprocess.run(
        command, env=variables, cwd=folder, input=typed, capture_output=True, encoding="utf-8", check=False
    )


def test_python_goes_on_from_an_answer(make_told: Any, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = make_told(TOLD)
    with sqloop.connect(f"sqlite:///{store}", model=told.url, k=1) as shop:
        first = shop.ask(ROME)
        second = shop.follow(first, "and the same by city?")
        assert (second.question, second.rows) == (CITIES, (("Oslo", 2), ("Rome", 1)))
        prompt = told.prompts[1]
        schema = ChatForm().prefix(shop.schema)
        assert prompt == (
            f"{schema}Rewrite the follow-up as one full question.\nQuestion: {ROME}\nSQL: {IN_ROME}\n"
            "Follow-up: and the same by city?\n"
        )
        assert told.prompts[2].startswith(f"{schema}Answered before:\n-- {ROME}\n{IN_ROME}\n")
        assert shop.follow(first, "and in Oslo?").rows == ((2,),)
        assert "From customers" in str(shop.explain(second))
        asked = len(told.prompts)
        with pytest.raises(QuestionError, match=r"session\.explain"):
            shop.follow(second, "why so few?")
        assert len(told.prompts) == asked


def test_a_query_of_ones_own_is_explained_with_the_words_of_its_question(
    make_told: Any, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sqloop.toml").write_text("[glossary]\nroman = { sql = \"customers.city = 'Rome'\" }\n")
    monkeypatch.chdir(tmp_path)
    with sqloop.connect(f"sqlite:///{store}", model=make_told(TOLD).url) as shop:
        said = shop.explain(IN_ROME, "How many Romans are there?").assumptions
        assert said[0] == "“roman” means customers.city = 'Rome' (glossary)."
        assert shop.explain(IN_ROME).assumptions == said[1:]


def test_a_model_of_llama_cpp_is_asked_once_and_may_be_stopped(tiny_gguf: Path, database: Database) -> None:
    """It knows nothing: what counts is that the prompt goes the way of every other, and can be cancelled."""
    generator = open_generator(str(tiny_gguf))
    try:
        assistant = Assistant(database, generator, ModelName("tiny"))
        assert assistant.rewrite(FOLLOW_UP)
        stopped = Cancellation()
        stopped.cancel()
        with pytest.raises(CancelledError):
            assistant.rewrite(FOLLOW_UP, stopped)
    finally:
        generator.close()


def test_the_starter_says_that_it_cannot(database: Database) -> None:
    generator = open_generator(str(Path(sqloop.__file__).parent / "starter"))
    try:
        assistant = Assistant(database, generator, ModelName("starter"))
        with pytest.raises(
            QuestionError, match="looks like a follow-up, which the model starter cannot work out"
        ) as caught:
            assistant.rewrite(FOLLOW_UP)
        assert "sqloop model list" in caught.value.hint
        assert assistant.rewrite(FollowUp("and in Oslo?", ROME, IN_ROME)) == OSLO
    finally:
        generator.close()


def test_where_the_model_cannot_follow_each_face_says_how_it_is_asked_anyhow(
    settled: Settled, tmp_path: Path
) -> None:
    variables = settled("starter")
    run(variables, tmp_path, "ask", ROME)
    done = run(variables, tmp_path, "ask", "hello", "--follow")
    assert done.returncode == 2
    assert "'hello' looks like a follow-up" in done.stderr
    assert "Without --follow it is asked as it stands." in done.stderr
    done = run(variables, tmp_path, "chat", typed=f"{ROME}\nhello\n/new hello\n")
    assert done.stderr.count("/new hello asks it as it stands.") == 1


def test_ask_follows_the_last_answer(make_told: Any, settled: Settled, tmp_path: Path) -> None:
    variables = settled(make_told(TOLD).url)
    assert run(variables, tmp_path, "ask", ROME).stdout == "COUNT(*)\n1\n"
    done = run(variables, tmp_path, "ask", "and the same by city?", "--follow")
    assert (done.returncode, done.stdout) == (0, "city,COUNT(*)\nOslo,2\nRome,1\n")
    assert done.stderr == f"sqloop: Asked as: {CITIES}\n"
    again = json.loads(run(variables, tmp_path, "ask", "and the same by city?", "--follow", "--json").stdout)
    assert (again["follow_up"], again["question"]) == ("and the same by city?", CITIES)


WHY_ROME = "From customers, where city is 'Rome': the number of rows.\n"


def test_why_after_an_answer_explains_it_and_asks_nothing(
    make_told: Any, settled: Settled, tmp_path: Path
) -> None:
    told = make_told(TOLD)
    variables = settled(told.url)
    run(variables, tmp_path, "ask", ROME)
    asked = len(told.prompts)
    done = run(variables, tmp_path, "ask", "why so few?", "--follow")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", WHY_ROME)
    done = run(variables, tmp_path, "ask", "why so few?", "--follow", "--sql-only")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{IN_ROME};\n", WHY_ROME)
    said = json.loads(run(variables, tmp_path, "ask", "why so few?", "--follow", "--json").stdout)
    assert (said["follow_up"], said["question"], said["sql"]) == ("why so few?", ROME, IN_ROME)
    assert said["explanation"]["text"] == WHY_ROME.splitlines()[0]
    done = run(variables, tmp_path, "ask", "why so few?", "--follow", "--output", "why.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Leave out --output." in done.stderr
    assert len(told.prompts) == asked


WITHOUT = "This asks why an answer is what it is, and there is no answer before it."
REASONS = "This asks for reasons, and nothing of it is in the database. Ask about the data."


def test_why_without_an_answer_says_what_to_do(make_told: Any, settled: Settled, tmp_path: Path) -> None:
    told = make_told({**TOLD, "why was order 1 late?": "SELECT 1"})
    variables = settled(told.url)
    done = run(variables, tmp_path, "ask", "why so few?")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"sqloop: {WITHOUT} --follow goes on from your last answer and explains it.\n"
    done = run(variables, tmp_path, "chat", typed="why so few?\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"sqloop: {WITHOUT} Ask about the data; a “why?” after an answer explains it.\n"
    assert told.prompts == []
    assert run(variables, tmp_path, "ask", "why was order 1 late?").stdout == "1\n1\n"  # of the data


def test_why_of_something_else_is_not_explained_by_the_answer(
    make_told: Any, settled: Settled, tmp_path: Path
) -> None:
    told = make_told({**TOLD, "why did customers leave?": "SELECT 7"})
    variables = settled(told.url)
    run(variables, tmp_path, "ask", ROME)
    done = run(variables, tmp_path, "ask", "why is the sky blue?", "--follow")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(f"sqloop: {REASONS}\n")
    typed = f"{ROME}\nwhy is the sky blue?\nwhy did customers leave?\nwhy Rome?\n"
    done = run(variables, tmp_path, "chat", typed=typed)
    assert (done.returncode, done.stdout) == (2, "COUNT(*)\n1\n7\n7\n")
    assert done.stderr.startswith(f"sqloop: {REASONS}\n")
    with sqloop.connect(variables["SQLOOP_DB"], model=told.url, k=1) as shop:
        answer = shop.ask(ROME)
        for ask in (shop.ask, lambda text: shop.follow(answer, text)):
            with pytest.raises(QuestionError, match="nothing of it is in the database"):
                ask("why is the sky blue?")
        with pytest.raises(QuestionError, match="no answer before it"):
            shop.ask("why so few?")


def test_an_explanation_has_the_same_words_everywhere(
    make_told: Any, settled: Settled, tmp_path: Path
) -> None:
    keen = "How many keen customers are in Rome?"
    told = make_told({keen: IN_ROME})
    variables = settled(told.url)
    words = f"{WHY_ROME}\nNot used of the question: keen\n"
    with sqloop.connect(variables["SQLOOP_DB"], model=told.url, k=1) as shop:
        assert f"{shop.explain(shop.ask(keen))}\n" == words
        assert f"{shop.explain(IN_ROME, keen)}\n" == words
    assert f"\n{words}" in run(variables, tmp_path, "ask", keen, "--explain").stderr
    assert run(variables, tmp_path, "ask", "why so few?", "--follow").stderr == words
    typed = f"{keen}\n/why\nwhy so few?\n"
    assert run(variables, tmp_path, "chat", typed=typed).stderr.endswith(f"{words}{words}")


def test_why_after_a_query_of_ones_own_explains_that(
    make_told: Any, settled: Settled, tmp_path: Path
) -> None:
    done = run(settled(make_told(TOLD).url), tmp_path, "chat", typed=f"/sql {IN_ROME}\nwhy so few?\n")
    assert (done.returncode, done.stderr) == (0, WHY_ROME)


def test_a_correction_is_what_is_followed(make_told: Any, settled: Settled, tmp_path: Path) -> None:
    told = make_told(TOLD)
    variables = settled(told.url)
    run(variables, tmp_path, "ask", ROME)
    edited = f"{IN_ROME} AND id > 0"
    assert run(variables, tmp_path, "feedback", "edit", "last", "--sql", edited).returncode == 0
    run(variables, tmp_path, "ask", "and the same by city?", "--follow")
    assert f"SQL: {edited}\n" in told.prompts[1]


def test_without_an_answer_there_is_nothing_to_follow(
    make_told: Any, settled: Settled, tmp_path: Path
) -> None:
    variables = settled(make_told(TOLD).url)
    done = run(variables, tmp_path, "ask", "and the same by city?", "--follow")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("sqloop: Nothing was answered on this database yet")


def test_an_answer_is_explained(make_told: Any, settled: Settled, tmp_path: Path) -> None:
    variables = settled(make_told(TOLD).url)
    done = run(variables, tmp_path, "ask", ROME, "--explain")
    assert done.stdout == "COUNT(*)\n1\n"
    assert "From customers, where city is 'Rome': the number of rows." in done.stderr
    told = json.loads(run(variables, tmp_path, "ask", ROME, "--explain", "--json").stdout)["explanation"]
    assert set(told) == {"text", "assumptions", "not_used"}
    assert told["assumptions"] == []


def test_a_conversation_out_of_a_pipe(make_told: Any, settled: Settled, tmp_path: Path) -> None:
    typed = f"{ROME}\nand in Oslo?\nwhy so many?\n\nand the same by city?\n"
    typed += f"/new {ROME}\n/nonsense\n/quit\nnever\n"
    done = run(settled(make_told(TOLD).url), tmp_path, "chat", typed=typed)
    assert done.returncode == 2  # of the command that there is not
    assert done.stdout == "COUNT(*)\n1\nCOUNT(*)\n2\ncity,COUNT(*)\nOslo,2\nRome,1\nCOUNT(*)\n1\n"
    assert done.stderr == (
        f"sqloop: Asked as: {OSLO}\n"
        "From customers, where city is 'Oslo': the number of rows.\n"
        f"sqloop: Asked as: {CITIES}\nThere is no command /nonsense: see /help.\n"
    )


def test_on_a_terminal_the_full_question_may_be_edited_and_one_thing_is_asked_back(
    make_told: Any, settled: Settled, tmp_path: Path
) -> None:
    late = "How many orders were late?"
    placed = "SELECT COUNT(*) FROM orders WHERE placed_at > '2023-12-31'"
    told = make_told({**TOLD, late: (placed, placed.replace("placed", "shipped"))})
    variables = settled(told.url) | {"SQLOOP_K": "2", "PROMPT_TOOLKIT_NO_CPR": "1"}
    terminal = Terminal([sys.executable, "-m", "sqloop", "chat"], variables, tmp_path)
    terminal.expect(PROMPT)
    terminal.type(f"{late}\r")
    terminal.expect("Which date is meant? [1] placed_at  [2] shipped_at  Enter: the first > ")
    terminal.type("2\n")
    terminal.expect("shipped_at >")
    terminal.expect(PROMPT)
    terminal.type("and the same by city?\r")
    terminal.expect(f"Asking > {CITIES}")
    terminal.type("\x15" + ROME + "\n")
    terminal.expect("WHERE city = 'Rome'")
    terminal.expect(PROMPT)
    terminal.type("\x04")
    assert terminal.end() == 0


def test_the_model_sees_what_a_follow_up_goes_on_from(make_told: Any, store: Path) -> None:
    edited = CITIES.replace("in each", "in every")
    told = make_told({**TOLD, edited: PER_CITY})
    before = f"Answered before:\n-- {ROME}\n{IN_ROME}\n"
    with sqloop.connect(f"sqlite:///{store}", model=told.url, k=1) as shop:
        full = shop.rewrite(shop.ask(ROME), "and the same by city?")
        shop.ask(edited)
        assert before in told.prompts[-1]
        shop.ask(full)
        assert before in told.prompts[-1]
        shop.ask(ROME)
        assert before not in told.prompts[-1]


def test_a_model_that_writes_a_query_instead_leaves_both_texts_together(make_told: Any, store: Path) -> None:
    told = make_told({ROME: IN_ROME, "and the same by city?": PER_CITY})
    with sqloop.connect(f"sqlite:///{store}", model=told.url, k=1) as shop:
        full = shop.rewrite(shop.ask(ROME), "and the same by city?")
        assert full == "How many customers are in Rome, and the same by city?"


def test_an_answer_that_failed_cannot_be_followed(make_told: Any, store: Path) -> None:
    with sqloop.connect(f"sqlite:///{store}", model=make_told({ROME: "no"}).url, k=1) as shop:
        failed = shop.ask(ROME)
        with pytest.raises(QuestionError, match="no answer that this could follow"):
            shop.follow(failed, "and the same by city?")


def test_an_addition_keeps_what_was_shown_where_the_model_forgets_it(make_told: Any, store: Path) -> None:
    full = "How many customers are in each city, and who is the first?"
    told = make_told(
        {
            CITIES: PER_CITY,
            "also the first name": full,
            full: "SELECT c.city, MIN(c.name) FROM customers AS c GROUP BY c.city",
        }
    )
    with sqloop.connect(f"sqlite:///{store}", model=told.url, k=1) as shop:
        answer = shop.follow(shop.ask(CITIES), "also the first name")
        assert sorted(answer.rows) == [("Oslo", 2, "Bob"), ("Rome", 1, "Ann")]


def test_what_is_to_go_goes_where_the_model_leaves_it(make_told: Any, store: Path) -> None:
    asked, full = "The customers with their city", "The customers with their city, leave the city out"
    shown = "SELECT c.name, c.city FROM customers AS c"
    told = make_told({asked: shown, "leave the city out": full, full: shown})
    with sqloop.connect(f"sqlite:///{store}", model=told.url, k=1) as shop:
        answer = shop.follow(shop.ask(asked), "leave the city out")
        assert sorted(answer.rows) == [("Ann",), ("Bob",), ("Cid",)]


def test_a_figure_for_every_group_is_not_held_to_the_one_of_before(make_told: Any, store: Path) -> None:
    asked, full = "How many customers in Rome?", "How many customers in Rome, that count per city?"
    where = "FROM customers AS c WHERE c.city = 'Rome'"
    told = make_told(
        {
            asked: f"SELECT COUNT(*) {where}",
            "that count per city": full,
            full: f"SELECT c.city, COUNT(*) {where} GROUP BY c.city",
        }
    )
    with sqloop.connect(f"sqlite:///{store}", model=told.url, k=1) as shop:
        answer = shop.follow(shop.ask(asked), "that count per city")
        assert sorted(answer.rows) == [("Oslo", 2), ("Rome", 1)]
