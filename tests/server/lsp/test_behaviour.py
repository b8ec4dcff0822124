"""Feedback without a word: what becomes of a suggestion in the document is what is recorded."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from lsprotocol import types

from sqloop.feedback.events import Event, judge, new_id
from sqloop.feedback.store import FeedbackStore
from sqloop.lsp import protocol

from .conftest import CHOSEN, Editor, Model, editing

pytestmark = pytest.mark.asyncio(loop_scope="module")

_numbers = itertools.count(1)


@pytest.fixture
def editor(editor: Editor) -> Editor:
    """The shared editor without what the tests before said: like questions answer each other."""
    for file in _store_files(editor):
        store = FeedbackStore(str(file))
        store.forget([each.id for each in store.events()])
    return editor


def ask() -> str:
    return f"-- the customers in Rome, behaviour #{next(_numbers)}\n"


async def recorded(editor: Editor, question: str, count: int) -> list[Event]:
    """The events of a question, once there are so many."""
    wanted = question.removeprefix("-- ").strip()
    events: list[Event] = []
    for _ in range(600):
        if _store_files(editor):  # The server makes it beside the first answer, not before.
            events = [each for each in open_store(editor).events() if each.question == wanted]
        if len(events) >= count:
            return events
        await asyncio.sleep(0.05)
    raise AssertionError(f"{count} events were expected, there are {[each.kind for each in events]}")


def open_store(editor: Editor) -> FeedbackStore:
    """The store that the editor's server writes to."""
    (file,) = _store_files(editor)
    return FeedbackStore(str(file))


def _store_files(editor: Editor) -> list[Path]:
    return list((editor.folder.parent / "data").rglob("feedback.sqlite"))


async def lenses_of(editor: Editor, uri: str) -> dict[str, types.Command]:
    """The commands above the statements of a document, by their titles."""
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    found = await editor.client.text_document_code_lens_async(params)
    return {each.command.title: each.command for each in found or [] if each.command}


async def take(editor: Editor, question: str, number: int = 0) -> tuple[str, str]:
    """Have a suggestion taken as an editor does: its text, then its command. Document and text."""
    uri = editor.open(question)
    item = (await editor.ghost(uri))[number]
    editor.type(uri, item.insert_text)
    assert item.command is not None
    assert not (await editor.command(item.command))["recorded"]
    return uri, item.insert_text


async def keep(editor: Editor, question: str, number: int = 0) -> tuple[str, str]:
    """Have a suggestion taken and the file saved with it."""
    uri, text = await take(editor, question, number)
    editor.save(uri)
    await recorded(editor, question, 2)
    return uri, text


async def test_taking_a_suggestion_says_nothing_before_it_was_seen_or_saved(
    editor: Editor, model: Model
) -> None:
    question = ask()
    uri, _ = await take(editor, question)
    await keep(editor, ask())  # whatever taking did is done by now
    await editor.request(protocol.RUN, protocol.RunParams("SELECT 1"), protocol.RunResult)
    await keep(editor, ask())
    assert [each.kind for each in await recorded(editor, question, 1)] == ["shown"]
    editor.save(uri)
    assert [each.kind for each in await recorded(editor, question, 2)] == ["shown", "accepted"]


async def test_saving_the_file_with_it_accepts_it(editor: Editor, model: Model) -> None:
    question = ask()
    await keep(editor, question)
    shown, accepted = await recorded(editor, question, 2)
    assert (shown.kind, accepted.kind, accepted.shown) == ("shown", "accepted", shown.id)
    assert accepted.sql == shown.sql
    assert accepted.inferred


