"""Standard output: data only, in one piece."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqloop.errors import OutputError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write(text: str) -> None:
    """Write all of ``text`` at once, on a terminal without what that obeys; raises as `writing` does."""
    if sys.stdout.isatty():
        from sqloop.terminal.printable import printable  # What it needs takes a while to load.

        text = printable(text, "\n\t")
    with writing():
        sys.stdout.write(text)


@contextmanager
def writing() -> Iterator[None]:
    """While something is written: a reader who has seen enough is no failure.

    Raises OutputError where there is no place for it, as on a full disk.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # `| head` has seen enough: no failure. Python would complain once more when it closes the stream.
        _discard_the_rest()
    except OSError as error:
        if error.errno not in _FULL:
            raise
        _discard_the_rest()
        raise OutputError(f"Standard output cannot be written: {error.strerror}.") from None


def open_missing_streams() -> bool:
    """Give the process the standard streams that its caller has closed; whether there was a standard output.

    Without, the next file that is opened would take its place, and what is printed would go there.
    """
    has_output = sys.stdout is not None
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDWR)
            if handle != number:
                os.dup2(handle, number)
                os.close(handle)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", closefd=False))
    return has_output


def _discard_the_rest() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
