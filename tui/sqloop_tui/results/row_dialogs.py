"""What is asked about rows in a dialog: a text that one of them holds, and how many a query may give."""

from __future__ import annotations

from sqloop.errors import SQLoopError
from sqloop_tui.bench import Bench
from sqloop_tui.results.result_table import ResultTable
from sqloop_tui.screens.line_dialog import LineDialog


class RowDialogs:
    """Of a bench."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._sought = ""

    def limit(self) -> None:
        """Let a query give more rows, or fewer."""
        limit = self._bench.limit
        words = f"How many rows a query may give from now on; now {limit:,} (limits.rows in sqloop.toml)."
        self._bench.app.push_screen(
            LineDialog("Row limit", words, "runs it again", str(limit * 10)), self._allow
        )

    def _allow(self, text: str | None) -> None:
        if not text:
            return
        digits = "".join(char for char in text if char not in ",._ ")
        if digits.isascii() and digits.isdigit() and int(digits):
            self._bench.allow(int(digits))
        else:
            self._bench.say(f"{text!r} is no number of rows.", "warn")

    def find(self) -> None:
        """Find a text in the rows."""
        if self._bench.outcome.shown is None:
            self._bench.say("There are no rows to look in.", "warn")
        else:
            dialog = LineDialog("Find", "A text in the rows:", "finds it", self._sought)
            self._bench.app.push_screen(dialog, self._find)

    def _find(self, text: str | None) -> None:
        if text:
            self._sought = text
            self.find_next()

    def find_next(self) -> None:
        """The next row that holds the text."""
        self._bench.run_worker(self._find_next(), group="find", exclusive=True)

    async def _find_next(self) -> None:
        bench, sought = self._bench, self._sought
        if not sought:
            bench.say("Ctrl+F finds a text in the rows.", "warn")
            return
        try:
            found = await bench.query_one(ResultTable).find(sought)
        except SQLoopError as error:
            bench.say(str(error), "bad")
            return
        if found is None:
            bench.say(f"No row holds {sought!r}.", "warn")
        else:
            bench.say(f"{sought!r} is in row {found + 1:,} · F3: the next one")
