"""Sections as a table for people and as JSON for programs; neither carries a date or a path."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.figures import Figure, Section

COMMAND = "make bench"


def write_results(folder: Path, machine: str, sections: Sequence[Section]) -> None:
    """One JSON file a section and one README.md for all of them, in place of those of the last run."""
    folder.mkdir(exist_ok=True)
    for section in sections:
        text = json.dumps(section_json(section, machine), indent=2, ensure_ascii=False)
        (folder / f"{section.name}.json").write_text(text + "\n", encoding="utf-8")
    page = [f"# What `{COMMAND}` measured", machine, *(draw_section(each) for each in sections)]
    (folder / "README.md").write_text("\n\n".join(page) + "\n", encoding="utf-8")


def section_json(section: Section, machine: str) -> dict[str, object]:
    """A section with the machine and the command that it came from."""
    figures = [{**asdict(each), "value": round(each.value, 3), "met": each.met} for each in section.figures]
    return {"command": COMMAND, "machine": machine, **asdict(section), "figures": figures}


def draw_section(section: Section) -> str:
    """A section in Markdown: heading, how, table, what is missing."""
    parts = [f"## {section.name.replace('_', ' ').capitalize()}"]
    if section.how:
        parts.append(section.how)
    if section.figures:
        parts.append(draw_table(section.figures))
    if section.missing:
        parts.append(f"Not measured: {section.missing}")
    return "\n\n".join(parts)


def draw_table(figures: Sequence[Figure]) -> str:
    """Figures by row and column, aligned so that it can be read as it stands.

    >>> print(draw_table([Figure("SQLite", "median", 1200.0, "ms", below=1000)]))
    |        |                     median |
    |--------|---------------------------:|
    | SQLite | 1,200 ms (< 1,000: missed) |
    """
    columns = list(dict.fromkeys(each.column for each in figures))
    cells = {(each.row, each.column): draw_figure(each) for each in figures}
    rows = [["", *columns]]
    for row in dict.fromkeys(each.row for each in figures):
        rows.append([row, *(cells.get((row, column), "") for column in columns)])
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns) + 1)]
    lines = [_draw_row(row, widths) for row in rows]
    rule = "|".join(("-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])))
    return "\n".join((lines[0], f"|{rule}|", *lines[1:]))


def draw_figure(figure: Figure) -> str:
    """The value with its unit, and its goal with what became of it.

    >>> draw_figure(Figure("gain", "", 3.41, "×", above=1))
    '3.4 × (> 1: met)'
    """
    text = f"{_draw_number(figure.value)} {figure.unit}"
    if figure.met is None:
        return text
    bounds = [f"{sign} {_draw_number(bound)}" for sign, bound in _goals(figure)]
    return f"{text} ({', '.join(bounds)}: {'met' if figure.met else 'missed'})"


def _goals(figure: Figure) -> list[tuple[str, float]]:
    goals = (("<", figure.below), (">", figure.above))
    return [(sign, bound) for sign, bound in goals if bound is not None]


def _draw_number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _draw_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [cells[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(cells[1:], widths[1:], strict=True))]
    return f"| {' | '.join(aligned)} |"
