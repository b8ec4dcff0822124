"""A promoted adapter reaches who serves, and leaves again, through the real worker and without a restart."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from sqloop.adapters import ActiveAdapter, Card, Registry, identify_model
from sqloop.errors import ModelError
from sqloop.generation.model_folder import identify_folder
from sqloop.generation.request import GenerationRequest
from sqloop.generation.worker import WorkerGenerator
from sqloop.models import ChosenModel
from sqloop.session import NO_ADAPTER, SHIPPED, Session, find_generator, find_shipped, open_registry
from sqloop.settings import Settings, load_settings

MakeAdapter = Callable[..., Path]
Run = Callable[..., object]

REQUEST = GenerationRequest("", "<|sql|>", k=1, max_new_tokens=4)
QUESTION = "How many customers are there?"
COUNT, LIST = "SELECT COUNT(*) FROM customer", "SELECT name FROM customer"


@pytest.fixture
def worker(counting_model: Path, registry: Registry) -> Iterator[WorkerGenerator]:
    model = str(counting_model)
    generator = WorkerGenerator(model, choose=ActiveAdapter(registry, model))
    yield generator
    generator.close()


@pytest.fixture
def session(
    counting_model: Path, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    monkeypatch.setenv("SQLOOP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SQLOOP_MODEL", str(counting_model))
    monkeypatch.setenv("SQLOOP_DB", f"sqlite:///{shop}")
    with Session(load_settings(tmp_path)) as session:
        yield session


def test_a_session_follows_promotion_and_rollback(session: Session, listing: Registry, base: str) -> None:
    told = []
    for change in (lambda: None, lambda: listing.promote("listing"), lambda: listing.rollback(base)):
        change()
        answer = session.ask(QUESTION, k=1)
        told.append((answer.sql, answer.model.adapter))
    assert told == [(COUNT, None), (LIST, "listing"), (COUNT, None)]


def test_the_process_stays_and_the_numbers_change_and_return(
    worker: WorkerGenerator, listing: Registry, base: str
) -> None:
    """The same prompt three times: what was read of it with other weights is not used again."""
    bare = worker.generate(REQUEST)
    pid = worker.pid
    listing.promote("listing")
    tuned = worker.generate(REQUEST)
    assert worker.describe().adapter == "listing"
    listing.rollback(base)
    again = worker.generate(REQUEST)
    assert worker.pid == pid
    assert bare == again != tuned
    assert [each[0].adapter for each in (bare, tuned, again)] == [None, "listing", None]


def test_requests_in_flight_are_all_answered(worker: WorkerGenerator, listing: Registry, base: str) -> None:
    bare = worker.generate(REQUEST)[0]
    listing.promote("listing")
    tuned = worker.generate(REQUEST)[0]
    expected = {None: bare.text, "listing": tuned.text}
    enough = Event()

    def ask() -> list[tuple[str | None, str]]:
        told = []
        while not enough.is_set():
            told += [(each.adapter, each.text) for each in worker.generate(REQUEST)]
        return told

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        for _ in range(5):
            listing.rollback(base)
            worker.generate(REQUEST)
            listing.promote("listing")
            worker.generate(REQUEST)
        enough.set()
        told = [each for future in asking for each in future.result(60)]
    assert {adapter for adapter, _ in told} == {None, "listing"}
    assert all(text == expected[adapter] for adapter, text in told)


def test_a_process_that_died_comes_back_with_the_adapter(worker: WorkerGenerator, listing: Registry) -> None:
    listing.promote("listing")
    tuned = worker.generate(REQUEST)
    assert worker.pid is not None
    os.kill(worker.pid, 9)
    assert worker.generate(REQUEST) == tuned


def vanish(folder: Path) -> None:
    folder.rename(folder.with_name(".gone"))


def truncate(folder: Path) -> None:
    path = folder / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:100])


def unset(folder: Path) -> None:
    (folder / "adapter_config.json").write_text("{")


@pytest.mark.parametrize("damage", [vanish, truncate, unset])
def test_a_damaged_adapter_is_warned_of_once_and_the_bare_model_answers(
    worker: WorkerGenerator,
    listing: Registry,
    damage: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    bare = worker.generate(REQUEST)
    listing.promote("listing")
    damage(listing.folder / "listing")
    for _ in range(3):
        completions = worker.generate(REQUEST)
        assert (completions, completions[0].adapter) == (bare, None)
    assert worker.describe().adapter is None
    assert [each.getMessage()[:51] for each in caplog.records] == [
        "The adapter listing is not used, the bare model ans"
    ]


def test_an_adapter_without_numbers_is_not_used(
    worker: WorkerGenerator, registry: Registry, make_adapter: MakeAdapter, base: str
) -> None:
    registry.add(make_adapter("nan", {("select", "c1"): float("nan")}), Card(name="nan", base=base))
    registry.promote("nan")
    assert worker.generate(REQUEST)[0].adapter is None


def test_a_damaged_history_counts_as_none(
    worker: WorkerGenerator, listing: Registry, base: str, caplog: pytest.LogCaptureFixture
) -> None:
    bare = worker.generate(REQUEST)
    listing.promote("listing")
    listing.pointer(base).write_text("{")
    assert [worker.generate(REQUEST) for _ in range(2)] == [bare, bare]
    assert len(caplog.records) == 1


def test_another_model_is_another_base(counting_model: Path, make_model: Callable[..., Path]) -> None:
    """Of the same shape and with one weight changed; the same model saved by another version is the same."""
    other = make_model({"sql": {"select": 30}})
    assert identify_folder(other) != identify_folder(counting_model)
    copy = make_model({"sql": {"select": 30}})
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"transformers_version": "9"}))
    assert identify_folder(copy) == identify_folder(other)


def test_a_server_elsewhere_has_no_adapters_here() -> None:
    assert identify_model("http://127.0.0.1:1/v1#m") is None


def test_adapter_none_gives_the_bare_model(
    session: Session, listing: Registry, counting_model: Path, shop: Path
) -> None:
    listing.promote("listing")
    with Session(load_settings(adapter="none")) as bare:
        answer = bare.ask(QUESTION, k=1)
    assert (answer.sql, answer.model.adapter) == (COUNT, None)


def test_an_adapter_is_called_by_its_name(session: Session, listing: Registry) -> None:
    with Session(load_settings(adapter="listing")) as tuned:
        answer = tuned.ask(QUESTION, k=1)
    assert (answer.sql, answer.model.adapter) == (LIST, "listing")
    truncate(listing.folder / "listing")
    with Session(load_settings(adapter="listing")) as broken, pytest.raises(ModelError, match="cannot be"):
        broken.ask(QUESTION, k=1)


def test_an_adapter_of_another_model_is_refused(
    session: Session, registry: Registry, listing_adapter: Path
) -> None:
    registry.add(listing_adapter, Card(name="foreign", base="0" * 16, base_name="the other"))
    with pytest.raises(ModelError, match=r"foreign was made for another model \(the other\)"):
        Session(load_settings(adapter="foreign"))


@pytest.fixture
def shipped(tmp_path: Path, tiny_adapter: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a model for which an adapter lies in the package."""
    shutil.copytree(tiny_adapter, tmp_path / "package" / "tuned" / "tiny")
    monkeypatch.setattr("sqloop.session.files", lambda package: tmp_path / "package")
    monkeypatch.setenv("SQLOOP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return "tiny"


def answering(settings: Settings, model: str, source: Path) -> str | None:
    """The adapter that answers."""
    generator = find_generator(settings, ChosenModel(model, str(source)))
    try:
        return generator.generate(REQUEST)[0].adapter
    finally:
        generator.close()


def test_the_adapter_that_ships_answers_until_one_is_promoted(
    shipped: str, tiny_gguf: Path, tiny_adapter: Path, tmp_path: Path
) -> None:
    settings = load_settings(tmp_path)
    assert answering(settings, shipped, tiny_gguf) == SHIPPED == "sqloop"
    assert answering(settings, "another", tiny_gguf) is None
    assert answering(settings.model_copy(update={"adapter": NO_ADAPTER}), shipped, tiny_gguf) is None
    registry = open_registry(settings)
    card = Card(name="mine", base=identify_model(str(tiny_gguf)), base_name=shipped)
    registry.add(tiny_adapter, card)
    registry.promote("mine")
    assert answering(settings, shipped, tiny_gguf) == "mine"


@pytest.mark.parametrize("model", ["", "starter", "no-such-model"])
def test_most_models_have_no_adapter_that_ships(model: str) -> None:
    assert find_shipped(model) is None
