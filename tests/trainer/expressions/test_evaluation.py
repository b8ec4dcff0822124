"""Expressions over a table: what they give, and that nothing else can be had of them."""

from __future__ import annotations

import time

import pytest

from sqloop_trainer.expressions.evaluation import LONGEST, STEPS, evaluate

TOWNS = [
    {"name": "Ulm", "people": 128, "country": "Germany"},
    {"name": "Bath", "people": 94, "country": "England"},
    {"name": "Trier", "people": 112, "country": "Germany"},
    {"name": "Pisa", "people": None, "country": "Italy"},
]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("len(rows)", ((4,),)),
        (' sum(row["people"] for row in rows if row["country"] == "Germany")\n', ((240,),)),
        ('max([r for r in rows if r["people"] != None], key=lambda r: r["people"])["name"]', (("Ulm",),)),
        ('[row["name"] for row in rows if row["people"] not in (None, 94)]', (("Ulm",), ("Trier",))),
        ('[(row["name"], row["people"]) for row in rows[:2]]', (("Ulm", 128), ("Bath", 94))),
        ('sorted(set(row["country"] for row in rows), reverse=True)[0]', (("Italy",),)),
        ('sorted(rows[:3], key=lambda row: -row["people"])[0]', (("Ulm", 128, "Germany"),)),
        ("any(row['people'] == 94 and not row['name'] < 'A' for row in rows)", ((1,),)),
        ("round(10 / 3 - 1 * abs(-1), 2)", ((2.33,),)),
        ("1 < 2 < 3 or 1 / 0", ((1,),)),
        (
            '[[a["name"], b["name"]] for a in rows for b in rows[2:] if a["people"] == 94]',
            (("Bath", "Trier"), ("Bath", "Pisa")),
        ),
        ("[]", ()),
    ],
)
def test_what_an_expression_gives(text: str, rows: tuple[object, ...]) -> None:
    found = evaluate(text, TOWNS)
    assert (found.status, found.error, found.rows) == ("ok", "", rows)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "().__class__",
        "rows.clear()",
        "rows[0].update(name='x')",
        "open('x')",
        "eval('1')",
        "hash(rows)",
        "(lambda: 1)()",
        "lambda row: 1",
        "[rows for rows[0] in rows]",
        "[(x := 1) for row in rows]",
        "f'{rows}'",
        "{row['name'] for row in rows}",
        "{**rows[0]}",
        "[*rows]",
        "2 ** 9",
        "1 << 9",
        "~1",
        "5 // 2",
        "1 if rows else 2",
        "b'x'",
        "...",
        "1j",
        "1 is 1",
        "max(rows, default=1)",
        "_count",
        "len",
        " " * LONGEST + "1",
    ],
)
def test_whatever_is_not_listed_is_refused(text: str) -> None:
    assert evaluate(text, TOWNS).status == "refused"
    assert len(TOWNS) == 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rows[",
        "rows; rows",
        "x = 1",
        "1 / 0",
        "rows[9]",
        "rows[0]['nope']",
        "'a' * 9",
        "'a' + 'b'",
        "[1] * 99",
        "'a' < 1",
        "sum(rows)",
        "len(1)",
        "len()",
        "max([])",
        "set([rows])",
        "sorted(rows)",
        "sorted(rows, key=lambda row: [1])",
        "rows == rows",
        "[1] == [1]",
        "[[1] in rows]",
        "[rows]",
        "abs('x')",
        "round(1, -99999999)",
        "round(9, 10, 99)",
        "len(rows, key=lambda row: 1)",
        "abs(1, reverse=1)",
        "1000000000 * 1000000000 * 1000000000",
        "\0",
        "(" * 400,
        "-" * 900 + "1",
    ],
)
def test_what_cannot_be_evaluated_is_an_error_and_no_exception(text: str) -> None:
    found = evaluate(text, TOWNS)
    assert found.status == "error"
    assert found.error
    assert "\n" not in found.error


@pytest.mark.parametrize(
    "text",
    [
        "[1" + " for a in rows" * 40 + "]",
        "len([1 for a in rows for b in rows for c in rows])",
        "[rows[:] for a in rows for b in rows]",
        "[sorted(rows, key=lambda row: row['n']) for a in rows]",
        "[1 for a in rows if 'x' in rows and len(rows)]",
    ],
)
def test_what_takes_too_long_is_ended(text: str) -> None:
    rows = [{"n": number} for number in range(1_000)]
    started = time.process_time()
    found = evaluate(text, rows)
    assert found.status == "timeout"
    assert f"{STEPS:,}" in found.error
    assert time.process_time() - started < 2


def test_lists_that_share_their_parts_are_never_compared() -> None:
    text = "[1]"
    for _ in range(24):
        text = f"[[x, x] for x in {text}]"
    for each in (f"{text} == {text}", f"max({text} )", f"{text} in {text}"):
        assert evaluate(each, TOWNS).status == "error"
