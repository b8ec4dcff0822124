"""What is said after an answer: whether it is a follow-up, which full question it means, what to ask back.

Covered: the rules that need no model. Not covered: the model's rewriting
(`sqloop.generation.prompts.rewriting`), and the faces that talk (`sqloop.commands.chat`, `sqloop.lsp`).
"""

from sqloop.dialogue.context import Followed
from sqloop.dialogue.editing import put_against, put_together
from sqloop.dialogue.kinds import is_follow_up
from sqloop.dialogue.reasons import asks_reasons, asks_why
from sqloop.dialogue.rules import apply_rules

__all__ = [
    "Followed",
    "apply_rules",
    "asks_reasons",
    "asks_why",
    "is_follow_up",
    "put_against",
    "put_together",
]
