"""What short names of a schema stand for, as the model guesses: ``stl`` a stallion, ``std_fee`` a stud fee.

Old systems have such names and no comments. The model is shown the schema once, lists a word for every short
part of a name, and those that the part shortens (`sqloop.linking.short_names.shortens`) become descriptions,
which people look over. What it answers with them on such a schema: docs/experiments.md, "Short names".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqloop import english
from sqloop.database.cancellation import Cancellation
from sqloop.database.schema import Column, Schema, Table
from sqloop.database.words import identifier_words, split_name
from sqloop.generation.generator import Generator
from sqloop.generation.prompts.forms import without_tokens
from sqloop.generation.prompts.shown_schema import show_schema
from sqloop.generation.prompts.told_text import one_line
from sqloop.generation.request import GenerationRequest
from sqloop.linking.mentions import take_tables
from sqloop.linking.short_names import LEAST, LONGEST, is_clipped, keeps_order, shortens

MOST_CHARACTERS, MOST_PARTS = 8_000, 90
"""Of the schema, and parts, that the model is shown at once."""
TOKENS = 9
"""That one line of the answer takes at most."""
FEW = 0.33
"""The share of the parts for which the model has a word where it understood what it is to do."""
LETTERS = 2
"""Of each word, on average, in a part that is short for several."""
SHARE, LEAST_TABLES = 0.25, 3
"""Of all tables, from which short names are worth a minute of the model."""
SURE = 0.6
"""The share of a word that a part of two letters keeps, and one for which the model gave several words."""
_LINE = re.compile(r"^\W*(?:\d+\W+)?([a-z]+)\W*(?:=|:|->|→|-)\s*([a-z][a-z \-]*)")
_PLAIN = english.QUESTION | english.WEAK | english.WEAK_COLUMNS | english.PLAIN
_EXAMPLE = "cust = customer\nordr = order\nqty = quantity\ndlv = delivery\n"


@dataclass(frozen=True)
class _Task:
    """Tables that are shown together, and the parts of their names that are asked for."""

    schema: Schema
    parts: tuple[str, ...]


def short_tables(schema: Schema) -> list[str]:
    """The tables with names that are short for something and that nothing describes.

    Empty unless they are a `SHARE` of all: a few are no hindrance.
    """
    tables = [table for table in schema.tables if not table.view]
    firsts = Counter(split_name(table.name)[:1] for table in tables)
    short = []
    for table in tables:
        parts = split_name(table.name)
        shared = firsts[parts[:1]] > len(tables) / 2  # ``tbl_``
        if not table.comment and any(map(_is_short, parts[shared:])):
            short.append(table.name)
    return short if len(short) >= max(LEAST_TABLES, SHARE * len(tables)) else []


def _is_short(part: str) -> bool:
    """Whether it is no word, and no short form that everybody knows."""
    letters = part.isalpha() and 2 <= len(part) <= LONGEST
    return letters and is_clipped(part) and not _is_known(part)


def spell_out(schema: Schema, generator: Generator, cancel: Cancellation | None = None) -> dict[str, str]:
    """Descriptions of tables (``stl``) and columns (``stl.std_fee``) that have none, in the schema's order.

    Empty where no name is short. Raises ModelError, CancelledError.
    """
    words: dict[str, str] = {}
    for task in _divide(schema):
        words |= _ask_for(task, _in_list(task), generator, cancel)
        if sum(part in words for part in task.parts) < FEW * len(task.parts):
            # It said the names again. Asked in another way, it seldom does that twice.
            words |= _ask_for(task, _with_names(task), generator, cancel)
    return dict(_describe(schema, words))


def _ask_for(task: _Task, suffix: str, generator: Generator, cancel: Cancellation | None) -> dict[str, str]:
    request = GenerationRequest(
        f"The names of this database are short forms of English words.\n\n{show_schema(task.schema)}\n",
        suffix,
        k=1,
        decoding="sample",
        max_new_tokens=TOKENS * len(task.parts),
    )
    completions = generator.generate(request, cancel)
    return read_words(completions[0].text, task.parts) if completions else {}


def read_words(completion: str, parts: Sequence[str]) -> dict[str, str]:
    r"""What the model says each of ``parts`` is short for, as far as it can be.

    >>> said = "stl = Stallion\nvst: veterinary visit\nissdt = Issue Date\nyob = Year of Birth\nfl = Flat Fee"
    >>> read_words(said, ("stl", "vst", "issdt", "yob", "fl"))
    {'stl': 'stallion', 'vst': 'visit', 'issdt': 'issue date', 'yob': 'year of birth'}
    """
    said: dict[str, list[str]] = {}
    for line in without_tokens(completion).lower().splitlines():
        if (match := _LINE.match(line)) and match[1] in parts:
            said.setdefault(match[1], match[2].replace("-", " ").split())
    found = {part: word for part, words in said.items() if (word := _fit(part, words))}
    taken = set(found.values())
    for part, words in said.items():
        if part not in found and taken.isdisjoint(words) and _are_initials(part, words):
            found[part] = " ".join(words)
    return found


def _fit(part: str, words: Sequence[str]) -> str:
    """All of ``words``, or the one, that ``part`` is a short form of; empty where none is."""
    if len(words) > 1 and len(part) >= LETTERS * len(words) and _is_sequence(part, words):
        return " ".join(words)
    doubts = (len(words) > 1) + (len(part) == 2)
    least = SURE if doubts else LEAST
    return next((word for word in words if shortens(part, word, whole=doubts > 1) >= least), "")


def _is_sequence(part: str, words: Sequence[str]) -> bool:
    """Whether each word gives some letters, the first among them: ``issdt`` of "issue date"."""
    if not words:
        return not part
    cuts = range(1, len(part) - len(words) + 2)
    return any(_gives(words[0], part[:cut]) and _is_sequence(part[cut:], words[1:]) for cut in cuts)


def _gives(word: str, letters: str) -> bool:
    return (word[0] == letters[0] and keeps_order(letters, word)) or identifier_words(letters) == (word,)


def _are_initials(part: str, words: Sequence[str]) -> bool:
    return len(part) > 2 and "".join(word[0] for word in words) == part


def _divide(schema: Schema) -> Iterator[_Task]:
    """Tables with short names, as many at once as the model is shown; each part is asked for once."""
    asked: set[str] = set()
    shown: list[str] = []
    parts: dict[str, None] = {}
    length = 0
    for table in schema.tables:
        new = [part for part in _short_parts(table) if part not in asked]
        if not new:
            continue
        own = len(show_schema(take_tables(schema, [table.name])))
        if shown and (length + own > MOST_CHARACTERS or len(parts) + len(new) > MOST_PARTS):
            yield _Task(take_tables(schema, shown), tuple(parts))
            shown, parts, length = [], {}, 0
        shown.append(table.name)
        parts |= dict.fromkeys(new)
        asked.update(new)
        length += own
    if shown:
        yield _Task(take_tables(schema, shown), tuple(parts))


def _short_parts(table: Table) -> list[str]:
    """The parts of its names that may be short for something; none of a view, nor where all are words."""
    if table.view:
        return []
    own = split_name(table.name)
    parts = dict.fromkeys(own if not table.comment else ())
    for column in table.columns:
        parts |= dict.fromkeys(split_name(column.name) if _is_open(column) else ())
    short = [
        part
        for part in parts
        if part.isalpha()
        and 2 <= len(part) <= LONGEST
        and (part in own or not (_is_known(part) or part in _PLAIN))
    ]
    return short if any(map(is_clipped, short)) else []


def _with_names(task: _Task) -> str:
    names: dict[str, str] = {}
    for table in task.schema.tables:
        for name in (table.name, *(column.name for column in table.columns)):
            for part in split_name(name):
                names.setdefault(part, name)
    lines = "".join(f"{part} (in {one_line(names[part])})\n" for part in task.parts)
    return (
        "Which English word does each short form stand for? "
        f'Answer with one line each, as "short = word".\n{lines}'
    )


def _in_list(task: _Task) -> str:
    return (
        "Which English word does each short form in these names stand for? "
        'Give one line for each: the short form, "=", the word.\n'
        f"Example: for the short forms cust, ordr, qty, dlv the answer is\n{_EXAMPLE}\n"
        f"The short forms: {', '.join(task.parts)}\n"
    )


def _describe(schema: Schema, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for table in schema.tables:
        if table.view:
            continue
        if not table.comment and (text := _spell(table.name, words)):
            yield table.name, text
        for column in table.columns:
            if _is_open(column) and (text := _spell(column.name, words)):
                yield f"{table.name}.{column.name}", text


def _is_open(column: Column) -> bool:
    """Whether it wants a description: it has none, and is no key, which tells of what by its table."""
    return not column.comment and split_name(column.name)[-1:] != ("id",)


def _spell(name: str, words: Mapping[str, str]) -> str:
    """A name in words; empty where none of its parts is among ``words``, or one stays short."""
    parts = split_name(name)
    if words.keys().isdisjoint(parts) or any(_stays_short(part, words) for part in parts):
        return ""
    return " ".join(words.get(part) or " ".join(identifier_words(part)) for part in parts)


def _stays_short(part: str, words: Mapping[str, str]) -> bool:
    return part not in words and _is_short(part)


def _is_known(part: str) -> bool:
    """Whether everybody knows what it is short for."""
    return identifier_words(part) != (part,)
