"""The corpus: whole shards or none, nothing held out, the same for the same seed."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from sqloop.generation.prompts.starter_form import StarterForm
from sqloop_trainer.benchmarks.spider import is_held_out, read_questions, read_schemas
from sqloop_trainer.synthesis.corpus import PER_SCENE, read_corpus, spider_scenes, write_corpus

SPIDER = Path(__file__).parents[4] / "shared" / "data" / "spider"
WRITE = (
    "import sys; from pathlib import Path; from sqloop_trainer.synthesis.corpus import write_corpus\n"
    "write_corpus(Path(sys.argv[1]), None, 100_000, 7, 1)"
)


def test_a_corpus_is_written_and_read(tmp_path: Path) -> None:
    once = list(read_corpus(write_corpus(tmp_path / "a", None, 4, 7, 1)))
    again = list(read_corpus(write_corpus(tmp_path / "b", None, 4, 7, 1)))
    assert once == again
    assert 3 <= len(once) <= 4
    for scene in once:
        assert scene.prefix.startswith("<|schema|>")
        assert 0 < len(scene.items) <= PER_SCENE
        assert all(suffix.endswith("<|sql|>") for suffix, _ in scene.items)


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    (shard,) = write_corpus(tmp_path, None, 2, 7, 1)
    before = shard.stat()
    assert write_corpus(tmp_path, None, 2, 7, 1) == [shard]
    assert shard.stat().st_mtime_ns == before.st_mtime_ns
    assert shard.stat().st_ino == before.st_ino


def test_a_killed_run_leaves_no_half_shard(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path)], start_new_session=True)
    try:
        while not any(path.stat().st_size for path in tmp_path.glob("*.tmp")):
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.05)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert list(tmp_path.glob("*.gz")) == []
    (shard,) = write_corpus(tmp_path, None, 2, 7, 1)
    assert len(list(read_corpus([shard]))) == 2


@pytest.mark.skipif(not SPIDER.exists(), reason="../shared/data/spider is not there")
def test_held_out_schemas_stay_out(tmp_path: Path) -> None:
    """Of three trained and two held-out schemas each side gives its own only."""
    names = list(dict.fromkeys(question.db_id for question in read_questions(SPIDER)))
    held = [name for name in names if is_held_out(name)][:2]
    kept = [*[name for name in names if not is_held_out(name)][:2], *held]
    folder = _copy(tmp_path, kept)
    form, schemas = StarterForm(), read_schemas(SPIDER)

    trained = [scene.prefix for scene in spider_scenes(folder, 0)]
    evaluated = [scene.prefix for scene in spider_scenes(folder, 0, held_out=True)]
    assert trained
    assert evaluated
    for name in kept:
        words = _words(form.prefix(schemas[name]))
        for prefixes, wanted in ((trained, not is_held_out(name)), (evaluated, is_held_out(name))):
            found = any(words <= _words(each) for each in prefixes)
            assert found == wanted, name


def _words(prefix: str) -> Counter[str]:
    """The words of a schema, in whatever order its tables stand, and among whatever others."""
    return Counter(word for word in prefix.replace("<", " <").replace(">", "> ").split() if "<" not in word)


def _copy(folder: Path, names: list[str]) -> Path:
    """Spider, but for these schemas only."""
    for file in ("schemas.jsonl.gz", "train.jsonl.gz"):
        with gzip.open(SPIDER / file, "rt") as lines, gzip.open(folder / file, "wt") as out:
            out.writelines(line for line in lines if json.loads(line)["db_id"] in names)
    return folder
