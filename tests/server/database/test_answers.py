"""Answer equality: what counts and what does not, one row of the table each."""

from __future__ import annotations

import random

import pytest

from sqloop.database.answers import answer_key, same_answer
from sqloop.database.outcome import Outcome, Value


def ok(*rows: tuple[Value, ...], truncated: bool = False) -> Outcome:
    return Outcome("ok", rows=rows, truncated=truncated)


SAME = {
    "row order": (ok((1,), (2,)), ok((2,), (1,))),
    "column order": (ok((1, "a"), (2, "b")), ok(("a", 1), ("b", 2))),
    "column names": (Outcome("ok", ("n",), ((1,),)), Outcome("ok", ("COUNT(*)",), ((1,),))),
    "integer and float": (ok((1,)), ok((1.0,))),
    "float noise": (ok((0.1 + 0.2,)), ok((0.3,))),
    "noise around an integer": (ok((569997.9999999997,)), ok((569998,))),
    "noise around a large sum": (ok((12345678901.000002,)), ok((12345678901,))),
    "noise around zero": (ok((1.1102230246251565e-16,)), ok((0,))),
    "minus zero": (ok((-0.0,)), ok((0,))),
    "boolean of a driver": (ok((True,)), ok((1,))),
    "year as text": (ok(("2024",)), ok((2024,))),
    "no rows": (Outcome("ok", ("a",)), Outcome("ok", ("a", "b"))),
    "columns of equal content": (ok((1, 2), (2, 1), (3, 3)), ok((2, 1), (1, 2), (3, 3))),
    "three columns of equal content": (
        ok((1, 2, 3), (2, 3, 1), (3, 1, 2), (1, 3, 2)),
        ok((3, 1, 2), (1, 2, 3), (2, 3, 1), (2, 1, 3)),
    ),
    "truncated alike": (ok((1,), (2,), truncated=True), ok((2,), (1,), truncated=True)),
    "not a number": (ok((float("nan"),)), ok((float("nan"),))),
}

DIFFERENT = {
    "repeated row": (ok((1,), (1,), (2,)), ok((1,), (2,), (2,))),
    "number of rows": (ok((1,), (1,)), ok((1,))),
    "extra column": (ok((1, 2)), ok((1,))),
    "pairs mixed up": (ok((1, "a"), (2, "b")), ok((1, "b"), (2, "a"))),
    "columns of equal content, rows mixed up": (ok((1, 2), (2, 3), (3, 1)), ok((1, 2), (2, 1), (3, 3))),
    "null and zero": (ok((None,)), ok((0,))),
    "null and empty text": (ok((None,)), ok(("",))),
    "null and no row": (ok((None,)), ok()),
    "close numbers": (ok((1.234567,)), ok((1.234568,))),
    "rounded to two places": (ok((33.33,)), ok((33.333333,))),
    "large identifiers": (ok((9007199254740993,)), ok((9007199254740992,))),
    "case": (ok(("Paris",)), ok(("paris",))),
    "blanks": (ok(("Paris ",)), ok(("Paris",))),
    "leading zeros": (ok(("007",)), ok((7,))),
    "version numbers": (ok(("1.10",)), ok(("1.1",))),
    "decimal text": (ok(("1.5",)), ok((1.5,))),
    "bytes and text": (ok((b"a",)), ok(("a",))),
    "truncated and complete": (ok((1,), truncated=True), ok((1,))),
    "failed": (Outcome("timeout"), ok()),
    "failed alike": (Outcome("error", error="x"), Outcome("error", error="x")),
}


@pytest.mark.parametrize("case", SAME)
def test_same(case: str) -> None:
    a, b = SAME[case]
    assert same_answer(a, b)
    assert answer_key(a) == answer_key(b)
    assert hash(answer_key(a)) == hash(answer_key(b))


@pytest.mark.parametrize("case", DIFFERENT)
def test_different(case: str) -> None:
    a, b = DIFFERENT[case]
    assert not same_answer(a, b)
    assert not same_answer(b, a)
    if a.status == b.status == "ok":
        assert answer_key(a) != answer_key(b)


def test_order_counts_when_asked_for() -> None:
    up, down = ok((1, "a"), (2, "b")), ok((2, "b"), (1, "a"))
    swapped = ok(("a", 1), ("b", 2))
    assert not same_answer(up, down, ordered=True)
    assert same_answer(up, swapped, ordered=True)


def test_a_failure_has_no_key() -> None:
    with pytest.raises(ValueError, match="timeout"):
        answer_key(Outcome("timeout"))


def test_any_shuffle_of_rows_and_columns_is_the_same() -> None:
    shuffler = random.Random(1)
    cells: list[Value] = [None, 0, 1, 2.5, "a", "b", b"a"]
    for _ in range(300):
        width, height = shuffler.randrange(1, 5), shuffler.randrange(1, 7)
        rows = [[shuffler.choice(cells) for _ in range(width)] for _ in range(height)]
        order = shuffler.sample(range(width), width)
        shuffled = [tuple(row[n] for n in order) for row in shuffler.sample(rows, height)]
        assert same_answer(ok(*map(tuple, rows)), ok(*shuffled)), (rows, shuffled)


def test_wide_answers_with_equal_columns_stay_cheap() -> None:
    rows = [tuple((row * column) % 7 for column in range(1, 60)) for row in range(1, 8)]
    assert same_answer(ok(*rows), ok(*reversed(rows)))
