"""Questions about what follows what: a gold medal followed by another one, a state that is not what it was.

Rows that refer to the same row, in the order of their date or year (LAG).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqloop_trainer.synthesis.conditions.text import say
from sqloop_trainer.synthesis.drafts import Draft
from sqloop_trainer.synthesis.owners import before_noun
from sqloop_trainer.synthesis.scene import Scene, quote, ref
from sqloop_trainer.synthesis.wording import vary

_TIMES = "(how many times|how often) did {v} (have|get|win|make)"
_CASES = (
    "(count|number of|determine the number of) (the|) (times|cases|instances) (that|where|in which) {v} "
    "(had|got|won|made)"
)
_OTHER = "(any other {n}|another kind of {n}|a different one|a different {n}|a {n} of another {c})"
_IN_SAME = "(in|of|for|within) the same {g}"

_FOLLOWED = (
    f"({_TIMES} (a|) {{k}} {{n}} in (a|one) {{g}}, followed by {_OTHER} {_IN_SAME}|"
    f"{_TIMES} (a|) {{k}} {{n}} (and next|followed by|and then) {_OTHER} {_IN_SAME}|"
    f"{_CASES} (a|) {{k}} {{n}} (in a {{g}}|), followed by {_OTHER} {_IN_SAME})"
)
_CHANGED = (
    f"({_CASES} a {{n}} (of|with) (a different|another) {{c}} than (the|in the) (previous|last|one before) "
    "(one|{n}) (in|of) the same {g}|"
    "(how often|how many times) did the {c} of {v}'s {ns} change (from one to the next|) (in|within) "
    "the same {g}|"
    "how many {ns} of {v} have (a different|another) {c} than the (previous one|one before) (in|of) "
    "the same {g})"
)
_BACK = (
    f"({_TIMES} (a|) {{k}} {{n}}, (then|next|followed by) {_OTHER}, and then (a|) {{k}} {{n}} again "
    f"{_IN_SAME}|"
    f"{_CASES} (a|) {{k}} {{n}}, {_OTHER} (next|in the next one|after that), and (a|) {{k}} {{n}} again "
    f"(after that|in the following one|) {_IN_SAME})"
)
_IN_A_ROW = (
    f"({_TIMES} (a|) {{k}} {{n}} twice in a row {_IN_SAME}|"
    f"{_TIMES} (a|) {{k}} {{n}} (right|directly|) after (another|a) {{k}} one {_IN_SAME}|"
    f"{_CASES} two {{k}} {{ns}} in a row {_IN_SAME})"
)


@dataclass(frozen=True)
class _Sequence:
    """Rows of one owner: ``kind`` is SQL of a category; ``window`` orders those of one parent."""

    kind: str
    value: str
    window: str
    owner: str
    words: dict[str, str]

    def before(self, rows: int = 1) -> str:
        """The kind so many rows before, in SQL."""
        return f"LAG({self.kind}{f', {rows}' if rows > 1 else ''}) OVER ({self.window})"

    def count(self, *conditions: str) -> str:
        """How many rows meet all conditions."""
        return f"SELECT COUNT(*) WHERE {' AND '.join((self.owner, *conditions))}"


def followed(scene: Scene) -> Draft | None:
    """``how often did Ann win a gold medal in an event, followed by any other medal in the same event``."""
    found = _draw_sequence(scene)
    if found is None:
        return None
    sql = found.count(f"{found.before()} = {found.value}", f"{found.before()} <> {found.kind}")
    return Draft(sql, vary(scene.random, _FOLLOWED, **found.words))


def changed(scene: Scene) -> Draft | None:
    """``how often did the state of Ann's orders change from one to the next``."""
    found = _draw_sequence(scene)
    if found is None:
        return None
    return Draft(
        found.count(f"{found.before()} <> {found.kind}"), vary(scene.random, _CHANGED, **found.words)
    )


def back_again(scene: Scene) -> Draft | None:
    """``how often did Ann win gold, then another medal, and then gold again in the same event``."""
    found = _draw_sequence(scene)
    if found is None:
        return None
    first = found.before(2)
    sql = found.count(
        f"{first} = {found.value}", f"{found.before()} <> {found.value}", f"{first} = {found.kind}"
    )
    return Draft(sql, vary(scene.random, _BACK, **found.words))


def in_a_row(scene: Scene) -> Draft | None:
    """``how often did Ann win gold twice in a row in the same event``."""
    found = _draw_sequence(scene)
    if found is None:
        return None
    sql = found.count(f"{found.before()} = {found.value}", f"{found.before()} = {found.kind}")
    return Draft(sql, vary(scene.random, _IN_A_ROW, **found.words))


def _draw_sequence(scene: Scene) -> _Sequence | None:
    options = [
        (table, key, parent, moment, kind, owner)
        for table in scene.tables
        for key, parent in scene.parents(table)
        for moment in scene.plain(table)
        if moment.kind == "date" or scene.is_year(table, moment)
        for kind in scene.categories(table)
        if kind.kind == "text" and kind is not moment
        for owner in scene.ancestors(table)
        if owner is not parent and scene.shown(owner)[0].kind == "text"
    ]
    if not options:
        return None
    table, key, parent, moment, kind, owner = scene.random.choice(options)
    names = [each for each in scene.values(owner, scene.shown(owner)[0]) if isinstance(each, str)]
    if not names:
        return None
    name, value = scene.random.choice(names), str(scene.random.choice(scene.values(table, kind)))
    words = {
        "v": name,
        "k": say(scene, before_noun(scene, table, value)),
        "n": scene.noun(table, plural=False),
        "ns": scene.noun(table),
        "g": scene.noun(parent, plural=False),
        "c": scene.phrase(table, kind),
    }
    window = f"PARTITION BY {ref(table, key)} ORDER BY {ref(table, moment)}"
    owned = f"{ref(owner, scene.shown(owner)[0])} = {quote(name)}"
    return _Sequence(ref(table, kind), quote(value), window, owned, words)
