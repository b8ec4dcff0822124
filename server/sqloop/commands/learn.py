"""`sqloop learn`: say what a word means here, look at what was said, take it back, or bring it from dbt.

Short names of tables and columns can be spelled out by the model.

Entries stand in `sqloop.toml`, where a team reads, reviews and shares them: the nearest one, or a new one in
this folder. A definition is checked on the database before it is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shlex import quote

from sqloop.commands.waiting import spinner
from sqloop.database.connect import Database
from sqloop.errors import ModelError, SettingsError, sentence
from sqloop.glossary import Glossary
from sqloop.glossary.checking import check_sql
from sqloop.glossary.dbt import read_dbt
from sqloop.glossary.definition import tidy_sql
from sqloop.glossary.matching import name_key
from sqloop.glossary.spelling import spell_out
from sqloop.sample import NAME_YOURS, SAMPLE
from sqloop.session import find_generator, find_model, open_database
from sqloop.settings import Settings, load_settings
from sqloop.settings_edit import Value, write_entries
from sqloop.settings_file import FILE_NAME, find_file
from sqloop.terminal.display import plain
from sqloop.terminal.interrupt import run_interruptibly
from sqloop.terminal.standard_output import write
from sqloop.terminal.telling import NOT_READ, reads_glossary, tell


def learn(name: str, means: str, sql: str, settings: Settings) -> int:
    """Write one entry; where ``name`` is a table or a column and there is no SQL, its description.

    Raises SettingsError where it cannot hold, DatabaseError where that cannot be found out.
    """
    name, means = (" ".join(each.split()) for each in (name, means))
    known = settings.words.find(name)
    with open_database(settings) as database:
        sql = tidy_sql(sql, database.dialect)
        # What is not said again stays: words and SQL may come one after the other.
        entry = _entry(means or (known.means if known else ""), sql or (known.sql if known else ""))
        entries: dict[str, Value | None] = {known.name if known else name: entry}
        _check_terms(entries)
        table, _, column = name.rpartition(".")
        found = database.schema().table(table or name)
        if found and not sql and (not table or found.column(column)):
            return _describe(name, means, database)
        if found and table and not sql and not found.column(column):
            raise SettingsError(f"{name} cannot be described: there is no {name}.")
        if sql and (problem := check_sql(sql, database)):
            asked = "" if settings.names_database else f"No database is named: this is {SAMPLE}. {NAME_YOURS}"
            raise SettingsError(f"{name} cannot mean {sql}: {sentence(problem)}", asked)
    path = _write("glossary", entries)
    was = f" (it was: {known.sql or known.means})" if known else ""
    tell(f"{name} means {sql or means}{was}. Written to {path}.{_tell_unread(settings)}")
    return 0


def forget(name: str, settings: Settings) -> int:
    """Take an entry or a description out. Raises SettingsError where this folder's file has none."""
    known = settings.words.find(name)
    table = "descriptions" if known is None else "glossary"
    if known is None and not _is_described(name, settings):
        raise SettingsError(f"{name} is not in the glossary.", "See sqloop learn.")
    path = _write(table, {known.name if known else name: None})
    left = load_settings()
    if left.words.find(name) or (known is None and _is_described(name, left)):
        raise SettingsError(f"{name} stands in another file than {path}.", "Take it out there.")
    tell(f"{name} is forgotten. Written to {path}.")
    return 0


def learn_from_dbt(source: Path, settings: Settings) -> int:
    """Write what fits the database; what you defined yourself stays. Raises SettingsError, DatabaseError."""
    with open_database(settings) as database:
        schema = database.schema()
        imported = read_dbt(source, schema.dialect)
        own, entries = settings.words, dict[str, Value | None]()
        tables = {name_key(table.name) for table in schema.tables}
        for entry in imported.entries.values():
            problem = check_sql(entry.sql, database) if entry.sql else ""
            known = own.find(entry.name)
            if known and (known.sql, known.means) == (entry.sql, entry.means):
                continue
            if known:
                tell(f"Left as it is, {entry.name}: it is in the glossary already.")
            elif problem:
                tell(f"Left out, {entry.name}: {sentence(problem)}")
            elif name_key(entry.name) in tables:
                tell(f"Left out, {entry.name}: it is the name of a table.")
            else:
                entries[entry.name] = _entry(entry.means, entry.sql)
        for line in imported.left_out:
            tell(f"Left out, {line}.")
        told = Glossary(descriptions=tuple(imported.descriptions.items()))
        strangers = set(told.find_strangers(schema))
        described = {
            name: text
            for name, text in imported.descriptions.items()
            if name not in strangers and not _is_described(name, settings)
        }
    if not entries and not described:
        tell(f"Nothing in {source} is new for this database.")
        return 0
    _check_terms(entries)
    path = _file()
    if entries:
        _write("glossary", entries)
    if described:
        _write("descriptions", described)
    parts = [_count(len(entries), "word"), _count(len(described), "description")]
    written = " and ".join(part for part in parts if not part.startswith("0 "))
    others = "is of another table" if len(strangers) == 1 else "are of other tables"
    more = f"; {_count(len(strangers), 'description')} {others}" if strangers else ""
    tell(f"{written} written to {path}{more}.{_tell_unread(settings) if entries else ''}")
    return 0


