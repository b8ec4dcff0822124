"""Tasks from feedback: what users called right, as the database answers it today; and what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqloop.database.outcome import Outcome
from sqloop.feedback.evidence import SURE
from sqloop.feedback.kept import KeptAnswer
from sqloop_trainer.dataset import Dataset, Pair
from sqloop_trainer.gold import GoldRows
from sqloop_trainer.learning.rollout import AskedTask
from sqloop_trainer.own_database import OwnDatabase


@dataclass(frozen=True)
class Taught:
    """A pair with the task it makes."""

    pair: Pair
    task: AskedTask

    @property
    def judges(self) -> bool:
        """Whether an adapter is judged by it: its right answer is known, and somebody said so."""
        return self.task.gold is not None and self.pair.is_sure


def teach(own: OwnDatabase, pairs: Iterable[Pair]) -> tuple[list[Taught], Counter[str]]:
    """The pairs that can be learned from, and how many cannot, by why. Raises UnreachableError."""
    taught: list[Taught] = []
    dropped = Counter[str]()
    for pair in pairs:
        gold, copies = _gold(own, pair)
        known = [answer.outcome() for answer in pair.wrong]
        rejected = [each for each in known if each is not None and not (gold and gold.is_right(each))]
        if gold is None and not rejected:
            dropped[
                "the SQL no longer runs" if pair.sql else "only a digest of the wrong answer is kept"
            ] += 1
        else:
            task = own.asking.ask(pair.question, own.pool, gold, rejected, copies)
            taught.append(Taught(pair, replace(task, weight=pair.weight if gold else SURE)))
    return taught, dropped


def _gold(own: OwnDatabase, pair: Pair) -> tuple[GoldRows | None, tuple[GoldRows, ...]]:
    if pair.sql is None:
        return None, ()
    outcomes = own.pool.run_everywhere([pair.sql])[0]
    if outcomes[0].status == "ok":
        golds = [own.gold(each, pair.sql) for each in outcomes if each.status == "ok"]
        return golds[0], tuple(golds[1:]) if len(golds) == len(outcomes) else ()
    kept: Outcome | None = pair.answer.outcome() if pair.answer else None
    return (GoldRows(kept), ()) if kept else (None, ())


def pack(dataset: Dataset) -> dict[str, Any]:
    """A dataset as JSON holds it."""
    return {"pairs": [_pack_pair(pair) for pair in dataset.pairs], "dropped": dataset.dropped}


def unpack(data: dict[str, Any]) -> Dataset:
    """What `pack` gave."""
    return Dataset(tuple(map(_unpack_pair, data["pairs"])), data["dropped"])


def _pack_pair(pair: Pair) -> dict[str, Any]:
    return {
        "question": pair.question,
        "sql": pair.sql,
        "answer": pair.answer.to_json() if pair.answer else None,
        "wrong": [each.to_json() for each in pair.wrong],
        "sources": list(pair.sources),
        "weight": pair.weight,
    }


def _unpack_pair(data: dict[str, Any]) -> Pair:
    return Pair(
        data["question"],
        data["sql"],
        KeptAnswer.from_json(data["answer"]) if data["answer"] else None,
        tuple(map(KeptAnswer.from_json, data["wrong"])),
        tuple(data["sources"]),
        data["weight"],
    )
