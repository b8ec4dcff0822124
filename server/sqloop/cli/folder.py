"""What is set for a folder and its database: `sqloop init`, `learn`, `trust` and `doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from sqloop.cli.options import Adapter, Db, DbOrInput, Model
from sqloop.errors import SettingsError


def init() -> int:
    """Write sqloop.toml: what there is to ask here.

    Databases and files of this folder, and some levels below, are its connections; a sqloop.toml that is here
    keeps what it holds, and gets those that it does not name yet.

    Exit codes: 0 sqloop.toml names what is here, 2 there is nothing to ask.
    """
    from sqloop.commands.init import init_folder

    return init_folder(Path.cwd())


def learn(
    name: Annotated[
        str | None, Argument(help="A word, a table or table.column; left out: list all.", show_default=False)
    ] = None,
    means: Annotated[str, Option("--means", metavar="TEXT", help="What it means, in words.")] = "",
    sql: Annotated[
        str, Option("--sql", metavar="SQL", help="What it means: a condition, an expression or a join.")
    ] = "",
    forget: Annotated[bool, Option("--forget", help="Take it out.")] = False,
    from_dbt: Annotated[
        Path | None,
        Option("--from-dbt", metavar="PATH", help="Bring what a schema.yml, or a folder of dbt says."),
    ] = None,
    names: Annotated[
        bool, Option("--names", help="Have the model spell out short names of tables and columns.")
    ] = False,
    json: Annotated[bool, Option("--json", help="List as one JSON object.")] = False,
    db: Db = None,
    model: Model = None,
) -> int:
    """Say what a word of yours means, so that questions may use it.

    Written to the glossary in sqloop.toml, and checked on the database. Exit codes: 0 done, 2 usage,
    settings or model, 3 database, 130 interrupted.
    """
    from sqloop.commands import learn
    from sqloop.session import NO_ADAPTER
    from sqloop.settings import load_settings

    settings = load_settings(db=db, model=model, adapter=NO_ADAPTER if names else None)
    if names:
        return learn.learn_names(settings)
    if from_dbt is not None:
        return learn.learn_from_dbt(from_dbt, settings)
    if name is None and forget:
        raise SettingsError("--forget needs the name of what is to be forgotten.", "See sqloop learn.")
    if name is None:
        return learn.list_words(settings, as_json=json)
    if forget:
        return learn.forget(name, settings)
    if not (means.strip() or sql.strip()):
        raise SettingsError(f"What does {name} mean?", "Say it with --means or --sql.")
    return learn.learn(name, means, sql, settings)


def trust(
    folder: Annotated[Path | None, Argument(help="Left out: this one.", show_default=False)] = None,
    remove: Annotated[bool, Option("--remove", help="Trust it no longer.")] = False,
) -> int:
    """Trust a folder's sqloop.toml as it is now.

    It may then run commands, load models and call servers.
    """
    from sqloop.commands.trust import distrust_folder, trust_folder

    return (distrust_folder if remove else trust_folder)(folder or Path.cwd())


def doctor(db: DbOrInput = None, model: Model = None, adapter: Adapter = None) -> int:
    """Check database, account and model.

    Each finding comes with what to do about it, and the last with what a question costs on this machine.

    Exit codes: 0 nothing failed, 2 settings or model, 3 database.
    """
    from sqloop.commands.doctor import report
    from sqloop.settings import load_settings
    from sqloop.terminal.standard_input import STANDARD_INPUT, keep_input

    if db == STANDARD_INPUT:
        db = str(keep_input())
    return report(load_settings(db=db, model=model, adapter=adapter))
