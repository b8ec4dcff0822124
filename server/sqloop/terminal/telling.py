"""Lines of SQLoop's own, which stand on standard error beside the data."""

from __future__ import annotations

import re
import sys
from itertools import chain
from shutil import get_terminal_size
from textwrap import wrap

NOT_READ = "The model starter does not use the glossary; the others do: see sqloop model list."
"""Where a word is defined and the model in use does not read the glossary."""

_COMMAND = re.compile(r"(?<=:) (?=sqloop )")


def tell(line: str) -> None:
    """Print a line without what a terminal obeys; on a terminal a long one is broken between words.

    A command that it ends with, behind a colon, is copied from there: it begins a line.
    """
    from sqloop.terminal.printable import printable  # What it needs takes a while to load.

    text = printable(f"sqloop: {line}")
    if sys.stderr.isatty():
        width = get_terminal_size().columns
        parts = _COMMAND.split(text) if len(text) > width else [text]
        lines = (wrap(part, width, break_long_words=False, break_on_hyphens=False) for part in parts)
        text = "\n".join(chain.from_iterable(lines))
    print(text, file=sys.stderr)


def reads_glossary(model: str) -> bool:
    """Whether the model of that name is shown what words mean: the starter is too small for that.

    >>> reads_glossary("starter"), reads_glossary("qwen2.5-coder-0.5b")
    (False, True)
    """
    return model != "starter"
