"""What is quoted and what is a comment in the SQL of each engine, as patterns that forgive what is open.

For all that looks at SQL as text: tokens, statements of a file, half-written queries. The check of what is
run has stricter patterns of its own (`sqloop.database.checking.grammar`), which refuse what is doubtful.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqloop.database.schema import Dialect

_DEPTH = 3
"""Comments within comments that are seen; no pattern sees all."""

_LINE_BREAK = r"\n(?![ \t\r]*\n)"
"""One that no empty line follows."""


@dataclass(frozen=True)
class Quoting:
    """How one engine quotes.

    ``texts`` and ``names`` are the marks that open them, ``escaping`` those in which a backslash escapes.
    ``E`` before a text lets it escape where ``escape_texts``; ``dollars`` quote as well. ``comments`` begin a
    comment that the line ends, and block comments hold others where ``nested``.
    """

    texts: str
    names: str
    comments: str = "--"
    escaping: str = ""
    escape_texts: bool = False
    dollars: bool = False
    nested: bool = False

    def text(self, *, to_empty_line: bool = False) -> str:
        """A text in quotes; one that is not closed goes to the end, or ``to_empty_line``."""
        found = [_quoted(mark, mark in self.escaping, to_empty_line) for mark in self.texts]
        if self.escape_texts:
            found.insert(0, r"(?<![\w$])[eE]" + _quoted("'", True, to_empty_line))
        if self.dollars:
            # Bodies of functions have empty lines: these quotes go on behind them, closed or not.
            tag = r"(?:[^\W\d]\w*)?"
            found.append(rf"(?<![\w$])\$(?P<tag>{tag})\$(?s:(?!\$(?P=tag)\$).)*+(?:\$(?P=tag)\$|\Z)")
        return "|".join(found)

    def name(self, *, to_empty_line: bool = False) -> str:
        """A name in quotes."""
        return "|".join(_quoted(mark, False, to_empty_line) for mark in self.names)

    def comment(self, *, to_empty_line: bool = False) -> str:
        """A comment, of a line without its end."""
        plain = rf"[^*/\n]|{_LINE_BREAK}" if to_empty_line else "[^*/]"
        inner = rf"{plain}|\*(?!/)|/(?!\*)"
        end = r"(?:\*/)?" if to_empty_line else r"(?:\*/|\Z)"
        block = rf"/\*(?:{inner}|/(?=\*))*+{end}"
        for _ in range(_DEPTH if self.nested else 0):
            block = rf"/\*(?:{inner}|{block})*+{end}"
        # Dumps keep the bodies of triggers, with their empty lines, in comments that MariaDB runs.
        run = r"/\*!(?:[^*]|\*(?!/))*+(?:\*/|\Z)|" if to_empty_line else ""
        return rf"(?:{self.comments})[^\n]*|{run}{block}"


QUOTING: dict[Dialect, Quoting] = {
    "sqlite": Quoting(texts="'", names='"`['),
    # Two minuses are a comment only before a blank: 1--2 is 3.
    "mysql": Quoting(texts="'\"", names="`", escaping="'\"", comments=r"--(?=\s|\Z)|\#"),
    "postgres": Quoting(texts="'", names='"', escape_texts=True, dollars=True, nested=True),
    "duckdb": Quoting(texts="'", names='"`', escape_texts=True, dollars=True, nested=True),
}


def _quoted(mark: str, escapes: bool, to_empty_line: bool) -> str:
    close = "]" if mark == "[" else mark
    kept = "\\" + close + (r"\\" if escapes else "")
    inner = [rf"[^{kept}\n]", _LINE_BREAK] if to_empty_line else [rf"[^{kept}]"]
    if escapes:
        inner.append(r"\\(?s:.)")
    if mark != "[":
        inner.append(close * 2)
    end = rf"\{close}" if to_empty_line else rf"(?:\{close}|\Z)"
    return rf"\{mark}(?:{'|'.join(inner)})*+{end}{'?' if to_empty_line else ''}"
