"""Questions about what belongs to one named row: how many, when first, whether, more of this or of that."""

from __future__ import annotations

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.drafts import Draft
from sqloop_trainer.synthesis.owners import Owned, before_noun, draw_owned
from sqloop_trainer.synthesis.scene import Scene, quote, ref
from sqloop_trainer.synthesis.wording import vary

_DID = "(win|have|get|make|receive|hold|own|place|earn|do)"
_HAS = "(won|had|got|made|received|held|been in|been given)"
_COUNT = (
    f"(how many {{k}} {{n}} did {{v}} {_DID} {{t}}|how many {{k}} {{n}} does {{v}} have {{t}}|"
    f"how many {{k}} {{n}} has {{v}} {_HAS} {{t}}|number of {{k}} {{n}} (of|for|by) {{v}} {{t}}|"
    f"how many times (did {{v}} {_DID}|has {{v}} {_HAS}) (a|an|) {{k}} {{s}} {{t}}|"
    f"what is the (total|) number of {{k}} {{n}} (of|for|by) {{v}} {{t}}|{{v}} {{k}} {{n}} count {{t}})"
)
_LIST = (
    f"((list|show|give me|find|) (all|) (the|) {{c}} (in which|where|for which|of which) "
    f"{{v}} has {_HAS} {{k}} {{n}} {{t}}|"
    f"(in|) (which|what) {{c}} (did {{v}} {_DID}|has {{v}} {_HAS}) {{k}} {{n}} {{t}})"
)
_FIRST = "(first|earliest)"
_LAST = "(most recent|last|latest|most current|newest)"
_EXTREME = (
    f"((in|at|) (which|what) {{c}} (did|was) {{v}} {_DID} (his|her|their|his/her|its|the) {{e}} "
    "{k} {s} {t}|"
    f"(which|what) {{c}} did {{v}} {_DID} (his|her|their|his/her|the) {{e}} {{k}} {{s}} {{t}}|"
    "what (is|was) the {c} of the {e} {k} {s} (of|by|for) {v} {t}|{c} of {v}'s {e} {k} {s} {t})"
)
_EVER = (
    f"(did {{v}} (ever|) {_DID} (a|an|any|) {{k}} {{n}} {{t}}|"
    f"has {{v}} (ever|) {_HAS} (a|an|any|) {{k}} {{n}} {{t}}|"
    "does {v} have (any|a|) {k} {n} {t}|is there (any|a) {k} {s} (of|for|by) {v} {t})"
)
_MORE = (
    f"(does {{v}} have more {{a}} {{n}} than {{b}} {{n}} {{t}}|"
    f"did {{v}} {_DID} more {{a}} than {{b}} {{n}} {{t}}|"
    f"has {{v}} {_HAS} more {{a}} {{n}} than {{b}} {{t}}|"
    "are there more {a} {n} than {b} {n} (of|for|by) {v} {t})"
)
_MOST = (
    f"((in|) (which|what) {{c}} (has|did|does) {{v}} {_DID} the {{e}} {{k}} {{n}} {{t}}|"
    f"(in|) (which|what) {{c}} has {{v}} {_HAS} the {{e}} {{k}} {{n}} {{t}}|"
    "what (is|was) the {c} with the {e} {k} {n} (of|for|by) {v} {t}|"
    "(which|what) (was|is) the most (successful|frequent|common) {c} (of|for) {v} "
    "(in terms of|by|for) {k} {n} {t})"
)
_SPAN = (
    "(how many years (passed|are there|lie|went by) between "
    "{v}'s first and (most recent|last|latest) {k} {s} {t}|"
    "how many years are between the first and the last {k} {s} of {v} {t}|"
    "years between first and last {k} {s} of {v} {t})"
)
_AVERAGE = (
    "((what is the|) average number of {k} {n} (of|for|by|won by|made by) {v} (per|in one|in a|each) {c}|"
    "how many {k} {n} does {v} have per {c} on average)"
)


