"""How much memory is free: as Linux and containers tell it."""

from __future__ import annotations

from pathlib import Path

from sqloop.models.memory import available_memory, read_cgroup, read_meminfo


def test_this_machine_has_some_memory() -> None:
    memory = available_memory()
    assert memory is not None
    assert 10**8 < memory < 10**14


def test_linux_estimates_what_is_available(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 900 kB\nMemFree: 100 kB\nMemAvailable:     200 kB\n")
    assert read_meminfo(tmp_path / "meminfo") == 200 * 1024
    assert read_meminfo(tmp_path / "none") is None


def test_a_container_has_what_its_limit_leaves(tmp_path: Path) -> None:
    assert read_cgroup(tmp_path) is None
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 400\ninactive_file 200\n")
    assert read_cgroup(tmp_path) is None
    (tmp_path / "memory.max").write_text("1000\n")
    assert read_cgroup(tmp_path) == 500
