"""The state of learning: feedback on this database, adapters with their scores; promote one, or roll back.

`trainer retrain` is started here; it goes on while one looks at something else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Static

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import DatabaseStatus, Options
from sqloop.terminal.printable import fit, printable
from sqloop_tui.records import AdapterRecord, count_feedback, list_adapters, promote, roll_back
from sqloop_tui.retraining import Retraining
from sqloop_tui.screens.confirmation import Confirmation

_COST = "The starter takes minutes, a real model an hour or two on two CPU cores. You can go on working."

KINDS = ("shown", "accepted", "edited", "rejected", "ran")


class Learning(Screen[None]):
    """Reads and changes what `sqloop feedback` and `sqloop adapters` read and change."""

    DEFAULT_CSS = """
    Learning {
        & > #learning-title { height: 1; padding: 0 1; background: $panel; color: $primary; }
        & > Vertical {
            border: round $panel;
            border-title-color: $secondary;
            padding: 0 1;
        }
        & > #feedback { height: 7; }
        & > #adapters { height: 1fr; }
        & > #learning-says { height: auto; min-height: 2; max-height: 6; padding: 0 2; color: $secondary; }
        & DataTable { height: 1fr; background: $background; }
        & #no-adapters { color: $secondary; padding: 1; display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "promote", "Promote"),
        Binding("b", "roll_back", "Roll back"),
        Binding("t", "retrain", "Retrain"),
        Binding("s", "stop", "Stop retraining"),
        Binding("f5", "reload", "Read again", key_display="F5"),
        Binding("escape,q", "leave", "Back", key_display="Esc"),
    ]

    def __init__(
        self, options: Options, retraining: Retraining, database: DatabaseStatus | None = None
    ) -> None:
        """``database`` is the one whose feedback is counted; all of it where none is known."""
        super().__init__()
        self._database = database
        self._model = options.model
        self._retraining = retraining
        self._adapters: tuple[AdapterRecord, ...] = ()
        self._looking = False

    def compose(self) -> ComposeResult:
        """Feedback above, adapters below."""
        yield Static("SQLoop  Learning", id="learning-title")
        with Vertical(id="feedback") as box:
            box.border_title = "Feedback"
            yield Static("Reading …", id="counts")
        with Vertical(id="adapters") as box:
            box.border_title = "Adapters"
            yield Static(
                "None yet: t retrains, which makes one from your feedback.", id="no-adapters", markup=False
            )
            yield DataTable[Text](cursor_type="row", zebra_stripes=True, id="adapter-table")
        yield Static("", id="learning-says", markup=False)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Read everything."""
        table = self._table()
        table.add_columns(" ", "name", "model", "made", "scores", "learned from")
        table.focus()
        self._retraining.on_change = self._follow
        self._clock = self.set_interval(1, self._tick)
        self.action_reload()

    def on_unmount(self) -> None:
        """Also where the console ends before one has left."""
        self._stop_showing()

    @work(exclusive=True)
    async def action_reload(self) -> None:
        """Read everything again, and say what the trainer would learn from."""
        try:
            await self._read()
        except SQLoopError as error:
            self._say(f"✗ {error}")
            return
        try:
            enough, words = await self._retraining.look()
        except SQLoopError:
            return  # Whoever presses t is told why.
        self._say_idle(f"{self._last()}{'  t retrains.' if enough else ''}\n{words}")

    def action_promote(self) -> None:
        """Use the adapter under the cursor from the next question on."""
        if self._adapters:
            self._promote(self._adapters[self._table().cursor_row].name)
        elif self.query_one("#no-adapters").display:
            self._say("There is no adapter to promote yet: t retrains, which makes one from your feedback.")

    @work(exclusive=True)
    async def _promote(self, name: str) -> None:
        self._say(f"Promoting {name} …")
        await self._change(lambda: promote(name))

    @work(exclusive=True)
    async def action_roll_back(self) -> None:
        """Go back to the adapter before."""
        self._say("Rolling back …")
        await self._change(lambda: roll_back(self._model))

    @work(exclusive=True, group="retrain")
    async def action_retrain(self) -> None:
        """Say what would be learned from, and start where the user wants to."""
        if self._retraining.state == "running":
            return
        self._say("Looking at what there is to learn from …")
        self._looking = True
        try:
            enough, words = await self._retraining.look()
        except SQLoopError as error:
            self._say(f"✗ {error}")
            return
        finally:
            self._looking = False
        if not enough:
            self._say(words)
        elif await self.app.push_screen_wait(Confirmation("Retrain", f"{words}\n\n{_COST}", "starts")):
            self.app.run_worker(self._retraining.run(), group="retrain", exit_on_error=False)

    def action_stop(self) -> None:
        """End the run; it can go on later."""
        self._retraining.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done now is offered."""
        running = self._retraining.state == "running"
        return {"retrain": not running, "stop": running}.get(action, True)

    def action_leave(self) -> None:
        """Back to work."""
        self._stop_showing()
        self.dismiss()

    def _stop_showing(self) -> None:
        """Before the page loses its widgets, which is a while before it ends."""
        if self._retraining.on_change == self._follow:  # else another page listens by now
            self._retraining.on_change = lambda: None
        self._clock.stop()
        self.workers.cancel_node(self)

    def _follow(self) -> None:
        """Say what the run says; when it has ended there is another adapter."""
        self.refresh_bindings()
        signs = {"done": "✓ ", "failed": "✗ "}
        if self._retraining.state == "running":
            self._tick()
        else:
            self._say(f"{signs.get(self._retraining.state, '')}{self._retraining.words}")
            if self._retraining.state == "done":
                self.action_reload()

    def _tick(self) -> None:
        run = self._retraining
        if run.state == "running":
            minutes, seconds = divmod(int(run.seconds), 60)
            self._say(f"Retraining for {minutes}:{seconds:02} · {run.words}")

    async def _change(self, change: Callable[[], Awaitable[str]]) -> None:
        try:
            words = await change()
            await self._read()
        except SQLoopError as error:
            self._say(f"✗ {error}")
        else:
            self._say(f"✓ {words}")

    async def _read(self) -> None:
        database = self._database
        asked = count_feedback(database.url, database.fingerprint) if database else count_feedback()
        counts, self._adapters = await asyncio.gather(asked, list_adapters())
        self.query_one("#counts", Static).update(self._draw_counts(counts))
        table = self._table()
        table.clear()
        for each in self._adapters:
            table.add_row(*(Text(printable(cell)) for cell in each.cells()))
        table.display = bool(self._adapters)
        self.query_one("#no-adapters").display = not self._adapters
        self._say_idle(self._last())

    def _last(self) -> str:
        newest = max((each.created for each in self._adapters), default="")
        return f"Last retrain: {newest[:16].replace('T', ' ')} UTC." if newest else "Not retrained yet."

    def _say_idle(self, words: str) -> None:
        """Unless a run has something to say."""
        if self._retraining.state == "idle" and not self._looking:
            self._say(words)

    def _draw_counts(self, counts: dict[str, int]) -> Text:
        most = max(counts.values(), default=0) or 1
        colours = self.app.theme_variables
        tones = {"accepted": "success", "edited": "primary", "rejected": "error"}
        text = Text(no_wrap=True)
        for kind in KINDS:
            length = -(-counts[kind] * 30 // most)
            text.append(f"{kind:<10}{counts[kind]:>8,}  ")
            text.append(f"{fit('█' * length, 30)}\n", colours[tones.get(kind, "secondary")])
        return text

    def _table(self) -> DataTable[Text]:
        return self.query_one("#adapter-table", DataTable)

    def _say(self, words: str) -> None:
        self.query_one("#learning-says", Static).update("\n".join(map(printable, words.split("\n"))))
