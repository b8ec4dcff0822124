"""Lines of SQLoop's own, which stand on standard error beside the data."""

from __future__ import annotations

import sys
from shutil import get_terminal_size
from textwrap import wrap


def tell(line: str) -> None:
    """Print a line without what a terminal obeys; on a terminal it is broken between words."""
    from sqloop.terminal.printable import printable  # What it needs takes a while to load.

    text = printable(f"sqloop: {line}")
    if sys.stderr.isatty():
        width = get_terminal_size().columns
        text = "\n".join(wrap(text, width, break_long_words=False, break_on_hyphens=False))
    print(text, file=sys.stderr)
