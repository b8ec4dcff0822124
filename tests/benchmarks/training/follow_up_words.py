"""What tells a follow-up from a question that stands alone: a sparse linear model over words, learned anew.

    pip install scikit-learn
    python tests/benchmarks/training/follow_up_words.py --data DIR

`DIR` is Spider's folder. Learns from `trainer/written`, the short texts of `said.jsonl` beside this file, the
questions of Spider's train split and the dialogues of `tests/benchmarks/questions` but for the newest; first
turns and single questions stand alone.
Prints what is missed and wrongly taken on databases that were left out (five folds) and on the newest
dialogues, then writes `sqloop/dialogue/follow_ups.json`.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Any

import numpy as np
import typer
from typer import Option

from sqloop.dialogue.kinds import SURE, find_features

ROOT = Path(__file__).parents[3]
SAID = Path(__file__).with_name("said.jsonl")
WRITTEN, MEASURED = ROOT / "trainer" / "written", ROOT / "tests" / "benchmarks" / "questions"
NEWEST = "dialogues-17"
WEIGHTS = ROOT / "server" / "sqloop" / "dialogue" / "follow_ups.json"
FOLDS = 5
_ASKS = re.compile(
    r"(?:wh\w+|how|list|show|give|find|name|count|is|are|does|do|did|has|have|the|all|any|for|in|on|by|of|per|from|with"
    r"|at|each|every|add|break|compare|tell|only|top|please|i|we|my|our|an?|\d+)\b",
    re.IGNORECASE,
)
"""What no noun phrase begins with that could do with an article."""


@dataclass(frozen=True)
class Said:
    """A text, whether it is a follow-up, and where it was said."""

    text: str
    follows: bool
    place: str


@dataclass(frozen=True)
class Weights:
    """A model as it is kept."""

    bias: float
    weights: dict[str, float]

    def takes(self, said: Said) -> bool:
        """Whether it is taken for a follow-up."""
        score = self.bias + sum(self.weights.get(each, 0.0) for each in find_features(said.text))
        return bool(1 / (1 + np.exp(-score)) >= SURE)


def main(data: Annotated[Path, Option("--data", help="The folder of Spider.")]) -> None:
    """Print what cross-validation says, and write the weights."""
    said = list({(each.text.lower(), each.follows): each for each in _read_all(data)}.values())
    places = sorted({each.place for each in said if each.place not in ("spider", "measured")})
    Random(0).shuffle(places)
    found: list[tuple[Said, bool]] = []
    for fold in range(FOLDS):
        left_out = set(places[fold::FOLDS])
        model = _fit([each for each in said if each.place not in left_out])
        found += [(each, model.takes(each)) for each in said if each.place in left_out]
    _tell("databases that were left out", found)
    model = _fit(said)
    newest = _read_dialogues(MEASURED / f"{NEWEST}.jsonl", NEWEST)
    _tell(NEWEST, [(each, model.takes(each)) for each in newest])
    kept = {"bias": model.bias, "weights": model.weights}
    WEIGHTS.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def _fit(said: Sequence[Said]) -> Weights:
    """L1 leaves some hundreds of weights; a follow-up counts as much as four questions, being rarer here."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    features = vectorizer.fit_transform([dict.fromkeys(find_features(each.text), 1) for each in said])
    often = np.asarray((features > 0).sum(0)).ravel() >= 2
    follows = np.array([each.follows for each in said])
    model = LogisticRegression(C=2, l1_ratio=1, solver="liblinear", max_iter=500, random_state=0)
    model.fit(features[:, often], follows, sample_weight=np.where(follows, 4.0, 1.0))
    names = vectorizer.get_feature_names_out()[often]
    pairs = sorted(zip(names.tolist(), model.coef_[0].tolist(), strict=True))
    return Weights(round(float(model.intercept_[0]), 3), {n: round(w, 3) for n, w in pairs if round(w, 3)})


def _tell(name: str, found: Sequence[tuple[Said, bool]]) -> None:
    missed = [said.text for said, taken in found if said.follows and not taken]
    wrong = [said.text for said, taken in found if not said.follows and taken]
    follows = sum(said.follows for said, _ in found)
    print(f"{name}: missed {len(missed)} of {follows}, wrongly taken {len(wrong)} of {len(found) - follows}")


def _read_all(data: Path) -> Iterator[Said]:
    for path in sorted(WRITTEN.glob("*.jsonl")):
        name, kind = path.name.split(".")[0], path.name.split(".")[-2]
        if kind == "dialogues":
            yield from _read_dialogues(path, name)
        elif kind != "dialects":
            for row in _rows(path):
                yield Said(row["question"], False, name)
                if not _ASKS.match(row["question"]):  # "Customers in Rome" are "the customers in Rome" too.
                    yield Said(f"the {row['question']}", False, name)
    yield from (Said(row["text"], row["follows"], row["place"]) for row in _rows(SAID))
    for path in sorted(MEASURED.glob("dialogues*.jsonl")):
        if path.stem != NEWEST:
            yield from _read_dialogues(path, "measured")
    with gzip.open(data / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from (Said(json.loads(line)["question"], False, "spider") for line in lines)


def _read_dialogues(path: Path, place: str) -> Iterator[Said]:
    for row in _rows(path):
        yield from (Said(turn["ask"], number > 0, place) for number, turn in enumerate(row["turns"]))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    typer.run(main)
