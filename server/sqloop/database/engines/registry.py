"""The table of engines: by the scheme of a URL and by the dialect of their SQL, loaded when needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from sqloop.database.outcome import Limits
from sqloop.database.schema import Dialect
from sqloop.errors import SettingsError

if TYPE_CHECKING:
    from sqloop.database.checking.grammar import Grammar
    from sqloop.database.engine import Engine


@dataclass(frozen=True)
class Registered:
    """``folder`` below this package opens URLs of ``schemes``, such as ``form``; it speaks ``dialect``."""

    folder: str
    dialect: Dialect
    schemes: tuple[str, ...]
    form: str


ENGINES = (
    Registered("sqlite", "sqlite", ("sqlite",), "sqlite:///file.db"),
    Registered("mariadb", "mysql", ("mysql", "mariadb"), "mysql+pymysql://user@host:port/name"),
    Registered("postgres", "postgres", ("postgresql", "postgres"), "postgresql://user@host:port/name"),
    Registered("duckdb", "duckdb", ("duckdb",), "duckdb:///file.duckdb"),
)
FORMS = f"Use {', or '.join(each.form for each in ENGINES)}."


def open_engine(url: str, limits: Limits, password_command: str | None) -> Engine:
    """The engine for ``url``, which need not answer yet. Raises SettingsError for one that cannot be used."""
    parsed = _parse(url)
    scheme = parsed.get_backend_name()
    found = next((each for each in ENGINES if scheme in each.schemes), None)
    if found is None:
        raise SettingsError(f"SQLoop does not speak {scheme}.", FORMS)
    module = import_module(f"sqloop.database.engines.{found.folder}.engine")
    return cast("Engine", module.open_engine(parsed, limits, password_command))


@cache
def grammar_of(dialect: Dialect) -> Grammar:
    """How the SQL of that dialect is read.

    Grammars import a dialect from its own module: by way of `sqlglot.dialects` they would take that package's
    lock before the module's, and a thread that loads the dialect the other way round would never end.
    """
    folder = next(each.folder for each in ENGINES if each.dialect == dialect)
    return cast("Grammar", import_module(f"sqloop.database.engines.{folder}.grammar").GRAMMAR)


def dialect_of(url: str) -> Dialect | None:
    """What the database at ``url`` speaks, judged by its scheme alone; None where that says nothing.

    >>> dialect_of("mysql+pymysql://ann@host/shop"), dialect_of("gopher://host")
    ('mysql', None)
    """
    scheme = url.partition(":")[0].partition("+")[0]
    return next((each.dialect for each in ENGINES if scheme in each.schemes), None)


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # The text stays out of the message: it may hold a password.
        raise SettingsError("The database URL cannot be understood.", FORMS) from None
