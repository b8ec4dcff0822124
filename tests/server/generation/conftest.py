"""Tiny models with random weights, made once a run: Llama, Gemma and Qwen2, each with a LoRA adapter."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import torch
from llguidance import LLMatcher, LLTokenizer
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForCausalLM,
    GemmaConfig,
    LlamaConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
)

from server.generation.completions import Accepts
from server.generation.school import ROWS
from sqloop.database.connect import Database, connect
from sqloop.database.schema import Column, ForeignKey, Kind, Schema, Table
from sqloop.generation.inference.tokens import Tokens
from sqloop.generation.prompts.starter_tokens import special_tokens, token
from tiny_shape import TINY

CHAT_TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<|turn|>{{ m['role'] }}\n{{ m['content'] | trim }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|turn|>assistant\n{% endif %}"
)
SPECIAL = ["<s>", "</s>", "<|turn|>", "<|im_end|>", "<|c1|>", "<|c2|>"]
SIZES: dict[str, Any] = {
    **TINY,
    "max_position_embeddings": 1024,
    "bos_token_id": 0,
    "eos_token_id": 1,
    "pad_token_id": 1,
    "initializer_range": 0.25,
}
CONFIGS = {"llama": LlamaConfig, "gemma": GemmaConfig, "qwen2": Qwen2Config}


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Path]]:
    """Folder of the model and folder of its adapter, by kind."""
    made: dict[str, tuple[Path, Path]] = {}

    def make(kind: str) -> tuple[Path, Path]:
        if kind not in made:
            root = tmp_path_factory.mktemp(kind)
            made[kind] = (_save_model(kind, root / "model"), root / "adapter")
            _save_adapter(*made[kind])
        return made[kind]

    return make


@pytest.fixture(scope="session")
def own_model(make_model: Callable[[str], tuple[Path, Path]]) -> tuple[Path, Path]:
    """A Llama that is loaded the short way, as the starter model is."""
    folder, adapter = make_model("own")
    (folder / "sqloop.json").write_text(json.dumps({"form": "starter"}))
    return folder, adapter


@pytest.fixture
def schema() -> Schema:
    """Two tables, with names that need quotes."""
    singer = Table(
        "singer",
        (
            Column("id", "INTEGER", "number"),
            Column("name", "TEXT", "text", comment="as on\nstage", samples=("Joe Sharp", "Rose White")),
            Column("home town", "TEXT", "text"),
        ),
        primary_key=("id",),
        comment="who sings",
    )
    order = Table(
        "order",
        (Column("singer_id", "INTEGER", "number"), Column("year", "INTEGER", "number")),
        primary_key=("singer_id", "year"),
        foreign_keys=(ForeignKey(("singer_id",), "singer", ("id",)),),
    )
    return Schema("sqlite", (singer, order))


def _save_model(kind: str, folder: Path) -> Path:
    torch.manual_seed(1)
    tokenizer = _train_tokenizer()
    family = "llama" if kind == "own" else kind
    config = CONFIGS[family](vocab_size=tokenizer.vocab_size + 8, **SIZES)
    model = AutoModelForCausalLM.from_config(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _save_adapter(model_folder: Path, folder: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(model_folder)
    tuned = get_peft_model(
        model, LoraConfig(r=4, lora_alpha=16, target_modules=["q_proj", "v_proj", "up_proj"])
    )
    torch.manual_seed(2)
    for name, weight in tuned.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.2)
    tuned.save_pretrained(folder)


def _train_tokenizer() -> PreTrainedTokenizerFast:
    text = "SELECT count(*) FROM singer WHERE name = 'Joe' ORDER BY year LIMIT 3 how many singers are there?"
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=360, initial_alphabet=alphabet, special_tokens=SPECIAL)
    tokenizer.train_from_iterator([text] * 20, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")
    fast.chat_template = CHAT_TEMPLATE
    return fast


@pytest.fixture(scope="session")
def shop_schema() -> Schema:
    """Seven tables, one with a reserved name, one that refers to itself, one with two keys to another."""
    return Schema(
        "sqlite",
        (
            _table("city", {"id": "number", "name": "text"}, {}),
            _table(
                "customer",
                {"id": "number", "name": "text", "city_id": "number", "zip": "text"}
                | {"birth_date": "date", "active": "boolean"},
                {"city_id": "city"},
            ),
            _table("product", {"id": "number", "name": "text", "price": "number", "category": "text"}, {}),
            _table(
                "order",
                {"id": "number", "customer_id": "number", "placed": "date", "status": "text"},
                {"customer_id": "customer"},
            ),
            _table(
                "order_item",
                {"id": "number", "order_id": "number", "product_id": "number", "quantity": "number"},
                {"order_id": "order", "product_id": "product"},
            ),
            _table(
                "employee",
                {"id": "number", "name": "text", "boss_id": "number", "city_id": "number"},
                {"boss_id": "employee", "city_id": "city"},
            ),
            _table(
                "flight",
                {"id": "number", "origin_id": "number", "destination_id": "number", "seats": "number"},
                {"origin_id": "city", "destination_id": "city"},
            ),
        ),
    )


_TYPES: dict[Kind, str] = {"number": "INTEGER", "text": "TEXT", "date": "DATE", "boolean": "BOOLEAN"}


def _table(name: str, columns: dict[str, Kind], keys: dict[str, str]) -> Table:
    return Table(
        name,
        tuple(Column(column, _TYPES[kind], kind) for column, kind in columns.items()),
        ("id",),
        tuple(ForeignKey((column,), referred, ("id",)) for column, referred in keys.items()),
    )


@pytest.fixture(scope="session")
def accepts() -> Accepts:
    """Whether a grammar accepts a completion as a whole."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(special_tokens())
    end = tokenizer.token_to_id(token("eos"))
    guided: LLTokenizer = Tokens(tokenizer, [end], None).for_grammar(0)

    def check(grammar: str, completion: str) -> bool:
        matcher = LLMatcher(guided, LLMatcher.grammar_from_lark(grammar))
        assert not matcher.is_error(), matcher.get_error()
        ids = tokenizer.encode(completion).ids
        return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()

    return check


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Database:
    path: Path = tmp_path_factory.mktemp("school") / "school.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(ROWS)
    return connect(f"sqlite:///{path}")
