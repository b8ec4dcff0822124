"""Generation in process: every decoding, with and without prefix cache, grammar and adapter."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlglot
import torch
from peft import PeftModel
from sqlglot import exp
from transformers import AutoModelForCausalLM, AutoTokenizer

from sqloop.database.schema import Schema
from sqloop.errors import CancelledError, ModelError
from sqloop.generation.inference.hub import HubNetwork
from sqloop.generation.inference.hub_loading import read_tokens
from sqloop.generation.inference.loading import load_model
from sqloop.generation.inference.model import LanguageModel
from sqloop.generation.prompts.sql_grammar import sql_grammar
from sqloop.generation.request import Completion, GenerationRequest

MakeModel = Callable[[str], tuple[Path, Path]]
KINDS = ("llama", "gemma", "qwen2")
ENDLESS = "start: /[ab]{20000}/"
ASKED = GenerationRequest("CREATE TABLE singer (name, year) ", "how many singers?", k=4, max_new_tokens=24)


def same(left: list[Completion], right: list[Completion]) -> bool:
    return [each.text for each in left] == [each.text for each in right] and all(
        abs(a.logprob - b.logprob) < 1e-3 for a, b in zip(left, right, strict=True)
    )


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("decoding", ["sample", "beam"])
@pytest.mark.parametrize("constrained", [False, True])
def test_prefix_cache_changes_nothing(
    make_model: MakeModel, kind: str, decoding: str, constrained: bool, schema: Schema
) -> None:
    request = dataclasses.replace(
        ASKED, decoding=decoding, grammar=sql_grammar(schema) if constrained else None
    )
    model = load_model(str(make_model(kind)[0])).model
    first = model.generate(request)
    model.generate(dataclasses.replace(request, suffix="something else in between"))
    again = model.generate(request)
    other = load_model(str(make_model(kind)[0])).model.generate(request)
    assert same(first, again)
    assert same(first, other)
    assert len({each.text for each in first}) > 1


def test_first_sample_and_single_beam_are_what_transformers_finds(make_model: MakeModel, kind: str) -> None:
    folder = make_model(kind)[0]
    model = load_model(str(folder)).model
    reference = AutoModelForCausalLM.from_pretrained(folder)
    head, tail = model.encode(ASKED.prefix, ASKED.suffix)
    ids = torch.tensor([head + tail])
    output = reference.generate(
        ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=24, eos_token_id=[1, 3]
    )
    expected = model.tokens.decode(output[0, ids.shape[1] :].tolist())
    for decoding in ("sample", "beam"):
        found = model.generate(dataclasses.replace(ASKED, k=1, decoding=decoding))
        assert found[0].text == expected


def test_logprob_is_the_unmasked_models_own(make_model: MakeModel, kind: str, schema: Schema) -> None:
    """Whatever grammar and temperature do to the choice."""
    folder = make_model(kind)[0]
    model = load_model(str(folder)).model
    tokenizer = AutoTokenizer.from_pretrained(folder)
    grammar = 'start: "<one>" | "<two>"'.replace("<one>", "SELECT").replace("<two>", "FROM")
    found = model.generate(dataclasses.replace(ASKED, grammar=grammar, max_new_tokens=1, k=1))[0]
    head, tail = model.encode(ASKED.prefix, ASKED.suffix)
    with torch.inference_mode():
        logits = AutoModelForCausalLM.from_pretrained(folder)(torch.tensor([head + tail])).logits[0, -1]
    token = tokenizer.backend_tokenizer.encode(found.text, add_special_tokens=False).ids
    assert found.logprob == pytest.approx(float(logits.log_softmax(-1)[token[0]]), abs=1e-3)


def test_beams_come_best_first_and_beat_greedy(make_model: MakeModel, kind: str) -> None:
    model = load_model(str(make_model(kind)[0])).model
    request = dataclasses.replace(ASKED, grammar="start: /[a-f]{6}/ /[x-z]/")
    greedy = model.generate(dataclasses.replace(request, k=1))[0]
    beams = model.generate(dataclasses.replace(request, decoding="beam", k=5))
    scores = [each.logprob / each.tokens for each in beams]
    assert len({each.text for each in beams}) == 5
    assert scores == sorted(scores, reverse=True)
    assert scores[0] >= greedy.logprob / greedy.tokens - 1e-4


def test_beams_are_those_of_transformers(make_model: MakeModel, kind: str) -> None:
    """Where nothing ends early: which rows count then is a matter of taste."""
    folder = make_model(kind)[0]
    model = load_model(str(folder)).model
    assert model.tokens.piece(0) == b"<s>"  # Pieces are laid out with the ends that there are.
    model.tokens.ends = ()
    reference = AutoModelForCausalLM.from_pretrained(folder)
    reference.generation_config.eos_token_id = None
    head, tail = model.encode(ASKED.prefix, ASKED.suffix)
    ids = torch.tensor([head + tail])
    mask = torch.ones_like(ids)
    best = reference.generate(ids, attention_mask=mask, num_beams=3, do_sample=False, max_new_tokens=6)
    found = model.generate(dataclasses.replace(ASKED, decoding="beam", k=3, max_new_tokens=6))
    assert found[0].text == model.tokens.decode(best[0, ids.shape[1] :].tolist())


def test_sampling_obeys_seed_and_temperature(make_model: MakeModel) -> None:
    model = load_model(str(make_model("llama")[0])).model
    drawn = model.generate(ASKED)
    assert same(drawn, model.generate(ASKED))
    assert not same(drawn, model.generate(dataclasses.replace(ASKED, seed=7)))
    fewer = model.generate(dataclasses.replace(ASKED, k=2))
    cold = model.generate(dataclasses.replace(ASKED, temperature=1e-3))
    assert fewer[0] == drawn[0] or same(fewer[:1], drawn[:1])
    assert {each.text for each in cold} == {drawn[0].text}


def test_adapter_changes_the_output_as_peft_does(make_model: MakeModel, kind: str) -> None:
    folder, adapter = make_model(kind)
    plain = load_model(str(folder)).model.generate(ASKED)
    tuned = load_model(str(folder), str(adapter)).model.generate(ASKED)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    base = AutoModelForCausalLM.from_pretrained(folder)
    reference = PeftModel.from_pretrained(base, adapter).eval()
    frame = load_model(str(folder)).model._frame
    unmerged = LanguageModel(HubNetwork(reference), read_tokens(reference, tokenizer), frame)
    assert not same(plain, tuned)
    assert same(tuned, unmerged.generate(ASKED))


def test_constrained_output_parses_and_names_only_what_exists(
    make_model: MakeModel, kind: str, schema: Schema
) -> None:
    model = load_model(str(make_model(kind)[0])).model
    request = dataclasses.replace(
        ASKED, grammar=sql_grammar(schema), k=6, max_new_tokens=400, temperature=1.5
    )
    tables = {table.name for table in schema.tables}
    columns = {column.name for table in schema.tables for column in table.columns}
    complete = [each.text for each in model.generate(request) if each.tokens < 400]
    for text in complete:
        tree = sqlglot.parse_one(text, dialect="sqlite")
        assert isinstance(tree, exp.Query)
        assert {table.name.lower() for table in tree.find_all(exp.Table)} <= tables
        names = {column.name.lower() for column in tree.find_all(exp.Column)}
        assert names <= columns | {f"t{number}" for number in range(1, 10)}


def test_handles_stay_in_the_text_and_ends_do_not(own_model: tuple[Path, Path]) -> None:
    model = load_model(str(own_model[0])).model
    request = dataclasses.replace(ASKED, grammar="start: <|c1|> <|c2|>", k=1)
    assert model.generate(request)[0].text == "<|c1|><|c2|>"


def test_chat_template_stands_around_prefix_and_suffix(make_model: MakeModel) -> None:
    loaded = load_model(str(make_model("qwen2")[0]))
    head, tail = loaded.model.encode("the schema", "the question")
    text = loaded.model.tokens._tokenizer.decode(head + tail, skip_special_tokens=False)
    assert loaded.form == "chat"
    assert text == "<s><|turn|>user\nthe schemathe question<|im_end|>\n<|turn|>assistant\n"


def test_too_long_a_prompt_is_one_clear_line(make_model: MakeModel) -> None:
    model = load_model(str(make_model("llama")[0])).model
    with pytest.raises(ModelError, match=r"tokens; the model's context ends at 1,024"):
        model.generate(dataclasses.replace(ASKED, suffix="x " * 2000))


def test_completion_ends_where_the_context_ends(make_model: MakeModel) -> None:
    model = load_model(str(make_model("llama")[0])).model
    room = 1024 - sum(map(len, model.encode("", "x " * 490)))
    found = model.generate(GenerationRequest("", "x " * 490, k=2, grammar=ENDLESS, max_new_tokens=900))
    assert max(each.tokens for each in found) <= room


def test_broken_grammar_is_one_clear_line(make_model: MakeModel) -> None:
    model = load_model(str(make_model("llama")[0])).model
    with pytest.raises(ModelError, match="grammar does not compile"):
        model.generate(dataclasses.replace(ASKED, grammar="start: nothing_of_that_name"))


@pytest.mark.parametrize("decoding", ["sample", "beam"])
def test_check_stops_between_tokens(make_model: MakeModel, decoding: str) -> None:
    model = load_model(str(make_model("llama")[0])).model
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 8:
            raise CancelledError("Cancelled.")

    request = dataclasses.replace(ASKED, decoding=decoding, grammar=ENDLESS, max_new_tokens=500)
    with pytest.raises(CancelledError):
        model.generate(request, check)
    assert calls == 8
    assert len(model.generate(dataclasses.replace(ASKED, decoding=decoding))) == 4


@pytest.mark.parametrize("broken", ["config.json", "model.safetensors", "tokenizer.json"])
def test_broken_files_are_one_clear_line(own_model: tuple[Path, Path], tmp_path: Path, broken: str) -> None:
    for file in own_model[0].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / broken).write_bytes(b"not what it should be")
    with pytest.raises(ModelError) as raised:
        load_model(str(tmp_path))
    assert "\n" not in str(raised.value)


def test_adapter_of_another_model_is_refused(own_model: tuple[Path, Path], tmp_path: Path) -> None:
    for file in own_model[1].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    from safetensors.torch import load_file, save_file

    weights = load_file(tmp_path / "adapter_model.safetensors")
    save_file({name: torch.ones(3, 3) for name in weights}, tmp_path / "adapter_model.safetensors")
    with pytest.raises(ModelError, match="made for another model"):
        load_model(str(own_model[0]), str(tmp_path))
