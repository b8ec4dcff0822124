"""The line on which a person types in a session: completed with Tab, and kept for the user alone."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sqloop.places import data_folder
from sqloop.session import Session
from sqloop.settings import Settings

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer

HISTORY = "questions.txt"
"""A file in the folder of the user's data: what was typed."""


def open_prompt(settings: Settings, session: Session, commands: Iterable[str]) -> PromptSession[str]:
    """A prompt for questions and for ``commands``."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    path = data_folder(settings.data) / HISTORY
    history = (
        FileHistory(str(path)) if settings.feedback.enabled and _is_writable(path) else InMemoryHistory()
    )
    return PromptSession(
        "? ",
        history=history,
        auto_suggest=AutoSuggestFromHistory(),
        completer=_complete(session, commands),
        complete_while_typing=False,
    )


def _is_writable(path: Path) -> bool:
    """Whether the file is there now, for its user alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
    except OSError:
        return False
    return True


def _complete(session: Session, commands: Iterable[str]) -> Completer:
    """Tables before columns, and commands."""
    from prompt_toolkit.completion import WordCompleter

    def words() -> list[str]:
        tables = session.schema.tables
        names = [table.name for table in tables] + [each.name for table in tables for each in table.columns]
        return [*dict.fromkeys(names), *(f"/{name}" for name in commands), "/quit"]

    return WordCompleter(words, ignore_case=True, match_middle=False, WORD=True)
