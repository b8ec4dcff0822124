"""The registry: what is added stays, what is promoted can be taken back, whoever dies or writes at once."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from sqloop.adapters import Card, Registry
from sqloop.errors import ModelError, SettingsError

BASE, OTHER = "0123456789abcdef", "fedcba9876543210"

WORK = """
import itertools, sys
from pathlib import Path
from sqloop.adapters import Card, Registry
registry, made, name = Registry(Path(sys.argv[1])), Path(sys.argv[2]), sys.argv[3]
for number in range(int(sys.argv[4])):
    registry.add(made, Card(name=f"{name}-{number}", base="0123456789abcdef"))
    registry.promote(f"{name}-{number}")
    print(number, flush=True)
"""

LIVES = """
import itertools, os, shutil, signal, sys
from pathlib import Path
from sqloop.adapters import Card, Registry

def live(registry, made, steps):
    def die(event, _):
        nonlocal steps
        if event == "open" or event.startswith(("os.", "tempfile.")) and event != "os.kill":
            steps -= 1
            if steps < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(die)
    registry.add(made, Card(name="new", base="0123456789abcdef"))
    registry.promote("new")
    os._exit(0)

def look(folder):
    registry = Registry(folder)
    registry.add(Path(sys.argv[2]), Card(name="after", base="0123456789abcdef"))
    for adapter in registry.list():
        adapter.check()
        assert (adapter.folder / "adapter_model.safetensors").stat().st_size == 200_000
    assert not list(folder.glob(".new-*"))
    known = {each.name for each in registry.list()}
    return f"{int('new' in known)}:{registry.active('0123456789abcdef').name}"

for steps in itertools.count():
    folder = Path(sys.argv[1]).with_name(f"life-{steps}")
    shutil.copytree(sys.argv[1], folder)
    if (child := os.fork()) == 0:
        live(Registry(folder), Path(sys.argv[2]), steps)
    code = os.waitpid(child, 0)[1]
    assert code in (0, signal.SIGKILL)
    print(look(folder))
    if code == 0:
        break
"""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder that has the files of an adapter."""
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "adapter_config.json").write_text("{}")
    (folder / "adapter_model.safetensors").write_bytes(os.urandom(200_000))
    return folder


def add(registry: Registry, made: Path, *names: str, base: str = BASE) -> None:
    for name in names:
        registry.add(made, Card(name=name, base=base))


def test_an_adapter_is_kept_with_all_that_is_known_of_it(registry: Registry, made: Path) -> None:
    card = Card(
        name="shop-1",
        base=BASE,
        base_name="starter",
        metrics={"exact": 61.5},
        data={"events": 12},
        parent="x",
    )
    added = registry.add(made, card)
    (found,) = Registry(registry.folder).list()
    assert found == added
    assert found.card == card
    assert found.card.created.endswith("+00:00")
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        assert (found.folder / name).read_bytes() == (made / name).read_bytes()


def test_an_adapter_is_never_overwritten(registry: Registry, made: Path) -> None:
    add(registry, made, "a")
    before = registry.find("a").card
    (made / "adapter_config.json").write_text('{"other": 1}')
    with pytest.raises(ModelError, match="There is an adapter a already"):
        registry.add(made, Card(name="a", base=OTHER))
    assert registry.find("a").card == before
    assert (registry.find("a").folder / "adapter_config.json").read_text() == "{}"


@pytest.mark.parametrize("name", ["", "none", "../up", ".hidden", "a/b", "a b", "x" * 65])
def test_a_name_is_a_plain_word(name: str) -> None:
    with pytest.raises(ValidationError):
        Card(name=name, base=BASE)


def test_a_folder_that_is_no_adapter_is_refused(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"adapter_config\.json and adapter_model\.safetensors missing"):
        registry.add(tmp_path, Card(name="a", base=BASE))
    assert registry.list() == []


def test_each_base_has_its_own_active_adapter(registry: Registry, made: Path) -> None:
    add(registry, made, "a", "b")
    add(registry, made, "c", base=OTHER)
    assert registry.active(BASE) is None
    assert registry.promote("a") == registry.active(BASE)
    assert registry.active(OTHER) is None
    registry.promote("c")
    assert [registry.active(each) for each in (BASE, OTHER)] == [registry.find("a"), registry.find("c")]
    assert [each.name for each in registry.list(BASE)] == ["a", "b"]
    assert [each.name for each in registry.list()] == ["a", "b", "c"]


