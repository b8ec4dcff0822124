"""Words of the user's own and follow-ups in an editor, through a real server."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from sqloop.lsp import protocol
from sqloop.lsp.features.define import find_place

from .conftest import CHOSEN, OTHER, Editor, Model, editing, user_environment, write_workspace

pytestmark = pytest.mark.asyncio(loop_scope="module")

GLOSSARY = """
[glossary]
regular = { means = "buys often", sql = "customer.city IS NOT NULL" }
shopping = { means = "with what they bought", sql = "JOIN orders ON orders.customer_id = customer.id" }
perhaps = { sql = "left outer join orders o on o.customer_id = customer.id AND customer.city = 'customer.x'" }
sameplace = { sql = "JOIN customer AS other ON other.city = customer.city" }
buyers = { sql = "customer JOIN orders ON orders.customer_id = customer.id" }
churn = "share of customers that left"

[descriptions]
"customer.city" = "Where the bill goes"
customer = "Who has ever paid"
"""
REWRITTEN = "How many customers are in each city?"
PER_CITY = "SELECT city, COUNT(*) FROM customer GROUP BY city"
FOLLOW = f"-- the customers in Rome\n{CHOSEN};\n\n-- and how are they spread\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(told: Model, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    root = tmp_path_factory.mktemp("words")
    workspace = write_workspace(root / "workspace")
    with (workspace / "sqloop.toml").open("a", encoding="utf-8") as file:
        file.write(GLOSSARY)
    options = protocol.Options(trusted=True, model=told.url, k=2)
    async with editing(workspace, user_environment(root), options) as editor:
        await editor.until(lambda status: status.database.state == "ready")
        yield editor


@pytest.fixture
def follower(editor: Editor, model: Model) -> Editor:
    """The model knows one follow-up; its prompt holds the question before as well."""
    model.told = {
        "Follow-up: and how are they spread": [REWRITTEN],
        REWRITTEN: [PER_CITY],
        **model.told,
    }
    return editor


async def hover(editor: Editor, uri: str, at: types.Position) -> str:
    params = types.HoverParams(types.TextDocumentIdentifier(uri), at)
    found = await editor.client.text_document_hover_async(params)
    assert found is None or isinstance(found.contents, types.MarkupContent)
    return found.contents.value if found else ""


async def actions(editor: Editor, uri: str, at: types.Position) -> list[types.CodeAction | types.Command]:
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(uri), types.Range(at, at), types.CodeActionContext([])
    )
    found = await editor.client.text_document_code_action_async(params)
    return list(found or [])


async def test_a_word_of_a_comment_says_what_it_means(editor: Editor) -> None:
    uri = editor.open("-- all regulars, and the churn of each city\nSELECT city FROM customer")
    told = await hover(editor, uri, editor.place(uri, "regulars"))
    assert told == "**regular**\n\nbuys often\n\n```sql\ncustomer.city IS NOT NULL\n```"
    assert await hover(editor, uri, editor.place(uri, "churn")) == "**churn**\n\nshare of customers that left"
    assert await hover(editor, uri, editor.place(uri, "each")) == ""
    assert "Where the bill goes" in await hover(editor, uri, editor.place(uri, "city FROM"))


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("SELECT name FROM customer AS c WHERE reg", ["NOT c.city IS NULL"]),
        ("SELECT name FROM customer WHERE reg", ["customer.city IS NOT NULL"]),
        ("SELECT total FROM orders WHERE reg", []),
        ("SELECT name FROM customer WHERE customer.reg", []),
    ],
)
async def test_a_definition_completes_where_its_tables_are(
    editor: Editor, text: str, offered: list[str]
) -> None:
    items = [item for item in await editor.complete(editor.open(text)) if item.label == "regular"]
    assert [item.text_edit.new_text for item in items if item.text_edit] == offered
    assert all(item.detail == "buys often" for item in items)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("SELECT * FROM customer shop", ["JOIN orders ON orders.customer_id = customer.id"]),
        ("SELECT * FROM customer AS c shop", ["JOIN orders ON orders.customer_id = c.id"]),
        ("SELECT * FROM customer c JOIN shop", ["orders ON orders.customer_id = c.id"]),
        ("SELECT * FROM customer c inner join shop", ["orders ON orders.customer_id = c.id"]),
        (
            'SELECT * FROM customer c JOIN "order" x ON x.id = c.id shop',
            ["JOIN orders ON orders.customer_id = c.id"],
        ),
        ("SELECT * FROM customer c LEFT JOIN shop", []),
        ("SELECT * FROM customer AS shop", []),
        ("SELECT * FROM customer, shop", []),
        ("SELECT * FROM shop", []),
        ("SELECT * FROM customer JOIN orders shop", []),
        ('SELECT * FROM customer JOIN "order" x ON shop', []),
        ("SELECT * FROM customer WHERE shop", []),
        ('SELECT * FROM "order" shop', []),
        (
            "SELECT * FROM customer c LEFT JOIN perh",
            ["orders o on o.customer_id = c.id AND c.city = 'customer.x'"],
        ),
        ("SELECT * FROM customer c JOIN perh", []),
        ("SELECT * FROM customer JOIN samep", ["customer AS other ON other.city = customer.city"]),
        ("SELECT * FROM buy", ["customer JOIN orders ON orders.customer_id = customer.id"]),
        ("SELECT * FROM orders JOIN buy", []),
    ],
)
async def test_a_join_completes_behind_what_it_joins_to(
    editor: Editor, text: str, offered: list[str]
) -> None:
    names = {"shopping", "perhaps", "sameplace", "buyers"}
    items = [item for item in await editor.complete(editor.open(text)) if item.label in names]
    assert [item.text_edit.new_text for item in items if item.text_edit] == offered
    assert all(item.detail == "with what they bought" for item in items if item.label == "shopping")


@pytest.mark.parametrize(
    ("text", "label", "about"),
    [
        ("SELECT name FROM customer WHERE ci", "city", "Where the bill goes"),
        ("SELECT ci", "city", "Where the bill goes"),
        ("SELECT name FROM customer WHERE na", "name", None),
        ("SELECT name FROM cu", "customer", "Who has ever paid"),
        ("SELECT name FROM main.", "customer", "Who has ever paid"),
        ("SELECT total FROM orders JOIN ", "customer", "Who has ever paid"),
        ("SELECT name FROM ord", "orders", None),
    ],
)
async def test_a_description_stands_beside_its_completion(
    editor: Editor, text: str, label: str, about: str | None
) -> None:
    item = next(each for each in await editor.complete(editor.open(text)) if each.label == label)
    assert item.documentation == about


async def test_a_comment_below_a_statement_goes_on_from_it(follower: Editor, model: Model) -> None:
    uri = follower.open(FOLLOW)
    items = await follower.ghost(uri)
    assert [item.insert_text for item in items] == [f"{PER_CITY};"]
    first = model.prompts[-len(model.asked)]
    assert first.endswith(
        "Rewrite the follow-up as one full question.\nQuestion: the customers in Rome\n"
        f"SQL: {CHOSEN}\nFollow-up: and how are they spread\n"
    )
    asked = len(model.asked)
    assert await follower.ghost(uri)
    assert len(model.asked) == asked
    (written,) = [
        each
        for each in await actions(follower, uri, follower.place(uri, "and how"))
        if each.title.startswith("Write out")
    ]
    assert written.title == f"Write out “{REWRITTEN}”"
    assert isinstance(written, types.CodeAction)
    assert written.edit is not None
    (edit,) = (written.edit.changes or {})[uri]
    assert edit.new_text == f"-- {REWRITTEN}"


@pytest.mark.parametrize("comment", ["only 2023", "Oslo?"])
async def test_a_short_comment_is_a_follow_up_below_a_statement_only(
    editor: Editor, model: Model, comment: str
) -> None:
    model.told = {f"Follow-up: {comment}": [REWRITTEN], REWRITTEN: [PER_CITY], **model.told}
    assert await editor.ghost(editor.open(f"-- {comment}\n")) == []
    assert await editor.ghost(editor.open(f"-- the customers in Rome\n{CHOSEN};\n-- {comment}\n"))


async def test_a_comment_that_asks_why_is_offered_the_explanation_of_the_query_above(
    editor: Editor, model: Model
) -> None:
    model.told = {"why": [REWRITTEN], REWRITTEN: [PER_CITY], **model.told}
    uri = editor.open(f"-- the customers in Rome\n{CHOSEN};\n\n-- why so few?\n")
    asked = len(model.asked)
    assert await editor.ghost(uri) == []
    assert len(model.asked) == asked
    (only,) = await actions(editor, uri, editor.place(uri, "why"))
    assert only.title == "Explain"
    assert CHOSEN in str(only.command)  # its client reads the action as a command


@pytest.mark.parametrize(
    ("above", "comment"),
    [("", "why so few?"), (f"-- the customers in Rome\n{CHOSEN};\n", "why is the sky blue?")],
)
async def test_a_comment_that_asks_for_other_reasons_is_no_question_of_the_data(
    above: str, comment: str, editor: Editor, model: Model
) -> None:
    uri = editor.open(f"{above}\n-- {comment}\n")
    asked = len(model.asked)
    assert await editor.ghost(uri) == []
    assert len(model.asked) == asked
    titles = [each.title for each in await actions(editor, uri, editor.place(uri, "why"))]
    assert titles == ["Answer this question"]


async def test_a_follow_up_becomes_a_question_that_is_shown_first(follower: Editor) -> None:
    answer = await follower.request(
        protocol.ASK, protocol.AskParams("the customers in Rome"), protocol.AskResult
    )
    follow = protocol.FollowParams(answer.suggestion, "and how are they spread")
    full = await follower.request(protocol.FOLLOW, follow, protocol.FollowResult)
    assert full == protocol.FollowResult(REWRITTEN, True)
    alone = protocol.FollowParams(answer.suggestion, "How many orders are there?")
    told = await follower.request(protocol.FOLLOW, alone, protocol.FollowResult)
    assert told == protocol.FollowResult("How many orders are there?", False)


async def test_why_after_an_answer_gives_its_explanation(editor: Editor, model: Model) -> None:
    answer = await editor.request(
        protocol.ASK, protocol.AskParams("the customers in Rome"), protocol.AskResult
    )
    asked = len(model.asked)
    params = protocol.FollowParams(answer.suggestion, "why so few?")
    told = await editor.request(protocol.FOLLOW, params, protocol.FollowResult)
    assert told.explanation is not None
    assert told.explanation.text == "From customer, where city is 'Rome': name."
    assert (told.question, told.follows, len(model.asked)) == ("why so few?", True, asked)
    of_another = protocol.FollowParams(answer.suggestion, "why?", "SELECT city FROM customer")
    told = await editor.request(protocol.FOLLOW, of_another, protocol.FollowResult)
    assert told.explanation == protocol.ExplainResult("From customer: city.", not_used=("Rome",))
    of_ones_own = protocol.FollowParams("", "why?", "SELECT city FROM customer")
    told = await editor.request(protocol.FOLLOW, of_ones_own, protocol.FollowResult)
    assert told.explanation == protocol.ExplainResult("From customer: city.")
    of_none = protocol.FollowParams(answer.suggestion, "why is the sky blue?")
    told = await editor.request(protocol.FOLLOW, of_none, protocol.FollowResult)
    assert told == protocol.FollowResult("why is the sky blue?", False)


async def test_what_follows_a_query_of_ones_own_goes_on_from_the_query_in_words(
    editor: Editor, model: Model
) -> None:
    follow = protocol.FollowParams("", "and in Oslo?", CHOSEN)
    told = await editor.request(protocol.FOLLOW, follow, protocol.FollowResult)
    assert told == protocol.FollowResult("From customer, where city is Oslo: name.", True)
    unread = protocol.FollowParams("", "and in Oslo?", "SELECT name FROM")
    told = await editor.request(protocol.FOLLOW, unread, protocol.FollowResult)
    assert told == protocol.FollowResult("and in Oslo?", False)
    asked = "From customer, where city is Oslo: name."
    model.told = {asked: ["SELECT name FROM customer WHERE city = 'Oslo'"], **model.told}
    (ghost,) = await editor.ghost(editor.open(f"{CHOSEN};\n\n-- and in Oslo?\n"))
    assert ghost.insert_text == "SELECT name FROM customer WHERE city = 'Oslo';"


async def test_the_comment_above_tells_the_question_not_an_answer_that_was_only_shown(
    editor: Editor, model: Model
) -> None:
    per_name = "SELECT name, COUNT(*) FROM customer GROUP BY name"
    follow = "what about the ones in Oslo"
    wide = "the customers by name, but of those in Oslo"
    model.told = {f"Follow-up: {follow}": [wide], wide: [OTHER, per_name], **model.told}
    first = editor.open(f"-- the customers of each name\n{per_name};\n\n-- {follow}\n")
    ghost = await editor.ghost(first)
    assert [each.insert_text for each in ghost] == [f"{OTHER};", f"{per_name};"]  # the query above is one
    titles = [each.title for each in await actions(editor, first, editor.place(first, "what about"))]
    assert titles[0] == f"Write out “{wide}”"
    # What can be done with the query above is not said of the follow-up's answer.
    titles = [each.title for each in await actions(editor, first, editor.place(first, "SELECT"))]
    assert titles == ["Run", "Explain", "Regenerate"]

    then = "now what about the others"
    model.told = {f"Follow-up: {then}": [REWRITTEN], REWRITTEN: [PER_CITY], **model.told}
    second = editor.open(f"-- customers counted by name\n{per_name};\n\n-- {then}\n")
    assert await editor.ghost(second)
    prompt = next(each for each in reversed(model.prompts) if f"Follow-up: {then}" in each)
    assert "Question: customers counted by name\n" in prompt
    # Without a comment above, an answer that was taken tells it.
    bare = editor.open(f"{per_name};\n\n-- {then}\n")
    assert await editor.ghost(bare)
    prompt = next(each for each in reversed(model.prompts) if f"Follow-up: {then}" in each)
    assert "Question: From customer: for each name, the number of rows.\n" in prompt
    taken = ghost[1].command
    assert taken is not None
    await editor.client.workspace_execute_command_async(
        types.ExecuteCommandParams(taken.command, arguments=taken.arguments)
    )
    bare = editor.open(f"{per_name};\n\n-- {then} too\n")
    assert await editor.ghost(bare)
    prompt = next(each for each in reversed(model.prompts) if f"Follow-up: {then} too" in each)
    assert f"Question: {wide}\n" in prompt


async def test_an_explanation_knows_the_question(editor: Editor, model: Model) -> None:
    sql = "SELECT name FROM customer WHERE city IS NULL"
    params = protocol.ExplainParams(sql, question="regulars without a city")
    told = await editor.request(protocol.EXPLAIN, params, protocol.ExplainResult)
    assert told.text == "From customer, where city is NULL: name."
    assert told.assumptions == (
        "“regular” means customer.city IS NOT NULL (glossary).",
        "Rows whose customer.city is empty (NULL) are taken to have none.",
    )


async def test_a_word_that_was_not_understood_can_be_defined_and_counts_at_once(
    editor: Editor, model: Model
) -> None:
    model.tell("unpaid", "SELECT COUNT(*) FROM orders")
    uri = editor.open("-- How many unpaid orders are there?\nSELECT COUNT(*) FROM orders")
    ask = protocol.AskParams("How many unpaid orders are there?")
    answer = await editor.request(protocol.ASK, ask, protocol.AskResult)
    assert answer.not_understood == ("unpaid",)
    found = await actions(editor, uri, editor.place(uri, "SELECT"))
    (define,) = [each for each in found if each.title == "Define “unpaid”"]
    assert protocol.DEFINE in str(define.command)  # lsprotocol reads the command as text
    await editor.command(protocol.DEFINE, "unpaid")
    (edit,) = editor.edits
    path = Path(editor.folder / "sqloop.toml")
    (change,) = (edit.changes or {})[path.as_uri()]
    assert change.new_text.startswith('# "unpaid" = { sql = "" }')
    assert path.read_text().splitlines()[change.range.start.line - 1] == "[glossary]"
    path.write_text(
        path.read_text().replace("[glossary]\n", "[glossary]\nunpaid = {sql = \"status = 'open'\"}\n")
    )
    model.tell("unpaid", "SELECT COUNT(*) FROM orders WHERE status = 'open'")
    again = await editor.request(protocol.ASK, ask, protocol.AskResult)
    assert again.not_understood == ()
    assert "Note: unpaid means status = 'open'\n" in model.prompts[-1]


@pytest.mark.parametrize(
    ("text", "line", "put"),
    [
        ("k = 2\n", 1, '\n[glossary]\n# "vegan" ='),
        ('[ glossary ]  # ours\na = "x"\n', 1, '# "vegan" ='),
        ('["glossary"]\na = "x"\n', 1, '# "vegan" ='),
        ('glossary = { a = "x" }\nk = 2\n', 1, '# glossary."vegan" ='),
        ('glossary.a = "x"\nk = 2\n', 0, '# glossary."vegan" ='),
        ('[glossary.a]\nsql = "x"\n', 2, '\n[glossary]\n# "vegan" ='),
    ],
)
async def test_a_line_to_fill_in_makes_no_second_glossary(text: str, line: int, put: str) -> None:
    number, before, owner = find_place(text)
    assert (number, f'{before}# {owner}"vegan" =') == (line, put)
    lines = text.split("\n")
    lines[number:number] = f'{before}{owner}"vegan" = "no meat"'.split("\n")
    if not text.startswith("glossary = "):  # It is closed.
        assert "vegan" in tomllib.loads("\n".join(lines))["glossary"]


async def test_a_word_that_is_defined_is_shown_where_it_stands(editor: Editor) -> None:
    edits = len(editor.edits)
    await editor.command(protocol.DEFINE, "sameplace")
    assert len(editor.edits) == edits


async def test_with_the_starter_which_reads_no_definition_none_is_offered(
    workspace: Path, environment: dict[str, str]
) -> None:
    options = protocol.Options(trusted=True, model="starter", k=1)
    async with editing(workspace, environment, options) as editor:
        ask = protocol.AskParams("How many vegan customers are there?")
        answer = await editor.request(protocol.ASK, ask, protocol.AskResult)
        assert answer.not_understood == ("vegan",)
        assert answer.sql is not None
        uri = editor.open(answer.sql)
        titles = [each.title for each in await actions(editor, uri, editor.place(uri, "SELECT"))]
        assert "Explain" in titles
        assert "Define “vegan”" not in titles
