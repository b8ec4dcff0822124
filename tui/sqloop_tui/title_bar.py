"""The first line: which database, which model, and what state they are in."""

from __future__ import annotations

from typing import ClassVar

from rich.console import RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from sqloop.lsp.protocol import Status
from sqloop.terminal.printable import count, name_address, printable

_SIGNS = {"ready": "●", "working": "◐", "degraded": "✗"}
_MODEL = {
    "idle": "not loaded",
    "loading": "loading …",
    "ready": "ready",
    "working": "thinking …",
    "failed": "failed",
}


class TitleBar(Widget):
    """Shape and words say what the colours say."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "title--name",
        "title--quiet",
        "title--ready",
        "title--working",
        "title--degraded",
    }

    DEFAULT_CSS = """
    TitleBar {
        height: 1;
        padding: 0 1;
        background: $panel;
        .title--name { color: $primary; text-style: bold; }
        .title--quiet { color: $secondary; }
        .title--ready { color: $success; }
        .title--working { color: $warning; }
        .title--degraded { color: $error; }
    }
    """

    status: reactive[Status | None] = reactive(None)

    def render(self) -> RenderableType:
        """Left the database, right the model."""
        line = Table.grid(expand=True)
        line.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        line.add_column(no_wrap=True, justify="right")
        line.add_row(*self._draw(self.status))
        return line

    def _draw(self, status: Status | None) -> tuple[Text, Text]:
        left = Text("SQLoop  ", self._style("name"))
        if status is None:
            return left, Text("◌ starting …", self._style("working"))
        database, model = status.database, status.model
        left.append(printable(name_address(database.connection)), Style(bold=True))
        about = {
            "connecting": "connecting …",
            "unreachable": "not reachable",
            "idle": "",
            "ready": f"{_engine(database.dialect)}, {count(database.tables, 'table')}",
        }[database.state]
        left.append(f"  {about}", self._style("quiet"))
        name = model.base + (f" + {model.adapter}" if model.adapter else "")
        right = Text(f"  {printable(name)} {_MODEL[model.state]}  ", self._style("quiet"))
        right.append(f"{_SIGNS[status.state]} {status.state}", self._style(status.state))
        return left, right

    def _style(self, name: str) -> Style:
        style = self.get_component_rich_style(f"title--{name}", partial=True)
        return Style(color=style.color, bold=style.bold)


def _engine(dialect: str) -> str:
    spoken = {"sqlite": "SQLite", "mysql": "MariaDB", "postgres": "PostgreSQL", "duckdb": "DuckDB"}
    return spoken.get(dialect, dialect)
