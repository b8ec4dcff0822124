"""What a person does in VS Code: ask, take or reject the answer, complete, mend, run, look at rows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.async_api import expect

from extension.code_server import CodeServer
from extension.window import Window
from model_server import ToldModel

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_comment_becomes_a_query_that_tab_accepts(window: Window, vscode: CodeServer) -> None:
    await window.open("revenue.sql")
    await expect(window.status).to_contain_text("shop · told")
    await window.type("-- the five customers with the highest revenue in 2023\n")
    await expect(window.ghost.first).to_be_visible()
    await window.wait_for_text("SELECT")
    await window.wait_for_note("sure · 3 rows · 4 of 4 agree")
    await window.picture("ghost")
    await window.press("Tab")
    await expect(window.ghost).to_have_count(0)
    await window.wait_for_note("")
    await window.wait_for_text("ORDER BY")
    assert "SUM(orders.total) AS revenue" in await window.text()
    question = "the five customers with the highest revenue in 2023"
    assert await said(vscode, question) == ["shown"]  # no row of it has been seen
    await window.press("Control+S")
    await judged(vscode, "accepted", question)
    await window.picture("accepted")
    assert "sqloop.server.take: " in vscode.logs()


async def test_a_suggestion_that_is_rejected_goes_and_is_recorded(window: Window, vscode: CodeServer) -> None:
    await window.open("rejected.sql")
    await window.type("-- who lives in Rome?\n")
    await expect(window.ghost.first).to_be_visible()
    await window.wait_for_note("sure · 2 rows · 4 of 4 agree")
    await window.press("Control+Alt+Backspace")
    await expect(window.ghost).to_have_count(0)
    await window.wait_for_note("rejected · no other query")
    await judged(vscode, "rejected", "who lives in Rome?")
    assert "SELECT" not in await window.text()
    await window.picture("rejected")
    # The other file was closed without saving: that takes back nothing.
    assert await said(vscode, "the five customers with the highest revenue in 2023") == ["shown", "accepted"]


async def test_the_note_is_of_the_query_that_is_shown(window: Window, vscode: CodeServer) -> None:
    question = "which are the names of all the customers, please, that live in Oslo?"
    await window.open("other.sql", "\n\n")
    await window.type(f"-- {question}\n")
    first, other = "sure · 1 row: Bob · 3 of 4 agree", "2 rows"
    await window.wait_for_note(f"{first}\u2003│\u2003Alt+] for {other}")
    await window.picture("other")
    await window.press("Alt+]")
    await window.wait_for_text("city = 'Rome'")
    await window.wait_for_note(f"{other}\u2003│\u2003Alt+] for {first}")
    await window.press("Control+Alt+Backspace")  # what is rejected is what is seen
    await window.wait_for_note(first)
    await judged(vscode, "rejected", question)
    await window.command("SQLoop: Focus on Questions View")
    await expect(window.tree("Questions", question)).to_contain_text("rejected")


async def test_names_are_completed(window: Window) -> None:
    await window.open("completion.sql")
    await window.type("SELECT * FROM cust")
    await expect(await window.complete()).to_contain_text("customer")
    await window.picture("completion")
    await window.press("Tab")
    await window.type(" JOIN orders ON ")
    await expect(await window.complete()).to_contain_text("customer_id")
    await window.press("Tab")
    await window.wait_for_text("orders.customer_id = customer.id")


async def test_a_wrong_name_is_underlined_and_mended(window: Window) -> None:
    await window.open("diagnostic.sql", "SELECT nmae FROM customer;\n")
    await expect(window.page.locator(".squiggly-error")).to_be_visible()
    await window.press("Control+Home", *["ArrowRight"] * 8, "Control+.")
    fix = window.page.locator(".action-widget .monaco-list-row", has_text="Change to name")
    await expect(fix).to_be_visible()
    await window.picture("quick-fix")
    await window.press("Enter")
    await window.wait_for_text("SELECT name FROM customer;")
    await expect(window.page.locator(".squiggly-error")).to_have_count(0)


async def test_a_statement_is_run_and_its_rows_are_shown_drawn_and_copied(window: Window) -> None:
    sql = "SELECT day, ROUND(total, 2), NULL AS note FROM orders ORDER BY day;"
    await window.open("run.sql", f"-- sales by day\n{sql}\n")
    await window.press("ArrowUp", "Control+Enter")
    cells = window.results.locator("tbody tr:nth-child(2) td")
    await expect(cells).to_have_text(["2", "2023-02-11", "20", "NULL"])
    await expect(window.results.locator("thead th")).to_have_text(["#", "day", "total", "note"])
    await expect(window.results.locator(".count")).to_have_text("5 rows")
    await window.picture("results")
    totals = await window.results.locator("tbody tr td:nth-child(3)").all_text_contents()
    assert totals == ["10.5 ", "20   ", "35.25", "48   ", "7   "]  # points below each other
    await window.results.get_by_role("button", name="Chart").click()
    await expect(window.results.locator("svg circle")).to_have_count(5)
    await window.picture("chart")


async def test_many_rows_come_by_pages_and_are_saved_whole(window: Window, vscode: CodeServer) -> None:
    numbers = "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 250)"
    await window.open("pages.sql", f"{numbers} SELECT n, 'a,b' AS t FROM r;\n")
    await window.press("ArrowUp", "Control+Enter")
    count = window.results.locator(".count")
    await expect(count).to_have_text("1–100 of 250 rows")
    await window.results.get_by_role("button", name="Next page").click()
    await expect(count).to_have_text("101–200 of 250 rows")
    await expect(window.results.locator("tbody tr:first-child td").first).to_have_text("101")
    for ending in ("csv", "json"):
        await window.results.get_by_role("button", name="Save").click()
        await window.save_as(vscode.workspace / f"all.{ending}")
    saved = await eventually((vscode.workspace / "all.csv").read_text)
    assert saved.splitlines() == ["n,t", *(f'{n},"a,b"' for n in range(1, 251))]
    objects = json.loads(await eventually((vscode.workspace / "all.json").read_text))
    assert objects == [{"n": n, "t": "a,b"} for n in range(1, 251)]


async def test_rows_are_sorted_filtered_and_copied(window: Window) -> None:
    await window.open("grid.sql", "SELECT name, city FROM customer ORDER BY id;\n")
    await window.press("ArrowUp", "Control+Enter")
    results = window.results
    names, count = results.locator("tbody tr td:nth-child(2)"), results.locator(".count")
    await expect(names).to_have_text(["Ann", "Bob", "Cy", "Dee"])
    by_name = results.get_by_role("button", name="Sort by name")
    await by_name.click()
    await expect(by_name).to_have_text("name ▲")
    await by_name.click()
    await expect(names).to_have_text(["Dee", "Cy", "Bob", "Ann"])
    await results.get_by_role("searchbox").fill("rome")
    await expect(count).to_have_text("2 rows, of 4")
    await expect(names).to_have_text(["Cy", "Ann"])
    await window.picture("grid")
    await results.get_by_role("button", name="Copy").click()
    await window.wait_for_clipboard("name\tcity\nCy\tRome\nAnn\tRome")
    await results.locator("tbody td", has_text="Ann").click()
    await window.press("Control+c")
    await window.wait_for_clipboard("Ann")
    await window.press("Shift+ArrowUp", "Shift+ArrowRight", "Control+c")
    await window.wait_for_clipboard("Cy\tRome\nAnn\tRome")
    await results.get_by_role("searchbox").fill("")
    await by_name.click()
    await expect(names).to_have_text(["Ann", "Bob", "Cy", "Dee"])


async def test_a_query_may_give_fewer_rows_or_more(window: Window) -> None:
    await window.open("limit.sql", "SELECT name FROM customer;\n")
    await window.press("ArrowUp", "Control+Enter")
    names = window.results.locator("tbody tr td:nth-child(2)")
    await expect(names).to_have_count(4)
    for limit, rows in (("2", 2), ("1000", 4)):
        await window.results.get_by_role("button", name="How many rows").click()
        await window.answer(limit, title="Row limit")
        await expect(names).to_have_count(rows)


async def test_the_other_answers_are_looked_at(window: Window) -> None:
    await window.open("others.sql")
    await window.command("SQLoop: Ask a Question…")
    await window.answer("who lives in Oslo?")
    results = window.results
    names = results.locator("tbody tr td:nth-child(2)")
    await expect(names).to_have_text(["Bob"])
    other = results.get_by_role("button", name="2 rows")
    await other.click()
    await expect(names).to_have_text(["Ann", "Cy"])
    await expect(other).to_have_attribute("aria-pressed", "true")
    await expect(results.locator(".query")).to_contain_text("'Rome'")
    await window.picture("others")
    await results.get_by_role("button", name="1 row: Bob").click()
    await expect(names).to_have_text(["Bob"])


async def test_a_writing_statement_is_refused(window: Window) -> None:
    await window.open("delete.sql", "DELETE FROM customer;\n")
    await window.press("ArrowUp", "Control+Enter")
    await expect(window.results.locator(".failed")).to_contain_text("refused")


async def test_a_question_is_answered_in_the_panel(window: Window, vscode: CodeServer) -> None:
    await window.open("ask.sql")
    await window.command("SQLoop: Ask a Question…")
    await window.answer("Which customers live in Rome, please?")
    await expect(window.results.locator("tbody tr td:nth-child(2)")).to_have_text(["Ann", "Cy"])
    accept = window.results.get_by_role("button", name="Accept")
    await accept.click()
    await expect(window.results.locator(".note").first).to_contain_text("Recorded")
    await window.picture("ask")
    await window.results.get_by_role("button", name="Take back").click()
    await expect(window.results.locator(".note").first).to_contain_text("Taken back")
    await accept.click()
    await expect(accept).to_have_count(0)
    await window.results.get_by_role("button", name="Insert into Editor").click()
    await window.wait_for_text("WHERE")


async def test_a_question_is_answered_though_something_else_is_run(window: Window, told: ToldModel) -> None:
    await window.open("meanwhile.sql", "SELECT city FROM customer WHERE id = 2;\n")
    told.open.clear()
    await window.command("SQLoop: Ask a Question…")
    await window.answer("Which customers live in Rome, all in all?")
    await expect(window.results.locator(".hint")).to_contain_text("Asking the model")
    await window.page.locator(".editor-instance .view-line").first.click()
    await window.press("Control+Enter")
    await expect(window.results.locator("tbody tr td:nth-child(2)")).to_have_text(["Oslo"])
    told.open.set()
    answered = window.page.locator(".notification-toast", has_text="Answered: “Which customers live in Rome")
    await expect(answered).to_be_visible()
    await window.picture("answered")
    await answered.get_by_role("button", name="Show").click()
    await expect(window.results.locator("tbody tr td:nth-child(2)")).to_have_text(["Ann", "Cy"])


async def test_a_follow_up_is_written_out_and_why_is_explained(window: Window) -> None:
    await window.open("follow.sql")
    await window.command("SQLoop: Ask a Question…")
    await window.answer("Which customers live in Rome?")
    await expect(window.results.locator("tbody tr td:nth-child(2)")).to_have_text(["Ann", "Cy"])
    await window.command("SQLoop: Ask a Question…")
    await window.answer("and in Oslo?")
    box = window.page.locator(".quick-input-widget input")
    await expect(box).to_have_value("Which customers live in Oslo?")
    await window.press("Enter")
    await expect(window.results.locator("tbody tr td:nth-child(2)")).to_have_text(["Bob"])
    await window.command("SQLoop: Ask a Question…")
    await window.answer("why so few?")
    await expect(window.results.locator(".words")).to_contain_text("Oslo")
    await window.results.get_by_role("button", name="Back to the rows").click()
    await expect(window.results.locator("tbody tr td:nth-child(2)")).to_have_text(["Bob"])


async def test_a_query_is_explained_in_words(window: Window) -> None:
    await window.open("explain.sql", "SELECT name FROM customer;\n")
    await window.press("ArrowUp")
    await window.command("SQLoop: Explain Statement in Words")
    await expect(window.results.locator(".words")).to_contain_text("customer")


async def test_the_schema_gives_names_and_rows(window: Window) -> None:
    await window.open("schema.sql", "SELECT \n")
    await window.press("Control+Home", "End")
    await window.command("SQLoop: Focus on Schema View")
    customer, orders = window.tree("Schema", "customer"), window.tree("Schema", "orders")
    await expect(customer).to_be_visible()
    await orders.click()
    key = window.tree("Schema", "customer_id")
    await expect(key).to_contain_text("→ customer.id")
    await key.click()
    await expect(window.tree("Schema", "key · integer")).to_contain_text("id")
    await window.picture("schema")
    await key.hover()
    await key.get_by_role("button", name="Insert Name").click()
    await window.wait_for_text("SELECT customer_id")
    await orders.hover()
    await orders.get_by_role("button", name="Show Rows").click()
    await expect(window.results.locator(".count")).to_have_text("5 rows")


async def test_what_was_asked_is_listed_run_and_asked_again(window: Window, vscode: CodeServer) -> None:
    await window.open("history.sql")
    await window.command("SQLoop: Focus on Questions View")
    asked = window.tree("Questions", "the five customers with the highest revenue in 2023")
    await expect(asked).to_contain_text("seems accepted")
    await window.picture("questions")
    await asked.click()
    await expect(window.results.locator(".count")).to_have_text("3 rows")
    await expect(window.results.locator(".query")).to_contain_text("-- the five customers with the highest")
    await expect(window.results.locator(".note").first).to_contain_text("seems accepted")
    await window.results.get_by_role("button", name="Accept").click()
    await expect(asked).not_to_contain_text("seems")
    await asked.hover()
    await asked.get_by_role("button", name="Insert into Editor").click()
    await window.wait_for_text("-- the five customers with the highest revenue in 2023")
    said = window.tree("Questions", "Which customers live in Rome, please?")
    await said.hover()
    await said.get_by_role("button", name="Ask Again").click()
    await expect(window.results.locator(".note").first).to_contain_text("from memory")


async def test_the_first_steps_are_shown(window: Window) -> None:
    await window.command("Welcome: Open Walkthrough")
    await window.answer("Ask your database", await_row="Ask your database in SQL files")
    await expect(window.page.locator(".getting-started-step")).to_have_count(4)
    await window.picture("walkthrough")


async def eventually(read: Callable[[], str]) -> str:
    """What ``read`` gives, once there is something."""
    async with asyncio.timeout(120):
        while True:
            with suppress(OSError):
                if text := read():
                    return text
            await asyncio.sleep(0.2)


async def judged(vscode: CodeServer, action: str, question: str) -> None:
    """Wait until the server has written down that this was said of the answer to ``question``."""
    async with asyncio.timeout(120):
        while True:
            if action in await said(vscode, question):
                return
            await asyncio.sleep(1)


async def said(vscode: CodeServer, question: str) -> list[str]:
    """What has been written down of the answer to ``question``, in its order."""
    listed = await asyncio.to_thread(vscode.sqloop, "feedback", "list", "--json")
    return [each["event"] for each in json.loads(listed or "[]") if each["question"] == question]
