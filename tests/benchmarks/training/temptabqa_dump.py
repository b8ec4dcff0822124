"""What a policy earns that answers nothing: every row of whoever a question of TEMPTABQA-C is about.

    python tests/benchmarks/training/temptabqa_dump.py --data DIR

Recall-only metrics and the published partial reward pay for it; `exact` and the reward `sqloop` do not.
"""

from __future__ import annotations

from pathlib import Path
from statistics import mean
from typing import Annotated

import typer
from typer import Option

from sqloop.database.connect import connect
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.linking.link import link_values
from sqloop_trainer.benchmarks.temptabqa import read_questions
from sqloop_trainer.benchmarks.temptabqa_databases import build_world
from sqloop_trainer.gold import GoldText
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.rewards import paper, sqloop

DUMP = (
    "SELECT t.name, f.name, m.type, m.year, m.location FROM Athlete AS a "
    "JOIN Tournament AS t ON t.athlete_id = a.athlete_id "
    "JOIN Format AS f ON f.tournament_id = t.tournament_id JOIN Medal AS m ON m.format_id = f.format_id "
    "WHERE a.name = '{name}'"
)


def main(
    data: Annotated[Path, Option("--data", help="The folder of temptabqa-c.")],
    split: Annotated[str, Option("--split")] = "dev",
) -> None:
    """Print the mean of what dumping earns."""
    url = build_world(data, "original")
    with connect(url) as database, RewardPool(url) as pool:
        schema, index = database.schema(), ValueIndex.build(database)
        golds, texts = [], []
        for question in read_questions(data, split):
            links = link_values(question.text, schema, index)
            names = [m.value for link in links for m in link.matches if m.table == "Athlete"]
            if names:
                golds.append(GoldText(question.answer))
                texts.append(DUMP.format(name=names[0].replace("'", "''")))
        found = list(zip(pool.run(texts), golds, strict=True))
    recalls = [gold.recall(outcome) for outcome, gold in found]
    print(f"questions            {len(found)}")
    print(f"EMS                  {100 * mean(each == 1 for each in recalls):.1f} %")
    print(f"REMS                 {100 * mean(recalls):.1f} %")
    print(f"exact                {100 * mean(gold.is_right(outcome) for outcome, gold in found):.1f} %")
    print(f"reward, paper        {mean(paper(*each) for each in found):.1f} of 1000")
    print(f"reward, sqloop       {mean(sqloop(*each) for each in found):.3f} of 1")


if __name__ == "__main__":
    typer.run(main)
