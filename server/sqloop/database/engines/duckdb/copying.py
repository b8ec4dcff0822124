"""The process that copies what DuckDB cannot read: workbooks, and texts in other encodings."""

from __future__ import annotations

from sqloop.database.engines.duckdb.encoding import copy_text
from sqloop.database.engines.duckdb.workbook import read_sheets
from sqloop.database.engines.serving import Bounds, serve

_MEMORY = 3 * 1024 * 1024 * 1024
_SCRATCH = 1024 * 1024 * 1024


def main() -> None:
    """Answer until nobody asks any more."""
    serve({"sheets": read_sheets, "text": copy_text}, Bounds(_MEMORY, _SCRATCH))
