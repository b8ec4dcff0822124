"""Candidates that branch off the greedy query, on a model whose next tokens are told."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sqloop.errors import CancelledError
from sqloop.generation.inference import branching
from sqloop.generation.inference.branching import branch
from sqloop.generation.inference.decoding import Plan, Row, log_softmax, sample
from sqloop.generation.inference.loading import load_model
from sqloop.generation.inference.model import LanguageModel
from sqloop.generation.inference.weights import Array
from sqloop.generation.request import GenerationRequest

PIECES = (".", "a", "b", "c", "A", "bc", "d", "")
"""The first ends a completion; the last is a mark without text."""

Tree = Mapping[str, Mapping[str, float]]
"""The probability of each next piece, by what is written; what is not told is a millionth."""

CERTAIN = {".": 0.97}


@pytest.fixture(autouse=True)
def _never_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trees of these tests are small, so that their likeliest path is likely."""
    monkeypatch.setattr(branching, "SURE", 0.99)


@dataclass(frozen=True)
class Prompt:
    logits: Array
    length: int = 3
    size: int = 3


class Told:
    """A session that follows a tree, and can be taken up again anywhere."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.rows: list[list[int]] = [[]]

    @property
    def prompt(self) -> Prompt:
        return Prompt(self.after([]))

    def after(self, tokens: Sequence[int]) -> Array:
        told = self._tree.get("".join(PIECES[each] for each in tokens), CERTAIN)
        logits = [math.log(told.get(piece, 1e-6)) for piece in PIECES]
        return np.array(logits, np.float32)

    def advance(self, parents: Sequence[int], tokens: Sequence[int]) -> Array:
        self.rows = [[*self.rows[parent], token] for parent, token in zip(parents, tokens, strict=True)]
        return np.stack([self.after(row) for row in self.rows])

    def branch(self, lengths: Sequence[int], tokens: Sequence[int]) -> Array:
        (only,) = self.rows
        assert max(lengths) <= len(only)
        self.rows = [[*only[:length], token] for length, token in zip(lengths, tokens, strict=True)]
        return np.stack([self.after(row) for row in self.rows])


def plan(k: int = 4, length: int = 9, check: object = None) -> Plan:
    return Plan(k, length, 1.0, 0, (0,), check or (lambda: None), lambda each: PIECES[each].encode())  # type: ignore[arg-type]


def follow(tree: Tree, k: int = 4, length: int = 9) -> list[Row]:
    session = Told(tree)
    return branch(session.prompt, session, plan(k, length))


def texts(rows: Sequence[Row]) -> list[str]:
    return ["".join(PIECES[each] for each in row.tokens) for row in rows]


def reread(tree: Tree, row: Row) -> float:
    """The log-probability of the row, token by token from the beginning."""
    session = Told(tree)
    return sum(
        float(log_softmax(session.after(row.tokens[:place])[None])[0, token])
        for place, token in enumerate(row.tokens)
    )


UNSURE: Tree = {
    "": {"a": 0.5, "b": 0.3, "d": 0.1},
    "a": {"b": 0.6, "c": 0.4},
    "b": {"d": 0.9},
    "ac": {".": 0.8, "d": 0.2},
}


def test_the_greedy_query_comes_first_and_then_the_likeliest_turns() -> None:
    rows = follow(UNSURE)
    assert texts(rows) == ["ab.", "bd.", "ac.", "d."]
    assert all(row.finished for row in rows)


def test_the_first_is_what_sampling_finds_first() -> None:
    session = Told(UNSURE)
    assert follow(UNSURE)[0] == sample(session.prompt, session, None, plan(k=1))[0]


def test_each_is_as_likely_as_when_it_is_read_again() -> None:
    rows = follow(UNSURE)
    assert [row.logprob for row in rows] == pytest.approx([reread(UNSURE, row) for row in rows], abs=1e-5)


def test_a_query_that_has_half_of_all_probability_stands_alone() -> None:
    sure: Tree = {"": {"a": 0.8, "b": 0.2}, "a": {"c": 0.7, "d": 0.3}}
    assert texts(follow(sure)) == ["ac."]
    unsure: Tree = {"": {"a": 0.6, "b": 0.4}, "a": {"c": 0.7, "d": 0.3}}
    assert texts(follow(unsure, k=3)) == ["ac.", "b.", "ad."]


@pytest.mark.parametrize(("first", "count"), [(0.37, 1), (0.34, 3)])
def test_one_that_is_likely_enough_stands_alone(
    monkeypatch: pytest.MonkeyPatch, first: float, count: int
) -> None:
    monkeypatch.setattr(branching, "SURE", 0.25)
    tree: Tree = {"": {"a": first, "b": (1 - first) / 2, "d": (1 - first) / 2}, "a": {"c": 0.72, "d": 0.28}}
    assert len(follow(tree, k=3)) == count


def test_one_is_one_however_unsure() -> None:
    assert texts(follow(UNSURE, k=1)) == ["ab."]


def test_the_same_in_another_case_or_in_other_pieces_is_no_turn() -> None:
    tree: Tree = {"": {"a": 0.4, "A": 0.28, "d": 0.32}, "a": {"b": 0.6, "bc": 0.3}, "ab": {"c": 0.9}}
    rows = follow(tree)
    assert texts(rows)[:2] == ["abc.", "d."]
    assert not {"A", "bc"} & {PIECES[token] for row in rows for token in row.tokens}


def test_an_end_is_a_turn_and_a_mark_without_text_is_none() -> None:
    tree: Tree = {"": {"a": 0.5, ".": 0.2, "": 0.3}, "a": {".": 0.6, "c": 0.4}}
    rows = follow(tree, k=3)
    assert texts(rows) == ["a.", ".", "ac."]
    assert [row.logprob for row in rows] == pytest.approx([reread(tree, row) for row in rows], abs=1e-5)


def test_a_query_that_does_not_end_stops_at_the_limit() -> None:
    tree: Tree = {"": {"a": 0.5, "b": 0.5}} | {
        start + "c" * times: {"c": 0.6, "d": 0.4} for start in "ab" for times in range(9)
    }
    rows = follow(tree, k=8, length=3)
    assert max(len(row.tokens) for row in rows) == 3
    assert not rows[0].finished
    # No more than there are: a turn that has next to no probability is none.
    assert len({tuple(row.tokens) for row in rows}) == len(rows) == 4


def test_a_cancel_stops_it_between_tokens_of_turns() -> None:
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 5:  # three for the greedy query, then one a token of the turns
            raise CancelledError("Cancelled.")

    session = Told(UNSURE)
    with pytest.raises(CancelledError):
        branch(session.prompt, session, plan(check=check))
    assert calls == 5
    assert len(session.rows) == 1


@pytest.fixture
def model(tiny_gguf: Path, monkeypatch: pytest.MonkeyPatch) -> LanguageModel:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return load_model(str(tiny_gguf)).model


def test_a_real_model_gives_each_turn_the_probability_of_reading_it_anew(model: LanguageModel) -> None:
    request = GenerationRequest("CREATE TABLE t (a);", "how many?", 6, decoding="branch", max_new_tokens=10)
    rows = model.write(request)
    assert len({tuple(row.tokens) for row in rows}) == 6
    greedy = model.write(GenerationRequest(request.prefix, request.suffix, 1, max_new_tokens=10))[0]
    assert (rows[0].tokens, rows[0].logprob) == (greedy.tokens, pytest.approx(greedy.logprob, abs=0.02))
    head, tail = model.encode(request.prefix, request.suffix)
    for row in rows:
        total, memory = 0.0, model.network.read([*head, *tail], None)
        for token in row.tokens:
            total += float(log_softmax(memory.logits[None])[0, token])
            memory = model.network.read([token], memory)
        assert row.logprob == pytest.approx(total, abs=0.1)


def test_turns_behind_the_greedy_one_go_on_greedily(model: LanguageModel) -> None:
    request = GenerationRequest("CREATE TABLE t (a);", "how many?", 4, decoding="branch", max_new_tokens=10)
    head, tail = model.encode(request.prefix, request.suffix)
    greedy, *turned = model.write(request)
    for row in turned:
        pairs = zip(row.tokens, greedy.tokens, strict=False)
        place = next(n for n, (own, other) in enumerate(pairs) if own != other)
        memory = model.network.read([*head, *tail, *row.tokens[: place + 1]], None)
        for token in row.tokens[place + 1 :]:
            assert memory.logits[token] >= memory.logits.max() - 0.05
            memory = model.network.read([token], memory)
