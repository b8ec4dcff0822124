"""How schemas spell their identifiers: case, plural, prefixes, short forms."""

from __future__ import annotations

from random import Random

from sqloop_trainer.synthesis.schemas.nouns import pluralize

Words = tuple[str, ...]
"""What an identifier means, in lower case."""

_SHORT = dict(
    pair.split(":")
    for pair in (
        "quantity:qty number:num amount:amt customer:cust product:prod employee:emp department:dept "
        "category:cat description:desc address:addr year:yr date:dt order:ord average:avg manager:mgr "
        "country:ctry price:prc salary:sal position:pos payment:pmt account:acct student:stud "
        "transaction:txn temperature:temp"
    ).split()
)


class Spelling:
    """One way of spelling identifiers, kept through a schema."""

    def __init__(self, random: Random) -> None:
        self._case = random.choice(("snake", "snake", "snake", "camel", "pascal", "Snake", "UPPER"))
        self._plural = random.random() < 0.6
        self._short = random.random() < 0.15
        self._prefix = random.choice(("", "", "", "", "", "", "tbl_", "t_", "app_"))
        self._own_prefix = random.random() < 0.15
        self._bare_id = random.random() < 0.55

    def table(self, words: Words) -> str:
        """The name of a table."""
        named = (*words[:-1], pluralize(words[-1])) if self._plural else words
        return self._prefix + self._join(named)

    def key(self, words: Words) -> Words:
        """The words of the primary key of a table of these words."""
        return ("id",) if self._bare_id else (*words, "id")

    def column(self, words: Words) -> str:
        """The name of a column."""
        return self._join(words)

    def attribute(self, entity: Words, words: Words) -> str:
        """The name of a column that says something of an entity."""
        return self._join((*entity, *words) if self._own_prefix and len(words) == 1 else words)

    def _join(self, words: Words) -> str:
        if self._short:
            words = tuple(_SHORT.get(word, word) for word in words)
        if self._case == "camel":
            return words[0] + "".join(word.capitalize() for word in words[1:])
        if self._case == "pascal":
            return "".join(word.capitalize() for word in words)
        joined = "_".join(words)
        return {"Snake": joined.capitalize(), "UPPER": joined.upper()}.get(self._case, joined)
