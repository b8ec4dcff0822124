"""`sqloop console` from its command line: checks that there is a terminal, then hands it over."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sqloop.errors import SettingsError
from sqloop.lsp.protocol import Options


def run(
    *,
    db: str | None,
    k: int | None,
    model: str | None,
    adapter: str | None,
    no_feedback: bool,
    folder: Path | None = None,
) -> int:
    """Open the console on the settings of ``folder``; 0 when its user leaves.

    Raises SettingsError where there is no terminal.
    """
    # Textual draws on standard error.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise SettingsError("The console needs a terminal.", 'For pipes there is sqloop ask "QUESTION".')
    if os.environ.get("TERM") == "dumb":
        hint = 'sqloop ask "QUESTION" works line by line.'
        raise SettingsError("The console draws where it likes, which this terminal cannot (TERM=dumb).", hint)
    from sqloop.places import data_folder
    from sqloop_tui.app import ConsoleApp

    options = Options(
        # The command line has asked: the server finds its user's answer.
        trusted=False,
        connection=db or "",
        model=model or "",
        adapter=adapter or "",
        k=k,
        feedback=not no_feedback,
    )
    kept = None if no_feedback else data_folder()
    app = ConsoleApp(
        options,
        history=kept and kept / "console_history.jsonl",
        ran=kept and kept / "console_sql.jsonl",
        folder=folder,
    )
    app.run()
    return app.return_code or 0
