"""Spider as suites: each schema as three random instances on which gold SQL has answers.

Questions are asked on the first instance; SQL is right when it gives the gold answer on all three. That
is the idea of test suites (arXiv 2010.02840), with random rows in place of the original ones.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from sqloop.database.connect import Database, connect
from sqloop.database.schema import Schema
from sqloop.errors import SettingsError
from sqloop_trainer.benchmarks import spider
from sqloop_trainer.benchmarks.suite import Suite, Written, prepare_suite
from sqloop_trainer.instances.rows import fill
from sqloop_trainer.instances.scenes import scenes_of

HELD_OUT_SPLIT = "held-out"
"""The questions of the train split on the schemas that nothing is trained on."""

SEEDS = (11, 12, 13)
ROWS = 30


def spider_suites(
    directory: Path, split: str = HELD_OUT_SPLIT, every: int = 1, skip: int = 0
) -> Iterator[Suite]:
    """One suite for each schema of the split, its databases open until the next is asked for.

    It holds every so-many-th question of those on whose schema it is, without the first ``skip``.

    Raises SettingsError when `directory` is not laid out like Spider or has no such split.
    """
    try:
        questions = spider.read_questions(directory, "train" if split == HELD_OUT_SPLIT else split)
        schemas, words = spider.read_schemas(directory), spider.read_words(directory)
    except (OSError, ValueError, KeyError) as error:
        raise SettingsError(f"No split {split!r} of spider in {directory}: {error}.") from None
    for db_id, schema in schemas.items():
        asked = [each for each in questions if each.db_id == db_id]
        if asked and (split != HELD_OUT_SPLIT or spider.is_held_out(db_id)):
            for suite in _suite(db_id, schema, asked, words[db_id]):
                yield replace(suite, items=suite.items[skip::every])


def _suite(
    db_id: str, schema: Schema, questions: Sequence[spider.Question], words: dict[str, str]
) -> Iterator[Suite]:
    gold = [each.sql for each in questions]
    with tempfile.TemporaryDirectory(prefix="sqloop-spider-") as folder, ExitStack() as stack:
        databases = [
            stack.enter_context(instance(Path(folder) / f"{db_id}-{seed}.sqlite", schema, gold, words, seed))
            for seed in SEEDS
        ]
        yield prepare_suite(db_id, databases, [Written(each.question, each.sql) for each in questions])


def instance(path: Path, schema: Schema, gold: Sequence[str], words: dict[str, str], seed: int) -> Database:
    """A new database file at `path` on which the gold queries find something."""
    scenes = [scene for sql in dict.fromkeys(gold) for scene in scenes_of(sql, schema)]
    with closing(fill(schema, seed, ROWS, scenes, words, path)):
        return connect(f"sqlite:///{path}")
