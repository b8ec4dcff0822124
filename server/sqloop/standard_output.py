"""Standard output: data only, in one piece."""

from __future__ import annotations

import os
import sys


def write(text: str) -> None:
    """Write all of ``text`` at once; a reader who has seen enough is no failure."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # `| head` has seen enough: no failure. Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
