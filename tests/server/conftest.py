"""What tests of the engine share: a small shop, the command line as a process, and a real model.

The model is a Llama so small that its weights are written by hand.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from sqloop.database.connect import Database, connect
from sqloop.database.knowledge.value_index import MAX_VALUES
from sqloop.generation.prompts.starter_tokens import special_tokens, token

Matrix = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
MakeModel = Callable[[Mapping[str, Mapping[str, float]]], Path]


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> MakeModel:
    """Makes the folder of a starter model that goes from token to token as told, by log-odds.

    One layer that attends to nothing: embeddings are one-hot, the head maps each token to the next. So
    `{"sql": {"select": 9}, "select": {"count_all": 9, "c1": 8}, ...}` mostly counts and sometimes lists.
    """

    def make(steps: Mapping[str, Mapping[str, float]]) -> Path:
        folder = tmp_path_factory.mktemp("model")
        vocabulary = _write_tokenizer(folder)
        width = -(-len(vocabulary) // 2) * 2
        head = np.zeros((width, width), np.float32)
        for name, following in steps.items():
            for then, odds in following.items():
                # The norm scales a one-hot state to the square root of its width.
                head[vocabulary[token(then)], vocabulary[token(name)]] = odds / np.sqrt(width)
        save_file(_weights(head), folder / "model.safetensors")
        _write_config(folder, width, vocabulary[token("eos")])
        return folder

    return make


@pytest.fixture(scope="session")
def counting_model(make_model: MakeModel) -> Path:
    """Mostly counts the first table, sometimes lists its second column."""
    return make_model(
        {
            "sql": {"select": 30},
            "select": {"count_all": 20, "c1": 19.7},
            "count_all": {"from": 30},
            "from": {"t0": 30},
            "t0": {"eos": 30},
            "c1": {"eos": 30},
        }
    )


@pytest.fixture
def database(store: Path) -> Iterator[Database]:
    """What ``store``, a fixture of the tests that ask for this, has."""
    with connect(f"sqlite:///{store}") as database:
        yield database


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A SQLite file: three customers, one without a name, one whose name is no text."""
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("INSERT INTO customer VALUES (1, 'Ann'), (2, NULL), (3, X'00FF1B5B')")
        connection.commit()
    return path


@pytest.fixture
def crowded(tmp_path: Path) -> Path:
    """A SQLite file with a column of more values than SQLoop reads."""
    path = tmp_path / "crowded.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)")
        names = ((f"name {number}",) for number in range(MAX_VALUES + 1))
        connection.executemany("INSERT INTO customer (name) VALUES (?)", names)
        connection.commit()
    return path


@pytest.fixture
def forever(tmp_path: Path) -> Path:
    """A SQLite file whose one view never ends."""
    path = tmp_path / "forever.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE VIEW forever AS WITH RECURSIVE r(n, m) AS "
            "(SELECT 1, 1 UNION ALL SELECT n + 1, m FROM r) SELECT n, m FROM r"
        )
    return path


@pytest.fixture
def variables(counting_model: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of a user who has set nothing but the model."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SQLOOP_")}
    return kept | {
        "SQLOOP_MODEL": str(counting_model),
        "OMP_NUM_THREADS": "1",
        "NO_COLOR": "1",
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }


@pytest.fixture
def run(variables: Mapping[str, str], tmp_path: Path) -> Run:
    """Run `sqloop` with arguments in an empty folder, its output in pipes."""
    folder = tmp_path / "workspace"
    folder.mkdir()

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sqloop", *arguments],
            cwd=folder,
            env={**variables, **more},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


def _weights(head: Matrix) -> dict[str, Matrix]:
    width = len(head)
    square, one = np.zeros((width, width), np.float32), np.ones(width, np.float32)
    layer = {
        "self_attn.q_proj": square,
        "self_attn.k_proj": square,
        "self_attn.v_proj": square,
        "self_attn.o_proj": square,
        "mlp.gate_proj": square,
        "mlp.up_proj": square,
        "mlp.down_proj": square,
        "input_layernorm": one,
        "post_attention_layernorm": one,
    }
    return {f"model.layers.0.{name}.weight": each.copy() for name, each in layer.items()} | {
        "model.embed_tokens.weight": np.eye(width, dtype=np.float32),
        "model.norm.weight": one.copy(),
        "lm_head.weight": head,
    }


def _write_tokenizer(folder: Path) -> dict[str, int]:
    bytes_ = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({char: number for number, char in enumerate(bytes_)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(special_tokens())
    tokenizer.save(str(folder / "tokenizer.json"))
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    return vocabulary


def _write_config(folder: Path, width: int, end: int) -> None:
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": width,
        "intermediate_size": width,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "num_key_value_heads": 1,
        "vocab_size": width,
        "max_position_embeddings": 4096,
        "rms_norm_eps": 1e-6,
        "tie_word_embeddings": False,
        "bos_token_id": None,
        "eos_token_id": end,
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "sqloop.json").write_text(json.dumps({"form": "starter"}))
