"""What a query asks for, what it takes for granted, and what of the question it does not use, in words."""

from sqloop.explanation.clauses import ask_in_words
from sqloop.explanation.explain import Explanation, explain_answer, explain_asked, explain_query

__all__ = ["Explanation", "ask_in_words", "explain_answer", "explain_asked", "explain_query"]