def count_owned(scene: Scene) -> Draft | None:
    """``how many silver medals did Ann win``."""
    owned = draw_owned(scene)
    if owned is None:
        return None
    return Draft(f'SELECT COUNT(*) FROM "{owned.table.name}" WHERE {owned.sql}', _say(scene, owned, _COUNT))


def list_owned(scene: Scene) -> Draft | None:
    """``in which cities did Ann win medals``: each once."""
    owned = draw_owned(scene)
    column = _asked(scene, owned) if owned else None
    if owned is None or column is None:
        return None
    name = ref(*column)
    if name in owned.sql:
        return None
    return Draft(
        f"SELECT DISTINCT {name}{_from(owned, column[0])} WHERE {owned.sql}",
        _say(scene, owned, _LIST, *column),
    )


def first_owned(scene: Scene) -> Draft | None:
    """``where did Ann win her first silver medal``: all of that first time, each once."""
    owned = draw_owned(scene)
    column, when = (_asked(scene, owned), _time(scene, owned.table)) if owned else (None, None)
    if owned is None or column is None or when is None or ref(*column) in owned.sql:
        return None
    first = scene.random.random() < 0.5
    name, best = ref(*column), f"{'MIN' if first else 'MAX'}({ref(owned.table, when)})"
    question = _say(scene, owned, _EXTREME.replace("{e}", _FIRST if first else _LAST), *column)
    if column == (owned.table, when):
        return Draft(f"SELECT {best} WHERE {owned.sql}", question)
    latest = f"{ref(owned.table, when)} = (SELECT {best} WHERE {owned.sql})"
    return Draft(f"SELECT DISTINCT {name} WHERE {owned.sql} AND {latest}", question)


def has_owned(scene: Scene) -> Draft | None:
    """``did Ann ever win a silver medal``: yes or no."""
    table = scene.table()
    owned = draw_owned(scene, table)
    if owned is None or " AND " not in owned.sql:
        return None
    sql = f"SELECT CASE WHEN COUNT(*) > 0 THEN 'Yes' ELSE 'No' END FROM \"{table.name}\" WHERE {owned.sql}"
    if scene.random.random() < 0.5:  # Of another, who may have none.
        names = scene.values(owned.owner, scene.shown(owned.owner)[0])
        other = scene.random.choice([each for each in names if isinstance(each, str)])
        first, _, rest = owned.sql.partition(" AND ")
        column = first.partition(" = ")[0]
        sql = sql.replace(owned.sql, f"{column} = {quote(other)} AND {rest}")
        owned = Owned(owned.table, owned.owner, other, owned.kind, owned.text, owned.sql)
    return Draft(sql, _say(scene, owned, _EVER))


def more_owned(scene: Scene) -> Draft | None:
    """``does Ann have more gold than silver medals``: yes or no."""
    table = scene.table()
    columns = [each for each in scene.categories(table) if each.kind == "text"]
    owned = draw_owned(scene, table)
    if owned is None or not columns:
        return None
    column = scene.random.choice(columns)
    left = ref(table, column)
    values = sorted({str(value) for value in scene.values(table, column)})
    if len(values) < 2 or left in owned.sql:
        return None
    one, two = scene.random.sample(values, 2)
    said = [str(before_noun(scene, table, value)) for value in (one, two)]
    counts = (f"SUM(CASE WHEN {left} = {quote(value)} THEN 1 ELSE 0 END)" for value in (one, two))
    case = f"CASE WHEN {' > '.join(counts)} THEN 'Yes' ELSE 'No' END"
    text = vary(scene.random, _MORE, v=owned.name, n=scene.noun(table), a=said[0], b=said[1], t=owned.text)
    return Draft(f"SELECT {case} WHERE {owned.sql}", text) if not owned.kind else None


