"""`sqloop adapters` as a process, beside a session that goes on running."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sqloop.adapters import Card, Registry
from sqloop.session import Session
from sqloop.settings import load_settings

Adapters = Callable[..., "subprocess.CompletedProcess[str]"]

QUESTION = "How many customers are there?"


@pytest.fixture
def adapters(run: Adapters, tmp_path: Path) -> Adapters:
    return lambda *arguments: run("adapters", *arguments, SQLOOP_DATA=str(tmp_path / "data"))


@pytest.fixture
def session(counting_model: Path, shop: Path, tmp_path: Path) -> Iterator[Session]:
    settings = load_settings(
        tmp_path, model=str(counting_model), db=f"sqlite:///{shop}", data=str(tmp_path / "data")
    )
    with Session(settings) as session:
        yield session


def test_a_promotion_by_another_process_reaches_the_next_question(
    adapters: Adapters, session: Session, listing: Registry
) -> None:
    told = []
    for arguments in (["list"], ["promote", "listing"], ["rollback"]):
        done = adapters(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        told.append((done.stdout.split("  ")[0].strip(), session.ask(QUESTION, k=1).model.adapter))
    assert told == [
        ("", None),
        ("listing is in use for counting.", "listing"),
        ("The bare model is in use again.", None),
    ]


def test_without_adapters_the_list_says_what_makes_one(adapters: Adapters) -> None:
    done = adapters("list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "trainer retrain makes one" in done.stderr
    assert adapters("list", "--json").stdout == "[]\n"


def test_ask_names_the_adapter_and_none_leaves_it_out(
    run: Adapters, listing: Registry, shop: Path, tmp_path: Path
) -> None:
    listing.promote("listing")
    ask = ("ask", QUESTION, "--db", f"sqlite:///{shop}", "--json")
    told = []
    for arguments in ([], ["--adapter", "none"]):
        done = run(*ask, *arguments, SQLOOP_DATA=str(tmp_path / "data"))
        assert (done.returncode, done.stderr) == (0, "")
        told.append(json.loads(done.stdout)["model"]["adapter"])
    assert told == ["listing", None]


def test_a_broken_adapter_is_one_line_and_an_answer(
    run: Adapters, listing: Registry, shop: Path, tmp_path: Path
) -> None:
    listing.promote("listing")
    (listing.folder / "listing" / "adapter_model.safetensors").unlink()
    data = str(tmp_path / "data")
    done = run("ask", QUESTION, "--db", f"sqlite:///{shop}", "-k", "1", SQLOOP_DATA=data)
    assert (done.returncode, done.stdout) == (0, "COUNT(*)\n3\n")
    assert done.stderr.startswith("sqloop: The adapter listing is not used, the bare model answers: ")
    assert done.stderr.count("\n") == 1


def test_the_list_shows_what_is_in_use_and_what_it_scored(
    adapters: Adapters, registry: Registry, listing_adapter: Path, base: str
) -> None:
    for number in (1, 2):
        card = Card(name=f"a{number}", base=base, base_name="tiny", created="2026-01-01T00:00:00+00:00")
        registry.add(listing_adapter, card.model_copy(update={"metrics": {"exact": 60.0 + number}}))
    registry.promote("a2")
    assert adapters("list").stdout == (
        "   a1  tiny  2026-01-01T00:00:00+00:00  exact 61\n*  a2  tiny  2026-01-01T00:00:00+00:00  exact 62\n"
    )
    told = json.loads(adapters("list", "--json").stdout)
    assert [(each["name"], each["active"], each["metrics"]) for each in told] == [
        ("a1", False, {"exact": 61.0}),
        ("a2", True, {"exact": 62.0}),
    ]
    assert told[0]["folder"] == str(registry.folder / "a1")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["promote", "nothing"], "There is no adapter nothing. See sqloop adapters list."),
        (["rollback"], "There is nothing to roll back: the bare model is in use."),
        (["rollback", "--model", "http://127.0.0.1:1/v1#m"], "The model is not on this machine"),
        (["rollback", "--model", "/no/such/folder"], "There is no model at /no/such/folder."),
    ],
)
def test_what_cannot_be_done_is_one_line_and_code_2(
    adapters: Adapters, arguments: list[str], says: str
) -> None:
    done = adapters(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"sqloop: {says}")
    assert done.stderr.count("\n") == 1


def test_an_empty_list_is_empty(adapters: Adapters) -> None:
    assert [adapters("list").stdout, adapters("list", "--json").stdout] == ["", "[]\n"]
