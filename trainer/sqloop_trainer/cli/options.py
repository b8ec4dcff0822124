"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

Db = Annotated[
    str | None, Option("--db", metavar="URL", help="The database; a URL or the name of a connection.")
]
Learner = Annotated[str | None, Option("--model", metavar="MODEL", help="As `sqloop ask` takes it; no URL.")]
Out = Annotated[
    Path | None,
    Option("--out", metavar="FOLDER", help="Where the run is kept; given again, it goes on from there."),
]
Json = Annotated[bool, Option("--json", help="Print one JSON object.")]
