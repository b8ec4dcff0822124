"""The command line of learning: `trainer evaluate`, `tune`, `bootstrap`, `retrain`, `pretrain`.

Standard output is data only; errors are one line on standard error and an exit code (see `sqloop.errors`).
Each command imports what it needs when it runs, so that flags are checked before torch is loaded.
"""

from sqloop_trainer.cli.run import main, run

__all__ = ["main", "run"]
