"""The report: says first what was decided, shows what changed, and stands alone."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from sqloop.adapters import Card
from sqloop_trainer.gate.decision import compare, decide
from sqloop_trainer.gate.judging import Reply
from sqloop_trainer.gate.report import Curves, Story, write_report
from sqloop_trainer.gate.trial import ASKED, ELSEWHERE, MADE, Trial

RIGHT = Reply("How many <b>towns</b>?", "SELECT COUNT(*) FROM town", "6", "6", right=True, failed=False)
WRONG = replace(RIGHT, sql="SELECT name FROM town WHERE people < 3", answer="no rows", right=False)
LOG = [
    {"step": float(step), "reward": step / 10, "error_rate": 1 / step, "kl": step / 100}
    for step in range(1, 9)
]


def make_story(gained: int) -> Story:
    old = {ASKED: [WRONG] * gained + [RIGHT] * 12, MADE: [RIGHT] * 20 + [WRONG], ELSEWHERE: []}
    new = {ASKED: [RIGHT] * (gained + 12), MADE: [RIGHT] * 19 + [WRONG, RIGHT], ELSEWHERE: []}
    found = {name: compare(*([each.right for each in side[name]] for side in (old, new))) for name in old}
    card = Card(
        name="retrain-1", base="0" * 16, base_name="starter", data={"questions learned from": 30}, parent=None
    )
    trial = Trial(old, new, found, decide(*found.values()))
    return Story(card, trial, Curves([3.0, 2.0, 1.0], LOG), {"users disagree": 2, "no answer": 0})


class Texts(HTMLParser):
    """The texts of a page in their order, without style and drawings; and its tags, which must close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: object) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "svg", "title"} & set(self.open) and data.strip():
            self.texts.append(data.strip())


def test_the_first_words_are_the_decision_and_its_reason() -> None:
    kept, promoted = (Texts(write_report(make_story(gained))) for gained in (0, 8))
    assert kept.texts[0] == "Kept what is in use:"
    assert "not better" in kept.texts[1]
    assert promoted.texts[0] == "Promoted:"
    assert "8 won and 0 lost" in promoted.texts[1]
    assert "sqloop adapters promote retrain-1" in kept.texts
    assert "sqloop adapters rollback" in promoted.texts
    assert kept.open == promoted.open == []


def test_what_changed_is_shown_with_both_queries_and_answers() -> None:
    page = write_report(make_story(8))
    texts = Texts(page).texts
    assert "How many <b>towns</b>?" in texts
    assert "&lt;b&gt;towns" in page
    assert {"8 won", "1 won", "1 lost", RIGHT.sql, WRONG.sql, "no rows", "6"} <= set(texts)
    assert "How many" not in " ".join(Texts(write_report(replace_trial(make_story(0)))).texts)


def replace_trial(story: Story) -> Story:
    """The same with nothing changed."""
    return replace(story, trial=replace(story.trial, new=story.trial.old))


def test_data_used_and_dropped_is_named() -> None:
    texts = Texts(write_report(make_story(8))).texts
    assert texts[texts.index("questions learned from") + 1] == "30"
    assert texts[texts.index("users disagree") + 1] == "2"
    assert "no answer" not in texts


def test_the_page_stands_alone_and_draws_every_curve() -> None:
    story = make_story(8)
    page = write_report(story)
    assert page.count("<svg") == 2
    for title in ("mean reward", "errors, %", "KL, nats a token", "loss, nats a token"):
        assert title in page
    assert not re.search(r'(?:src|href)\s*=\s*"(?!#)', page)
    assert page == write_report(story)
