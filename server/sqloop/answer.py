"""An answer as Python hands it out: it prints itself, and turns into JSON, a data frame or HTML.

What draws it is imported when something is drawn: the language server starts without.
"""

from __future__ import annotations

import html
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqloop.database.cells import json_rows, text_value
from sqloop.findings import DOUBT, NOT_ALL_LINKED, Findings, LeftOut, Recalled
from sqloop.provenance import ModelName, Timings
from sqloop.ranking import Candidate
from sqloop.terminal.certainty import round_down

if TYPE_CHECKING:
    import pandas
    from rich.console import RenderableType

__all__ = ["DOUBT", "NOT_ALL_LINKED", "Answer", "LeftOut", "ModelName", "Recalled", "Timings"]

HTML_ROWS = 100
"""Rows that a notebook shows; `Answer.rows` and `Answer.to_pandas` have them all."""


class Answer(Findings):
    """What a question gave, for people and programs."""

    def to_json(self) -> dict[str, Any]:
        """The object that ``sqloop ask --json`` prints; its keys are a public interface."""
        return {
            "question": self.question,
            "sql": self.sql,
            "columns": list(self.columns),
            "rows": json_rows(self.rows),
            "truncated": self.truncated,
            "confidence": round_down(self.confidence, 4),
            "candidates": [_candidate_json(each) for each in self.candidates],
            "timings_ms": {step: round(ms, 1) for step, ms in asdict(self.timings).items()},
            "model": asdict(self.model),
            "linked_all": self.linked_all,
            "not_understood": list(self.not_understood),
            "from_memory": self.recalled is not None,
            **({"from_schema": True} if self.from_schema else {}),
            **({"own": True} if self.own else {}),
            **({"notes": {note.name: note.meaning for note in self.notes}} if self.notes else {}),
            **({"accepted": self.recalled.accepted.isoformat()} if self.recalled else {}),
            **({"accepted_for": self.recalled.question} if self.recalled and self.recalled.question else {}),
            **({"accepted_by_others": by} if self.recalled and (by := self.recalled.others) else {}),
            **({"like": _like_json(self.like)} if self.like else {}),
            **({"tied": True} if self.tied else {}),
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
        from sqloop.terminal.display import count_rows, plain

        count = count_rows(len(self.rows))
        gave = f"{count}, {plain(self.agreement)}" if self.best else "no candidate ran"
        return f"<Answer to {self.question!r}: {gave}>"

    def __str__(self) -> str:
        """As a terminal shows it, without colours."""
        from rich.console import Console

        console = Console(color_system=None)
        with console.capture() as drawn:
            console.print(self)
        return drawn.get()

    def __rich__(self) -> RenderableType:
        from sqloop.terminal.display import draw_answer

        return draw_answer(self, everything=self.best is None)

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
        agreement, sql = html.escape(self.agreement), html.escape(self.best.sql)
        return f"{table}{more}{cut}<p>{agreement}</p><pre>{sql}</pre>"


def _like_json(like: Recalled) -> dict[str, str]:
    return {"question": like.question, "accepted": like.accepted.isoformat()}


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
