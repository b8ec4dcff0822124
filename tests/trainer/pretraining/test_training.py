"""Training the starter model: packing, renumbering, Muon, a loop that learns and survives a kill."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from sqloop.generation.prompts.starter_tokens import special_tokens, token
from sqloop_trainer.pretraining.forward import answer_states
from sqloop_trainer.pretraining.muon import orthogonalize
from sqloop_trainer.pretraining.packing import (
    CLAUSES,
    EncodedScene,
    Language,
    batches,
    encode_scenes,
    make_batch,
)
from sqloop_trainer.pretraining.run import Run, export, find_tokenizer, go_on
from sqloop_trainer.pretraining.tokenizer import train_tokenizer
from sqloop_trainer.pretraining.training import Plan, Shape, accuracy, losses, make_model, train
from sqloop_trainer.synthesis.corpus import TrainingScene, read_corpus, write_corpus

SHAPE = Shape(hidden=128, layers=2, feed_forward=128)
PLAN = Plan(
    steps=30,
    rows=2,
    matrix_rate=0.01,
    other_rate=3e-3,
    warm_up=2,
    evaluate_every=15,
    checkpoint_every=5,
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[TrainingScene]:
    torch.set_num_threads(1)
    return list(read_corpus(write_corpus(tmp_path_factory.mktemp("corpus"), None, 8, 11, 1)))


@pytest.fixture(scope="module")
def tokenizer(corpus: list[TrainingScene]) -> PreTrainedTokenizerFast:
    return train_tokenizer(corpus)


@pytest.fixture(scope="module")
def rows(corpus: list[TrainingScene], tokenizer: PreTrainedTokenizerFast) -> list[EncodedScene]:
    return encode_scenes(corpus, tokenizer, 4, 600)


@pytest.fixture(scope="module")
def language(tokenizer: PreTrainedTokenizerFast) -> Language:
    return Language(tokenizer)


@pytest.fixture(scope="module")
def alike(rows: list[EncodedScene]) -> list[EncodedScene]:
    """Rows with as many questions each."""
    return [row for row in rows if len(row.items) == 4]


def fresh_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    torch.manual_seed(0)
    return make_model(SHAPE, tokenizer)


def test_the_language_is_whole_tokens(tokenizer: PreTrainedTokenizerFast) -> None:
    ids = tokenizer.convert_tokens_to_ids(special_tokens())
    assert ids == list(range(len(ids)))
    text = "<|select|><|c119|> größe of 東京"
    assert tokenizer.encode(text)[:2] == tokenizer.convert_tokens_to_ids(["<|select|>", "<|c119|>"])
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_rows_hold_what_fits(corpus: list[TrainingScene], tokenizer: PreTrainedTokenizerFast) -> None:
    rows = encode_scenes(corpus, tokenizer, 4, 10_000)
    assert all(len(row.items) <= 4 for row in rows)
    assert sum(len(row.items) for row in rows) == sum(len(scene.items) for scene in corpus)
    done = rows[0].items[0][1]
    assert tokenizer.decode(done) == corpus[0].items[0][1] + token("eos")
    short = encode_scenes(corpus, tokenizer, 4, 40)
    lengths = [sum(map(len, item)) for row in short for item in row.items]
    assert 0 < len(lengths) < sum(len(row.items) for row in rows)
    assert max(lengths) <= 40
    assert encode_scenes(corpus, tokenizer, 4, 5) == []


def test_a_packed_question_sees_its_prefix_and_itself(
    alike: list[EncodedScene], language: Language, tokenizer: PreTrainedTokenizerFast
) -> None:
    """What predicts each answer is what transformers computes for the question alone, as it is served."""
    model = fresh_model(tokenizer).eval()
    packed = alike[:2]
    batch = make_batch(packed, language, None)
    with torch.inference_mode():
        logits = model.lm_head(answer_states(model, batch)[0])
        items = [(row.prefix, *item) for row in packed for item in row.items]
        for number, (prefix, suffix, done) in enumerate(items):
            alone = torch.from_numpy(np.concatenate([prefix, suffix, done]))[None]
            expected = model(input_ids=alone).logits[0, -len(done) - 1 : -1]
            torch.testing.assert_close(logits[number, : len(done)], expected, rtol=1e-3, atol=1e-3)


def test_gradients_are_those_of_transformers(
    alike: list[EncodedScene], language: Language, tokenizer: PreTrainedTokenizerFast
) -> None:
    ours, theirs = fresh_model(tokenizer), fresh_model(tokenizer)
    batch = make_batch(alike[:1], language, None)
    learned = batch.targets >= 0
    logits = ours.lm_head(answer_states(ours, batch)[0][learned])
    torch.nn.functional.cross_entropy(logits, batch.targets[learned], reduction="sum").backward()
    for suffix, done in alike[0].items:
        whole = torch.from_numpy(np.concatenate([alike[0].prefix, suffix, done]))
        predicted = theirs(input_ids=whole[None]).logits[0, -len(done) - 1 : -1]
        torch.nn.functional.cross_entropy(predicted, torch.from_numpy(done), reduction="sum").backward()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, other.grad, rtol=1e-2, atol=1e-2)


def test_only_answers_are_learned(rows: list[EncodedScene], language: Language) -> None:
    row = rows[0]
    batch = make_batch([row], language, None)
    for number, (_, done) in enumerate(row.items):
        learned = batch.targets[number] >= 0
        assert batch.targets[number][learned].tolist() == done.tolist()
    assert int((batch.targets >= 0).sum()) == sum(len(done) for _, done in row.items)


def test_roles_say_where_a_handle_stands_in_the_answer(
    language: Language, tokenizer: PreTrainedTokenizerFast
) -> None:
    def ids(names: str) -> np.ndarray:
        return np.array(tokenizer.convert_tokens_to_ids([token(name) for name in names.split()]))

    done = ids("select c3 comma max c1 rp where c2 eq v0 group_by c3 order_by count distinct c4 rp eos")
    roles = language.roles(done)
    function = len(CLAUSES)
    named = {name: {CLAUSES.index(name)} for name in CLAUSES}
    assert {each: roles[int(ids(each)[0])] for each in ("c1", "c2", "c3", "c4", "v0")} == {
        "c1": named["select"] | {function},
        "c2": named["where"],
        "c3": named["select"] | named["group_by"],
        "c4": named["order_by"] | {function},
        "v0": named["where"],
    }
    row = EncodedScene(ids("schema t0 c1"), ((ids("q c1 t0 sql"), done),))
    batch = make_batch([row], language, None)
    assert batch.ids[batch.marks].tolist() == ids("c1 t0").tolist()
    assert batch.roles[0].nonzero().flatten().tolist() == sorted(named["select"] | {function})
    assert not batch.roles[1].any()


def test_renumbering_permutes_handles_and_targets_alike(
    alike: list[EncodedScene], language: Language, tokenizer: PreTrainedTokenizerFast
) -> None:
    names = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    tables = [language.renumber(Random(seed)) for seed in range(40)]
    moved = [table for table in tables if (table != np.arange(len(tokenizer))).any()]
    assert 20 < len(moved) < 40
    for table in moved:
        assert sorted(table) == list(range(len(tokenizer)))
        for old, new in enumerate(table):
            handle = names[old][:3] in ("<|t", "<|c", "<|v") and names[old][3:-2].isdigit()
            assert names[new][:3] == names[old][:3] if handle else new == old
    for seed in range(5):
        batch = make_batch(alike[:2], language, Random(seed))
        said = batch.ids[len(batch.prefix_tokens) :][batch.items]
        for number, answer in enumerate(batch.targets):
            learned = answer >= 0
            at = batch.asks[number][learned] + 1
            assert torch.equal(said[number][at], answer[learned])


def test_a_pass_holds_every_row_once_even_of_few(alike: list[EncodedScene], language: Language) -> None:
    seen = [len(batch.prefixes) for batch in batches(alike, 3, language, Random(0))]
    assert sum(seen) == len(alike) // 3 * 3
    assert [len(batch.prefixes) for batch in batches(alike[:2], 3, language, Random(0))] == [2]


@pytest.mark.parametrize("shape", [(16, 16), (48, 16), (16, 48)])
def test_muon_makes_matrices_orthogonal(shape: tuple[int, int]) -> None:
    torch.manual_seed(3)
    matrix = torch.randn(shape)
    _, before, _ = torch.linalg.svd(matrix)
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    made = orthogonalize(torch.stack([matrix, 3 * matrix]))[1]
    after = torch.linalg.svdvals(made)
    assert before.max() / before.min() > 2
    assert after.min() > 0.3
    assert after.max() < 1.3
    # The same singular vectors: what is left between them is diagonal.
    inner = left.T @ made @ right.T
    torch.testing.assert_close(inner, torch.diag(inner.diagonal()), rtol=0, atol=1e-3)


def test_training_lowers_the_loss(
    rows: list[EncodedScene],
    alike: list[EncodedScene],
    language: Language,
    tokenizer: PreTrainedTokenizerFast,
    tmp_path: Path,
) -> None:
    model = fresh_model(tokenizer)
    batch = make_batch(alike[:4], language, None)
    roles = torch.nn.Linear(SHAPE.hidden, len(CLAUSES) + 1)
    with torch.no_grad():
        before = losses(model, roles, batch)[0].item()
    train(model, tokenizer, rows, rows[:2], rows[:3], PLAN, tmp_path)
    with torch.no_grad():
        after = losses(model, roles, batch)[0].item()
    assert before > 0.8 * math.log(len(tokenizer))
    assert after < 0.75 * before
    log = read_log(tmp_path)
    assert [line["step"] for line in log] == list(range(PLAN.steps))
    assert [line["step"] for line in log if "held_out" in line] == [14, 29]
    assert 0 <= accuracy(model, rows[:3], language) == log[-1]["held_out"] <= 1
    assert log[-1]["roles"] < 0.75 * log[0]["roles"]


def test_accuracy_counts_whole_answers(
    rows: list[EncodedScene], language: Language, tokenizer: PreTrainedTokenizerFast
) -> None:
    """A model that always says one token is right where that is the whole answer."""
    model = fresh_model(tokenizer)
    eos = tokenizer.eos_token_id
    with torch.no_grad():
        model.model.norm.weight.zero_()
        model.model.norm.weight[0] = 1
        model.model.embed_tokens.weight[:, 0] = 1
        model.lm_head.weight = torch.nn.Parameter(torch.zeros_like(model.lm_head.weight))
        model.lm_head.weight[eos, 0] = 1
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
    prefix, (suffix, done) = rows[0].prefix, rows[0].items[0]
    short = np.array([eos])
    assert accuracy(model, [EncodedScene(prefix, ((suffix, short), (suffix, done)))], language) == 0.5
    assert accuracy(model, [], language) == 0


TRAIN = """
import sys, torch
from pathlib import Path
from sqloop_trainer.pretraining.packing import encode_scenes
from sqloop_trainer.pretraining.tokenizer import train_tokenizer
from sqloop_trainer.pretraining.training import Plan, Shape, make_model, train
from sqloop_trainer.synthesis.corpus import read_corpus, write_corpus
torch.set_num_threads(1)
torch.manual_seed(0)
folder = Path(sys.argv[1])
corpus = list(read_corpus(write_corpus(folder / "corpus", None, 8, 11, 1)))
tokenizer = train_tokenizer(corpus)
rows = encode_scenes(corpus, tokenizer, 4, 600)
model = make_model(Shape(hidden=128, layers=2, feed_forward=128), tokenizer)
plan = Plan(steps=100_000, rows=2, warm_up=2, evaluate_every=100_000, checkpoint_every=5)
train(model, tokenizer, rows, [], [], plan, folder)
"""


def test_a_killed_run_goes_on_from_its_checkpoint(
    rows: list[EncodedScene], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", TRAIN, str(tmp_path)],
        start_new_session=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    try:
        while len(read_log(tmp_path)) < 8:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.05)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    log = read_log(tmp_path)
    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"]
    assert saved % 5 == 0
    assert saved >= 5
    model = fresh_model(tokenizer)
    train(model, tokenizer, rows, [], rows[:1], replace(PLAN, steps=saved + 3), tmp_path)
    resumed = read_log(tmp_path)[len(log) :]
    assert [line["step"] for line in resumed] == [saved, saved + 1, saved + 2]
    assert resumed[0]["loss"] < log[0]["loss"]
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"] == saved + 3


def test_a_finished_run_is_not_trained_again(
    rows: list[EncodedScene], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    plan = replace(PLAN, steps=5)
    model = fresh_model(tokenizer)
    train(model, tokenizer, rows, [], rows[:1], plan, tmp_path)
    other = fresh_model(tokenizer)
    train(other, tokenizer, rows, [], rows[:1], plan, tmp_path)
    assert len(read_log(tmp_path)) == 5
    for mine, theirs in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_training_goes_on_from_another_model(
    corpus: list[TrainingScene], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tokenizer is kept, its weights too, and what the language has gained since is added to both."""
    gained = [token("yes"), token("no")]
    known = [each for each in special_tokens() if each not in gained]
    with monkeypatch.context() as past:
        past.setattr("sqloop_trainer.pretraining.tokenizer.special_tokens", lambda: known)
        old = train_tokenizer(corpus)
    start = export(fresh_model(old), old, tmp_path / "start")
    run = Run(tmp_path / "run", None, 0, PLAN, start=start)
    new = find_tokenizer(run, ())
    assert new.convert_tokens_to_ids(gained) == [len(old), len(old) + 1]
    weights = go_on(start, new).model.embed_tokens.weight
    assert weights.shape[0] == len(new) == len(old) + 2
    kept = LlamaForCausalLM.from_pretrained(start, dtype=torch.float32).model.embed_tokens.weight
    assert torch.equal(weights[: len(old)], kept)
    assert len(find_tokenizer(run, ())) == len(new)  # as the run keeps it


def read_log(folder: Path) -> list[dict[str, float]]:
    path = folder / "log.jsonl"
    whole = path.read_text().rpartition("\n")[0] if path.exists() else ""
    return [json.loads(line) for line in whole.splitlines()]
