"""The command line as a whole: one command is run, and an error becomes one line and a code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from sqloop.cli.options import Version
from sqloop.errors import CancelledError, OutputError, SettingsError, SQLoopError
from sqloop.terminal.standard_output import open_missing_streams, writing
from sqloop_trainer.cli import measuring, shipping, specialising

_SMALL = (
    "Without a GPU, first pip install torch --index-url https://download.pytorch.org/whl/cpu: "
    "the usual build brings gigabytes of CUDA along."
)


def trainer(version: Version = False) -> None:
    """Offline learning: better models for your databases."""


app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.callback()(trainer)
for command in (
    measuring.evaluate,
    shipping.tune,
    specialising.bootstrap,
    specialising.retrain,
    shipping.pretrain,
):
    app.command()(command)


def main() -> None:
    """Run the command line and exit with its code."""
    # Threads that wait for each other sleep instead of spinning: a run shares the cores with what its user
    # does meanwhile, and beside one busy process llama.cpp takes eight times as long otherwise.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; the code it ends with, after one line on standard error where that is an error."""
    if not open_missing_streams():
        return _fail("Standard output is closed: there is nowhere to write to.", OutputError.exit_code)
    code = 0
    try:
        with writing():
            code = app(arguments, prog_name="trainer", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except SQLoopError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        return _fail(f"{error.format_message()} See trainer --help.", error.exit_code)
    except ModuleNotFoundError as error:
        return _fail(
            f"Training needs {error.name}: pip install '.[train]' where SQLoop's source is. {_SMALL}",
            SettingsError.exit_code,
        )
    except KeyboardInterrupt:
        return _fail("Interrupted.", CancelledError.exit_code)


def _fail(message: str, code: int) -> int:
    print(f"trainer: {' '.join(message.split())}", file=sys.stderr)
    return code