async def test_a_query_that_was_run_seems_accepted_and_can_still_be_accepted(
    editor: Editor, model: Model
) -> None:
    question = ask()
    uri, text = await take(editor, question)
    await editor.request(protocol.RUN, protocol.RunParams(text.rstrip(";")), protocol.RunResult)
    await recorded(editor, question, 2)
    assert {"Accept", "Reject", "Take back"} <= (await lenses_of(editor, uri)).keys()
    listed = await history(editor)
    assert (listed.said, listed.inferred) == ("accepted", True)
    assert (await editor.command((await lenses_of(editor, uri))["Accept"]))["recorded"]
    listed = await history(editor)
    assert (listed.said, listed.inferred) == ("accepted", False)
    assert "Accept" not in await lenses_of(editor, uri)


async def test_taking_the_second_accepts_that_query(editor: Editor, model: Model) -> None:
    question = ask()
    await keep(editor, question, 1)
    _, accepted = await recorded(editor, question, 2)
    assert accepted.sql == "SELECT COUNT(*) FROM customer"
    assert accepted.answer is not None
    assert accepted.answer.rows == ((3,),)


async def test_saving_it_again_says_nothing_new(editor: Editor, model: Model) -> None:
    question = ask()
    uri, _ = await keep(editor, question)
    editor.save(uri)
    await keep(editor, ask())  # whatever saving did is done by now
    assert [each.kind for each in await recorded(editor, question, 2)] == ["shown", "accepted"]


async def test_what_another_server_showed_can_be_accepted_from_the_list(
    workspace: Path, environment: dict[str, str], model: Model
) -> None:
    options = protocol.Options(trusted=True, model=model.url, k=4)
    async with editing(workspace, environment, options) as editor:
        await editor.request(protocol.ASK, protocol.AskParams("customers in Rome"), protocol.AskResult)
        await recorded(editor, "customers in Rome", 1)
    async with editing(workspace, environment, options) as editor:
        await editor.until(lambda status: status.database.state == "ready")
        asked = await history(editor)
        assert (asked.sql, asked.said) == (CHOSEN, "")
        said = protocol.FeedbackParams(asked.suggestion, "accepted")
        assert (await editor.request(protocol.FEEDBACK, said, protocol.FeedbackResult)).recorded
        assert (await history(editor)).said == "accepted"


async def history(editor: Editor) -> protocol.AskedQuestion:
    """The question that was asked last."""
    found = await editor.request(protocol.HISTORY, protocol.HistoryParams(1), protocol.HistoryResult)
    assert isinstance(found, protocol.HistoryResult)
    return found.questions[0]


async def test_the_candidate_that_is_seen_is_rejected(editor: Editor, model: Model) -> None:
    uri = editor.open(ask())
    command = (await editor.ghost(uri))[1].command
    assert command is not None
    assert (await editor.command(protocol.REJECT, *(command.arguments or [])))["recorded"]
    assert [item.insert_text for item in await editor.ghost(uri)] == [f"{CHOSEN};"]


async def test_another_answer_in_its_place_is_an_edit(editor: Editor, model: Model) -> None:
    question = ask()
    uri, text = await take(editor, question)
    editor.write(uri, question + text.replace("Rome", "Oslo"))
    editor.save(uri)
    events = await recorded(editor, question, 2)
    assert events[-1].kind == "edited"
    assert events[-1].sql == "SELECT name FROM customer WHERE city = 'Oslo'"
    assert events[-1].answer is not None
    assert events[-1].answer.rows == (("Bob",),)


async def test_an_edit_that_nobody_said_is_taken_back_above_the_statement(
    editor: Editor, model: Model
) -> None:
    question = ask()
    uri, text = await take(editor, question)
    editor.write(uri, question + text.replace("Rome", "Oslo"))
    editor.save(uri)
    await recorded(editor, question, 2)
    lenses = await lenses_of(editor, uri)
    assert list(lenses) == ["Run", "Explain", "Regenerate", "Take back"]
    assert (await editor.command(lenses["Take back"]))["recorded"]
    assert "Accept" in await lenses_of(editor, uri)


async def test_a_follow_up_that_is_taken_and_saved_is_accepted_for_the_full_question(
    editor: Editor, model: Model
) -> None:
    before = ask()
    full = before.replace("Rome", "Oslo")
    uri, _ = await take(editor, f"{before}SELECT name FROM customer;\n\n-- and in Oslo?\n")
    editor.save(uri)
    assert [each.kind for each in await recorded(editor, full, 2)] == ["shown", "accepted"]


