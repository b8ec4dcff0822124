"""What a question gave: the chosen candidate with its rows, and all the others with what became of them.

Values only; `sqloop.terminal.display` draws them on a terminal.
"""

from __future__ import annotations

import html
import math
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqloop.database.decimals import Decimal
from sqloop.database.outcome import Value
from sqloop.database.schema import Schema
from sqloop.linking.question import Note
from sqloop.ranking import Candidate, confidence, is_nothing
from sqloop.terminal.certainty import Certainty, name_certainty

if TYPE_CHECKING:
    import pandas
    from rich.console import RenderableType

HTML_ROWS = 100
"""Rows that a notebook shows; `Answer.rows` and `Answer.to_pandas` have them all."""

DOUBT = 0.45
"""The most that an answer is trusted which leaves a word out, or finds nothing for a value."""

NOT_ALL_LINKED = "Some columns hold more values than were read: not all were looked for in the question."


@dataclass(frozen=True)
class Timings:
    """Milliseconds of wall time in each step of a question."""

    schema: float
    link: float
    generate: float
    execute: float
    total: float


@dataclass(frozen=True)
class ModelName:
    """What the user calls the model: a name in the list (``starter`` for the bundled one), a file, a folder,
    a hub name or a URL; never ``auto``."""

    base: str
    adapter: str | None = None


@dataclass(frozen=True)
class Recalled:
    """That an answer is from memory: when its SQL was last accepted for the same question, in local time.

    ``others`` is by how many users where whoever asks is none of them, else 0.
    """

    accepted: datetime
    others: int = 0

    def __str__(self) -> str:
        by = f" by {self.others} others" if self.others else ""
        return f"from memory, accepted{by} {self.accepted:%Y-%m-%d}"


@dataclass(frozen=True)
class LeftOut:
    """How many tables and columns the prompt had no room for, and the names of those that it ``shows``."""

    tables: int
    columns: int
    shows: tuple[str, ...]

    @classmethod
    def between(cls, schema: Schema, shown: Schema) -> LeftOut | None:
        """What ``schema`` holds beyond ``shown``; None where that is nothing."""
        tables = len(schema.tables) - len(shown.tables)
        columns = sum(len(table.columns) for table in schema.tables)
        columns -= sum(len(table.columns) for table in shown.tables)
        return (
            cls(tables, columns, tuple(table.name for table in shown.tables)) if tables or columns else None
        )