def learn_names(settings: Settings) -> int:
    """Write what the model says that short names stand for; what is described already stays as it is.

    Raises SettingsError, DatabaseError, ModelError.
    """
    chosen = find_model(settings)
    if not reads_glossary(chosen.name):
        raise SettingsError(f"The model {chosen.name} cannot spell names out.", "See sqloop model list.")
    with open_database(settings) as database:
        schema = settings.words.describe(database.schema())
    generator = find_generator(settings, chosen)
    try:
        with spinner("Spelling out short names …", "It takes a minute, once."):
            told = run_interruptibly(lambda cancel: spell_out(schema, generator, cancel))
    finally:
        generator.close()
    if not told:
        tell("No table or column has a short name that the model can spell out.")
        return 0
    path = _write("descriptions", told)
    width = max(map(len, told))
    write("".join(f"{plain(name):<{width}}  {plain(text)}\n" for name, text in told.items()))
    first, text = next(iter(told.items()))
    tell(f"{_count(len(told), 'description')} written to {path}. The model guesses: look them over.")
    tell(f'Where one is wrong, say what is right: sqloop learn {quote(first)} --means "{text}"')
    return 0


def list_words(settings: Settings, *, as_json: bool) -> int:
    """Print what is in force: a line each, or a JSON object."""
    words = settings.words
    if as_json:
        glossary = {each.name: {"means": each.means, "sql": each.sql} for each in words.entries}
        told = {"glossary": glossary, "descriptions": dict(words.descriptions)}
        write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    elif not words.entries and not words.descriptions:
        tell('Nothing is defined yet: sqloop learn "active customer" --sql "customers.status = \'A\'"')
    else:
        lines = [f"{each.name}: {' · '.join(filter(None, (each.means, each.sql)))}" for each in words.entries]
        lines += [f"{name}: {text}" for name, text in words.descriptions]
        write("".join(f"{plain(line)}\n" for line in lines))
    return 0


def _tell_unread(settings: Settings) -> str:
    """Where the model in use does not read the glossary, that and what to do."""
    with suppress(ModelError):  # It is said by the next question.
        if not reads_glossary(find_model(settings).name):
            return f" {NOT_READ}"
    return ""


def _describe(name: str, text: str, database: Database) -> int:
    schema = database.schema()
    table = schema.table(name.rpartition(".")[0] or name)
    column = table.column(name.rpartition(".")[2]) if table and "." in name else None
    comment = column.comment if column else table.comment if table else ""
    path = _write("descriptions", {name: text})
    if comment:
        tell(f"The database says of {name} already: {comment}. That is used, not what is in {path}.")
    else:
        tell(f"{name} is described: {text}. Written to {path}.")
    return 0


def _is_described(name: str, settings: Settings) -> bool:
    return name.lower() in map(str.lower, settings.descriptions)


def _entry(means: str, sql: str) -> Value:
    """As short as it can be written."""
    if not sql:
        return means
    return {"means": means, "sql": sql} if means else {"sql": sql}


def _check_terms(entries: Mapping[str, Value | None]) -> None:
    """Raises SettingsError where the settings, with what they hold already, would not take them."""
    try:
        load_settings(glossary=entries)
    except SettingsError as error:
        raise SettingsError(re.sub(r"^--glossary[.:]\s?", "", error.message), error.hint) from None


def _file() -> Path:
    return find_file(Path.cwd()) or Path.cwd() / FILE_NAME


def _write(table: str, entries: Mapping[str, Value | None]) -> Path:
    path = _file()
    write_entries(path, table, entries)
    return path


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