async def test_a_statement_that_does_not_run_says_nothing_yet(editor: Editor, model: Model) -> None:
    question = ask()
    uri, text = await take(editor, question)
    editor.write(uri, question + text.replace("name", "nme"))
    editor.save(uri)
    editor.write(uri, question + text.replace("name", "id"))
    editor.save(uri)
    events = await recorded(editor, question, 2)
    assert [each.kind for each in events] == ["shown", "edited"]
    assert events[-1].sql == "SELECT id FROM customer WHERE city = 'Rome'"


async def test_removing_it_rejects_it(editor: Editor, model: Model) -> None:
    question = ask()
    uri, _ = await take(editor, question)
    editor.write(uri, question)
    editor.save(uri)
    assert [each.kind for each in await recorded(editor, question, 2)] == ["shown", "rejected"]


@pytest.mark.parametrize("keeps_question", [True, False])
async def test_reverting_and_closing_a_file_says_nothing(
    editor: Editor, model: Model, keeps_question: bool
) -> None:
    question = ask()
    uri, _ = await take(editor, question)
    editor.write(uri, question if keeps_question else "")
    editor.close(uri)
    await keep(editor, ask())  # whatever closing did is done by now
    assert [each.kind for each in await recorded(editor, question, 1)] == ["shown"]


async def test_a_query_that_goes_with_its_question_says_nothing(editor: Editor, model: Model) -> None:
    question = ask()
    uri, _ = await take(editor, question)
    editor.write(uri, "SELECT 1;\n")
    editor.save(uri)
    await keep(editor, ask())  # whatever saving did is done by now
    assert [each.kind for each in await recorded(editor, question, 1)] == ["shown"]


async def test_rejecting_takes_it_out_and_the_next_one_is_offered(editor: Editor, model: Model) -> None:
    question = ask()
    uri, text = await take(editor, question)
    shown, *_ = await recorded(editor, question, 1)
    assert (await editor.command(protocol.REJECT, shown.id))["recorded"]
    changes = editor.edits[-1].changes
    assert changes is not None
    assert (changes[uri][0].new_text, changes[uri][0].range.end.character) == ("", len(text))
    editor.write(uri, question)
    (item,) = await editor.ghost(uri)
    assert item.insert_text == "SELECT COUNT(*) FROM customer;"
    assert item.command is not None
    editor.type(uri, item.insert_text)
    await editor.command(item.command)
    assert (await editor.command(protocol.REJECT, shown.id))["recorded"]
    model.tell("in Rome", text.rstrip(";"), "SELECT city FROM customer")
    editor.write(uri, question)
    assert [each.insert_text for each in await editor.ghost(uri)] == ["SELECT city FROM customer;"]
    kinds = [(each.kind, each.sql) for each in await recorded(editor, question, 4)]
    assert ("rejected", text.rstrip(";")) in kinds
    assert ("rejected", "SELECT COUNT(*) FROM customer") in kinds


async def test_what_was_accepted_is_taken_back_above_the_statement(editor: Editor, model: Model) -> None:
    question = ask()
    uri, text = await take(editor, question)
    shown, *_ = await recorded(editor, question, 1)

    assert "Take back" not in await lenses_of(editor, uri)
    assert (await editor.command(protocol.ACCEPT, shown.id, text))["recorded"]
    assert [each.kind for each in await recorded(editor, question, 2)] == ["shown", "accepted"]
    assert "Accept" not in await lenses_of(editor, uri)
    assert (await editor.command((await lenses_of(editor, uri))["Take back"]))["recorded"]
    assert [each.kind for each in await recorded(editor, question, 1)] == ["shown"]
    assert {"Accept", "Reject"} <= (await lenses_of(editor, uri)).keys()
    assert not (await editor.command(protocol.UNDO, shown.id))["recorded"]


