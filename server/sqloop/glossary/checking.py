"""Whether definitions hold on a database as it is: their names, and that the database would run them."""

from __future__ import annotations

from sqloop.database.connect import Database
from sqloop.glossary.definition import read_definition
from sqloop.glossary.entries import find_problem


def check_sql(sql: str, database: Database) -> str:
    """Why a definition cannot be used, in a few words; empty where it can. Raises DatabaseError."""
    schema = database.schema()
    if problem := find_problem(sql, schema):
        return problem
    try:
        outcome = database.prepare(read_definition(sql, schema.dialect).write_probe(schema))
    except ValueError as error:
        return str(error)
    return "" if outcome.status == "ok" else outcome.error or outcome.status
