"""The training corpus: scenes, each a schema's prefix with questions on it, as JSON lines in gzipped shards.

Three sources: generated domains, the training schemas of Spider with synthesised questions, and Spider's own
questions with their synonyms. Held-out schemas never get in. A shard is one process's work and is written
whole or not at all, so that a killed run goes on where it stopped.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from sqloop.database.schema import Schema, Table
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.starter_form import StarterForm
from sqloop.generation.prompts.starter_tokens import MAX_COLUMNS, MAX_TABLES
from sqloop.linking.mentions import focus
from sqloop.linking.question import link_question
from sqloop.places import replacing
from sqloop_trainer.benchmarks.spider import is_held_out, read_questions, read_schemas, read_words
from sqloop_trainer.instances.rows import fill
from sqloop_trainer.instances.scenes import scenes_of
from sqloop_trainer.synthesis.pairs import index_values, make_pairs
from sqloop_trainer.synthesis.schemas.domains import Domain, make_domain, read_domain
from sqloop_trainer.synthesis.schemas.renaming import rename

PER_SCENE = 16
"""Questions on one schema."""

PER_SHARD = 500
"""Generated scenes of one shard: a few minutes of work for one process."""

SPIDER_SHARDS = 12
"""Passes over Spider, tables in another order and made questions anew; three of four are renamed."""

CROWDED = 0.35
"""The share of Spider's schemas that stand among tables of another one."""

Words = Mapping[str, Mapping[str, str]]
"""What the names of each schema mean, as `fill` takes them."""


@dataclass(frozen=True)
class TrainingScene:
    """``prefix`` of one schema and ``(suffix, completion)`` for each question on it."""

    prefix: str
    items: tuple[tuple[str, str], ...]


def write_corpus(folder: Path, spider: Path | None, scenes: int, seed: int, processes: int) -> list[Path]:
    """Write what is missing of ``scenes`` generated scenes, and of Spider's, and name all shards."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs: list[tuple[Path, Path | None, int, int]] = [
        (folder / f"generated-{i:04}.jsonl.gz", None, seed + start, min(PER_SHARD, scenes - start))
        for i, start in enumerate(range(0, scenes, PER_SHARD))
    ]
    if spider:
        jobs += [(folder / f"spider-{i:04}.jsonl.gz", spider, seed + i, 1) for i in range(SPIDER_SHARDS)]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(_write_shard, *zip(*jobs, strict=True)))


def read_corpus(paths: Iterable[Path]) -> Iterator[TrainingScene]:
    """All scenes of some shards."""
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield TrainingScene(row["prefix"], tuple((suffix, done) for suffix, done in row["items"]))


def _write_shard(path: Path, spider: Path | None, seed: int, count: int) -> Path:
    if path.exists():
        return path
    scenes = spider_scenes(spider, seed) if spider else _generated(seed, count)
    with replacing(path) as new, gzip.open(new, "wt", encoding="utf-8", compresslevel=3) as out:
        for scene in scenes:
            out.write(json.dumps({"prefix": scene.prefix, "items": scene.items}) + "\n")
    return path


def _generated(seed: int, count: int) -> Iterator[TrainingScene]:
    for number in range(seed, seed + count):
        yield from _synthesised(make_domain(Random(number)), number)


def _synthesised(domain: Domain, seed: int) -> Iterator[TrainingScene]:
    items = tuple((pair.suffix, pair.completion) for pair in make_pairs(domain, seed, PER_SCENE))
    if items and focus(domain.schema, "", ()) is domain.schema:
        yield TrainingScene(StarterForm().prefix(domain.schema), items)


def spider_scenes(spider: Path, seed: int, held_out: bool = False) -> Iterator[TrainingScene]:
    """Spider's questions on its training schemas with some made ones, or those of the held-out schemas.

    Each schema has its tables in an order of its own by ``seed``; three of four times training schemas and
    their questions are about other things.
    """
    random = Random(seed)
    schemas, words = read_schemas(spider), read_words(spider)
    questions = defaultdict(list)
    for question in read_questions(spider):
        questions[question.db_id].append(question)
    for db_id, asked in questions.items():
        if is_held_out(db_id) != held_out:
            continue
        tables = list(schemas[db_id].tables)
        random.shuffle(tables)
        schema, meant = Schema("sqlite", tuple(tables)), words[db_id]
        texts = [(each.question, each.sql) for each in asked]
        if not held_out:
            texts += [(each.synonyms, each.sql) for each in asked if each.synonyms not in ("", each.question)]
        if not held_out and seed % 4:
            schema, meant, texts = rename(schema, meant, texts, random)
        if not held_out and random.random() < CROWDED:
            schema, meant = _crowd(schema, meant, schemas, words, random)
        for number in range(0 if held_out else 2):
            yield from _synthesised(read_domain(schema, meant), seed * 100 + number)
        yield from _human(schema, meant, texts, random)


def _crowd(
    schema: Schema, meant: dict[str, str], schemas: Mapping[str, Schema], words: Words, random: Random
) -> tuple[Schema, dict[str, str]]:
    """``schema`` among tables of another training schema: most of a large database is beside the point."""
    db_id = random.choice([each for each in schemas if not is_held_out(each)])
    taken = {table.name.lower() for table in schema.tables}
    room = MAX_COLUMNS - sum(len(table.columns) for table in schema.tables)
    added: list[Table] = []
    for table in schemas[db_id].tables:
        room -= len(table.columns)
        if room >= 0 and len(taken) < MAX_TABLES and table.name.lower() not in taken:
            taken.add(table.name.lower())
            added.append(table)
    names = {table.name for table in added}
    tables = [*schema.tables]
    for table in added:
        keys = tuple(key for key in table.foreign_keys if key.referred_table in names)
        tables.append(replace(table, foreign_keys=keys))
    random.shuffle(tables)
    return replace(schema, tables=tuple(tables)), {**words[db_id], **meant}


def _human(
    schema: Schema, words: dict[str, str], texts: list[tuple[str, str]], random: Random
) -> Iterator[TrainingScene]:
    planted = [scene for sql in dict.fromkeys(sql for _, sql in texts) for scene in scenes_of(sql, schema)]
    connection = fill(schema, random.randrange(10**6), 40, planted, words)
    index = index_values(schema, connection)
    form = StarterForm()
    by_prefix: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for text, sql in texts:
        asked = Asked(link_question(text, schema, index))
        try:
            completion = form.from_sql(sql, asked)
        except (ValueError, KeyError):
            continue
        by_prefix[form.prefix(asked.schema)].append((form.suffix(asked), completion))
    connection.close()
    for prefix, items in by_prefix.items():
        random.shuffle(items)
        for start in range(0, len(items), PER_SCENE):
            yield TrainingScene(prefix, tuple(items[start : start + PER_SCENE]))
