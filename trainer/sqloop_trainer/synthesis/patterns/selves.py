"""Questions about rows and other rows of the same kind: employees and their managers, home and away teams.

A column behind a key (`sqloop.generation.compact.paths`) says whose it is; pairs of rows have aliases.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.clauses import LEAD, count_or_list, draw_filter, items
from sqloop_trainer.synthesis.conditions.text import say
from sqloop_trainer.synthesis.drafts import Draft
from sqloop_trainer.synthesis.scene import Role, Scene, quote, ref, ref_through
from sqloop_trainer.synthesis.schemas.nouns import pluralize
from sqloop_trainer.synthesis.wording import vary

_WITH = (
    "({l} (each|every) {o} {t} (and|with|together with) (his|her|its|their|the|the name of the) {r}|"
    "{l} (the|all|) {n} {t} (and|with|together with) their {r}|"
    "(name|names) of (each|every|all) {n} {t} and (of|) (his|her|their) {r}|"
    "who (is|are) the {r} of (each|every) {o} {t}|{n} and their {rs} {t})"
)
_BOTH = (
    "({l} the {r} and (the|) {q} of (each|every|all) {o} {t}|{l} (the|) {r} and {q} (for|of) (all|"
    "the) {n} {t}|"
    "(which|what) (are|were) the {r} and {q} of each {o} {t}|{n} {t} with (their|) {r} and {q})"
)
_OF_NAMED = (
    "((who|what|which) is (the|) {r} of {v}|{l} the {r} of {v}|{v}'s {r}|{r} of {v}|who is {v}'s {r}|"
    "what is the name of the {r} of {v})"
)
_TWICE = "({r} of the {r} of {v}|who is the {r} of {v}'s {r}|{l} the {r} of the {r} of {v})"
_NAMED = (
    "(whose {r} is {v}|with {v} as (their|its|the|) {r}|that have {v} as {r}|with (the|) {r} "
    "{v}|having {v} as {r})"
)
_FROM_TO = "(from {v} to {w}|with {r} {v} and {q} {w}|between {v} as {r} and {w} as {q})"
_MORE = (
    "(with (a|) (higher|larger|greater) {c} than their {r}|whose {c} is (above|higher than) "
    "that of their {r})"
)
_LESS = (
    "(with (a|) (lower|smaller) {c} than their {r}|whose {c} is (below|lower than|less than) "
    "that of their {r})"
)
_LATER = "(with a (later|more recent) {c} than their {r}|whose {c} is after that of their {r})"
_EARLIER = "(with an earlier {c} than their {r}|whose {c} is before that of their {r})"
_SAME = (
    "(with the same {c} as their {r}|whose {c} is (the same as|that of) their {r}|that share "
    "the {c} of their {r})"
)
_OTHER = "(with (another|a different) {c} than their {r}|whose {c} (differs from|is not) that of their {r})"
_COUNT = (
    "(how many {n} {t} (does each {r} have|are there (per|for each) {r})|number of {n} {t} (per|by|"
    "for each) {r}|"
    "({l} the|) number of {n} of each {r} {t}|count {n} {t} (by|per) {r}|for each {r} the number of {n} {t})"
)
_MOST = "((which|what) {r} has the (most|largest number of) {n} {t}|{l} the {r} (with|of) the most {n} {t})"
_NOBODY = "(without (a|any|) {r}|that have no {r}|with no {r}|who (do not|don't) have a {r})"
_IS_ONE = "(that are (a|the) {r} of (another|some other) {o}|who are {rs}|that are {rs} of other {n})"
_IS_NONE = "(that are not (a|the) {r} of any (other|) {o}|who are no {rs}|that are nobody's {r})"
_PAIRS = (
    "({l} (all|the|) pairs of {n} (with|that have|that share|having) the same {c}|"
    "(which|what) {n} have the same {c}|pairs of {n} (with|of) the same {c}|two {n} with the same {c})"
)


@dataclass(frozen=True)
class _Tied:
    """A table and a role of it."""

    table: Table
    role: Role

    def through(self, columns: list[Column]) -> str:
        """Columns of the role, for SELECT."""
        return ", ".join(ref_through(self.table, self.role, column) for column in columns)


def _draw(scene: Scene, own: bool = False) -> _Tied | None:
    """A table with a role; of the same table where ``own``."""
    found = [
        _Tied(table, role)
        for table in scene.tables
        for role in scene.roles(table)
        if role.table is table or not own
    ]
    return scene.random.choice(found) if found else None


def _twin(scene: Scene, tied: _Tied) -> Role | None:
    """The other role of the table that refers to the same one, where that is another."""
    if tied.role.table is tied.table:
        return None
    others = (each for each in scene.roles(tied.table) if each.column != tied.role.column)
    return next((each for each in others if each.table is tied.role.table), None)


def _names(scene: Scene, table: Table) -> list[str]:
    values = scene.values(table, scene.shown(table)[0])
    return [value for value in values if isinstance(value, str)]


def _plural(noun: str) -> str:
    *words, last = noun.split()
    return " ".join((*words, pluralize(last)))


def with_role(scene: Scene) -> Draft | None:
    """``each employee and his manager``; ``the home team and the away team of each match``."""
    tied = _draw(scene)
    if tied is None:
        return None
    table, role = tied.table, tied.role
    where = draw_filter(scene, table, chance=0.25)
    twin = _twin(scene, tied)
    if where is None:
        return None
    both = twin is not None and scene.random.random() < 0.6
    other = twin if twin and both else role
    question = vary(
        scene.random,
        (_BOTH if both else _WITH).replace("{l}", LEAD),
        n=scene.noun(table),
        o=scene.noun(table, plural=False),
        r=role.noun,
        rs=_plural(role.noun),
        q=other.noun,
        t=where.text,
    )
    shown = scene.shown(role.table)
    first = tied.through(shown) if both else items(table, scene.shown(table))
    return Draft(f"SELECT {first}, {_Tied(table, other).through(shown)}{where.sql}", question)


def of_named(scene: Scene) -> Draft | None:
    """``who is the manager of Ann``, and the manager of the manager."""
    tied = _draw(scene)
    names = _names(scene, tied.table) if tied else []
    if tied is None or not names:
        return None
    table, role, name = tied.table, tied.role, scene.random.choice(names)
    twice = role.table is table and scene.random.random() < 0.15
    question = vary(
        scene.random,
        (_TWICE if twice else _OF_NAMED).replace("{l}", LEAD),
        r=role.noun,
        v=name.lower() if scene.random.random() < 0.2 else name,
    )
    shown = tied.through(scene.shown(role.table))
    if twice:
        shown = ", ".join(
            f'"{table.name}"."{role.column}"."{role.column}"."{column.name}"' for column in scene.shown(table)
        )
    return Draft(f"SELECT {shown} WHERE {ref(table, scene.shown(table)[0])} = {quote(name)}", question)


def by_role(scene: Scene) -> Draft | None:
    """``employees whose manager is Ann``; ``flights from Ulm to Bonn``."""
    tied = _draw(scene)
    names = _names(scene, tied.role.table) if tied else []
    if tied is None or not names:
        return None
    table, role, name = tied.table, tied.role, scene.random.choice(names)
    twin = _twin(scene, tied)
    if twin and scene.random.random() < 0.35 and (both := _from_to(scene, tied, twin)):
        return both
    where = f" WHERE {ref_through(table, role, scene.shown(role.table)[0])} = {quote(name)}"
    text = vary(scene.random, _NAMED, r=role.noun, v=say(scene, name))
    return count_or_list(scene, table, where, text, counted=0.4)


def _from_to(scene: Scene, tied: _Tied, twin: Role) -> Draft | None:
    """Rows by what both their keys refer to."""
    table, role = tied.table, tied.role
    column, key = scene.shown(role.table)[0], role.table.primary_key[0]
    rows = scene.connection.execute(
        f'SELECT a."{column.name}", b."{column.name}" FROM "{table.name}" AS t '
        f'JOIN "{role.table.name}" AS a ON t."{role.column}" = a."{key}" '
        f'JOIN "{role.table.name}" AS b ON t."{twin.column}" = b."{key}"'
    ).fetchall()
    pairs = [(a, b) for a, b in rows if isinstance(a, str) and isinstance(b, str)]
    if not pairs:
        return None
    one, two = scene.random.choice(pairs)
    text = vary(scene.random, _FROM_TO, r=role.noun, q=twin.noun, v=say(scene, one), w=say(scene, two))
    left = f" WHERE {ref_through(table, role, column)} = {quote(one)}"
    right = f" AND {ref_through(table, twin, column)} = {quote(two)}"
    return count_or_list(scene, table, left + right, text, counted=0.4)


def beyond_role(scene: Scene) -> Draft | None:
    """``employees who earn more than their manager``."""
    tied = _draw(scene, own=True)
    columns = scene.of_kind(tied.table, "number", "date") if tied else []
    if tied is None or not columns:
        return None
    table, role, column = tied.table, tied.role, scene.random.choice(columns)
    up = scene.random.random() < 0.65
    known = scene.degrees(table, column)
    said = (known.more if up else known.less) if known else ""
    spoken = bool(said) and not said.startswith("with")
    template = f"({said}) their {{r}}" if spoken else _MORE if up else _LESS
    if column.kind == "date":
        template = _LATER if up else _EARLIER
    text = vary(scene.random, template, c=scene.phrase(table, column), r=role.noun)
    where = f" WHERE {ref(table, column)} {'>' if up else '<'} {ref_through(table, role, column)}"
    return count_or_list(scene, table, where, text, counted=0.3)


def same_as_role(scene: Scene) -> Draft | None:
    """``employees with the same job title as their manager``."""
    tied = _draw(scene, own=True)
    columns = scene.categories(tied.table) if tied else []
    if tied is None or not columns:
        return None
    table, role, column = tied.table, tied.role, scene.random.choice(columns)
    same = scene.random.random() < 0.65
    text = vary(scene.random, _SAME if same else _OTHER, c=scene.phrase(table, column), r=role.noun)
    where = f" WHERE {ref(table, column)} {'=' if same else '<>'} {ref_through(table, role, column)}"
    return count_or_list(scene, table, where, text, counted=0.3)


def count_by_role(scene: Scene) -> Draft | None:
    """``how many employees does each manager have``, and who has the most."""
    tied = _draw(scene)
    if tied is None:
        return None
    table, role = tied.table, tied.role
    where = draw_filter(scene, table, chance=0.25)
    if where is None:
        return None
    most = scene.random.random() < 0.35
    question = vary(
        scene.random,
        (_MOST if most else _COUNT).replace("{l}", LEAD),
        n=scene.noun(table),
        r=role.noun,
        t=where.text,
    )
    key = tied.through(scene.shown(role.table))
    group = f"{where.sql} GROUP BY {key}"
    if most:
        return Draft(f"SELECT {key}{group} ORDER BY COUNT(*) DESC LIMIT 1", question)
    return Draft(f"SELECT {key}, COUNT(*){group}", question)


def has_role(scene: Scene) -> Draft | None:
    """``employees without a manager``, who are managers, and who are not."""
    tied = _draw(scene, own=True)
    if tied is None:
        return None
    table, role = tied.table, tied.role
    column, key = ref(table, role.column), ref(table, table.primary_key[0])
    template, where = scene.random.choice(
        (
            (_NOBODY, f"{column} IS NULL"),
            (_IS_ONE, f"{key} IN (SELECT {column})"),
            (_IS_NONE, f"{key} NOT IN (SELECT {column} WHERE {column} IS NOT NULL)"),
        )
    )
    text = vary(
        scene.random,
        template,
        n=scene.noun(table),
        o=scene.noun(table, plural=False),
        r=role.noun,
        rs=_plural(role.noun),
    )
    return count_or_list(scene, table, f" WHERE {where}", text, counted=0.35)


def pairs_alike(scene: Scene) -> Draft | None:
    """``pairs of customers with the same city``."""
    table = scene.table()
    columns = [each for each in scene.categories(table) if each not in scene.shown(table)]
    if not columns or len(table.primary_key) != 1:
        return None
    column, key = scene.random.choice(columns), table.primary_key[0]
    shown = scene.shown(table)[:1]
    question = vary(
        scene.random, _PAIRS.replace("{l}", LEAD), n=scene.noun(table), c=scene.phrase(table, column)
    )
    names = ", ".join(f'{alias}."{each.name}"' for alias in ("a0", "a1") for each in shown)
    on = f'a0."{column.name}" = a1."{column.name}" AND a0."{key}" < a1."{key}"'
    return Draft(f'SELECT {names} FROM "{table.name}" AS a0 JOIN "{table.name}" AS a1 ON {on}', question)
