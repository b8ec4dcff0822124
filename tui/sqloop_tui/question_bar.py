"""Where questions are typed: history on the arrow keys, completion from history and from the schema."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input

from sqloop.english import PLAIN, QUESTION
from sqloop.terminal.printable import printable
from sqloop_tui.history import History

_LAST = re.compile(r"\w{2,}$")
_FIRST = re.compile(r"\w+")

_ENGLISH = (
    QUESTION
    | PLAIN
    | frozenset(
        "account accounts active added address addresses after age ages albums amount amounts annually april "
        "arrivals articles artists assets assigned august authors rank ranking rate rates rating ratings "
        "ratio refunds regions rejected rented repairs requests reservations returned returns revenue "
        "review reviews rooms rows".split()
    )
)
"""Words that questions begin with; those of A and R, the letters of verdicts, as many as come to mind."""


@dataclass
class QuestionAsked(Message):
    """The user wants an answer."""

    question: str


class LetterRestored(Message):
    """A letter that judged an answer is the first of the question's first word: nobody meant to judge."""


class Completion(Suggester):
    """Completes a question that was asked before, or else the last word by a name of the schema."""

    def __init__(self, history: History) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._history = history
        self.names: tuple[str, ...] = ()

    async def get_suggestion(self, value: str) -> str | None:
        """The whole text as it would be, None where nothing fits."""
        if not value.strip():
            return None
        known = self._history.complete(value)
        if known is not None:
            return value + known[len(value) :]
        word = _LAST.search(value)
        if word is None:
            return None
        low = word[0].lower()
        name = next((each for each in self.names if each.lower().startswith(low)), None)
        return None if name is None else value + name[len(low) :]


class QuestionBar(Input):
    """Enter asks; up and down turn the pages of what was asked before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "older", "Earlier", show=False),
        Binding("down", "newer", "Later", show=False),
    ]

    def __init__(self, history: History) -> None:
        self.completion = Completion(history)
        super().__init__(
            placeholder="Ask your database in plain words, then press Enter",
            suggester=self.completion,
            id="question",
        )
        self._history = history
        self._asked = ""
        self._judged = ""

    @property
    def writing(self) -> bool:
        """Whether the next question is begun here, behind the one that was asked."""
        return self.has_focus and self.value.strip() not in ("", self._asked)

    def complete_names(self, names: tuple[str, ...]) -> None:
        """Complete these from now on."""
        self.completion.names = names

    def show(self, question: str) -> None:
        """Show the question that is asked, where it is not the text that was typed; it may be edited."""
        question = printable(question)
        if question != self.value.strip():
            self._history.add(question)
            if not self.writing:
                self._asked = question
                self._put(question)
                self._expect_next()

    def bring_back(self, question: str) -> None:
        """Show a question that was asked before; whoever types on replaces it."""
        self._asked = question = printable(question)
        self._put(question)
        self._expect_next()

    def forget(self) -> None:
        """What was asked is of no use any more; what is being typed stays."""
        if self.value.strip() == self._asked:
            self.bring_back("")

    def begin(self, text: str, judged: str = "") -> None:
        """A question that is being typed begins with this: from here on it is typed here.

        ``judged`` is the letter that was taken for a verdict just before: once the first word is there, it is
        put in front where that makes a word of it.
        """
        self._judged = judged
        # What is selected on focus would be replaced by the next letter.
        self.select_on_focus = False
        self.screen.set_focus(self)
        self._put(text)
        self.call_later(self._select_again)

    def _select_again(self) -> None:
        self.select_on_focus = True

    def on_blur(self) -> None:
        """Of a question that is too long, the beginning is seen."""
        self.cursor_position = 0

    def action_older(self) -> None:
        """An earlier question."""
        self._put(self._history.back(self.value))

    def action_newer(self) -> None:
        """A later one."""
        self._put(self._history.forth(self.value))

    def on_input_changed(self, event: Input.Changed) -> None:
        """With a blank the first word is there."""
        if self._judged and " " in event.value:
            self._restore()

    def _restore(self) -> None:
        judged, self._judged = self._judged, ""
        found = _FIRST.match(self.value)
        if judged and found and self._is_word(judged + found[0]) and found[0].lower() not in _ENGLISH:
            self.value = judged + self.value
            self.cursor_position += 1
            self.post_message(LetterRestored())

    def _is_word(self, text: str) -> bool:
        """Whether a question may begin so: in English, with a name of the schema, or as an earlier one."""
        said = " ".join([*self.completion.names, *self._history.questions]).lower().replace("_", " ")
        return text.lower() in _ENGLISH or text.lower() in re.findall(r"\w+", said)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Ask, unless there is nothing to be asked; what is typed from here on is the next question."""
        event.stop()
        self._restore()
        question = self.value.strip()
        if question:
            self._asked = question
            self._expect_next()
            self._history.add(question)
            self.post_message(QuestionAsked(question))

    def _expect_next(self) -> None:
        """Whoever types on while the answer is awaited replaces the question."""
        if self.has_focus:
            self.action_select_all()

    def settle(self, before: str = "") -> bool:
        """No answer came: the question is there to be changed, unless the next one is being typed.

        ``before`` is the question whose answer is still on the screen: it takes the place of the other.
        Whether it did.
        """
        if self.value.strip() != self._asked:
            return False
        taken = before not in ("", self._asked)
        if taken:
            self._asked = before
            self._put(before)
            self._expect_next()
        else:
            self.cursor_position = len(self.value)
        return taken

    def _put(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)
