"""`trainer bootstrap` and `retrain`: what a user's own database and feedback teach."""

from __future__ import annotations

from dataclasses import asdict
from json import dumps
from typing import TYPE_CHECKING, Annotated

from typer import Option

from sqloop_trainer.cli.options import Db, Json, Learner, Out

if TYPE_CHECKING:
    from sqloop_trainer.training_run import Result


def bootstrap(
    db: Db = None,
    model: Learner = None,
    steps: Annotated[
        int | None,
        Option("--steps", metavar="N", min=1, help="Steps of 16 questions; 300, or 16 of a real model."),
    ] = None,
    out: Out = None,
    json: Json = False,
) -> int:
    """Specialise a model on a database before there is any feedback.

    Questions are made from the schema and its rows, their SQL is learned, and the adapter is promoted if it
    is clearly better on the questions of the feedback. With fewer than ten of those it is never promoted by
    itself: it is kept, and the last line says how to use it (`sqloop adapters promote NAME`).
    Works for the starter, models of the hub and GGUF files of Qwen2 (the real models).
    Exit codes: 0 done, promoted or not, 2 usage, settings or model, 3 database, 130 interrupted.
    """
    from sqloop.settings import load_settings

    settings = load_settings(db=db, model=model)

    from sqloop_trainer.bootstrap import bootstrap as learn
    from sqloop_trainer.bootstrap import plan_bootstrap
    from sqloop_trainer.progress import silence_libraries

    silence_libraries()
    return _tell(learn(settings, plan_bootstrap(settings, steps), out), json)


def retrain(
    db: Db = None,
    feedback: Annotated[
        str | None, Option("--feedback", metavar="STORE", help="A file or the URL of a team's database.")
    ] = None,
    model: Learner = None,
    steps: Annotated[
        int | None,
        Option(
            "--steps",
            metavar="N",
            min=1,
            help="Steps of GRPO: 30 of 8 questions, or 8 of 6 questions of a real model.",
        ),
    ] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Only say what would be used.")] = False,
    resume: Annotated[bool, Option("--resume", help="Go on with the last run, which was killed.")] = False,
    out: Out = None,
    json: Json = False,
) -> int:
    """Learn from what users accepted, edited and rejected.

    The new adapter is promoted if it answers the questions of the feedback clearly better (each is held out
    once, by cross-validation) and made questions not worse. A real model takes hours on two CPU cores, the
    starter minutes. Exit codes: 0 done, promoted or not, also where there is too little to learn
    from, 2 usage, settings, feedback or model, 3 database, 130 interrupted.
    """
    from sqloop.settings import load_settings

    settings = load_settings(db=db, model=model)
    if feedback is not None:
        chosen = settings.feedback.model_copy(update={"store": feedback})
        settings = settings.model_copy(update={"feedback": chosen})

    from sqloop_trainer.collecting import find_killed, look

    if dry_run:
        use = look(settings)
        print(dumps(use.to_json()) if json else use)
        return 0

    folder = find_killed(settings) if resume and out is None else out
    begun = folder is not None and (folder / "start.json").is_file()
    if not begun:
        use = look(settings)
        if not use.enough:
            print(dumps(use.to_json()) if json else use)
            return 0

    from sqloop_trainer.progress import silence_libraries
    from sqloop_trainer.retrain import plan_retrain
    from sqloop_trainer.retrain import retrain as learn

    silence_libraries()
    return _tell(learn(settings, plan_retrain(settings, steps), folder), json)


def _tell(result: Result, as_json: bool) -> int:
    if as_json:
        print(dumps({**asdict(result), "report": str(result.report)}))
    else:
        print(f"{result.reason}\nadapter  {result.adapter}\nreport   {result.report}")
        if not result.promoted:
            print(f"It is not in use; to use it all the same: sqloop adapters promote {result.adapter}")
    return 0
