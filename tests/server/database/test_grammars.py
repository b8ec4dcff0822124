"""The grammars of the dialects are loaded by whoever needs them first, also by several threads at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from threading import Thread
from time import sleep

from sqlglot import exp

from sqloop.database.engines.registry import grammar_of

dialect = sys.argv[1]
module = f"sqlglot.dialects.{dialect}"
first = Thread(target=lambda: exp.Literal.string("a").sql(dialect))
first.start()
while module not in sys.modules:  # it is being loaded as soon as it is there
    sleep(0)
grammar_of(dialect)
first.join()
"""


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres", "duckdb"])
def test_two_threads_that_need_a_dialect_first_get_it(dialect: str) -> None:
    subprocess.run([sys.executable, "-c", PROGRAM, dialect], check=True, timeout=60)
