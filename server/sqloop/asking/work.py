"""One question on its way: whether it can be asked, what is asked of it, and where its time goes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqloop.database.cancellation import Cancellation
from sqloop.dialogue import asks_why
from sqloop.errors import CancelledError, QuestionError
from sqloop.generation.prompts.forms import PromptForm

LONGEST_QUESTION = 4_000
"""Characters; longer texts are pasted by mistake and no model here was trained on any."""

NO_ANSWER = "This asks why an answer is what it is, and there is no answer before it."

WRITING = "The model is writing queries"


class Clock:
    """Milliseconds since the last lap, and since the start."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()

    def lap(self) -> float:
        """Since the last call."""
        last, self._last = self._last, time.perf_counter()
        return (self._last - last) * 1000

    def total(self) -> float:
        """Since the start."""
        return (time.perf_counter() - self._start) * 1000


@dataclass
class Work:
    """One question on its way; the adapter that wrote may change between questions, by a promotion."""

    form: PromptForm
    k: int
    seed: int
    prefix: str
    cancel: Cancellation | None
    tell: Callable[[str], None]
    clock: Clock
    generate_ms: float = 0.0
    execute_ms: float = 0.0
    adapter: str | None = None
    greedy: str | None = None

    def tell_reading(self, share: float) -> None:
        """The model has read so much of the schema, and writes when it has read all."""
        self.tell(WRITING if share == 1 else f"The model is reading the schema: {share:.0%}")


def check_cancelled(cancel: Cancellation | None) -> None:
    """Raises CancelledError where ``cancel`` was set."""
    if cancel is not None and cancel.cancelled:
        raise CancelledError("Stopped.")


def check_question(question: str) -> str:
    """``question`` without blanks around it. Raises QuestionError where it cannot be asked.

    It is empty or too long, or asks why an answer is what it is: that is no question about the data.
    """
    # A text from the command line may hold bytes that are no UTF-8; they have no meaning in a question.
    question = question.encode(errors="replace").decode().strip()
    if not question:
        raise QuestionError("The question is empty.")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(question):,} characters; {LONGEST_QUESTION:,} are the most."
        )
    if asks_why(question):
        raise QuestionError(NO_ANSWER, "Ask about the data; a “why?” after an answer explains it.")
    return question
