"""What the gate finds: adapters with a known worth, judged by answers and by candidates.

    python tests/benchmarks/training/gate_power.py --data DIR --out FILE.json ADAPTER ...

`DIR` holds `restaurants.sqlite`; ADAPTER are folders of adapters of the starter on it, as `promotion.py`
leaves them (of `retrain` the whole one and those of the parts). All answer the 80 questions of people that
nobody trained on, as the gate asks them. Printed for each: won, lost, and how often luck does as well by
answers and by candidates. Then how often the gate promotes for a true gain of so many points on N questions,
which are drawn from those of the adapters that won more than they lost: for a smaller gain a coin exchanges
both sides of some, for a larger one what was won is drawn more often, for a loss sides are exchanged. For
`retrain` the adapters that judge gain less: three quarters with four parts, four fifths with five. FILE keeps
what was answered; given again, it goes on.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from typer import Argument, Option

from sqloop.database.connect import connect
from sqloop.models import STARTER
from sqloop.session import NO_ADAPTER
from sqloop.settings import load_settings
from sqloop_trainer.gate.decision import LUCK, Comparison, compare, luck
from sqloop_trainer.gate.judging import judge
from sqloop_trainer.gate.shares import gains
from sqloop_trainer.gate.trial import CANDIDATES
from sqloop_trainer.learner import Learner, find_learner
from sqloop_trainer.learning.rollout import AskedTask
from sqloop_trainer.own_database import OwnDatabase, open_own

QUESTIONS = Path(__file__).parents[1] / "questions"
JUDGES = ("restaurants-2", "restaurants-3")
BEFORE = "before"
DRAWS = 1_000
Pairs = np.ndarray[tuple[int, int], np.dtype[np.float64]]
"""A question a row: 1 won, -1 lost or 0; by how much the share of right candidates grew."""


def main(
    adapters: Annotated[list[Path], Argument(help="Folders of adapters.")],
    data: Annotated[Path, Option("--data", help="The folder of the restaurants database.")],
    out: Annotated[Path, Option("--out", help="Where answers are kept.")],
) -> None:
    """Ask, and print both tables."""
    settings = load_settings(
        db=f"sqlite:///{(data / 'restaurants.sqlite').absolute()}", model=STARTER, adapter=NO_ADAPTER
    )
    learner = find_learner(settings)
    with connect(settings.db) as database, open_own(settings, database, learner.form) as own:
        tasks = _read(own)
        known = json.loads(out.read_text()) if out.is_file() else {}
        for adapter in (None, *adapters):
            name = str(adapter or BEFORE)
            if name not in known:
                known[name] = _ask(learner, adapter, tasks)
                out.write_text(json.dumps(known))
    pairs = {name: _pair(known[BEFORE], each) for name, each in known.items() if name != BEFORE}
    for name, each in pairs.items():
        told = _compare(each)
        row = {"won": told.wins, "lost": told.losses, "luck": round(luck(told.wins, told.losses), 4)}
        print(json.dumps({"adapter": name, **row, "luck by candidates": round(told.luck, 4)}))
    better = np.concatenate([each for each in pairs.values() if each[:, 0].sum() > 2])
    print(json.dumps({"questions": len(better), "gain": round(100 * float(better[:, 0].mean()), 2)}))
    for parts in (0, 4, 5):
        for questions in (25, 50, 100, 400):
            for points in (-10, 0, 5, 10, 20):
                shown = points * (1 - 1 / parts) if parts and points > 0 else points
                row = {"parts": parts, "questions": questions, "points": points}
                print(json.dumps(row | _find(better, shown, questions)))


def _read(own: OwnDatabase) -> list[AskedTask]:
    lines = [line for name in JUDGES for line in (QUESTIONS / f"{name}.jsonl").read_text().splitlines()]
    asked = [(row["question"], row["sql"]) for row in map(json.loads, lines)]
    outcomes = own.pool.run([sql for _, sql in asked])
    return [
        own.asking.ask(question, own.pool, own.gold(outcome, sql))
        for (question, sql), outcome in zip(asked, outcomes, strict=True)
    ]


def _ask(learner: Learner, adapter: Path | None, tasks: list[AskedTask]) -> list[dict[str, object]]:
    print(f"asking {adapter or BEFORE}", file=sys.stderr, flush=True)
    replies = judge(learner.serve(adapter), tasks, candidates=CANDIDATES)
    return [{name: asdict(each)[name] for name in ("right", "candidates")} for each in replies]


def _pair(old: list[dict[str, object]], new: list[dict[str, object]]) -> Pairs:
    won = [int(bool(b["right"])) - int(bool(a["right"])) for a, b in zip(old, new, strict=True)]
    sides: list[list[object]] = [[each["candidates"] for each in side] for side in (old, new)]
    return np.column_stack([won, gains(*sides)])  # type: ignore[arg-type]


def _compare(pairs: Pairs) -> Comparison:
    won = pairs[:, 0]
    return compare((won < 0).tolist(), (won > 0).tolist(), pairs[:, 1].tolist())


def _find(better: Pairs, points: float, questions: int) -> dict[str, float]:
    """Percent promoted by answers alone, as it was, and with candidates."""
    random = np.random.default_rng(0)
    gain = abs(points) / 100
    odds = _tilt(better[:, 0], gain)
    real = min(1.0, gain / float(better[:, 0].mean()))
    by_answers = by_candidates = 0
    for _ in range(DRAWS):
        drawn = better[random.choice(len(better), questions, p=odds)]
        signs = np.where(
            random.random(questions) < real, np.sign(points) or 1, random.choice([-1, 1], questions)
        )
        told = _compare(drawn * signs[:, None])
        by_answers += told.wins > told.losses and luck(told.wins, told.losses) <= LUCK
        by_candidates += told.wins > told.losses and told.luck <= LUCK
    return {"answers": 100 * by_answers / DRAWS, "candidates": 100 * by_candidates / DRAWS}


def _tilt(won: np.ndarray[tuple[int], np.dtype[np.float64]], gain: float) -> np.ndarray:
    """How often to draw each question, so that ``gain`` is won: more than is won when all are drawn alike."""
    low, high = 0.0, 10.0
    for _ in range(50):
        strength = (low + high) / 2
        odds = np.exp(strength * won)
        odds /= odds.sum()
        low, high = (strength, high) if float(odds @ won) < gain else (low, strength)
    return odds


if __name__ == "__main__":
    typer.run(main)
