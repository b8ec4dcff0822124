"""Screens of a terminal as one animated SVG, for pages that run no scripts.

All frames lie below each other and the picture is a window that jumps from one to the next. A line that
several frames have is written once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

Run = tuple[str, str, bool]
"""A text of one colour, as pyte names it; and whether it is bold."""

CELL, LINE, MARGIN, BAR = 8.4, 18, 14, 30
"""Pixels: a character of 14, a line, the space around, the title."""

_COLOURS = {
    "default": "#d6deeb",
    "black": "#575f6f",
    "red": "#ef6b73",
    "green": "#8fd48a",
    "brown": "#e5c07b",
    "blue": "#74b0f4",
    "magenta": "#c792ea",
    "cyan": "#6fd3d8",
    "white": "#ffffff",
}


@dataclass(frozen=True)
class Frame:
    """A screen from ``at`` seconds on; ``cursor`` is column and line."""

    at: float
    lines: tuple[tuple[Run, ...], ...]
    cursor: tuple[int, int]


def draw(frames: Sequence[Frame], columns: int, lines: int, last: float) -> str:
    """The SVG; the last frame stands for ``last`` seconds before it all begins again."""
    width, height = columns * CELL + 2 * MARGIN, lines * LINE + 2 * MARGIN + BAR
    whole = frames[-1].at + last
    known: dict[tuple[Run, ...], int] = {}
    body, moves = [], []
    for number, frame in enumerate(frames):
        top = number * lines * LINE
        for at, line in enumerate(frame.lines):
            if line:
                name = known.setdefault(line, len(known))
                body.append(f'<use href="#l{name}" y="{top + at * LINE}"/>')
        x, y = frame.cursor
        place = f'x="{x * CELL:.1f}" y="{top + y * LINE + 1}"'
        body.append(f'<rect {place} width="{CELL}" height="{LINE - 2}" class="c"/>')
        start = 0.0 if number == 0 else frame.at
        moves.append(f"{100 * start / whole:.3f}%{{transform:translateY(-{top}px)}}")
    texts = "".join(
        f'<text id="l{name}" y="{LINE - 5}">{"".join(_spans(line))}</text>' for line, name in known.items()
    )
    dots = "".join(
        f'<circle cx="{MARGIN + 6 + 20 * place}" cy="16" r="6" fill="{colour}"/>'
        for place, colour in enumerate(("#ef6b73", "#e5c07b", "#8fd48a"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        f'height="{height}" role="img" aria-label="A session of SQLoop on a terminal">\n<style>'
        "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
        "white-space:pre;fill:#d6deeb}.b{font-weight:bold}.c{fill:#d6deeb;opacity:.5}"
        f"#f{{animation:f {whole:.2f}s steps(1,end) infinite}}@keyframes f{{{''.join(moves)}}}"
        f'</style>\n<rect width="100%" height="100%" rx="8" fill="#161b26"/>{dots}\n<defs>{texts}</defs>\n'
        f'<svg x="{MARGIN}" y="{MARGIN + BAR}" width="{columns * CELL:.0f}" height="{lines * LINE}">'
        f'<g id="f">{"".join(body)}</g></svg>\n</svg>\n'
    )


def _spans(line: Sequence[Run]) -> list[str]:
    """Each run at its own column: fonts differ in the width of a character."""
    spans, column = [], 0
    for text, colour, bold in line:
        if text.strip():
            fill = _COLOURS.get(
                colour, colour if colour in _COLOURS else f"#{colour}" if len(colour) == 6 else ""
            )
            style = f' fill="{fill}"' if fill and fill != _COLOURS["default"] else ""
            style += ' class="b"' if bold else ""
            length = f' textLength="{len(text) * CELL:.1f}"'
            spans.append(f'<tspan x="{column * CELL:.1f}"{length}{style}>{escape(text)}</tspan>')
        column += len(text)
    return spans
