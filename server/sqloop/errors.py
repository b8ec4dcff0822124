"""Every error that SQLoop raises on purpose, named after the boundary that was crossed.

```
SQLoopError
├── SettingsError           sqloop.toml, environment, flags                 exit 2
├── QuestionError           empty, far too long                             exit 2
├── DatabaseError           connecting, introspecting                       exit 3
│   └── UnreachableError    no such file, server down, wrong password       exit 3
├── ModelError              weights missing, worker died, remote down       exit 2
├── FeedbackError           the store of feedback, its events               exit 2
├── OutputError             standard output closed, its disk full           exit 2
└── CancelledError          the user stopped it                             exit 130
```

A candidate that fails is not an error: it is an `Outcome` (see `sqloop.database.outcome`).
"""

from __future__ import annotations

import re

_ENDED_TWICE = re.compile(r"([!?…]|(?<!\.)\.)\.$")


def end_once(text: str) -> str:
    """A sentence without the stop behind that of a driver whose words it ends with.

    >>> end_once("/data: Is a directory.."), end_once("Did you mean 'name'?."), end_once("wait...")
    ('/data: Is a directory.', "Did you mean 'name'?", 'wait...')
    """
    return _ENDED_TWICE.sub(r"\1", text)


def sentence(text: str) -> str:
    """``text`` with one mark at its end.

    >>> sentence("No such file"), sentence("There is none."), sentence("Did you mean 'ask'?")
    ('No such file.', 'There is none.', "Did you mean 'ask'?")
    """
    text = text.rstrip(". ")
    return text if text.endswith(("?", "!")) else f"{text}."


class SQLoopError(Exception):
    """Base of the family: one line of what happened, one of what the user can do next."""

    title = "SQLoop"
    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = end_once(message)
        super().__init__(self.message)
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class SettingsError(SQLoopError):
    """A setting is missing, unknown or malformed."""

    title = "Settings"


class QuestionError(SQLoopError):
    """The question cannot be asked as it stands."""

    title = "Question"


class DatabaseError(SQLoopError):
    """The database cannot be used as asked."""

    title = "Database"
    exit_code = 3


class UnreachableError(DatabaseError):
    """The database did not answer: no such file, server down, refused login."""


class ModelError(SQLoopError):
    """The model cannot be loaded or did not answer."""

    title = "Model"


class FeedbackError(SQLoopError):
    """Feedback cannot be read or written, or there is none of that name."""

    title = "Feedback"


class MissingStoreError(FeedbackError):
    """Nothing was kept there yet: there is no file, or one whose tables are still to be made."""


class OutputError(SQLoopError):
    """There is nowhere to write the answer to."""

    title = "Output"


class CancelledError(SQLoopError):
    """The user stopped the work."""

    title = "Cancelled"
    exit_code = 130
