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

from sqloop.generation.starter_tokens import special_tokens, token
from sqloop_trainer.pretraining.muon import orthogonalize
from sqloop_trainer.pretraining.packing import (
    IGNORED,
    EncodedScene,
    Renumbering,
    batches,
    encode_scenes,
    make_batch,
)
from sqloop_trainer.pretraining.tokenizer import train_tokenizer
from sqloop_trainer.pretraining.training import Plan, Shape, accuracy, answer_loss, make_model, train
from sqloop_trainer.synthesis.corpus import TrainingScene, read_corpus, write_corpus

SHAPE = Shape(hidden=64, layers=2, feed_forward=128)
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
    longest = sorted(row.length for row in rows)[len(rows) // 2]
    assert all(row.length <= longest for row in encode_scenes(corpus, tokenizer, 4, longest))
    assert encode_scenes(corpus, tokenizer, 4, 10) == []


def test_a_packed_question_sees_its_prefix_and_itself(
    rows: list[EncodedScene], tokenizer: PreTrainedTokenizerFast
) -> None:
    """The logits of each question equal those of the question alone, as it is served."""
    model = fresh_model(tokenizer).eval()
    packed = [row for row in rows if len(row.items) > 2][:2]
    batch = make_batch(packed, tokenizer.pad_token_id, None, Random(0))
    with torch.inference_mode():
        together = model(
            input_ids=batch.ids, attention_mask=batch.mask, position_ids=batch.positions, use_cache=False
        ).logits
        for i, row in enumerate(packed):
            at = len(row.prefix)
            for suffix, done in row.items:
                alone = torch.from_numpy(np.concatenate([row.prefix, suffix, done]))[None]
                logits = model(input_ids=alone).logits[0, len(row.prefix) :]
                count = len(suffix) + len(done)
                torch.testing.assert_close(together[i, at : at + count], logits, rtol=1e-4, atol=1e-4)
                at += count


def test_only_answers_are_learned(rows: list[EncodedScene], tokenizer: PreTrainedTokenizerFast) -> None:
    row = rows[0]
    batch = make_batch([row], tokenizer.pad_token_id, None, Random(0))
    for number, (_, done) in enumerate(row.items):
        here = batch.item[0] == number
        assert batch.targets[0][here].tolist() == done.tolist()
        assert batch.ids[0][1:][here[:-1]].tolist() == done.tolist()
    assert (batch.targets[0][batch.item[0] == -1] == IGNORED).all()


def test_renumbering_permutes_handles_and_targets_alike(
    rows: list[EncodedScene], tokenizer: PreTrainedTokenizerFast
) -> None:
    renumbering = Renumbering(tokenizer)
    names = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    tables = [renumbering.draw(Random(seed)) for seed in range(40)]
    moved = [table for table in tables if (table != np.arange(len(tokenizer))).any()]
    assert 20 < len(moved) < 40
    for table in moved:
        assert sorted(table) == list(range(len(tokenizer)))
        for old, new in enumerate(table):
            handle = names[old][:3] in ("<|t", "<|c", "<|v") and names[old][3:-2].isdigit()
            assert names[new][:3] == names[old][:3] if handle else new == old
    for seed in range(5):
        batch = make_batch(rows[:2], tokenizer.pad_token_id, renumbering, Random(seed))
        learned = batch.targets[:, :-1] != IGNORED
        assert torch.equal(batch.ids[:, 1:][learned], batch.targets[:, :-1][learned])


def test_a_pass_holds_every_row_once_even_of_few(
    rows: list[EncodedScene], tokenizer: PreTrainedTokenizerFast
) -> None:
    pad, renumbering = tokenizer.pad_token_id, Renumbering(tokenizer)
    seen = [len(batch.ids) for batch in batches(rows, 3, pad, renumbering, Random(0))]
    assert sum(seen) == len(rows) // 3 * 3
    assert [len(batch.ids) for batch in batches(rows[:2], 3, pad, renumbering, Random(0))] == [2]


@pytest.mark.parametrize("shape", [(16, 16), (48, 16), (16, 48)])
def test_muon_makes_matrices_orthogonal(shape: tuple[int, int]) -> None:
    torch.manual_seed(3)
    matrix = torch.randn(shape)
    _, before, _ = torch.linalg.svd(matrix)
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    made = orthogonalize(matrix)
    after = torch.linalg.svdvals(made)
    assert before.max() / before.min() > 2
    assert after.min() > 0.3
    assert after.max() < 1.3
    # The same singular vectors: what is left between them is diagonal.
    inner = left.T @ made @ right.T
    torch.testing.assert_close(inner, torch.diag(inner.diagonal()), rtol=0, atol=1e-3)


def test_training_lowers_the_loss(
    rows: list[EncodedScene], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    model = fresh_model(tokenizer)
    batch = make_batch(rows[:4], tokenizer.pad_token_id, None, Random(0))
    with torch.no_grad():
        before = answer_loss(model, batch).item()
    train(model, tokenizer, rows, rows[:2], rows[:3], PLAN, tmp_path)
    with torch.no_grad():
        after = answer_loss(model, batch).item()
    assert before > 0.8 * math.log(len(tokenizer))
    assert after < 0.75 * before
    log = read_log(tmp_path)
    assert [line["step"] for line in log] == list(range(PLAN.steps))
    assert [line["step"] for line in log if "held_out" in line] == [14, 29]
    assert 0 <= accuracy(model, rows[:3], tokenizer) == log[-1]["held_out"] <= 1


def test_accuracy_counts_whole_answers(rows: list[EncodedScene], tokenizer: PreTrainedTokenizerFast) -> None:
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
    assert accuracy(model, [EncodedScene(prefix, ((suffix, short), (suffix, done)))], tokenizer) == 0.5
    assert accuracy(model, [], tokenizer) == 0


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
model = make_model(Shape(hidden=64, layers=2, feed_forward=128), tokenizer)
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


def read_log(folder: Path) -> list[dict[str, float]]:
    path = folder / "log.jsonl"
    whole = path.read_text().rpartition("\n")[0] if path.exists() else ""
    return [json.loads(line) for line in whole.splitlines()]
