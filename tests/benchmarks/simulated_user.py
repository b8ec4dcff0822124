"""What memory does for a person who corrects: three databases, 25 questions each, in three wordings.

    python tests/benchmarks/simulated_user.py --model qwen2.5-coder-0.5b [-k 4] [--only NAME] [--no-memory]

Every question is asked in its first wording, and the person accepts or corrects the answer, through the real
store of feedback. Then the second wordings are asked, judged in the same way, and then the third. The same is
asked without memory. Nothing is trained. `questions/wordings-NAME.jsonl` was written, with its gold
SQL, before any model was asked a second or third wording.

Prints JSON for each database and for all: right answers by wording without and with memory, the same of the
questions that were corrected in their first wording, and, of those that never were, how many memory won and
lost.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from typer import Option

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.person import Person, settings_of
from sqloop.answer import Answer
from sqloop.session import Session
from sqloop.settings import MemorySettings, Settings
from sqloop_trainer.benchmarks.suite import Item, Suite, Written, prepare_suite

QUESTIONS = Path(__file__).parent / "questions"
DATABASES = ("orders_office", "video_hire", "field_service")
WORDINGS = 3


@dataclass(frozen=True)
class Asked:
    """One question in one wording, from 1."""

    database: str
    number: int
    wording: int
    memory: bool
    question: str
    right: bool
    sql: str
    gold: str
    recalled: bool


def main(
    model: Annotated[str, Option("--model", help="As `sqloop ask` takes it.")],
    k: Annotated[int, Option("-k", min=1, help="Candidates for a question.")] = 4,
    only: Annotated[str, Option("--only", help="One of the databases, to divide the work.")] = "",
    questions: Annotated[int, Option("--questions", help="Only so many of each database.")] = 25,
    no_memory: Annotated[bool, Option("--no-memory", help="Only ask without memory.")] = False,
    details: Annotated[Path | None, Option("--details", help="What became of each question, JSONL.")] = None,
) -> None:
    """Ask, say what is right, and print the shares."""
    found: list[Asked] = []
    with TemporaryDirectory() as folder:
        for name in [only] if only else DATABASES:
            settings = settings_of(name, model, Path(folder)).model_copy(update={"k": k})
            for each in _ask_all(name, settings, questions, no_memory):
                found.append(each)
                if details:
                    with details.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(each), ensure_ascii=False) + "\n")
            print(name, json.dumps(summarise([each for each in found if each.database == name])), flush=True)
    print("all", json.dumps(summarise(found)))


def summarise(found: Sequence[Asked]) -> dict[str, object]:
    """Counts; a question is known by its database and number."""
    right = {(each.database, each.number, each.wording, each.memory): each.right for each in found}
    known = sorted({(each.database, each.number) for each in found})

    def count(chosen: Sequence[tuple[str, int]], memory: bool) -> list[int]:
        return [sum(right[(*each, w, memory)] for each in chosen) for w in range(1, WORDINGS + 1)]

    result: dict[str, object] = {"questions": len(known), "without memory": count(known, False)}
    if not any(each.memory for each in found):
        return result
    corrected = [each for each in known if not right[(*each, 1, True)]]
    never = [each for each in known if all(right[(*each, w, True)] for w in (1, 2))]
    pairs = [(right[(*each, w, False)], right[(*each, w, True)]) for each in never for w in (2, 3)]
    return result | {
        "with memory": count(known, True),
        "corrected": len(corrected),
        "corrected, without memory": count(corrected, False),
        "corrected, with memory": count(corrected, True),
        "never corrected": len(never),
        "of these won": sum(new and not old for old, new in pairs),
        "of these lost": sum(old and not new for old, new in pairs),
    }


def read_wordings(name: str) -> list[tuple[list[str], str]]:
    """The wordings of each question on a database, with the gold SQL."""
    lines = (QUESTIONS / f"wordings-{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [(row["wordings"], row["sql"]) for row in rows]


Answers = list[tuple[Item, Answer]]


def _ask_all(name: str, settings: Settings, count: int, no_memory: bool) -> Iterator[Asked]:
    """With an empty store memory changes nothing: the first wording is asked once."""
    first: Answers = []
    for memory in (False,) if no_memory else (False, True):
        chosen = settings.model_copy(update={"memory": MemorySettings(enabled=memory)})
        with Session(chosen) as session:
            for wording in range(1, WORDINGS + 1):
                suite = ask_about(name, session, wording, count)
                person = Person(chosen, suite)
                answers = first if memory and wording == 1 else []
                for number, item in enumerate(suite.items):
                    if len(answers) <= number:
                        answers.append((item, session.ask(item.question)))
                    yield _asked(name, number, wording, memory, person, *answers[number])
                if wording == 1:
                    first = answers
                if memory:  # After all were asked, so that none tells another of the same wording.
                    for item, answer in answers:
                        person.judge(answer, item)


def ask_about(name: str, session: Session, wording: int, count: int) -> Suite:
    """The questions on a database in one wording, from 1, with their gold answers."""
    questions = [Written(texts[wording - 1], sql) for texts, sql in read_wordings(name)[:count]]
    suite = prepare_suite(name, [session.database], questions)
    if suite.skipped:
        raise ValueError(f"{suite.skipped} gold queries of {name} give nothing.")
    return suite


def _asked(
    name: str, number: int, wording: int, memory: bool, person: Person, item: Item, answer: Answer
) -> Asked:
    return Asked(
        name,
        number,
        wording,
        memory,
        item.question,
        person.finds_right(answer, item),
        answer.sql or "",
        item.gold_sql or "",
        answer.recalled is not None,
    )


if __name__ == "__main__":
    typer.run(main)
