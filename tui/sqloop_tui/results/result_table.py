"""Rows as a table that draws what is on the screen and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import Cell
from sqloop.terminal.printable import cell_text, fit, printable
from sqloop_tui.results.columns import GAP, Column, assemble, measure, visible
from sqloop_tui.results.pages import Pages


@dataclass
class RowsMissed(Message):
    """Further rows could not be read."""

    error: SQLoopError


@dataclass
class SortWanted(Message):
    """The user wants the rows in the order of a column, counted from 0."""

    column: int


class ResultTable(ScrollView, can_focus=True):
    """The header stays; rows come from `Pages`, the missing ones as soon as they are there."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--header-cursor",
        "table--row",
        "table--number",
        "table--null",
        "table--missing",
        "table--cursor-row",
        "table--cursor",
    }

    DEFAULT_CSS = """
    ResultTable {
        width: 1fr;
        height: 1fr;
        background: $background;
        .table--header { color: $primary; text-style: bold; }
        .table--header-cursor { color: $accent; text-style: bold; }
        .table--row { color: $foreground; }
        .table--number { color: $warning; }
        .table--null, .table--missing { color: $secondary; text-style: italic; }
        .table--cursor-row { background: $panel; }
        .table--cursor { background: $primary; color: $background; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1, 0)", "Up", show=False),
        Binding("down,j", "move(1, 0)", "Down", show=False),
        Binding("left,h", "move(0, -1)", "Left", show=False),
        Binding("right,l", "move(0, 1)", "Right", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("home", "column(0)", "First column", show=False),
        Binding("end", "column(-1)", "Last column", show=False),
        Binding("ctrl+home,g", "row(0)", "First row", show=False),
        Binding("ctrl+end,G", "row(-1)", "Last row", show=False),
        Binding("s", "sort", "Sort"),
        Binding("y", "copy_cell", "Copy"),
        Binding("Y", "copy_row", "Copy row", show=False),
    ]

    row = reactive(0)
    column = reactive(0)

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.pages: Pages | None = None
        self._columns: tuple[Column, ...] = ()
        self._loading: Pages | None = None

    def show(self, pages: Pages) -> None:
        """Show other rows, from the first."""
        self.pages = pages
        self._columns = measure(pages)
        width = self._columns[-1].left + self._columns[-1].width if self._columns else 0
        self.virtual_size = Size(width, pages.row_count + 1)
        self.set_reactive(ResultTable.row, 0)
        self.set_reactive(ResultTable.column, 0)
        self.scroll_to(0, 0, animate=False)
        self.refresh()

    @property
    def value(self) -> Cell:
        """What stands under the cursor; None also where it is not there yet."""
        row = self.pages.row(self.row) if self.pages else None
        return row[self.column] if row else None

    def render_line(self, y: int) -> Strip:
        """The header above, then the rows that are scrolled to."""
        width, left = self.size.width, int(self.scroll_offset.x)
        if self.pages is None or not self._columns:
            return Strip.blank(width, self.rich_style)
        if y == 0:
            return self._draw_header(left, width)
        number = int(self.scroll_offset.y) + y - 1
        if number >= self.pages.row_count:
            return Strip.blank(width, self.rich_style)
        return self._draw_row(number, left, width)

    def watch_row(self) -> None:
        """Follow the cursor."""
        self._follow()

    def watch_column(self) -> None:
        """Follow the cursor."""
        self._follow()

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Fetch what has come into view."""
        super().watch_scroll_y(old, new)
        self._fetch()

    def on_resize(self) -> None:
        """Fetch what has come into view."""
        self._fetch()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; a second click on a header sorts."""
        if self.pages is None:
            return
        x = int(self.scroll_offset.x) + event.x
        hit = next((n for n, each in enumerate(self._columns) if x < each.left + each.width + GAP), None)
        if hit is None:
            return
        self.column = hit
        if event.y == 0:
            self.post_message(SortWanted(hit))
        else:
            self.row = min(int(self.scroll_offset.y) + event.y - 1, max(0, self.pages.row_count - 1))

    def action_move(self, down: int, right: int) -> None:
        """Move the cursor."""
        self.row = self._clamp(self.row + down)
        self.column = min(max(0, self.column + right), max(0, len(self._columns) - 1))

    def action_page(self, direction: int) -> None:
        """Turn a page."""
        self.row = self._clamp(self.row + direction * max(1, self.size.height - 2))

    def action_row(self, number: int) -> None:
        """The first row, or with a negative number the last."""
        self.row = self._clamp(number if number >= 0 else 2**62)

    def action_column(self, number: int) -> None:
        """The first column, or with a negative number the last."""
        self.column = number if number >= 0 else max(0, len(self._columns) - 1)

    def action_sort(self) -> None:
        """Sort by the column of the cursor; again, the other way round."""
        if self._columns:
            self.post_message(SortWanted(self.column))

    def action_copy_cell(self) -> None:
        """Put the cell on the clipboard."""
        if self.pages is not None and self.pages.row(self.row):
            self.app.copy_to_clipboard("" if self.value is None else str(self.value))
            self.notify("The cell is on the clipboard.")

    def action_copy_row(self) -> None:
        """Put the row on the clipboard, its cells divided by tabs."""
        row = self.pages.row(self.row) if self.pages else None
        if row:
            self.app.copy_to_clipboard("\t".join("" if each is None else str(each) for each in row))
            self.notify("The row is on the clipboard.")

    async def find(self, text: str) -> int | None:
        """Go to the next cell that holds a text, whatever the case; its row, None where there is none.

        Rows that are not in memory are fetched. Raises SQLoopError where that fails.
        """
        pages, low = self.pages, text.lower()
        if pages is None or not pages.row_count:
            return None
        start = self.row
        for step in range(pages.row_count + 1):
            number = (start + step) % pages.row_count
            while (page := pages.missing(number, number)) is not None:
                await pages.load(page)
            row = pages.row(number) or ()
            for position, value in enumerate(row):
                behind = step > 0 or position > self.column
                if behind and low in cell_text(value).lower():
                    self.row, self.column = number, position
                    self._fetch()
                    return number
        return None

    def _clamp(self, number: int) -> int:
        return min(max(0, number), max(0, self.pages.row_count - 1 if self.pages else 0))

    def _follow(self) -> None:
        """Scroll so that the cursor is in view; the header covers the first line."""
        if not self._columns:
            return
        column = self._columns[self.column]
        # The region is one line taller, upwards: a row directly behind the header would not be seen.
        region = Region(column.left, self.row, column.width, 2)
        self.scroll_to_region(region, animate=False, force=True)
        self.refresh()

    def _fetch(self) -> None:
        if self.pages is None:
            return
        first = int(self.scroll_offset.y)
        last = first + self.size.height
        self.pages.touch(first, last)
        if self.pages.missing(first, last) is not None:
            self.run_worker(self._load(), group="pages", exclusive=False, exit_on_error=False, name="pages")

    async def _load(self) -> None:
        """Fetch what is in view until nothing is missing; one such worker at a time."""
        pages = self.pages
        if pages is None or self._loading is pages:
            return
        self._loading = pages
        try:
            while pages is self.pages:
                first = int(self.scroll_offset.y)
                page = pages.missing(first, first + self.size.height)
                if page is None:
                    break
                await pages.load(page)
                self.virtual_size = Size(self.virtual_size.width, pages.row_count + 1)
                self.refresh()
        except SQLoopError as error:
            self.post_message(RowsMissed(error))
        finally:
            if self._loading is pages:
                self._loading = None

    def _draw_header(self, left: int, width: int) -> Strip:
        def cells() -> Iterator[tuple[Column, Segment]]:
            for number, column in visible(self._columns, left, width):
                name = "header-cursor" if number == self.column and self.has_focus else "header"
                style = self.rich_style + self._style(name, colour_only=True)
                yield column, Segment(fit(printable(column.name), column.width, right=column.numeric), style)

        return assemble(cells(), left, width, self.rich_style)

    def _draw_row(self, number: int, left: int, width: int) -> Strip:
        assert self.pages is not None
        row = self.pages.row(number)
        at_cursor = number == self.row and self.has_focus
        base = self.rich_style + self._style("cursor-row") if at_cursor else self.rich_style

        def cells() -> Iterator[tuple[Column, Segment]]:
            for position, column in visible(self._columns, left, width):
                if row is None:
                    yield column, Segment(fit("…", column.width), base + self._style("missing"))
                    continue
                value = row[position]
                style = base + self._style(
                    "null" if value is None else "number" if column.numeric else "row", colour_only=True
                )
                if at_cursor and position == self.column:
                    style = base + self._style("cursor")
                yield column, Segment(fit(cell_text(value), column.width, right=column.numeric), style)

        return assemble(cells(), left, width, base)

    def _style(self, name: str, *, colour_only: bool = False) -> Style:
        style = self.get_component_rich_style(f"table--{name}", partial=True)
        return Style(color=style.color, bold=style.bold, italic=style.italic) if colour_only else style
