"""The loop on a GGUF file: what is served is what learns, from `bootstrap` and `retrain` to a promotion."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from sqloop.adapters import Registry
from sqloop.database.connect import connect
from sqloop.generation.generator import Tuning
from sqloop.generation.inference.loading import load_model
from sqloop.generation.model_folder import identify_folder
from sqloop.settings import Settings, load_settings
from sqloop_trainer.bootstrap import Bootstrap, bootstrap, plan_bootstrap
from sqloop_trainer.collecting import look
from sqloop_trainer.learner import find_learner
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.grpo import read_log
from sqloop_trainer.learning.policy import Policy, load_policy, save_adapter, score, share_prompts
from sqloop_trainer.learning.rollout import Asking, Task, fits
from sqloop_trainer.learning.supervised import Fit, fit, write_example
from sqloop_trainer.retrain import Retrain, plan_retrain, retrain
from trainer.told import ACCEPTED, tell


@pytest.fixture
def settings(tmp_path: Path, towns: str, tiny_gguf: Path) -> Settings:
    return load_settings(tmp_path, db=towns, model=str(tiny_gguf), data=str(tmp_path / "data"))


def ask(url: str, question: str) -> Task:
    with connect(url) as database, RewardPool(url) as pool:
        return Asking.on("chat", database).ask(question, pool, None)


def test_llama_cpp_writes_as_the_model_that_learns_now_is(
    tiny_gguf: Path, tiny_adapter: Path, towns: str, tmp_path: Path
) -> None:
    policy = load_policy(str(tiny_gguf), str(tiny_adapter))
    assert policy.form == "chat"
    policy.model.float()  # bfloat16 rounds what this model of random weights tells apart
    share_prompts(policy.model)
    task = ask(towns, "How many towns?")
    before = policy.writer.generate(task.request)
    torch.manual_seed(0)
    for name, weight in policy.model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.3)
    assert policy.writer.generate(task.request) == before
    policy.renew()
    rows = policy.writer.write(task.request)
    example = write_example(policy, task.asked, "SELECT COUNT(*) FROM town")
    assert example is not None
    answers = [torch.tensor(row.tokens).numpy() for row in rows]
    with torch.no_grad():
        scored = score(policy.model, [example.prompt] * len(rows), answers, 0).sum(1)
    # llama.cpp keeps adapters, keys and values in half precision.
    assert scored.tolist() == pytest.approx([row.logprob for row in rows], rel=0.01)
    served = load_model(str(tiny_gguf), str(save_adapter(policy, tmp_path / "adapter"))).model
    assert [each.text for each in served.generate(task.request)] == [
        policy.writer.tokens.decode(row.tokens) for row in rows
    ]


def test_an_example_ends_as_the_chat_does_and_is_in_the_style_of_the_adapters(
    tiny_gguf: Path, towns: str
) -> None:
    policy = load_policy(str(tiny_gguf), None, rank=4)
    asked = ask(towns, "museums by town").asked
    example = write_example(
        policy, asked, "select x.name, y.name from museum x join town y on x.town_id = y.id"
    )
    assert example is not None
    assert policy.writer.tokens.piece(int(example.answer[-1])) == b"<|im_end|>"
    wanted = "SELECT m.name, t.name FROM museum AS m JOIN town AS t ON m.town_id = t.id"
    assert policy.writer.tokens.decode(example.answer.tolist()) == wanted
    assert write_example(policy, asked, f"SELECT '{'x' * 4_000}'") is None
    assert fits(policy, ask(towns, "How many?").request)
    assert not fits(policy, ask(towns, "How many? " * 150).request)


def test_the_loss_falls_and_a_cut_run_goes_on_to_the_same_adapter(
    tiny_gguf: Path, towns: str, tmp_path: Path
) -> None:
    def new() -> Policy:
        torch.manual_seed(0)
        return load_policy(str(tiny_gguf), None, rank=8)

    policy = new()
    examples = [write_example(policy, ask(towns, q).asked, sql) for q, sql in list(ACCEPTED.items())[:4]]
    known = [each for each in examples if each is not None]
    losses: list[float] = []
    fit(policy, known, Fit(8, size=4, rate=1e-2), tmp_path, lambda _, loss: losses.append(loss))
    assert losses[-1] < 0.9 * losses[0]
    steps: list[int] = []
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "supervised.pt").write_bytes((tmp_path / "supervised.pt").read_bytes())
    fit(new(), known, Fit(9, size=4, rate=1e-2), tmp_path / "again", lambda step, _: steps.append(step))
    assert steps == [8]


def test_plans_suit_the_model(settings: Settings, tiny_model: Path) -> None:
    starter = settings.model_copy(update={"model": str(tiny_model)})
    assert plan_retrain(settings).rate < plan_retrain(starter).rate
    assert plan_bootstrap(settings).steps < plan_bootstrap(starter).steps
    assert plan_bootstrap(settings, 7).steps == plan_bootstrap(starter, 7).steps == 7
    assert plan_bootstrap(settings, 80).lessons == 80 * 16  # No question twice.


def test_it_learns_from_the_adapter_that_it_is_served_with(
    settings: Settings, tiny_adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_learner(settings).parent is None
    shipped = Tuning("sqloop", str(tiny_adapter))
    monkeypatch.setattr("sqloop_trainer.learner.find_shipped", lambda model: shipped)
    learner = find_learner(settings)
    assert learner.parent == shipped
    assert learner.find("sqloop") == shipped
    assert learner.find_rival() == ""
    assert find_learner(settings.model_copy(update={"adapter": "none"})).parent is None


def test_bootstrap_is_judged_by_what_people_asked(settings: Settings, towns: str, tmp_path: Path) -> None:
    store = tell(tmp_path / "told.sqlite", towns, dict(list(ACCEPTED.items())[:12]))
    told = settings.model_copy(update={"feedback": settings.feedback.model_copy(update={"store": store})})
    result = bootstrap(told, Bootstrap(steps=2, size=2, lessons=8, checks=10), tmp_path / "work")
    assert "12 questions that people asked" in result.reason
    (adapter,) = Registry(tmp_path / "data" / "adapters").list()
    assert adapter.card.metrics["asked questions"] == 12
    assert adapter.card.base == identify_folder(Path(told.model))


def test_retrain_holds_every_question_out_once(settings: Settings, towns: str, tmp_path: Path) -> None:
    store = tell(tmp_path / "told.sqlite", towns, dict(list(ACCEPTED.items())[:12]))
    told = settings.model_copy(update={"feedback": settings.feedback.model_copy(update={"store": store})})
    assert look(told).enough
    assert "12 questions show a gain of 19 points four times in five" in str(look(told))
    plan = Retrain(steps=1, questions=2, k=2, warm=1, size=2, checks=3, folds=2)
    result = retrain(told, plan, tmp_path / "work")
    assert "12 questions that people asked" in result.reason
    page = result.report.read_text()
    assert "<svg" in page
    assert len(read_log(tmp_path / "work" / "grpo" / "log.jsonl")) == 1
    old = json.loads((tmp_path / "work" / "old-asked.json").read_text())
    assert sorted(each["question"] for each in old) == sorted(list(ACCEPTED)[:12])
    folders = ["grpo/adapter", "without-1/grpo/adapter", "without-2/grpo/adapter"]
    assert all((tmp_path / "work" / each / "adapter_model.safetensors").is_file() for each in folders)
    assert retrain(told, plan, tmp_path / "work") == result
