"""What a database calls its things is shown as it is: no link, no image, no markup."""

from __future__ import annotations

import pytest

from sqloop.answer import ModelName
from sqloop.database.schema import Column, ForeignKey, Table
from sqloop.feedback.events import Event, name_database
from sqloop.lsp.features.hover import describe_column, describe_suggestion, describe_table
from sqloop.lsp.protocol import RunResult
from sqloop.lsp.requests.commands import write_table
from sqloop.lsp.suggestions import Preview, Suggestion, Suggestions

HOSTILE = [
    "![x](http://127.0.0.1:9/a.png)",
    "[x](command:workbench.action.quit)",
    "<img src='http://127.0.0.1:9/a.png'>",
    "` [x](http://127.0.0.1:9) `",
    "http://127.0.0.1:9/a",
    "www.example.org",
    "a@example.org",
    "\n\n# big\n",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_type_or_comment_becomes_markdown(text: str) -> None:
    markdown = pytest.importorskip("markdown_it")
    column = Column(text, text, "text", comment=text, samples=(text,))
    key = ForeignKey((text,), text, (text,))
    table = Table(text, (column,), (text,), (key,), comment=text)
    parser = markdown.MarkdownIt("gfm-like") if _has_linkify() else markdown.MarkdownIt("commonmark")
    for shown in (describe_table(table), describe_column(table, column)):
        tokens = [child for token in parser.parse(shown) for child in (token, *(token.children or ()))]
        kinds = {token.type for token in tokens}
        assert not kinds & {"link_open", "image", "html_inline", "html_block", "heading_open"}, shown


def test_of_a_wide_result_a_part_is_shown() -> None:
    names = tuple(f"c{number}" for number in range(500))
    cells = (1,) * 500
    candidate = Preview("SELECT 1", "ok", "", 1, 1.0, names, (cells,), 1, truncated=False)
    shown = Event("shown", "q", "SELECT 1", None, "", "", ModelName("m", None))
    markdown = describe_suggestion(Suggestion("q", (candidate,), 1, shown), candidate)
    assert "| c0 | c1 |" in markdown
    assert "488 more columns" in markdown
    assert "c12" not in markdown
    message = write_table(RunResult("", "", "ok", "", names, names, (cells,), 0, 1, False, "", 1.0))
    assert message.splitlines()[-1] == "1 row, 500 columns"
    assert max(map(len, message.splitlines())) < 200


def test_what_one_database_gave_is_not_shown_for_another() -> None:
    preview = Preview("SELECT 1", "ok", "", 1, 1.0, ("a",), ((1,),), 1, truncated=False)
    suggestions, urls = Suggestions(), ["sqlite:///first.db", "sqlite:///second.db"]
    for url in urls:
        shown = Event("shown", "q", "SELECT 1", None, "", name_database(url), ModelName("m", None))
        suggestions.add(Suggestion("q", (preview,), 1, shown))
    for url in urls:
        found = suggestions.find("q", "select 1", "sqlite", url)
        assert found is not None
        assert found[0].is_of(url)
    assert suggestions.find("q", "select 1", "sqlite", "sqlite:///third.db") is None
    assert suggestions.find("q", "select 1", "sqlite", "") is None


def _has_linkify() -> bool:
    try:
        import linkify_it  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        return False
    return True
