"""`make demo`: five questions on the sample database, their SQL, their answers and how long each took."""

from __future__ import annotations

import sys

from rich.console import Console

import sqloop
from sqloop.errors import SQLoopError

QUESTIONS = (
    "How many customers do we have?",
    "Which products are out of stock?",
    "Who are our five best paid employees?",
    "How many customers are there per country?",
    "Which products are in the Tents category?",
)


def main() -> int:
    """Ask the questions; 0 when each of them was answered."""
    console = Console()
    unanswered = 0
    with sqloop.connect("sample") as shop:
        tables = ", ".join(table.name for table in shop.schema.tables)
        console.print(f"[bold]Sample database[/]: {tables}")
        console.print(f"[bold]Model[/]: {shop.model.base}")
        for number, question in enumerate(QUESTIONS, 1):
            console.rule(f"[bold]{number}. {question}[/]", align="left")
            answer = shop.ask(question)
            console.print(answer)
            unanswered += answer.best is None
    return 1 if unanswered else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SQLoopError as error:
        sys.exit(f"sqloop: {error}")