@dataclass(frozen=True, repr=False)
class Answer:
    """``candidates`` are ordered by `sqloop.ranking.rank`; ``proposed`` completions lie behind them.

    ``linked_all`` is False when some column was too large to look for all of its values in the question,
    ``left_out`` is what the model was not shown of a large schema, ``not_understood`` are words of the
    question that nothing in the chosen SQL stands for (`sqloop.linking.understanding`). ``recalled`` is None
    unless the SQL is from memory, and ``from_schema`` says that the question was about tables and columns;
    the model was not asked then. ``notes`` are the words of the glossary that the question uses. ``greedy``
    is the text that the likeliest token at each step gave, before any repair; None where that is not known.
    """

    question: str
    candidates: tuple[Candidate, ...]
    proposed: int
    timings: Timings
    model: ModelName
    linked_all: bool = True
    left_out: LeftOut | None = None
    not_understood: tuple[str, ...] = ()
    recalled: Recalled | None = None
    from_schema: bool = False
    notes: tuple[Note, ...] = ()
    greedy: str | None = None

    @property
    def best(self) -> Candidate | None:
        """The chosen candidate; None when none ran."""
        return self.candidates[0] if self.candidates and self.candidates[0].ran else None

    def prefer(self, number: int) -> Answer:
        """The same with another candidate first."""
        chosen = self.candidates[number]
        others = (each for each in self.candidates if each is not chosen)
        return replace(self, candidates=(chosen, *others))

    @property
    def sql(self) -> str | None:
        """The chosen SQL; None when no candidate ran."""
        return self.best.sql if self.best else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns of the answer."""
        return self.best.outcome.columns if self.best else ()

    @property
    def rows(self) -> tuple[tuple[Value, ...], ...]:
        """The rows of the answer, all of them unless `truncated`."""
        return self.best.outcome.rows if self.best else ()

    @property
    def truncated(self) -> bool:
        """Whether the limits cut rows off."""
        return self.best.outcome.truncated if self.best else False

    @property
    def confidence(self) -> float:
        """The probability that the model gives to this answer, 0.0 to 1.0; see `sqloop.ranking`.

        At most `DOUBT` where a word was not understood, or where a filter by a text left nothing: a model is
        as sure without the word, and of a value that is not there.
        """
        share = confidence(self.candidates)
        return min(share, DOUBT) if self.not_understood or self._found_nothing else share

    @property
    def _found_nothing(self) -> bool:
        return self.best is not None and "'" in self.best.sql and is_nothing(self.best.outcome)

    @property
    def trust(self) -> Certainty:
        """The confidence as one word, for people."""
        return name_certainty(self.confidence)

    @property
    def agreement(self) -> str:
        """Why to believe it, in words: when it was accepted, or how sure the model is of it."""
        if self.recalled is not None:
            return str(self.recalled)
        if self.from_schema:
            return "from the schema"
        return f"{self.trust}; {self.doubt}" if self.not_understood else self.trust

    @property
    def doubt(self) -> str:
        """The words that were not understood, as people are told them; empty without any."""
        return f"not understood: {', '.join(self.not_understood)}" if self.not_understood else ""

    def to_json(self) -> dict[str, Any]:
        """The object that ``sqloop ask --json`` prints; its keys are a public interface."""
        return {
            "question": self.question,
            "sql": self.sql,
            "columns": list(self.columns),
            "rows": [[json_value(value) for value in row] for row in self.rows],
            "truncated": self.truncated,
            "confidence": round(self.confidence, 4),
            "candidates": [_candidate_json(each) for each in self.candidates],
            "timings_ms": {step: round(ms, 1) for step, ms in asdict(self.timings).items()},
            "model": asdict(self.model),
            "linked_all": self.linked_all,
            "not_understood": list(self.not_understood),
            "from_memory": self.recalled is not None,
            **({"notes": {note.name: note.meaning for note in self.notes}} if self.notes else {}),
            **({"accepted": self.recalled.accepted.isoformat()} if self.recalled else {}),
            **({"left_out": asdict(self.left_out)} if self.left_out else {}),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a data frame.

        Raises:
            ImportError: pandas is not installed; the message says how to get it.
        """
        try:
            from pandas import DataFrame
        except ImportError as error:
            raise ImportError("to_pandas() needs pandas: pip install pandas") from error
        return DataFrame.from_records(list(self.rows), columns=list(self.columns))

    def __repr__(self) -> str:
        from sqloop.terminal.display import count_rows

        return f"<Answer to {self.question!r}: {count_rows(len(self.rows))}, {self.agreement}>"

    def __str__(self) -> str:
        """As a terminal shows it, without colours."""
        from rich.console import Console

        console = Console(color_system=None)
        with console.capture() as drawn:
            console.print(self)
        return drawn.get()

    def __rich__(self) -> RenderableType:
        from sqloop.terminal.display import draw_answer

        return draw_answer(self)

    def _repr_html_(self) -> str:
        """For notebooks: the rows as a table, under it the agreement and the SQL."""
        if self.best is None:
            return f"<p>No candidate ran.</p>{_html_failures(self.candidates)}"
        head = "".join(f"<th>{html.escape(column)}</th>" for column in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{html.escape(text_value(value))}</td>' for value in row)}</tr>"
            for row in self.rows[:HTML_ROWS]
        )
        left = len(self.rows) - HTML_ROWS
        more = f"<p>… and {left:,} more rows</p>" if left > 0 else ""
        cut = "<p>The limits cut off further rows.</p>" if self.truncated else ""
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"{table}{more}{cut}<p>{self.agreement}</p><pre>{html.escape(self.best.sql)}</pre>"


def json_value(value: Value) -> str | int | float | None:
    """A cell as JSON can hold it: bytes as ``0x…``, the infinities and NaN by name, long decimals as text.

    >>> json_value(b"\\x01\\xff"), json_value(float("inf")), json_value(1.5)
    ('0x01ff', 'Infinity', 1.5)
    """
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Decimal) and not value.is_exact:
        return value.text
    return value


def text_value(value: Value) -> str:
    """A cell for people: NULL by name, long bytes cut.

    >>> text_value(None), text_value(3.0), text_value(bytes(40))
    ('NULL', '3.0', '0x000000000000000000000000… (40 bytes)')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bytes) and len(value) > 16:
        return f"0x{value[:12].hex()}… ({len(value):,} bytes)"
    return str(json_value(value))


def _candidate_json(candidate: Candidate) -> dict[str, Any]:
    return {
        "sql": candidate.sql,
        "status": candidate.outcome.status,
        "error": candidate.outcome.error,
        "votes": candidate.votes,
        "rows": len(candidate.outcome.rows),
        "elapsed_ms": round(candidate.outcome.elapsed_ms, 1),
        **({"rejected": True} if candidate.rejected else {}),
    }


def _html_failures(candidates: tuple[Candidate, ...]) -> str:
    lines = (
        f"<li><code>{html.escape(each.sql)}</code><br>{each.outcome.status}: "
        f"{html.escape(each.outcome.error)}</li>"
        for each in candidates
    )
    return f"<ul>{''.join(lines)}</ul>"
