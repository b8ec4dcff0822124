"""EMS and REMS as published, recall only; `exact` for the answer as a whole."""

from __future__ import annotations

import pytest

from sqloop.database.outcome import Outcome
from sqloop_trainer.benchmarks.temptabqa_metrics import answer_text, ems, is_exact, overlap, rems


@pytest.mark.parametrize(
    ("generated", "gold", "share", "exact"),
    [
        ("3", "3", 1.0, True),
        ("3", "4", 0.0, False),
        ("13", "3", 0.0, False),  # within a word does not count
        ("2018", " 2018", 1.0, True),
        ("Rome, Oslo", "Oslo, Rome", 1.0, True),
        ("Rome", "Oslo, Rome", 0.5, False),
        ("Rome, Oslo, Paris", "Oslo, Rome", 1.0, False),  # recall only
        ("Gold Coast 2018", "Gold Coast", 1.0, False),  # stands in it as words
        ("World Cup 2018", "World Cup 2018, World Cup 2019", 0.5, False),
        ("Rome, Rome", "Rome", 1.0, False),
        ("Team, Singles", "Team , Singles, Team", 1.0, True),  # gold names a part twice for a blank
        ("Team, Singles, Team", "Team , Singles, Team", 1.0, True),
        ("yes", "Yes", 0.0, False),
        ("", "Rome", 0.0, False),
    ],
)
def test_a_text_against_gold(generated: str, gold: str, share: float, exact: bool) -> None:
    assert rems(generated, gold) == share
    assert ems(generated, gold) == (share == 1)
    assert is_exact(generated, gold) is exact


def test_overlap_pays_for_neither_missing_nor_extra_parts() -> None:
    assert overlap("Rome, Oslo", "Oslo, Rome") == 1
    assert overlap("Rome", "Oslo, Rome") == pytest.approx(2 / 3)
    assert overlap(", ".join(f"town {n}" for n in range(98)) + ", Rome, Oslo", "Oslo, Rome") < 0.04
    assert overlap("Rome, Rome, Rome", "Rome") == 0.5


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ((), ""),
        (((3.0,),), "3"),
        (((2.5,),), "2.5"),
        ((("World Cup", 2012), ("World Cup", None)), "World Cup 2012, World Cup "),
    ],
)
def test_rows_as_a_text(rows: tuple[tuple[str | float | None, ...], ...], text: str) -> None:
    assert answer_text(Outcome("ok", rows=rows)) == text