def test_rollback_goes_back_one_promotion_at_a_time(registry: Registry, made: Path) -> None:
    add(registry, made, "a", "b")
    for name in ("a", "b", "b"):  # what is active already is not promoted again
        registry.promote(name)
    back = registry.rollback(BASE)
    assert back == registry.active(BASE) == registry.find("a")
    assert registry.rollback(BASE) is None
    assert registry.active(BASE) is None
    with pytest.raises(ModelError, match="nothing to roll back"):
        registry.rollback(BASE)
    assert [(each.did, each.adapter) for each in registry.history(BASE)] == [
        ("promote", "a"),
        ("promote", "b"),
        ("rollback", "b"),
        ("rollback", "a"),
    ]


@pytest.mark.parametrize("name", ["nothing", "..", ".active", ""])
def test_what_is_not_there_is_not_promoted(registry: Registry, made: Path, name: str) -> None:
    add(registry, made, "a")
    registry.promote("a")
    with pytest.raises(ModelError, match="There is no adapter"):
        registry.promote(name)


def test_an_adapter_that_lost_its_weights_is_not_promoted(registry: Registry, made: Path) -> None:
    add(registry, made, "a")
    (registry.find("a").folder / "adapter_model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"not whole: adapter_model\.safetensors missing"):
        registry.promote("a")
    assert registry.active(BASE) is None


def test_a_damaged_card_hides_one_adapter_and_is_told(
    registry: Registry, made: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add(registry, made, "a", "b")
    (registry.find("a").folder / "adapter.json").write_text("{")
    assert [each.name for each in registry.list()] == ["b"]
    assert "The adapter a has no readable adapter.json" in caplog.text


def test_a_damaged_history_is_one_clear_line(registry: Registry, made: Path) -> None:
    add(registry, made, "a")
    registry.promote("a")
    registry.pointer(BASE).write_text("{")
    with pytest.raises(ModelError, match="cannot be read") as raised:
        registry.active(BASE)
    assert str(registry.pointer(BASE)) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_that_cannot_be_made_is_one_clear_line(made: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    registry = Registry(tmp_path / "file" / "adapters")
    assert registry.list() == []
    with pytest.raises(SettingsError, match="cannot be kept in") as raised:
        registry.add(made, Card(name="a", base=BASE))
    assert "\n" not in str(raised.value)


def test_several_processes_add_and_promote_at_once(registry: Registry, made: Path) -> None:
    with ThreadPoolExecutor() as pool:
        codes = pool.map(lambda name: start(registry, made, name, 8).wait(120), ("a", "b", "c"))
        assert list(codes) == [0, 0, 0]
    names = {each.name for each in registry.list()}
    assert names == {f"{name}-{number}" for name in "abc" for number in range(8)}
    promoted = [each.adapter for each in registry.history(BASE)]
    assert sorted(promoted) == sorted(names)
    active = registry.active(BASE)
    assert active is not None
    assert active.name == promoted[-1]


def test_the_same_name_is_given_once(registry: Registry, made: Path) -> None:
    with ThreadPoolExecutor() as pool:
        codes = list(pool.map(lambda _: start(registry, made, "same", 1).wait(120), range(3)))
    assert sorted(codes) == [0, 1, 1]


def test_killed_at_any_step_nothing_is_half_done(registry: Registry, made: Path) -> None:
    """Each life ends at a later step on files than the one before, until one gets through."""
    add(registry, made, "first")
    registry.promote("first")
    ran = subprocess.run(
        [sys.executable, "-c", LIVES, str(registry.folder), str(made)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    *lives, last = ran.stdout.split()
    assert len(lives) > 20
    # At some step the new adapter is there, at a later one it is active; never is there none.
    assert set(lives) == {"0:first", "1:first", "1:new"}
    assert last == "1:new"
    assert lives == sorted(lives)


def start(registry: Registry, made: Path, name: str, times: int) -> subprocess.Popen[bytes]:
    """A process that adds and promotes, and says each time that it did."""
    arguments = [str(registry.folder), str(made), name, str(times)]
    return subprocess.Popen(
        [sys.executable, "-c", WORK, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
