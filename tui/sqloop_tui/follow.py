"""What is typed after an answer: a question, a follow-up, which is written out first, or why it is so."""

from __future__ import annotations

from collections.abc import Callable

from sqloop.errors import QuestionError
from sqloop.lsp.client import RequestError
from sqloop.lsp.protocol import AskResult, FollowParams, FollowResult
from sqloop_tui.server import Server

QUESTION = -32012
"""The code of a request that failed for its question (`sqloop.lsp.protocol.ErrorCode`)."""


async def write_out(
    text: str, answer: AskResult | None, sql: str, server: Server, progress: Callable[[str], None]
) -> FollowResult:
    """The full question, or an explanation; the text itself where nothing is there that it could follow.

    ``sql`` is the query whose rows are shown. Raises SQLoopError; QuestionError where it cannot be written
    out, as the model is too small for it.
    """
    if not sql:
        return FollowResult(text, False)
    params = FollowParams(answer.suggestion if answer is not None else "", text, sql)
    try:
        return await server.call(lambda client: client.follow(params, progress))
    except RequestError as error:
        if error.code != QUESTION or not error.hint:
            raise
        raise QuestionError(
            error.message, f"Press Enter again to ask it as it stands. {error.hint}"
        ) from None
