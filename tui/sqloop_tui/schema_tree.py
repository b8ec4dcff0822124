"""The schema as a tree: tables at once, columns with keys when a table is opened, samples below them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import ColumnDetail, DatabaseStatus, SchemaParams, SchemaResult
from sqloop.terminal.printable import name_address, printable

Read = Callable[[SchemaParams], Awaitable[SchemaResult]]


Part = tuple[str, str]
"""A text and how it looks: `table`, `key`, `quiet` or plainly, with an empty word."""


@dataclass(frozen=True)
class Entry:
    """What a node stands for: ``name`` as the database spells it, ``written`` as a query does."""

    name: str
    written: str
    parts: tuple[Part, ...]


@dataclass
class SchemaRead(Message):
    """The tables are known."""

    tables: tuple[str, ...]


@dataclass
class SchemaMissed(Message):
    """They could not be read."""

    error: SQLoopError


@dataclass
class NameChosen(Message):
    """The user wants a name in the query."""

    name: str


class SchemaTree(Tree[Entry]):
    """A thousand tables are a thousand lines; nothing else is read before it is wanted."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"schema--quiet", "schema--key", "schema--table"}

    DEFAULT_CSS = """
    SchemaTree {
        background: $background;
        padding: 0 1;
        .schema--quiet { color: $secondary; }
        .schema--key { color: $accent; }
        .schema--table { color: $foreground; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "toggle_node", "Open", show=False),
        Binding("enter", "choose", "Insert", key_display="⏎"),
        Binding("right", "open", "Open", show=False),
        Binding("left", "shut", "Close", show=False),
    ]

    def __init__(self, read: Read) -> None:
        super().__init__("Schema", id="schema")
        self._read = read
        self.show_root = False
        self.guide_depth = 2
        self.auto_expand = False
        self._fingerprint = ""

    def follow(self, database: DatabaseStatus) -> None:
        """List the tables of a database, unless they are those that are listed."""
        ready = database.state == "ready"
        of = f" of {printable(name_address(database.connection))}" if ready else ""
        self.border_title = Text(f"Schema{of}")
        unread = len(database.unread)
        self.border_subtitle = f"{unread} not read: sqloop doctor" if unread else ""
        if ready and database.fingerprint != self._fingerprint:
            self._fingerprint = database.fingerprint
            self.load()

    def forget(self) -> None:
        """List nothing until another database is followed."""
        self._fingerprint = ""
        self.clear()

    @work(exclusive=True)
    async def load(self, *, refresh: bool = False) -> None:
        """List the tables; with ``refresh`` as they are in the database now."""
        try:
            result = await self._read(SchemaParams(refresh=refresh))
        except SQLoopError as error:
            self.post_message(SchemaMissed(error))
            return
        self.clear()
        for table in result.tables:
            rows = [] if table.rows is None else [(f"  {table.rows:,}", "quiet")]
            node = self._add(self.root, table.name, [(table.name, "table"), *rows], table.written)
            node.allow_expand = True
        self.post_message(SchemaRead(tuple(table.name for table in result.tables)))

    async def on_tree_node_expanded(self, event: Tree.NodeExpanded[Entry]) -> None:
        """Read a table's columns the first time that it is opened."""
        node = event.node
        if node.data is None or node.parent is not self.root or node.children:
            return
        self.run_worker(self._fill(node, node.data.name), exclusive=False, exit_on_error=False)

    def action_choose(self) -> None:
        """Put the name into the query."""
        node = self.cursor_node
        if node is not None and node.data is not None:
            self.post_message(NameChosen(node.data.written))

    def action_open(self) -> None:
        """Open what can be opened."""
        if self.cursor_node is not None and self.cursor_node.allow_expand:
            self.cursor_node.expand()

    def action_shut(self) -> None:
        """Close it, or go to what it belongs to."""
        node = self.cursor_node
        if node is None:
            return
        if node.is_expanded and node.allow_expand:
            node.collapse()
        elif node.parent is not None and node.parent is not self.root:
            self.move_cursor(node.parent)

    async def _fill(self, node: TreeNode[Entry], name: str) -> None:
        try:
            result = await self._read(SchemaParams(table=name))
        except SQLoopError as error:
            self._add(node, "", [(f"✗ {error.message}", "quiet")])
            return
        if result.table is not None and not node.children:
            for column in result.table.columns:
                self._add_column(node, column)

    def _add_column(self, node: TreeNode[Entry], column: ColumnDetail) -> None:
        key = [(" key", "key")] if column.primary_key else []
        references = [(f" → {column.references}", "key")] if column.references else []
        parts = [(column.name, ""), *key, *references, (f" {column.type.lower()}", "quiet")]
        lines = [*([column.comment] if column.comment else []), *column.samples[:5]]
        child = self._add(node, column.name, parts, column.written)
        child.allow_expand = bool(lines)
        for line in lines:
            self._add(child, line, [(line, "quiet")])

    def _add(self, node: TreeNode[Entry], name: str, parts: list[Part], written: str = "") -> TreeNode[Entry]:
        return node.add(name, Entry(name, written or name, tuple(parts)), allow_expand=False)

    def render_label(self, node: TreeNode[Entry], base_style: Style, style: Style) -> Text:
        """A line of the tree, coloured when it is drawn: the theme may have changed."""
        text = Text(no_wrap=True, end="")
        if node.allow_expand:
            text.append("▼ " if node.is_expanded else "▶ ", base_style)
        else:
            text.append("  ", base_style)
        under_cursor = node is self.cursor_node and self.has_focus
        for part, kind in node.data.parts if node.data else ():
            text.append(printable(part), self._style(kind) if kind and not under_cursor else style)
        text.stylize_before(style)
        return text

    def _style(self, name: str) -> Style:
        style = self.get_component_rich_style(f"schema--{name}", partial=True)
        return Style(color=style.color, bold=style.bold)
