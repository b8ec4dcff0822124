"""Learning curves as SVG, to stand inside a page."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

COLOUR, BEHIND = "#1f5fbf", "#c3d4ee"

_HEAD = re.compile(r"\A.*?(?=<svg)", re.DOTALL)


def draw_grpo(log: Sequence[dict[str, float]]) -> str:
    """Reward, error rate and KL by step; each step faint, the mean of the last five in front of it."""
    figure = Figure(figsize=(10, 2.6), layout="constrained")
    shown = (
        ("reward", "mean reward", 1.0),
        ("error_rate", "errors, %", 100.0),
        ("kl", "KL, nats a token", 1.0),
    )
    for axes, (name, title, scale) in zip(figure.subplots(1, len(shown)), shown, strict=True):
        _draw(axes, [each["step"] for each in log], [scale * each[name] for each in log], title)
    return _to_svg(figure)


def draw_losses(losses: Sequence[float]) -> str:
    """The loss of supervised steps."""
    figure = Figure(figsize=(3.4, 2.6), layout="constrained")
    _draw(figure.subplots(), list(range(1, len(losses) + 1)), losses, "loss, nats a token")
    return _to_svg(figure)


def _draw(axes: Axes, steps: Sequence[float], values: Sequence[float], title: str) -> None:
    axes.plot(steps, values, color=BEHIND, linewidth=1)
    window = [values[max(0, place - 4) : place + 1] for place in range(len(values))]
    axes.plot(steps, [sum(each) / len(each) for each in window], color=COLOUR, linewidth=2)
    axes.set_title(title, fontsize=10, loc="left")
    axes.set_xlabel("step", fontsize=9)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.6)
    axes.set_ylim(min(0.0, *values), None)


def _to_svg(figure: Figure) -> str:
    file = io.StringIO()
    with matplotlib.rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "sqloop", "font.family": "sans-serif"}
    ):
        figure.savefig(file, format="svg", metadata={"Date": None})
    return _HEAD.sub("", file.getvalue())
