"""The prompts of some sixty questions, letter by letter (see `golden`)."""

from __future__ import annotations

import json

from .golden import GOLDEN, collect


def test_prompts_are_as_written_down() -> None:
    known = json.loads(GOLDEN.read_text(encoding="utf-8"))
    found = dict(collect())
    assert found.keys() == known.keys()
    assert sum(len(each["questions"]) for each in found.values()) >= 60
    for name, each in found.items():
        assert each["prefixes"] == known[name]["prefixes"]
        for question, suffixes in each["questions"].items():
            assert suffixes == known[name]["questions"][question], question
