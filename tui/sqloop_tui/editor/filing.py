"""Opening files of SQL in tabs and saving them, with the dialogs that ask for names."""

from __future__ import annotations

from pathlib import Path

from sqloop.errors import SQLoopError
from sqloop_tui.bench import Bench
from sqloop_tui.editor.open_queries import OpenQueries
from sqloop_tui.editor.sql_files import read_sql, write_sql
from sqloop_tui.screens.line_dialog import LineDialog
from sqloop_tui.screens.sql_file import SqlFiles


class Filing:
    """Of the queries of a bench."""

    def __init__(self, bench: Bench, folder: Path, queries: OpenQueries) -> None:
        self._bench, self._folder, self._queries = bench, folder, queries

    def choose(self) -> None:
        """Open a file of SQL."""
        self._bench.app.push_screen(SqlFiles(self._folder), self._open)

    def save(self) -> None:
        """Save the query; the first time under a name."""
        path = self._bench.tabs.current.path
        if path is not None:
            self._save(path, overwrite=True)
        else:
            dialog = LineDialog("Save the query", "A file, such as top customers.sql:", "saves", ".sql")
            self._bench.app.push_screen(dialog, self._save_as)

    def _open(self, path: Path | None) -> None:
        if path is None:
            return
        bench = self._bench
        try:
            text = read_sql(path)
        except SQLoopError as error:
            bench.say(str(error), "bad")
            return
        bench.leave()
        known = [number for number, each in enumerate(bench.tabs.queries) if each.path == path]
        if known:
            bench.tabs.turn_to(known[0])
        else:
            query = bench.tabs.fresh()
            query.name, query.path, query.text, query.saved = path.name, path, text, text
            bench.tabs.redraw()
        self._queries.enter()

    def _save_as(self, name: str | None) -> None:
        if name:
            path = self._folder / Path(name).expanduser()
            self._save(path if path.suffix else path.with_suffix(".sql"), overwrite=False)

    def _save(self, path: Path, *, overwrite: bool) -> None:
        bench = self._bench
        text = bench.proposals.text
        try:
            write_sql(path, text, overwrite=overwrite)
        except SQLoopError as error:
            bench.say(str(error), "bad")
            return
        query = bench.tabs.current
        query.name, query.path, query.text, query.saved = path.name, path, text, text
        bench.tabs.redraw()
        bench.say(f"Saved as {path}.", "good")
