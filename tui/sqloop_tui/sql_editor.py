"""The SQL as text that can be edited: coloured, run by a key, and told apart from what was suggested."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from sqloop_tui.sql_colours import KINDS, Kind, tokens


class SqlEditor(TextArea):
    """Colours come from the style sheet, so that they follow the theme."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"sql--{kind}" for kind in KINDS}

    DEFAULT_CSS = """
    SqlEditor {
        .sql--keyword { color: $primary; text-style: bold; }
        .sql--function { color: $accent; }
        .sql--string { color: $success; }
        .sql--number { color: $warning; }
        .sql--comment { color: $secondary; text-style: italic; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "Next", show=False),
        Binding("ctrl+r,f5", "screen.run_sql", "Run", key_display="F5"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, tab_behavior="focus", highlight_cursor_line=False)
        self._spans: tuple[str, dict[int, list[tuple[int, int, Kind]]]] = ("", {})

    def show(self, sql: str) -> None:
        """Replace the text; undo brings back what stood there."""
        if sql != self.text:
            self.replace(sql, (0, 0), self.document.end)
            self.move_cursor((0, 0))

    def get_line(self, line_index: int) -> Text:
        """One line with its colours."""
        line = super().get_line(line_index)
        for start, end, kind in self._by_line().get(line_index, ()):
            line.stylize(self.sql_style(kind), start, end)
        return line

    def sql_style(self, kind: Kind) -> Style:
        """How a kind of token looks; the background stays that of what is below."""
        style = self.get_component_rich_style(f"sql--{kind}", partial=True)
        return Style(color=style.color, bold=style.bold, italic=style.italic)

    def _by_line(self) -> dict[int, list[tuple[int, int, Kind]]]:
        """Tokens by line: one may span several, and then colours parts of each."""
        text = self.text
        if self._spans[0] != text or not self._spans[1]:
            self._spans = text, _split_by_line(text)
        return self._spans[1]


def _split_by_line(text: str) -> dict[int, list[tuple[int, int, Kind]]]:
    spans: dict[int, list[tuple[int, int, Kind]]] = {}
    line = at = 0
    for start, end, kind in tokens(text):
        if kind not in KINDS:
            continue
        line, at = line + text.count("\n", at, start), start
        line_start = text.rfind("\n", 0, start) + 1
        for offset, part in enumerate(text[start:end].split("\n")):
            first = start - line_start if offset == 0 else 0
            spans.setdefault(line + offset, []).append((first, first + len(part), kind))
    return spans
