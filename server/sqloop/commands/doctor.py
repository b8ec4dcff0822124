"""`sqloop doctor`: is everything there, is it safe, and what does a question cost on this machine.

Each finding is one line, ``ok``, ``warn`` or ``fail``, with what to do about it on the next.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.engine import make_url

from sqloop.answer import ModelName
from sqloop.assistant import Assistant
from sqloop.commands.showing import FILL
from sqloop.database.connect import Database
from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Schema
from sqloop.errors import DatabaseError, SettingsError, SQLoopError, end_once
from sqloop.generation.generator import Generator
from sqloop.glossary import Entry, Glossary
from sqloop.glossary.checking import check_sql
from sqloop.glossary.spelling import short_tables
from sqloop.models import ChosenModel
from sqloop.sample import NAME_YOURS, SAMPLE
from sqloop.session import find_generator, find_model, open_database
from sqloop.settings import Settings
from sqloop.settings_file import FILE_NAME, find_file
from sqloop.terminal.interrupt import run_interruptibly
from sqloop.terminal.telling import NOT_READ, reads_glossary

Level = Literal["ok", "warn", "fail"]

SHOWN = 5
"""Names that are told as examples."""
TABLES = 200
"""Tables of which a row is read."""

COLOURS = {"ok": 32, "warn": 33, "fail": 31}


@dataclass(frozen=True)
class Finding:
    """``advice`` is what the user can do; ``exit_code`` is what a failure ends the command with."""

    level: Level
    subject: str
    text: str
    advice: str = ""
    exit_code: int = 0


def report(settings: Settings) -> int:
    """Print every finding as it is made; the exit code of the gravest, 3 before 2 before 0."""
    code = 0
    for finding in examine(settings):
        _print(finding)
        code = max(code, finding.exit_code)
    return code


def examine(settings: Settings) -> Iterator[Finding]:
    """The findings, from what is quick to what is slow; a failure leaves out what depends on it."""
    yield _examine_settings()
    database, generator = None, None
    try:
        database = open_database(settings)
        yield from _examine_database(database, settings)
        yield from _examine_glossary(settings.words, database)
    except SQLoopError as error:  # A --db that names nothing is an error of the settings, which are fine.
        yield _failure(error, "database")
    yield from _examine_feedback(settings)
    try:
        chosen = find_model(settings)
        generator = find_generator(settings, chosen)
        if settings.words.entries and not reads_glossary(chosen.name):
            yield Finding("warn", "glossary", NOT_READ)
        if database is not None and reads_glossary(chosen.name):
            yield from _examine_names(settings.words.describe(database.schema()))
        yield from _examine_model(chosen, generator)
        if database is not None and database.schema().tables:
            yield from _measure(settings, database, generator, ModelName(chosen.name))
    except SQLoopError as error:
        yield _failure(error)
    finally:
        if generator is not None:
            generator.close()
        if database is not None:
            database.close()


def _examine_settings() -> Finding:
    path = find_file(Path.cwd())
    return Finding("ok", "settings", str(path) if path else f"no {FILE_NAME} here or above: defaults")


def _examine_database(database: Database, settings: Settings) -> Iterator[Finding]:
    account = database.check()
    sample = f"{SAMPLE}, " if settings.connection() is None else ""
    advice = "" if settings.names_database else NAME_YOURS
    yield Finding("ok", "database", f"{sample}{database.url}: {account.server}", advice)
    for line in database.unread:
        text = end_once(f"{line}.")
        yield Finding("warn", "file", text, "Its rows are in no answer: mend it, or name the others.")
    if not account.may_write:
        yield Finding("ok", "account", f"{account.user} may only read".strip())
    elif database.dialect in ("sqlite", "duckdb"):
        # The file must be writable for whoever fills it; SQLoop opens it read-only.
        yield Finding("ok", "account", "the file is writable, SQLoop opens it read-only")
    else:
        may = ", ".join(account.writes)
        yield Finding("warn", "account", f"{account.user} may do more than read: {may}", account.mend)
    yield _examine_schema(database)
    yield from _examine_tables(database)


def _examine_schema(database: Database) -> Finding:
    started = time.perf_counter()
    tables = database.schema().tables
    seconds = time.perf_counter() - started
    if not tables:
        return _failure(DatabaseError("It holds no tables.", FILL))
    columns = sum(len(table.columns) for table in tables)
    counts = f"{_count(len(tables), 'table')}, {_count(columns, 'column')}"
    return Finding("ok", "schema", f"{counts}, read in {seconds:.2f} s")


def _examine_tables(database: Database) -> Iterator[Finding]:
    """One finding for each of the first tables of which no row can be read."""
    for table in database.schema().tables[:TABLES]:
        outcome = database.execute(f"SELECT * FROM {quote_name(table.name, database.dialect)} LIMIT 1")
        if outcome.status != "ok":
            reason = outcome.error or outcome.status
            yield _failure(DatabaseError(f"{table.name} cannot be read: {reason}"))


def _examine_glossary(words: Glossary, database: Database) -> Iterator[Finding]:
    """One finding for what holds, and one for each entry that does not."""
    advice = "Correct it in sqloop.toml, or with sqloop learn."
    wrong = {each.name: problem for each in words.entries if (problem := _check_entry(each, database))}
    for name, problem in wrong.items():
        yield Finding("warn", "glossary", f"{name} is not used: {problem}", advice)
    for name in words.find_strangers(database.schema()):
        yield Finding("warn", "glossary", f"{name} is described, and is not in this database", advice)
    if right := len(words.entries) - len(wrong):
        yield Finding("ok", "glossary", f"{_count(right, 'word')} of your own")


def _examine_names(schema: Schema) -> Iterator[Finding]:
    """One finding where a model has to guess what many names stand for."""
    if short := short_tables(schema):
        names = ", ".join(short[:SHOWN])
        told = f"{_count(len(short), 'table')} with a short name and no description, such as {names}"
        yield Finding("warn", "names", told, "Have the model spell them out: sqloop learn --names")


def _check_entry(entry: Entry, database: Database) -> str:
    return check_sql(entry.sql, database) if entry.sql else ""


def _examine_feedback(settings: Settings) -> Iterator[Finding]:
    """One finding for a store that a team shares; a file of the user's own is made when it is needed."""
    where = settings.feedback.store
    if not settings.feedback.enabled or "://" not in where or where.startswith("sqlite"):
        return
    from sqloop.feedback.events import Event
    from sqloop.feedback.servers import find_grants
    from sqloop.feedback.store import open_store

    try:
        store = open_store(settings, writing=False)
        kept = len(store.entries())
        yield Finding("ok", "feedback", f"{store.place}: {_count(kept, 'event')}")
        store.rehearse(Event("shown", "May I?", None, None, "", "", ModelName("")))
    except SQLoopError as error:
        grants = "" if isinstance(error, SettingsError) else find_grants(make_url(where))
        yield Finding("warn", "feedback", error.message, error.hint or grants)


