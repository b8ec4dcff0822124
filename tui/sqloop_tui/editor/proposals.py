"""What the model proposed: its candidates as a list, beside them the SQL of one, which can be edited."""

from __future__ import annotations

from rich.style import Style
from textual.app import ComposeResult
from textual.containers import Horizontal

from sqloop.lsp.protocol import AskResult
from sqloop_tui.editor.language import Language
from sqloop_tui.editor.offer_list import OfferList
from sqloop_tui.editor.sql_colours import Kind
from sqloop_tui.editor.sql_editor import SqlEditor
from sqloop_tui.results.candidates import CandidateList, CandidateLookedAt


class Proposals(Horizontal):
    """Without an ``answer`` the SQL belongs to no question, and has the whole width."""

    DEFAULT_CSS = """
    Proposals {
        height: 30%;
        min-height: 6;
        max-height: 14;
        & CandidateList { width: 1fr; height: 100%; padding: 0; }
        & SqlEditor { width: 1fr; padding: 0; }
    }
    """

    def __init__(self, language: Language, offers: OfferList) -> None:
        super().__init__(id="proposals")
        self._language, self._offers = language, offers
        self.answer: AskResult | None = None

    def compose(self) -> ComposeResult:
        """Left the list, right the SQL."""
        yield CandidateList(id="candidates")
        yield SqlEditor(self._language, self._offers, id="sql")

    def on_mount(self) -> None:
        """Begin without candidates, and draw their queries anew where the colours change."""
        self.query_one(CandidateList).display = False
        self.app.theme_changed_signal.subscribe(self, lambda _: self._recolour())

    @property
    def question(self) -> str:
        """What the queries are for; empty where they belong to none."""
        return self.answer.question if self.answer is not None else ""

    def sql_style(self, kind: Kind) -> Style:
        """How a kind of token looks."""
        return self.query_one(SqlEditor).sql_style(kind)

    @property
    def text(self) -> str:
        """What the editor holds."""
        return self.query_one(SqlEditor).text

    @property
    def editing(self) -> bool:
        """Whether what is typed goes into the SQL."""
        return self.query_one(SqlEditor).has_focus

    @property
    def sql(self) -> str:
        """The same as one statement; empty where there is none."""
        return self.text.strip().rstrip(";").strip()

    def show(self, answer: AskResult, *, focus: bool = True) -> None:
        """List the candidates and show the SQL of the first; go there unless without ``focus``."""
        self.answer = answer
        candidates, editor = self.query_one(CandidateList), self.query_one(SqlEditor)
        candidates.show(answer.candidates, answer.proposed, editor.sql_style)
        candidates.display = True
        first = next(iter(answer.candidates), None)
        editor.show((first.laid or first.sql) if first else "")
        if focus:
            self.screen.set_focus(candidates)
        self.screen.refresh_bindings()

    def bring_back(self, answer: AskResult | None, text: str) -> None:
        """Show what was left: an answer's candidates, and the SQL as it stood."""
        self.clear()
        if answer is not None:
            self.show(answer)
        self.query_one(SqlEditor).show(text)

    def clear(self) -> None:
        """Forget the question and its queries."""
        self.answer = None
        candidates = self.query_one(CandidateList)
        candidates.clear_options()
        candidates.display = False
        self.query_one(SqlEditor).show("")
        self.screen.refresh_bindings()

    def edit(self) -> None:
        """Go to the end of the SQL."""
        editor = self.query_one(SqlEditor)
        self.screen.set_focus(editor)
        editor.move_cursor(editor.document.end)

    def insert(self, name: str) -> None:
        """Write a name where the cursor of the editor stands."""
        self.query_one(SqlEditor).insert(name)

    def on_candidate_looked_at(self, event: CandidateLookedAt) -> None:
        """Show its query; that the rows are not its own is said by whoever shows them."""
        self.show_candidate(event.number)

    def show_candidate(self, number: int) -> None:
        """Show the query of a candidate, counted from 0."""
        if self.answer is not None:
            candidate = self.answer.candidates[number]
            self.query_one(SqlEditor).show(candidate.laid or candidate.sql)

    def _recolour(self) -> None:
        if self.answer is not None:
            style = self.query_one(SqlEditor).sql_style
            self.query_one(CandidateList).recolour(self.answer.candidates, self.answer.proposed, style)
