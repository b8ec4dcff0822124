"""What tests of tuning share: the tiny GGUF model as transformers runs it, and the written scenarios."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel

from sqloop_trainer.tuning.base_model import load_base
from sqloop_trainer.tuning.execution import ManyDatabases
from sqloop_trainer.tuning.scenarios import Scenario, written_scenarios
from sqloop_trainer.tuning.sft import add_lora

WRITTEN = Path(__file__).parents[3] / "trainer" / "written"


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def base(tiny_gguf: Path) -> Any:
    """In single precision, so that what is compared is not rounded first."""
    return load_base(tiny_gguf)[0].float()


@pytest.fixture
def tuned(base: Any) -> PeftModel:
    """With a fresh adapter that already says something."""
    torch.manual_seed(0)
    model = add_lora(base, rank=4)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.05)
    return model


@pytest.fixture
def databases() -> Iterator[ManyDatabases]:
    many = ManyDatabases(1)
    yield many
    many.close()


@pytest.fixture(scope="session")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> list[Scenario]:
    """All that were written, each on a database of its own."""
    return list(written_scenarios(WRITTEN, tmp_path_factory.mktemp("written")))


@pytest.fixture
def paths(tmp_path: Path) -> tuple[str, ...]:
    """Two databases: `SELECT 1` is right on the first alone."""
    found = []
    for number in (1, 2):
        path = tmp_path / f"{number}.sqlite"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE t (n)")
            connection.execute("INSERT INTO t VALUES (?)", (number,))
            connection.commit()
        found.append(str(path))
    return tuple(found)
