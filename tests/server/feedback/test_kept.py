"""What is kept of an answer: digests that agree with the definition of equality, and rows within bounds."""

from __future__ import annotations

import json
import math
from itertools import product

import pytest

from sqloop.database.answers import same_answer
from sqloop.database.outcome import Outcome, Value
from sqloop.feedback.kept import MOST_BYTES, MOST_ROWS, KeptAnswer, digest, keep_answer

Rows = tuple[tuple[Value, ...], ...]

ANSWERS: tuple[Rows, ...] = (
    (),
    ((None,),),
    ((3,),),
    ((3.0,),),
    (("3",),),
    (("03",),),
    ((b"3",),),
    (("33",),),
    ((0.1 + 0.2,),),
    ((0.3,),),
    ((123456789.4,),),
    ((123456789,),),
    ((float("inf"),),),
    ((float("nan"),),),
    ((-0.0,),),
    ((0,),),
    (("a", 1), ("b", 2)),
    ((2, "b"), (1, "a")),
    (("a", 2), ("b", 1)),
    ((1,), (1,)),
    ((1,),),
    (("ü\udcff",),),
    (("ü",),),
)


@pytest.mark.parametrize("cut", [False, True])
def test_digests_are_equal_exactly_where_answers_are_the_same(cut: bool) -> None:
    outcomes = [Outcome("ok", rows=rows, truncated=each) for rows in ANSWERS for each in {False, cut}]
    for one, other in product(outcomes, repeat=2):
        assert (digest(one) == digest(other)) == same_answer(one, other), (one.rows, other.rows)


def test_a_digest_is_the_same_on_every_machine_and_in_every_release() -> None:
    outcome = Outcome("ok", rows=((1, "ü", None, b"\x00", 0.5), (2, "b", 3, b"", 1.0)))
    assert digest(outcome) == "9fbafe44e4e6e0efa88456122d6253f6"


def test_what_failed_has_no_answer() -> None:
    assert keep_answer(Outcome("timeout", error="stopped"), "rows") is None


def test_every_value_comes_back_from_json() -> None:
    rows: Rows = ((None, 1, 1.5, "ü\udcff", b"\x00\xff", math.inf, -math.inf, 3.0, 2**70),)
    kept = keep_answer(Outcome("ok", ("a",) * 9, rows), "rows")
    assert kept is not None
    back = KeptAnswer.from_json(json.loads(json.dumps(kept.to_json(), allow_nan=False)))
    assert back == kept
    assert back.rows is not None
    assert list(map(type, back.rows[0])) == list(map(type, rows[0]))
    assert back.outcome() == Outcome("ok", ("a",) * 9, rows)


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        (MOST_ROWS, True),
        (MOST_ROWS + 1, False),
    ],
)
def test_of_many_rows_only_the_digest_is_kept(rows: int, kept: bool) -> None:
    outcome = Outcome("ok", ("n",), tuple((n,) for n in range(rows)))
    answer = keep_answer(outcome, "rows")
    assert answer is not None
    assert (answer.count, answer.digest) == (rows, digest(outcome))
    assert (answer.rows is not None) is kept


def test_of_large_values_only_the_digest_is_kept() -> None:
    answer = keep_answer(Outcome("ok", ("t",), (("x" * MOST_BYTES,),)), "rows")
    assert answer is not None
    assert (answer.rows, answer.outcome(), answer.count) == (None, None, 1)


def test_no_value_and_no_name_of_a_column_is_kept_where_the_user_says_so() -> None:
    answer = keep_answer(Outcome("ok", ("salary",), (("secret",),)), "digest")
    assert answer is not None
    assert "secret" not in json.dumps(answer.to_json())
    assert "salary" not in json.dumps(answer.to_json())
