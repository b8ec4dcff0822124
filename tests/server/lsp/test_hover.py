"""What a database calls its things is shown as it is: no link, no image, no markup."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Column, ForeignKey, Table
from sqloop.lsp.features.hover import describe_column, describe_table

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


def _has_linkify() -> bool:
    try:
        import linkify_it  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        return False
    return True
