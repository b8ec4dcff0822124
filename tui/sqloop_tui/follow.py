"""What is typed after an answer: a question of its own, or a follow-up, which is written out first."""

from __future__ import annotations

from collections.abc import Callable

from sqloop.lsp.protocol import FollowParams
from sqloop_tui.editor.proposals import Proposals
from sqloop_tui.server import Server


async def write_out(text: str, proposals: Proposals, server: Server, progress: Callable[[str], None]) -> str:
    """The full question; the text itself where no answer is there that it could follow.

    Raises SQLoopError, also where the model is too small for it.
    """
    answer = proposals.answer
    if answer is None or answer.sql is None:
        return text
    params = FollowParams(answer.suggestion, text, proposals.sql)
    return (await server.call(lambda client: client.follow(params, progress))).question
