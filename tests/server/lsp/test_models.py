"""Which model serves, as an editor is told it, and what becomes of it when a better one is fetched."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

import pytest

from server.lsp.conftest import editing
from server.models.conftest import CONTENT, PROGRAM, TINY
from sqloop.lsp import protocol
from sqloop.lsp.protocol import AskParams, AskResult, Options

COMMAND = ("-c", PROGRAM, json.dumps(asdict(TINY)), "lsp", "--stdio")
"""A server whose catalogue holds a tiny model alone."""


@pytest.mark.asyncio
async def test_the_starter_serves_until_a_better_model_is_fetched(
    workspace: Path, environment: dict[str, str]
) -> None:
    async with editing(workspace, environment, Options(trusted=True), COMMAND) as editor:
        question = AskParams("How many customers are there?", k=1)
        answer = await editor.request(protocol.ASK, question, AskResult)
        assert answer.model.base == "starter"
        model = (await editor.status()).model
        assert (model.base, model.better) == ("starter", "sqloop model get tiny")

        path = Path(environment["XDG_DATA_HOME"]) / "sqloop" / "models" / "tiny.gguf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENT)
        with pytest.raises(Exception, match="tiny"):  # It holds no weights: it is asked, and cannot answer.
            await editor.request(protocol.ASK, question, AskResult)
        model = (await editor.status()).model
        assert (model.base, model.better, model.state) == ("tiny", "", "failed")


@pytest.mark.asyncio
async def test_a_model_that_was_not_fetched_is_named_with_the_command(
    workspace: Path, environment: dict[str, str]
) -> None:
    async with editing(workspace, environment, Options(trusted=True, model="tiny"), COMMAND) as editor:
        with pytest.raises(Exception, match="not on this machine"):
            await editor.request(protocol.ASK, AskParams("How many customers are there?"), AskResult)
        model = (await editor.status()).model
        assert (model.base, model.state) == ("tiny", "failed")
        assert model.hint == "Fetch it: sqloop model get tiny"


QUESTIONS = (
    "How many customers are there?",
    "How many orders are there?",
    "What are the names of all customers?",
    "Which customers live in Rome?",
    "What is the total of all orders?",
    "How many customers are there per city?",
    "Which order has the highest total?",
    "Which orders are paid?",
)


@pytest.mark.asyncio
async def test_eight_questions_at_once_get_the_answers_that_they_get_one_by_one(
    workspace: Path, environment: dict[str, str]
) -> None:
    options = Options(trusted=True, model="starter", k=2)
    async with editing(workspace, environment, options) as editor:

        async def ask(question: str) -> tuple[object, ...]:
            answer = await editor.request(protocol.ASK, AskParams(question), AskResult)
            return question, answer.sql, answer.rows, [each.sql for each in answer.candidates]

        together = await asyncio.gather(*map(ask, QUESTIONS))
        assert [await ask(question) for question in QUESTIONS] == together
        assert together[0][2] == ((3,),)
        assert len({sql for _, sql, _, _ in together}) > len(QUESTIONS) // 2
