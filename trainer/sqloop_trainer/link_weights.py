"""Fits what `sqloop.linking.evidence` weighs by, on written questions with gold SQL, and measures it.

    python -m sqloop_trainer.link_weights trainer/written

Every reading of words as a stored value is one sample; it is right where the gold SQL has that text. Logistic
regression by Newton's method, with a small penalty. Every fifth database is held out: what it prints is
precision and recall there, for what is linked and for what a real model is told.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from typer import Argument, Option

from sqloop.database.words import fold, name_stems, split_text
from sqloop.linking import evidence
from sqloop.linking.evidence import LINKED, SURE, gather
from sqloop.linking.link import link_values, read_surroundings, read_values
from sqloop_trainer.tuning.scenarios import Scenario, written_scenarios

HELD_OUT = 5
PENALTY = 1.0
FEWEST = 0.1
"""The share of databases from which a word counts as common."""


@dataclass(frozen=True)
class _Sample:
    evidence: dict[str, float]
    right: bool


def main(
    written: Annotated[Path, Argument(help="The folder of written databases.")],
    fit: Annotated[bool, Option(help="Write new weights; else only measure.")] = True,
) -> None:
    """Fit the weights, write them and measure what is linked on held-out databases."""
    target = Path(str(files("sqloop.linking").joinpath("weights.json")))
    with tempfile.TemporaryDirectory() as folder:
        scenarios = list(written_scenarios(written, Path(folder)))
        learned = [each for number, each in enumerate(scenarios) if number % HELD_OUT]
        if fit:
            # Words first: how common they are is evidence.
            common = _count_words(learned)
            _save(target, common, {})
            samples = [sample for each in learned for sample in _samples(each)]
            _save(target, common, _regress(samples))
        _measure(scenarios[::HELD_OUT])


def _save(target: Path, common: dict[str, float], weights: dict[str, float]) -> None:
    fitted = {"weights": weights, "common": common}
    target.write_text(json.dumps(fitted, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    evidence._fitted.cache_clear()


def _count_words(scenarios: Sequence[Scenario]) -> dict[str, float]:
    said: Counter[str] = Counter()
    for scenario in scenarios:
        texts = (text for asking in scenario.askings for text in asking.wordings)
        said.update(
            {
                fold(word.text).split("'")[0]
                for text in texts
                for word in split_text(text)
                if word.text.islower()
            }
        )
    shares = {word: round(count / len(scenarios), 2) for word, count in sorted(said.items())}
    return {word: share for word, share in shares.items() if share >= FEWEST and word.isalpha()}


def _samples(scenario: Scenario) -> Iterator[_Sample]:
    around = read_surroundings(scenario.schema)
    for asking in scenario.askings:
        gold = _texts(asking.sql)
        for question in asking.wordings if gold is not None else ():
            words = split_text(question)
            for each in read_values(words, scenario.values, around):
                right = any(fold(match.value) in (gold or ()) for match in each.matches)
                yield _Sample(gather(words, each, around), right)


def _texts(sql: str) -> set[str] | None:
    try:
        tree = parse_one(sql, dialect="sqlite")
    except SqlglotError:
        return None
    return {fold(each.name).strip("%") for each in tree.find_all(exp.Literal) if each.is_string}


def _regress(samples: Sequence[_Sample]) -> dict[str, float]:
    weights = regress([each.evidence for each in samples], [each.right for each in samples], PENALTY)
    print(f"{len(samples)} readings, {sum(each.right for each in samples)} of them right")
    return {name: round(weight, 3) for name, weight in sorted(weights.items())}


def regress(
    evidence: Sequence[Mapping[str, float]], right: Sequence[bool], penalty: float
) -> dict[str, float]:
    """Weights of each piece of evidence by logistic regression (Newton's method), with a small penalty."""
    names = list(evidence[0])
    rows = np.array([[each[name] for name in names] for each in evidence])
    target = np.array(right, dtype=float)
    weights = np.zeros(len(names))
    for _ in range(30):
        likely = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (target - likely) - penalty * weights
        curve = (rows * (likely * (1 - likely))[:, None]).T @ rows + penalty * np.eye(len(names))
        weights = weights + np.linalg.solve(curve, slope)
    return dict(zip(names, map(float, weights), strict=True))


def _measure(scenarios: Sequence[Scenario]) -> None:
    for least in (LINKED, SURE):
        links = hits = wanted = found = 0
        for scenario in scenarios:
            for asking in scenario.askings:
                gold = _texts(asking.sql)
                for question in asking.wordings if gold is not None else ():
                    made = [
                        {fold(match.value) for match in link.matches}
                        for link in link_values(question, scenario.schema, scenario.values)
                        if link.matches and link.score >= least
                    ]
                    offered = set().union(*made)
                    known = {each for each in gold or () if _is_stored(each, scenario)}
                    links, hits = links + len(made), hits + sum(bool(each & (gold or set())) for each in made)
                    wanted, found = wanted + len(known), found + len(known & offered)
        print(f"score >= {least}: precision {hits / links:.3f} of {links}", end=", ")
        print(f"recall {found / wanted:.3f} of {wanted}")


def _is_stored(text: str, scenario: Scenario) -> bool:
    return any(fold(match.value) == text for match in scenario.values.whole(name_stems(text)))


if __name__ == "__main__":
    typer.run(main)