def _examine_model(chosen: ChosenModel, generator: Generator) -> Iterator[Finding]:
    info = generator.describe()
    parts = [chosen.name, f"{info.form} prompts"]
    if info.adapter:
        parts.insert(1, f"adapter {info.adapter}")
    if info.parameters:
        parts.append(f"{info.parameters / 1e6:,.1f} M parameters")
    if info.bytes:
        parts.append(f"{info.bytes / 1e6:,.0f} MB")
    advice = f"A better one: {chosen.advice}" if chosen.advice else ""
    yield Finding("ok", "model", ", ".join(parts), advice)
    started = time.perf_counter()
    generator.warm("")
    yield Finding("ok", "loading", f"{time.perf_counter() - started:.1f} s, once a session")


def _measure(
    settings: Settings, database: Database, generator: Generator, model: ModelName
) -> Iterator[Finding]:
    """One question twice: the first reads the schema into the model, the second is what the rest cost."""
    assistant = Assistant(database, generator, model)
    question = f"How many {database.schema().tables[0].name} are there?"
    first = run_interruptibly(lambda cancel: assistant.ask(question, settings.k, cancel)).timings.total
    answer = run_interruptibly(lambda cancel: assistant.ask(question, settings.k, cancel))
    cost = f"{answer.timings.total / 1000:.2f} s for {settings.k} candidates, the first {first / 1000:.2f} s"
    if answer.best is not None:
        yield Finding("ok", "question", cost)
    else:
        advice = "The model may not suit this database: try another with --model."
        yield Finding("warn", "question", f"{cost}, but no candidate ran", advice)
    memory = _peak_memory(generator)
    if memory:
        yield Finding("ok", "memory", f"{memory / 1e6:,.0f} MB at most in the model's process")


def _peak_memory(generator: Generator) -> int | None:
    """Peak resident bytes of the model's process; None where it is not ours or the system does not tell."""
    from sqloop.generation.worker import WorkerGenerator

    if not isinstance(generator, WorkerGenerator) or generator.pid is None:
        return None
    status = Path(f"/proc/{generator.pid}/status")
    if not status.is_file():
        return None
    lines = (line.split() for line in status.read_text().splitlines())
    return next((int(words[1]) * 1024 for words in lines if words and words[0] == "VmHWM:"), None)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _failure(error: SQLoopError, subject: str = "") -> Finding:
    return Finding("fail", subject or error.title.lower(), error.message, error.hint, error.exit_code)


def _print(finding: Finding) -> None:
    level = f"{finding.level:4}"
    if sys.stdout.isatty():
        level = f"\x1b[{COLOURS[finding.level]}m{level}\x1b[0m"
    print(f"{level}  {finding.subject:9} {finding.text}", flush=True)
    if finding.advice:
        print(f"{'':15} -> {finding.advice}", flush=True)