async def test_what_was_rejected_elsewhere_is_not_offered_for_its_comment(
    editor: Editor, model: Model
) -> None:
    question, again = ask(), ask()
    await take(editor, question)
    (shown,) = await recorded(editor, question, 1)
    earlier = replace(shown, id=new_id(), question=again.removeprefix("-- ").strip())
    for event in (earlier, judge(earlier, "rejected")):
        open_store(editor).append(event)
    offered = [each.insert_text for each in await editor.ghost(editor.open(again))]
    assert offered == ["SELECT COUNT(*) FROM customer;"]


async def test_the_next_one_can_be_accepted_after_a_rejection(editor: Editor, model: Model) -> None:
    question = ask()
    uri, _ = await take(editor, question)
    shown, *_ = await recorded(editor, question, 1)
    await editor.command(protocol.REJECT, shown.id)
    editor.write(uri, question)
    (item,) = await editor.ghost(uri)
    editor.type(uri, item.insert_text)
    assert item.command is not None
    await editor.command(item.command)
    editor.save(uri)
    events = await recorded(editor, question, 3)
    assert [(each.kind, each.sql) for each in events[1:]] == [
        ("rejected", "SELECT name FROM customer WHERE city = 'Rome'"),
        ("accepted", "SELECT COUNT(*) FROM customer"),
    ]


async def test_a_correction_answers_the_same_comment_at_once(editor: Editor, model: Model) -> None:
    question = ask()
    uri, text = await take(editor, question)
    editor.write(uri, question + text.replace("name", "id"))
    editor.save(uri)
    await recorded(editor, question, 2)
    asked = len(model.asked)
    again = editor.open(question)
    (item,) = await editor.ghost(again)
    assert item.insert_text == text.replace("name", "id")
    assert item.command is not None
    assert "from memory, accepted 20" in item.command.title
    assert len(model.asked) == asked
    params = protocol.AskParams(question.removeprefix("-- "))
    answer = await editor.request(protocol.ASK, params, protocol.AskResult)
    assert answer.memory.startswith("from memory, accepted 20")


async def test_running_a_suggestion_is_recorded(editor: Editor, model: Model) -> None:
    question = ask()
    _, text = await take(editor, question)
    shown, *_ = await recorded(editor, question, 1)
    params = protocol.RunParams(text, suggestion=shown.id)
    await editor.request(protocol.RUN, params, protocol.RunResult)
    assert [each.kind for each in await recorded(editor, question, 3)] == ["shown", "ran", "accepted"]


async def test_regenerating_replaces_the_answer_and_rejects_the_old(editor: Editor, model: Model) -> None:
    question = ask()
    uri, _ = await take(editor, question)
    model.tell("in Rome", "SELECT city FROM customer")
    await editor.command(protocol.REGENERATE, uri, 0)
    changes = editor.edits[-1].changes
    assert changes is not None
    assert changes[uri][0].new_text == "SELECT city\nFROM customer"
    kinds = [each.kind for each in await recorded(editor, question, 3)]
    assert sorted(kinds) == ["rejected", "shown", "shown"]


HASTY = """
from sqloop.lsp import doorman, settling
settling.QUIET = 0.1
raise SystemExit(doorman.serve())
"""


async def test_a_file_that_rests_is_judged_unless_it_was_reverted(
    workspace: Path, environment: dict[str, str], model: Model
) -> None:
    options = protocol.Options(trusted=True, model=model.url)
    async with editing(workspace, environment, options, command=("-c", HASTY)) as editor:
        reverted, edited = ask(), ask()
        uri, _ = await take(editor, reverted)
        editor.write(uri, reverted)
        uri, text = await take(editor, edited)
        editor.write(uri, edited + text.replace("Rome", "Oslo"))
        assert [each.kind for each in await recorded(editor, edited, 2)] == ["shown", "edited"]
        assert [each.kind for each in await recorded(editor, reverted, 1)] == ["shown"]
