"""The page that a run of learning leaves: the decision and why, curves, examples won and lost, the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from sqloop.adapters import Card
from sqloop_trainer.gate.decision import Comparison
from sqloop_trainer.gate.judging import Reply
from sqloop_trainer.gate.report_plots import draw_grpo, draw_losses
from sqloop_trainer.gate.trial import Trial

SHOWN = 12
"""Examples of each kind."""


@dataclass(frozen=True)
class Curves:
    """``losses`` of supervised steps in nats a token; ``grpo`` as `learning.grpo.read_log` gives it."""

    losses: Sequence[float]
    grpo: Sequence[dict[str, float]]


@dataclass(frozen=True)
class Story:
    """All that is told; ``dropped`` counts what was not used, by why."""

    card: Card
    trial: Trial
    curves: Curves
    dropped: Mapping[str, int]


def write_report(story: Story) -> str:
    """One HTML page that needs nothing else."""
    compared = {name: each for name, each in story.trial.comparisons.items() if each.questions}
    parts = [
        _head(story),
        _comparisons(compared),
        _curves(story.curves),
        *(_examples(name, story.trial) for name in compared),
        _data(story),
    ]
    title = escape(story.card.name)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>\n{''.join(parts)}</body></html>\n"
    )


def _head(story: Story) -> str:
    decision, card = story.trial.decision, story.card
    word, _, reason = decision.reason.partition(": ")
    began = f"from {escape(card.parent)}" if card.parent else "from the bare model"
    kind = "promoted" if decision.promote else "kept"
    next_step = (
        "<code>sqloop adapters rollback</code> takes it back."
        if decision.promote
        else f"<code>sqloop adapters promote {escape(card.name)}</code> uses it all the same."
    )
    return (
        f'<p class="{kind}"><b>{escape(word)}:</b> {escape(reason)}</p>\n'
        f"<h1>{escape(card.name)}</h1>\n<p>An adapter of {escape(card.base_name)}, trained {began}, "
        f"{escape(card.created)}. {next_step}</p>\n"
    )


def _comparisons(found: Mapping[str, Comparison]) -> str:
    rows = [
        [
            escape(name),
            str(each.questions),
            f"{each.old:.1%}",
            f"{each.new:.1%}",
            f"<b>{100 * each.difference:+.1f}</b> ({100 * each.low:+.1f} to {100 * each.high:+.1f})",
            str(each.wins),
            str(each.losses),
        ]
        for name, each in found.items()
    ]
    heads = ("questions", "count", "old", "new", "difference, points (90 % interval)", "won", "lost")
    return (
        f"<h2>Old against new</h2>\n{_table(heads, rows)}"
        '<p class="small">The share of right answers, one greedy query a question, run on the database. '
        "Both adapters answer the same questions; the interval is that of a paired bootstrap.</p>\n"
    )


def _curves(curves: Curves) -> str:
    parts = []
    if curves.grpo:
        parts.append(f"<h2>Learning by trying (GRPO)</h2>\n<figure>{draw_grpo(curves.grpo)}</figure>\n")
    if curves.losses:
        parts.append(f"<h2>Learning from SQL</h2>\n<figure>{draw_losses(curves.losses)}</figure>\n")
    return "".join(parts)


def _examples(name: str, trial: Trial) -> str:
    pairs = list(zip(trial.old[name], trial.new[name], strict=True))
    won = [(old, new) for old, new in pairs if new.right and not old.right]
    lost = [(old, new) for old, new in pairs if old.right and not new.right]
    parts = [f"<h2>What changed: {escape(name)}</h2>\n"]
    for word, each in (("won", won), ("lost", lost)):
        if each:
            more = f", the first {SHOWN}" if len(each) > SHOWN else ""
            parts.append(f"<h3>{len(each)} {word}{more}</h3>\n{_compare(each[:SHOWN])}")
    if len(parts) == 1:
        parts.append("<p>No answer became right or wrong.</p>\n")
    return "".join(parts)


def _compare(pairs: Iterable[tuple[Reply, Reply]]) -> str:
    rows = [
        [f"{escape(old.question)}<br><span>{escape(old.wanted)}</span>", _show(old), _show(new)]
        for old, new in pairs
    ]
    return _table(("question, right answer", "old", "new"), rows, "examples")


def _show(judged: Reply) -> str:
    mark = "right" if judged.right else "wrong"
    sql = f"<code>{escape(judged.sql)}</code><br>" if judged.sql else ""
    return f'{sql}<span class="{mark}">{escape(judged.answer)}</span>'


def _data(story: Story) -> str:
    used = [[escape(name), _cut(str(value))] for name, value in story.card.data.items()]
    dropped = [[escape(reason), str(count)] for reason, count in story.dropped.items() if count]
    parts = [f"<h2>Data</h2>\n{_table(('used', ''), used)}"]
    if dropped:
        parts.append(_table(("dropped because", "count"), dropped))
    return "".join(parts)


def _cut(text: str, length: int = 300) -> str:
    return escape(text if len(text) <= length else f"{text[: length - 1]}…")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>\n'


_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 1000px; margin: 2rem auto;
  padding: 0 1rem }
.promoted, .kept { font-size: 1.15rem; padding: .8rem 1rem; border-left: 5px solid #2e8b57;
  background: #eef8f1 }
.kept { border-color: #b8860b; background: #fdf6e3 }
h1 { font-size: 1.3rem; margin: 1.2rem 0 .2rem }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
h3 { font-size: 1rem; margin: 1rem 0 .3rem }
table { border-collapse: collapse; margin: .3rem 0 1rem }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid #e4e4e4; overflow-wrap: anywhere }
th { font-weight: 600; color: #555; font-size: .85rem }
.examples { width: 100%; table-layout: fixed }
.examples th:first-child { width: 30% }
code { font-size: .85rem; background: #f5f5f5; padding: 0 .2rem }
span { color: #666; font-size: .88rem }
.right { color: #1d7a46 }
.wrong { color: #b03030 }
.small { color: #666; font-size: .88rem }
figure { margin: 0 }
svg { max-width: 100%; height: auto }
"""