def most_owned(scene: Scene) -> Draft | None:
    """``in which year did Ann win the most medals``: all that share the first place."""
    owned = draw_owned(scene)
    column = _asked(scene, owned) if owned else None
    if owned is None or column is None or ref(*column) in owned.sql:
        return None
    name, most = ref(*column), scene.random.random() < 0.8
    when = _time(scene, owned.table)
    template, source = _MOST, _from(owned, column[0])
    if when and column[0] is not owned.table and scene.random.random() < 0.5:
        # What comes again is often told with its year, whether that was asked for or not.
        name, source = f"{name}, {_year(scene, owned.table, when)}", ""
        template = _MOST.replace("{c}", scene.one_of(("{c} and year", "{c}")))
    among = f"{source} WHERE {owned.sql} GROUP BY {name}"
    best = f"(SELECT COUNT(*){among} ORDER BY COUNT(*){' DESC' if most else ''} LIMIT 1)"
    said = "(most|highest number of|largest number of)" if most else "(fewest|least|lowest number of)"
    return Draft(
        f"SELECT {name}{among} HAVING COUNT(*) = {best}",
        _say(scene, owned, template.replace("{e}", said), *column),
    )


def years_between(scene: Scene) -> Draft | None:
    """``how many years passed between Ann's first and last medal``."""
    owned = draw_owned(scene)
    when = _time(scene, owned.table) if owned else None
    if owned is None or when is None:
        return None
    year = _year(scene, owned.table, when)
    return Draft(f"SELECT MAX({year}) - MIN({year}) WHERE {owned.sql}", _say(scene, owned, _SPAN))


def average_owned(scene: Scene) -> Draft | None:
    """``average number of medals of Ann in one year``."""
    owned = draw_owned(scene)
    column = _asked(scene, owned) if owned else None
    if owned is None or column is None or ref(*column) in owned.sql or owned.text:
        return None
    whole = scene.random.random() < 0.25  # People may mean a whole number, and do not say so.
    average = f"{'' if whole else '1.0 * '}COUNT(*) / COUNT(DISTINCT {ref(*column)})"
    return Draft(
        f"SELECT {average}{_from(owned, column[0])} WHERE {owned.sql}", _say(scene, owned, _AVERAGE, *column)
    )


def _from(owned: Owned, named: Table) -> str:
    """FROM where nothing names the rows' table; beside a column of theirs it would exclude other tables."""
    known = named is owned.table or f'"{owned.table.name}".' in owned.sql
    return "" if known else f' FROM "{owned.table.name}"'


def _say(
    scene: Scene, owned: Owned, template: str, table: Table | None = None, column: Column | None = None
) -> str:
    asked = ""
    if table is not None and column is not None:
        is_row = table is not owned.table and column in scene.shown(table)
        asked = scene.noun(table, plural=False) if is_row else scene.phrase(table, column)
        if scene.is_year(table, column) and scene.random.random() < 0.7:
            asked = scene.one_of(("year", "year(s)"))
    return vary(
        scene.random,
        template,
        v=owned.name,
        k=owned.kind,
        t=owned.text,
        c=asked,
        n=scene.noun(owned.table),
        s=scene.noun(owned.table, plural=False),
    )


def _asked(scene: Scene, owned: Owned) -> tuple[Table, Column] | None:
    """A column of the rows, or the name of something between them and their owner."""
    options = [(owned.table, each) for each in scene.plain(owned.table)]
    for each in scene.ancestors(owned.table):
        if each is not owned.owner and owned.owner in scene.ancestors(each):
            options += [(each, scene.shown(each)[0])] * 2
    return scene.random.choice(options) if options else None


def _time(scene: Scene, table: Table) -> Column | None:
    """The column that says when a row was, if one does."""
    found = [each for each in scene.plain(table) if each.kind == "date" or scene.is_year(table, each)]
    return scene.random.choice(found) if found else None


def _year(scene: Scene, table: Table, column: Column) -> str:
    return ref(table, column) if scene.is_year(table, column) else f"YEAR({ref(table, column)})"
