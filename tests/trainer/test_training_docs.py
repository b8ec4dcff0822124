"""The configuration files of docs/training: read by the parsers of those who will use them."""

from __future__ import annotations

from pathlib import Path

import pytest
from accelerate.commands.config.config_args import load_config_from_file
from trl import GRPOConfig, TrlParser

DOCS = Path(__file__).parents[2] / "docs" / "training"


def test_trl_reads_the_configuration_for_a_vllm_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # A machine of the tests may have no bfloat16; a key that TRL does not know is an error all the same.
    arguments = ["--config", str(DOCS / "grpo-vllm.yaml"), "--bf16", "false", "--use_cpu", "true"]
    (config,) = TrlParser((GRPOConfig,)).parse_args_and_config(arguments, fail_with_unknown_args=True)
    assert (config.use_vllm, config.vllm_mode) == (True, "server")
    assert config.beta == 0.02
    assert config.scale_rewards == "batch"
    assert config.generation_batch_size % config.num_generations == 0


@pytest.mark.parametrize(
    ("name", "kind", "processes"), [("fsdp", "FSDP", 4), ("two-processes", "MULTI_CPU", 2)]
)
def test_accelerate_reads_the_configurations_of_processes(name: str, kind: str, processes: int) -> None:
    config = load_config_from_file(str(DOCS / f"{name}.yaml"))
    assert config.distributed_type == kind
    assert config.num_processes == processes
