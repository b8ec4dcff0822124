"""GGUF models in the worker process: adapters are exchanged beside the base, or refused in one line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFReader
from safetensors.numpy import load_file, save_file

from sqloop.errors import ModelError
from sqloop.generation.generator import Tuning
from sqloop.generation.inference.gguf_loading import write_gguf_adapter
from sqloop.generation.inference.loading import load_model
from sqloop.generation.request import GenerationRequest
from sqloop.generation.worker import WorkerGenerator
from tiny_gguf import write_tiny_adapter

ASKED = GenerationRequest("CREATE TABLE singer (name);\n", "how many?", k=3, max_new_tokens=8)


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def chosen() -> list[Tuning | None]:
    """The adapter that is to be used, last."""
    return [None]


@pytest.fixture
def worker(tiny_gguf: Path, chosen: list[Tuning | None]) -> Iterator[WorkerGenerator]:
    generator = WorkerGenerator(str(tiny_gguf), choose=lambda: chosen[-1])
    yield generator
    generator.close()


def texts(worker: WorkerGenerator) -> list[str]:
    return [each.text for each in worker.generate(ASKED)]


def in_process(base: Path, adapter: Path | None) -> list[str]:
    model = load_model(str(base), str(adapter) if adapter else None).model
    return [each.text for each in model.generate(ASKED)]


def test_a_file_is_described_without_loading_it(worker: WorkerGenerator, tiny_gguf: Path) -> None:
    told = worker.describe()
    assert (told.base, told.form, told.bytes) == (str(tiny_gguf), "chat", tiny_gguf.stat().st_size)
    assert not told.loaded
    assert worker.pid is None


def test_adapters_are_exchanged_in_one_process(
    worker: WorkerGenerator, chosen: list[Tuning | None], tiny_gguf: Path, tiny_adapter: Path, tmp_path: Path
) -> None:
    other = write_tiny_adapter(tmp_path / "other", seed=5)
    expected = [in_process(tiny_gguf, each) for each in (None, tiny_adapter, other)]
    assert len(set(map(tuple, expected))) == 3
    found, pids = [], set()
    for adapter in (None, tiny_adapter, other, tiny_adapter, None):
        chosen.append(Tuning(adapter.name, str(adapter)) if adapter else None)
        found.append(texts(worker))
        pids.add(worker.pid)
    assert found == [expected[each] for each in (0, 1, 2, 1, 0)]
    assert len(pids) == 1


def test_an_answer_names_the_adapter_that_gave_it(
    worker: WorkerGenerator, chosen: list[Tuning | None], tiny_adapter: Path
) -> None:
    assert worker.generate(ASKED)[0].adapter is None
    chosen.append(Tuning("mine", str(tiny_adapter)))
    assert worker.generate(ASKED)[0].adapter == "mine"
    assert worker.describe().adapter == "mine"


def test_what_was_read_bare_is_read_again_tuned(
    worker: WorkerGenerator, chosen: list[Tuning | None], tiny_gguf: Path, tiny_adapter: Path
) -> None:
    worker.warm(ASKED.prefix)
    chosen.append(Tuning("mine", str(tiny_adapter)))
    assert texts(worker) == in_process(tiny_gguf, tiny_adapter)


def no_file(folder: Path) -> None:
    (folder / "adapter_model.safetensors").unlink()


def cut_short(folder: Path) -> None:
    path = folder / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:300])


def not_finite(folder: Path) -> None:
    weights = load_file(folder / "adapter_model.safetensors")
    save_file(
        {name: each * np.float32(np.nan) for name, each in weights.items()},
        folder / "adapter_model.safetensors",
    )


def other_part(folder: Path) -> None:
    weights = load_file(folder / "adapter_model.safetensors")
    renamed = {name.replace("q_proj", "z_proj"): each for name, each in weights.items()}
    save_file(renamed, folder / "adapter_model.safetensors")


def no_rank(folder: Path) -> None:
    config = json.loads((folder / "adapter_config.json").read_text())
    del config["r"]
    (folder / "adapter_config.json").write_text(json.dumps(config))


def dora(folder: Path) -> None:
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps(config | {"use_dora": True}))


DAMAGES = [
    (no_file, "is no plain LoRA"),
    (cut_short, "cannot be read"),
    (not_finite, "is damaged"),
    (other_part, "z_proj.*llama.cpp does not know"),
    (no_rank, "cannot be read"),
    (dora, "is no plain LoRA"),
]


@pytest.fixture(params=DAMAGES, ids=lambda each: each[0].__name__)
def damage(request: pytest.FixtureRequest) -> tuple[Callable[[Path], None], str]:
    found: tuple[Callable[[Path], None], str] = request.param
    return found


def test_a_damaged_adapter_is_one_clear_line(
    tiny_gguf: Path, tiny_adapter: Path, tmp_path: Path, damage: tuple[Callable[[Path], None], str]
) -> None:
    spoil, said = damage
    folder = shutil.copytree(tiny_adapter, tmp_path / "spoilt")
    spoil(folder)
    with pytest.raises(ModelError, match=said) as raised:
        load_model(str(tiny_gguf), str(folder))
    assert "spoilt" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("width", [32, 80])
def test_an_adapter_of_another_shape_is_one_clear_line(tiny_gguf: Path, tmp_path: Path, width: int) -> None:
    folder = write_tiny_adapter(tmp_path / "wide", width=width)
    with pytest.raises(ModelError, match="was made for another model, or is damaged") as raised:
        load_model(str(tiny_gguf), str(folder))
    assert "\n" not in str(raised.value)


def test_an_adapter_that_is_not_there_is_one_clear_line(tiny_gguf: Path) -> None:
    with pytest.raises(ModelError, match="There is no adapter at /no/such"):
        load_model(str(tiny_gguf), "/no/such")


def test_an_optional_adapter_that_fails_leaves_the_loaded_base_to_answer(
    worker: WorkerGenerator, chosen: list[Tuning | None], tiny_gguf: Path, tiny_adapter: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(tiny_adapter, tmp_path / "spoilt")
    cut_short(folder)
    chosen.append(Tuning("mine", str(tiny_adapter), optional=True))
    worker.warm("")
    pid = worker.pid
    chosen.append(Tuning("spoilt", str(folder), optional=True))
    answer = worker.generate(ASKED)
    assert [each.text for each in answer] == in_process(tiny_gguf, None)
    assert answer[0].adapter is None
    chosen.append(Tuning("mine", str(tiny_adapter), optional=True))
    assert texts(worker) == in_process(tiny_gguf, tiny_adapter)
    assert worker.pid == pid


def test_an_adapter_that_was_asked_for_and_fails_is_told_and_the_next_one_serves(
    worker: WorkerGenerator, chosen: list[Tuning | None], tiny_gguf: Path, tiny_adapter: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(tiny_adapter, tmp_path / "spoilt")
    cut_short(folder)
    before = texts(worker)
    chosen.append(Tuning("spoilt", str(folder)))
    with pytest.raises(ModelError, match="The adapter spoilt cannot be read"):
        worker.generate(ASKED)
    chosen.append(None)
    assert texts(worker) == before


def test_the_scale_of_an_adapter_is_kept(tiny_adapter: Path, tmp_path: Path) -> None:
    """PEFT's ``alpha / r``, and ``alpha / sqrt(r)`` where it says so: llama.cpp divides by the rank."""
    folder = shutil.copytree(tiny_adapter, tmp_path / "scaled")
    config = json.loads((folder / "adapter_config.json").read_text())
    for rs, alpha in ((False, 8.0), (True, 16.0)):
        (folder / "adapter_config.json").write_text(json.dumps(config | {"use_rslora": rs}))
        write_gguf_adapter(folder, tmp_path / "scaled.gguf")
        told = GGUFReader(tmp_path / "scaled.gguf").fields["adapter.lora.alpha"]
        assert told.contents() == pytest.approx(alpha)
