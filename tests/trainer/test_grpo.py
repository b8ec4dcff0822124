"""GRPO on TRL: the same on one process and two, the same after a kill, and rewards that move a policy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from safetensors.torch import load_file
from torch import Tensor, tensor

from sqloop_trainer.learning.grpo import ADAPTER, CHECKPOINTS, FLOOR, LOG, _Trainer, read_log

SCRIPT = Path(__file__).with_name("distributed_run.py")
PATIENCE = 900


def command(folder: Path, model: Path, url: str, processes: int = 1) -> list[str]:
    start = [sys.executable]
    if processes > 1:
        start += ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    return [*start, str(SCRIPT), str(model), url, str(folder)]


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}


def run(folder: Path, model: Path, url: str, processes: int = 1) -> None:
    ran = subprocess.run(
        command(folder, model, url, processes),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]


def adapter(folder: Path) -> dict[str, Tensor]:
    return load_file(folder / ADAPTER / "adapter_model.safetensors")


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, taught_model: Path, towns: str) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    run(folder, taught_model, towns)
    return folder


def test_a_step_leaves_its_record(alone: Path) -> None:
    log = read_log(alone / LOG)
    assert [each["step"] for each in log] == [1, 2, 3]
    assert all(0 <= each["error_rate"] <= 1 and -0.101 <= each["reward"] <= 1 for each in log)
    assert log[0]["kl"] == pytest.approx(0, abs=1e-5)  # it begins where the reference is
    assert any(weights.abs().sum() > 0 for name, weights in adapter(alone).items() if "lora_B" in name)


def test_two_processes_give_the_losses_of_one(
    alone: Path, tmp_path: Path, taught_model: Path, towns: str
) -> None:
    run(tmp_path, taught_model, towns, processes=2)
    ours, theirs = read_log(alone / LOG), read_log(tmp_path / LOG)
    for name in ("loss", "reward", "error_rate", "kl"):
        assert [each[name] for each in theirs] == pytest.approx([each[name] for each in ours], abs=1e-4), name
    for name, weights in adapter(alone).items():
        assert (weights - adapter(tmp_path)[name]).abs().max() < 1e-3


def test_a_killed_run_goes_on_to_the_same_adapter(
    alone: Path, tmp_path: Path, taught_model: Path, towns: str
) -> None:
    process = subprocess.Popen(
        command(tmp_path, taught_model, towns), env=environment(), stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + PATIENCE
    # Killed as soon as the second checkpoint is there; its files may be half written.
    while not (tmp_path / CHECKPOINTS / "checkpoint-2").exists() and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / ADAPTER).exists()
    run(tmp_path, taught_model, towns)
    assert [each["step"] for each in read_log(tmp_path / LOG)] == [1, 2, 3]
    wanted, given = adapter(alone), adapter(tmp_path)
    assert all((wanted[name] - given[name]).abs().max() < 1e-6 for name in wanted)


def test_what_only_the_grammar_let_through_cannot_blow_up_the_kl(monkeypatch: pytest.MonkeyPatch) -> None:
    scored = (tensor([[-50.0, -1.0]]), None, None)
    monkeypatch.setattr(
        "trl.trainer.grpo_trainer.GRPOTrainer._get_per_token_logps_and_entropies", lambda *_: scored
    )
    logprobs, *rest = _Trainer._get_per_token_logps_and_entropies(object.__new__(_Trainer))
    assert logprobs.tolist() == [[FLOOR, -1.0]]
    assert rest == [None, None]
    assert (logprobs * -1).exp().max() < 10_000
