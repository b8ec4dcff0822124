"""What a query asks for, what it takes for granted, and what of the question it does not use, in words."""

from sqloop.explanation.explain import Explanation, explain_answer, explain_asked, explain_query

__all__ = ["Explanation", "explain_answer", "explain_asked", "explain_query"]
