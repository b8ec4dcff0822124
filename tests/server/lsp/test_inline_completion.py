"""Ghost text from a comment, through a real server: what is offered, when, and what it costs."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcRequestCancelled

from .conftest import CHOSEN, OTHER, Editor, Model

pytestmark = pytest.mark.asyncio(loop_scope="module")

_numbers = itertools.count(1)


def ask() -> str:
    """A question that no other test has asked: answers are kept."""
    return f"-- the customers in Rome, question #{next(_numbers)}\n"


async def test_a_comment_becomes_queries_that_have_been_run(editor: Editor, model: Model) -> None:
    items = await editor.ghost(editor.open(ask()))
    # Two of four agree on the first; the one that cannot run is not offered.
    assert [item.insert_text for item in items] == [
        "SELECT name FROM customer WHERE city = 'Rome';",
        "SELECT COUNT(*) FROM customer;",
    ]
    assert items[0].range == types.Range(types.Position(1, 0), types.Position(1, 0))
    # What each gave is told with it, in the words of every face.
    titles = [item.command.title for item in items if item.command]
    assert titles == ["sure · 2 rows · 2 of 4 agree", "1 row: 3"]


async def test_other_answers_are_offered_before_other_queries_with_the_same(
    editor: Editor, model: Model
) -> None:
    model.tell("in Rome", CHOSEN, f"{CHOSEN} AND id > 0", OTHER)
    items = await editor.ghost(editor.open(ask()))
    titles = [item.command.title for item in items if item.command]
    assert titles == ["sure · 2 rows · 3 of 4 agree", "1 row: 3", "the same rows"]


async def test_sql_in_a_comment_is_no_question(editor: Editor, model: Model) -> None:
    for sql in ("select name n from customer where id = 1", "SELECT name FROM customer", "(select 1)"):
        assert await editor.ghost(editor.open(f"-- {sql}\n")) == []


@pytest.mark.parametrize(
    "text",
    [
        "/* the customers in Rome, {} */\n",
        "/*\n * the customers\n * in Rome, {}\n */\n",
        "-- the customers\n-- in Rome, {}\n",
        "SELECT 1;\n\n-- the customers in Rome, {}\n\n",
        "SELECT 1\n-- the customers in Rome, {}\n",
        "select name from customer c join \n\n-- the customers in Rome, {}\n",
        "-- the orders by status\nselect count(id\n\n-- the customers in Rome, {}\n",
    ],
)
async def test_comments_of_every_form_are_questions(editor: Editor, model: Model, text: str) -> None:
    number = f"#{next(_numbers)}"
    assert await editor.ghost(editor.open(text.format(number)))
    assert set(model.asked) == {f"the customers in Rome, {number}"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT ",
        "-- the customers in Rome",  # the cursor is still in the comment
        "/* the customers in Rome",
        "-- TODO\n",
        "-----------\n",
        "-- SELECT name FROM customer;\n",
        "-- TODO: fix this one\n",
        "-- fixme (ann): join the customers\n",
        "-- Copyright (c) 2026 Example Ltd\n",
        "-- shop.sql, (c) by us\n-- Licensed under the Apache License\n",
        "-- SPDX-License-Identifier: Apache-2.0\n",
        "-- +goose Up\n-- +goose StatementBegin\n",
        "-- vim: set ft=sql:\n",
        "-- -*- mode: sql; indent-tabs-mode: nil -*-\n",
        "-- https://example.org/how/to\n",
        "-- see https://example.org/how/to\n",
        "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n--\n-- Host: localhost    Database: shop\n",
        "-- MariaDB dump 10.19\n",
        "--\n-- Table structure for table `customer`\n--\n\n",
        "-- Dumping data for table customer\n",
        "-- PostgreSQL database dump\n",
        "-- phpMyAdmin SQL Dump\n",
        "-- name: GetCustomers :many\n",
        "-- :name all-customers :? :*\n",
        "-- noqa: disable=all\n",
        "--liquibase formatted sql\n",
        "-- migrate:up\n",
        "-- SELECT name FROM customer\n",
        "-- drop old customers first\n",
        "SELECT name FROM customer;\n-- add foreign keys\n",
        "-- names\nSELECT name FROM customer;\n-- add foreign keys\n",
        "-- the customers in Rome\n\n\n\n",
        "-- the customers in Rome\nSELECT 1;\n",
        # A part of what is being written
        "CREATE TABLE visit (\n    id INTEGER,\n\n    -- the customers in Rome\n",
        "SELECT name,\n\n    -- the customers in Rome\n",
        "SELECT name FROM\n-- the customers in Rome\n",
        "SELECT 1 UNION ALL\n\n-- the customers in Rome\n",
    ],
)
async def test_nothing_is_offered_where_nobody_asks(editor: Editor, model: Model, text: str) -> None:
    assert await editor.ghost(editor.open(text)) == []
    assert model.asked == []


async def test_nothing_is_offered_above_a_statement(editor: Editor, model: Model) -> None:
    uri = editor.open("-- the customers in Rome\n\nSELECT 1;")
    assert await editor.ghost(uri, types.Position(1, 0)) == []
    assert model.asked == []


async def test_a_half_written_statement_is_continued(editor: Editor, model: Model) -> None:
    uri = editor.open(f"{ask()}select NAME\n  from cust")
    items = await editor.ghost(uri)
    assert [item.insert_text for item in items] == ["  from customer WHERE city = 'Rome';"]
    assert items[0].range == types.Range(types.Position(2, 0), types.Position(2, 11))


async def test_what_the_user_selects_stays_and_the_model_says_where_from(
    editor: Editor, model: Model
) -> None:
    items = await editor.ghost(editor.open(f"{ask()}SELECT id, city "))
    assert items[0].insert_text == "SELECT id, city FROM customer WHERE city = 'Rome';"


async def test_typing_into_the_suggestion_asks_nobody(editor: Editor, model: Model) -> None:
    question = ask()
    uri = editor.open(question)
    whole = (await editor.ghost(uri))[0].insert_text
    asked = len(model.asked)
    for number in (1, 8, 20, 40):
        editor.write(uri, question + whole[:number].lower())
        items = await editor.ghost(uri)
        assert items[0].insert_text == whole[:number].lower() + whole[number:]
    assert len(model.asked) == asked


async def test_a_key_press_stops_the_model(editor: Editor, model: Model) -> None:
    model.open.clear()
    uri = editor.open(ask())
    waiting = asyncio.create_task(editor.ghost(uri))
    assert await asyncio.to_thread(model.called.wait, 60)
    editor.type(uri, "S")
    editor.cancel_last()
    with pytest.raises(JsonRpcRequestCancelled):
        await waiting
    assert await asyncio.to_thread(model.hung_up.wait, 60), "the model works on for nobody"
    model.open.set()
    assert (await editor.ghost(uri))[0].insert_text.startswith("SELECT")


async def test_a_newer_request_takes_the_place_of_an_older(editor: Editor, model: Model) -> None:
    model.open.clear()
    uri = editor.open(ask())
    first = asyncio.create_task(editor.ghost(uri))
    assert await asyncio.to_thread(model.called.wait, 60)
    second = asyncio.create_task(editor.ghost(uri))
    assert await first == []
    model.open.set()
    assert len(await second) == 2


async def test_the_entry_selected_in_the_list_is_how_the_suggestion_begins(
    editor: Editor, model: Model
) -> None:
    uri = editor.open(f"{ask()}SELECT na")
    items = await editor.ghost(uri, selected=(types.Position(1, 7), "name"))
    assert items[0].insert_text == "SELECT name FROM customer WHERE city = 'Rome';"


async def test_an_automatic_request_behind_enter_is_answered(editor: Editor, model: Model) -> None:
    uri = editor.open(ask().rstrip("\n"))
    editor.type(uri, "\n")
    assert await editor.ghost(uri, invoked=False)


async def test_no_candidate_that_fails_is_offered(editor: Editor, model: Model) -> None:
    model.tell("broken things", "SELECT nothing FROM nowhere", "DROP TABLE customer")
    uri = editor.open("-- the broken things\n")
    assert await editor.ghost(uri) == []
    asked = len(model.asked)
    assert asked
    assert await editor.ghost(uri) == []
    assert len(model.asked) == asked, "what gave nothing is not asked again at every key press"


async def test_a_word_that_was_defined_since_is_asked_anew(editor: Editor, model: Model) -> None:
    path = editor.folder / "sqloop.toml"
    before = path.read_text()
    uri = editor.open("-- the roman customers in Rome\n")
    assert await editor.ghost(uri)
    asked = len(model.asked)
    path.write_text(f"{before}\n[glossary]\nroman = {{sql = \"city = 'Rome'\"}}\n")
    assert await editor.ghost(uri)
    path.write_text(before)
    assert len(model.asked) > asked


async def test_progress_is_shown_while_the_model_works(editor: Editor, model: Model) -> None:
    before = set(editor.client.progress_reports)
    await editor.ghost(editor.open(ask()))
    (token,) = set(editor.client.progress_reports) - before
    kinds = [getattr(each, "kind", None) for each in editor.client.progress_reports[token]]
    assert kinds[0] == "begin"
    assert kinds[-1] == "end"
    assert "report" in kinds
