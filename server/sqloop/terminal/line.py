"""One line that a person types, with a text already on it where the terminal can do that."""

from __future__ import annotations

import sys

from sqloop.terminal.display import plain


def read_line(prompt: str) -> str | None:
    """What is typed, without blanks around it; None at the end of input. A pipe gets no prompt."""
    try:
        return input(prompt if sys.stdout.isatty() else "").strip()
    except EOFError:
        print(file=sys.stderr)
        return None


def agrees(question: str) -> bool:
    """Whether whoever is asked says yes; standard output is data, it is asked beside."""
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def edit_line(prompt: str, text: str) -> str:
    """``text`` as its user leaves it; empty at the end of input. Where there is no readline, typed anew."""
    try:
        import readline
    except ImportError:
        return read_line(prompt) or ""
    readline.set_startup_hook(lambda: readline.insert_text(plain(" ".join(text.splitlines()))))
    try:
        return read_line(prompt) or ""
    except KeyboardInterrupt:
        print()  # The line stays as it is; what comes next begins another.
        raise
    finally:
        readline.set_startup_hook(None)
