"""A chart of the answer, as wide as there is room."""

from __future__ import annotations

from typing import ClassVar

from rich.console import RenderableType
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from sqloop.terminal.chart import Series, draw_bars, draw_line
from sqloop.terminal.printable import printable


class _Drawing(Static):
    COMPONENT_CLASSES: ClassVar[set[str]] = {"chart--bar", "chart--label", "chart--number"}

    DEFAULT_CSS = """
    _Drawing {
        width: 1fr;
        height: auto;
        .chart--bar { color: $primary; }
        .chart--label { color: $foreground; }
        .chart--number { color: $warning; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.series: Series | None = None

    def render(self) -> RenderableType:
        if self.series is None:
            return ""
        parent = self.parent
        height = parent.size.height if isinstance(parent, ChartView) else 12
        width = max(24, self.size.width - 1)
        label, bar, number = (self._style(name) for name in ("label", "bar", "number"))
        text = Text(no_wrap=True, end="")
        heading = printable(f"{self.series.number} by {self.series.label}")
        text.append(f"{heading}\n", label + Style(bold=True))
        if self.series.kind == "line":
            return text.append("\n".join(draw_line(self.series, width, max(6, height - 2))), bar)
        for name, drawn, value in draw_bars(self.series, width):
            text.append(f"{name} │", label).append(drawn, bar).append(f" {value}\n", number)
        text.right_crop(1)
        return text

    def _style(self, name: str) -> Style:
        return Style(color=self.get_component_rich_style(f"chart--{name}", partial=True).color)


class ChartView(VerticalScroll):
    """Scrolls where there are more bars than lines."""

    def compose(self) -> ComposeResult:
        """The drawing."""
        yield _Drawing()

    def show(self, series: Series) -> None:
        """Draw another one."""
        drawing = self.query_one(_Drawing)
        drawing.series = series
        drawing.refresh(layout=True)
        self.scroll_home(animate=False)
