"""llama.cpp as a network: whatever way tokens were read, the logits are those of reading them anew."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sqloop.errors import CancelledError, ModelError
from sqloop.generation.inference import gguf_loading
from sqloop.generation.inference.branching import BranchingSession
from sqloop.generation.inference.gguf import CELLS, MOST_ROWS, GgufNetwork
from sqloop.generation.inference.loading import load_model, retune
from sqloop.generation.inference.model import LanguageModel
from sqloop.generation.inference.weights import Array
from sqloop.generation.request import MOST_CANDIDATES, GenerationRequest

PROMPT = list(b"CREATE TABLE singer (id, name); how many are there?")
ASKED = GenerationRequest("CREATE TABLE singer (name);\n", "how many?", k=4, max_new_tokens=12)
NEAR = 0.05
"""Logits have a deviation of 3; keys and values are kept in half precision."""


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that wait for each other take their time where others work, too."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="module")
def network(tiny_gguf: Path) -> GgufNetwork:
    return GgufNetwork(tiny_gguf, threads=1)


@pytest.fixture
def model(tiny_gguf: Path) -> LanguageModel:
    return load_model(str(tiny_gguf)).model


def anew(network: GgufNetwork, *rows: Sequence[int]) -> Array:
    return np.stack([network.read(list(row), None).logits for row in rows])


def near(left: Array, right: Array) -> bool:
    return left.shape == right.shape and float(np.abs(left - right).max()) < NEAR


def free(network: GgufNetwork) -> int:
    gc.collect()
    return len(network._free)


def test_a_prompt_in_parts_is_the_prompt_whole(network: GgufNetwork) -> None:
    first = network.read(PROMPT[:20], None)
    whole = network.read(PROMPT[20:], first)
    assert (first.length, whole.length) == (20, len(PROMPT))
    assert near(whole.logits[None], anew(network, PROMPT))
    assert near(first.logits[None], anew(network, PROMPT[:20]))


def test_a_prompt_longer_than_one_call_is_read(network: GgufNetwork) -> None:
    long = PROMPT * 14
    assert len(long) > 600
    halves = network.read(long[300:], network.read(long[:300], None))
    assert near(halves.logits[None], anew(network, long))


def test_rows_fork_go_on_and_are_dropped(network: GgufNetwork) -> None:
    session = network.open(network.read(PROMPT, None))
    assert near(session.advance([0, 0], [10, 20]), anew(network, [*PROMPT, 10], [*PROMPT, 20]))
    forked = [[*PROMPT, 10, 1], [*PROMPT, 20, 2], [*PROMPT, 10, 3]]
    assert near(session.advance([0, 1, 0], [1, 2, 3]), anew(network, *forked))
    assert near(session.advance([2], [4]), anew(network, [*forked[2], 4]))


def test_two_sessions_on_one_prompt_do_not_meet(network: GgufNetwork) -> None:
    memory = network.read(PROMPT, None)
    one, other = network.open(memory), network.open(memory)
    one.advance([0], [10])
    other.advance([0], [20])
    assert near(one.advance([0], [11]), anew(network, [*PROMPT, 10, 11]))
    assert near(other.advance([0], [21]), anew(network, [*PROMPT, 20, 21]))


def test_a_row_is_taken_up_again_anywhere(network: GgufNetwork) -> None:
    session = network.open(network.read(PROMPT, None))
    assert isinstance(session, BranchingSession)
    for token in (10, 11, 12):
        session.advance([0], [token])
    starts = [[*PROMPT, 20], [*PROMPT, 10, 11, 21], [*PROMPT, 10, 11, 12, 22]]
    assert near(session.branch([0, 2, 3], [20, 21, 22]), anew(network, *starts))
    assert near(session.advance([2, 0], [1, 2]), anew(network, [*starts[2], 1], [*starts[0], 2]))


def test_what_is_forgotten_is_given_back(network: GgufNetwork) -> None:
    before = free(network)
    for _ in range(200):
        memory = network.read(PROMPT, None)
        network.open(memory).advance([0, 0, 0], [1, 2, 3])
    del memory
    assert free(network) == before == MOST_ROWS


def test_two_hundred_questions_leave_one_prefix(model: LanguageModel) -> None:
    network = model.network
    assert isinstance(network, GgufNetwork)
    answers = {
        tuple(
            each.text for each in model.generate(GenerationRequest(ASKED.prefix, "all?", 4, max_new_tokens=3))
        )
        for _ in range(200)
    }
    assert len(answers) == 1
    assert free(network) == MOST_ROWS - 1


def test_of_a_like_prompt_only_the_rest_is_read(
    tiny_gguf: Path, model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = "CREATE TABLE stage (place, day);" * 9
    other = GenerationRequest(shared + "CREATE TABLE b (x);", "?", 4, max_new_tokens=6)
    alone = load_model(str(tiny_gguf)).model.generate(other)
    model.warm(shared + "CREATE TABLE a (y, z);")
    lengths = list[int]()
    read = model.network.read

    def reading(tokens: Sequence[int], after: object) -> object:
        lengths.append(len(tokens))
        return read(tokens, after)

    monkeypatch.setattr(model.network, "read", reading)
    assert [each.text for each in model.generate(other)] == [each.text for each in alone]
    head, tail = model.encode(other.prefix, other.suffix)
    assert sum(lengths) < len(tail) + 24 < len(head)


def test_many_small_schemas_leave_room_for_rows(model: LanguageModel) -> None:
    for number in range(2 * MOST_ROWS):
        request = GenerationRequest(f"t{number}", "?", 8, max_new_tokens=2)
        assert len(model.generate(request)) == 8
    most = GenerationRequest("t", "?", MOST_CANDIDATES, decoding="branch", max_new_tokens=4)
    assert 8 < len(model.generate(most)) <= MOST_CANDIDATES


def test_prefixes_that_fill_half_of_the_cells_drop_the_oldest(model: LanguageModel) -> None:
    size = CELLS // 8
    for letter in "abcde":
        model.warm(letter * (size - 20))
    kept = model._prefixes
    keys = [tuple(model.encode(each * (size - 20), "")[0]) for each in "abcde"]
    assert [kept.get(each) is not None for each in keys] == [False, *[True] * 4]
    assert kept.size <= CELLS // 2


def test_more_rows_than_there_are_is_one_clear_line(network: GgufNetwork) -> None:
    session = network.open(network.read(PROMPT, None))
    with pytest.raises(ModelError, match="Too many candidates at once"):
        session.advance([0] * MOST_ROWS, [1] * MOST_ROWS)


def test_more_tokens_than_there_are_cells_is_one_clear_line(network: GgufNetwork) -> None:
    kept = [network.read(PROMPT * 39, None) for _ in range(CELLS // (39 * len(PROMPT)))]
    with pytest.raises(ModelError, match="does not fit"):
        network.read(PROMPT * 39, None)
    del kept
    assert near(anew(network, PROMPT), anew(network, PROMPT))


def test_a_long_prompt_is_stopped_between_strides(model: LanguageModel) -> None:
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise CancelledError("Cancelled.")

    prefix = "x" * (5 * gguf_loading.STRIDE)
    with pytest.raises(CancelledError):
        model.generate(GenerationRequest(prefix, "?"), check)
    assert calls == 3
    assert model._prefixes.get(tuple(model.encode(prefix, "")[0])) is None
    assert len(model.generate(GenerationRequest(prefix, "?", 1, max_new_tokens=2))) == 1


def test_a_tuned_network_answers_as_one_that_was_loaded_tuned(
    tiny_gguf: Path, tiny_adapter: Path, model: LanguageModel
) -> None:
    loaded = load_model(str(tiny_gguf))
    bare = loaded.model.generate(ASKED)
    assert retune(loaded, str(tiny_adapter))
    tuned = loaded.model.generate(ASKED)
    assert tuned != bare
    assert tuned == load_model(str(tiny_gguf), str(tiny_adapter)).model.generate(ASKED)
    assert retune(loaded, None)
    assert loaded.model.generate(ASKED) == bare == model.generate(ASKED)


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:2_000], lambda whole: whole[:-1_000], lambda whole: b"GGUF" + b"?" * 400]
)
def test_a_damaged_file_is_one_clear_line(tiny_gguf: Path, tmp_path: Path, damage: object) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(damage(tiny_gguf.read_bytes()))  # type: ignore[operator]
    with pytest.raises(ModelError, match=r"broken\.gguf cannot be loaded: it is no GGUF file") as raised:
        load_model(str(path))
    assert "\n" not in str(raised.value)
