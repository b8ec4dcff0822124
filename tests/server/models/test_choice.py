"""What a model is called, and what can be opened for it: `auto`, `starter`, names, files and all others."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from server.models.conftest import CONTENT, TINY
from sqloop.errors import ModelError
from sqloop.models import STARTER, ModelStore, catalogue, choose_model, resolve_model

LARGE = dataclasses.replace(TINY, name="large", bytes=TINY.bytes + 1, memory=10_000)

Have = Callable[..., ModelStore]


@pytest.fixture
def have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Have:
    """A store with some models of a catalogue of two."""
    monkeypatch.setattr(catalogue, "CATALOGUE", (TINY, LARGE))

    def have(*names: str) -> ModelStore:
        for name in names:
            (tmp_path / f"{name}.gguf").write_bytes(CONTENT + b"+" * (name == "large"))
        return ModelStore(tmp_path)

    return have


@pytest.mark.parametrize(
    ("here", "memory", "chosen", "advice"),
    [
        ((), 10_000, STARTER, "sqloop model get tiny"),
        ((), 100, STARTER, ""),
        (("tiny",), 10_000, "tiny", ""),
        (("large",), 10_000, "large", ""),
        (("tiny", "large"), 10_000, "large", ""),
        (("tiny", "large"), 9_999, "tiny", ""),
        (("tiny", "large"), None, "large", ""),
        (("large",), 9_999, STARTER, "sqloop model get tiny"),
        (("tiny", "large"), 100, STARTER, ""),
    ],
)
def test_auto_is_the_largest_that_is_here_and_fits(
    have: Have, here: tuple[str, ...], memory: int | None, chosen: str, advice: str
) -> None:
    store = have(*here)
    for word in ("auto", ""):
        found = choose_model(word, store, lambda: memory)
        assert (found.name, found.advice) == (chosen, advice)
        expected = f"{store.folder}/{chosen}.gguf" if chosen != STARTER else "/sqloop/starter"
        assert found.source.endswith(expected)


def test_who_names_the_starter_gets_it_and_no_advice(have: Have) -> None:
    found = choose_model("starter", have("tiny"))
    assert (found.name, found.advice, Path(found.source).name) == (STARTER, "", "starter")
    assert (Path(found.source) / "config.json").is_file()


def test_a_file_cut_short_is_not_taken_for_the_model(have: Have) -> None:
    store = have("tiny")
    store.path(TINY).write_bytes(CONTENT[:-1])
    assert choose_model("auto", store, lambda: None).name == STARTER


def test_a_name_of_the_catalogue_needs_no_memory_check(have: Have) -> None:
    found = choose_model("tiny", have("tiny"), lambda: 0)
    assert found.source.endswith("/tiny.gguf")


def test_a_model_that_was_not_fetched_is_named_with_the_command(have: Have) -> None:
    with pytest.raises(ModelError) as caught:
        choose_model("tiny", have())
    assert str(caught.value) == ("The model tiny is not on this machine. Fetch it: sqloop model get tiny")


def test_any_gguf_file_is_a_model_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("own.gguf", "sha256-0123"):
        (tmp_path / name).write_bytes(CONTENT)
        assert resolve_model(f"~/{name}") == str(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "The model own.gguf cannot be read. Is it there, and may you read it?"),
        (b"PK\x03\x04", "own.gguf is no GGUF file. A model is a GGUF file, a folder, a name or a URL."),
    ],
    ids=["missing", "another kind"],
)
def test_a_file_that_is_no_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / "own.gguf").write_bytes(content)
    with pytest.raises(ModelError) as caught:
        resolve_model("own.gguf")
    assert str(caught.value) == message


@pytest.mark.parametrize("model", ["org/name", "/no/such/folder", "http://127.0.0.1:1/v1#m.gguf"])
def test_everything_else_is_left_to_who_opens_it(model: str) -> None:
    assert resolve_model(model) == model


def test_a_folder_is_left_as_it_is_named(tmp_path: Path) -> None:
    assert resolve_model(str(tmp_path)) == str(tmp_path)


def test_names_and_files_of_the_catalogue_are_official() -> None:
    assert [each.name for each in catalogue.CATALOGUE] == ["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"]
    for each in catalogue.CATALOGUE:
        assert len(each.sha256) == 64
        assert each.hub.repository.startswith("Qwen/")
        assert each.index.package.format(part=1).endswith("part1")
        assert each.memory > each.bytes
