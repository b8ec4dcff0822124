"""The command line: `sqloop` alone, `sqloop ask`, `sqloop console`, `sqloop doctor` and the others.

Standard output is data only. An error is one line on standard error and an exit code (see `sqloop.errors`); a
traceback is a bug. Heavy modules are imported by the commands that need them, so that `sqloop --help`
answers at once.
"""

from sqloop.cli.run import main, run

__all__ = ["main", "run"]
