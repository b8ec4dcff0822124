"""The C interface: a release of another layout is refused before it is called."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sqloop.errors import ModelError
from sqloop.generation.inference import llama_library
from sqloop.generation.inference.llama_library import open_library
from sqloop.generation.inference.loading import load_model


@pytest.fixture
def opened_anew() -> Iterator[None]:
    open_library.cache_clear()
    yield
    open_library.cache_clear()


def test_the_installed_release_has_the_layout_that_is_known() -> None:
    library = open_library()
    assert library.llama_context_default_params().n_ctx == 512
    assert open_library() is library


@pytest.mark.usefixtures("opened_anew")
@pytest.mark.parametrize(
    ("structure", "dropped"), [("ContextParams", "n_rs_seq"), ("ModelParams", "lazy_mode")]
)
def test_another_layout_is_one_clear_line(
    tiny_gguf: Path, monkeypatch: pytest.MonkeyPatch, structure: str, dropped: str
) -> None:
    """As a release that has a field less, or one more, would be read."""
    import ctypes

    known: Any = getattr(llama_library, structure)
    fields = tuple(each for each in known._fields_ if each[0] != dropped)
    other = type(structure, (ctypes.Structure,), {"_fields_": (*fields, ("room", ctypes.c_int64))})
    monkeypatch.setattr(llama_library, structure, other)
    name = "llama_context_default_params" if structure == "ContextParams" else "llama_model_default_params"
    monkeypatch.setitem(llama_library._FUNCTIONS, name, (other, []))
    with pytest.raises(ModelError, match="not one that SQLoop knows: its defaults are") as raised:
        load_model(str(tiny_gguf))
    assert "Install the release" in raised.value.hint
    assert "\n" not in str(raised.value)


@pytest.mark.usefixtures("opened_anew")
def test_a_function_that_is_gone_is_one_clear_line(tiny_gguf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(llama_library._FUNCTIONS, "llama_no_longer_there", (None, []))
    with pytest.raises(ModelError, match=r"not one that SQLoop knows: .*llama_no_longer_there"):
        load_model(str(tiny_gguf))


@pytest.mark.usefixtures("opened_anew")
def test_without_the_package_the_line_says_how_to_get_it(
    tiny_gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [each for each in sys.path if not (Path(each) / "xllamacpp").is_dir()]
    monkeypatch.setattr(sys, "path", kept)
    monkeypatch.delitem(sys.modules, "xllamacpp", raising=False)
    with pytest.raises(ModelError, match="xllamacpp, which is not installed") as raised:
        load_model(str(tiny_gguf))
    assert raised.value.hint == "Run pip install xllamacpp."
