"""One line between the query and its rows: what is being done, what came of it, what was learned."""

from __future__ import annotations

import time
from typing import ClassVar, Literal

from rich.console import RenderableType
from rich.style import Style
from rich.text import Text
from textual.timer import Timer
from textual.widget import Widget

from sqloop.lsp.protocol import AskResult
from sqloop.terminal.certainty import FROM_SCHEMA, NOTHING, REJECTED, TIED, name_certainty, tell_votes
from sqloop.terminal.printable import count, printable
from sqloop.terminal.telling import reads_glossary
from sqloop_tui.results.pages import Pages

Tone = Literal["quiet", "good", "warn", "bad", "busy"]

_SIGNS = {"quiet": " ", "good": "✓", "warn": "!", "bad": "✗"}
_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class VerdictBar(Widget):
    """While something is done, it tells for how long and how to stop it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"verdict--{tone}" for tone in ("quiet", "good", "warn", "bad", "busy")
    }

    DEFAULT_CSS = """
    VerdictBar {
        height: 1;
        padding: 0 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        .verdict--quiet { color: $secondary; }
        .verdict--good { color: $success; }
        .verdict--warn { color: $warning; }
        .verdict--bad { color: $error; }
        .verdict--busy { color: $primary; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._tone: Tone = "quiet"
        self.words = ""
        self._since = 0.0
        self._timer: Timer | None = None

    def say(self, words: str, tone: Tone = "quiet") -> None:
        """Say one line until something else is to be said."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.words, self._tone = words, tone
        self.refresh()

    def work(self, words: str) -> None:
        """Tell what is done now; the time goes on from the first word."""
        if self._timer is None:
            self._since = time.monotonic()
            self._timer = self.set_interval(0.1, self.refresh)
        self.words, self._tone = words, "busy"
        self.refresh()

    def render(self) -> RenderableType:
        """The line."""
        style = self._style(self._tone)
        text = Text(no_wrap=True, overflow="ellipsis")
        if self._tone == "busy":
            passed = time.monotonic() - self._since
            text.append(f"{_FRAMES[int(passed * 10) % len(_FRAMES)]} ", style)
            text.append(f"{printable(self.words)}  ", style)
            return text.append(f"{passed:.1f} s · Esc cancels", self._style("quiet"))
        return text.append(f"{_SIGNS[self._tone]} {printable(self.words)}", style)

    def _style(self, tone: Tone) -> Style:
        return Style(color=self.get_component_rich_style(f"verdict--{tone}", partial=True).color)


def describe_answer(answer: AskResult) -> str:
    """How sure it is, how much there is, and how long it took."""
    rows = _rows(answer.row_count, answer.truncated)
    return f"{describe_trust(answer)} · {rows} · {answer.timings_ms.total / 1000:.1f} s"


def describe_trust(answer: AskResult) -> str:
    """How sure it is, and what speaks against it."""
    if origin := answer.memory or (FROM_SCHEMA if answer.from_schema else ""):
        return origin
    first = answer.candidates[0] if answer.sql is not None and answer.candidates else None
    agree = first.votes if first is not None else 0
    left = ", ".join(answer.not_understood)
    learn = " (d says what it means)" if reads_glossary(answer.model.base) else ""
    parts = [f"not understood: {left}{learn}"] if left else []
    sure: str = name_certainty(answer.confidence)
    votes = tell_votes(agree, answer.proposed, sure)
    sure = f"{sure} ({votes})" if votes else sure
    rejected = first is not None and first.rejected
    against = {REJECTED: rejected, NOTHING: answer.found_nothing, TIED: answer.tied}
    parts += [sure, *filter(None, [answer.like]), *(words for words, holds in against.items() if holds)]
    return " · ".join(parts)


def describe_pages(pages: Pages) -> str:
    """How much a query gave, and in what time."""
    return f"{_rows(pages.row_count, bool(pages.notice))} · {pages.elapsed_ms:,.0f} ms"


def _rows(number: int, truncated: bool) -> str:
    return count(number, "row") + (", cut off by the limits" if truncated else "")
