"""What a benchmark measures: figures with their goals, gathered in sections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One cell of a section's table; ``below`` and ``above`` are the goal, where there is one."""

    row: str
    column: str
    value: float
    unit: str
    below: float | None = None
    above: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none.

        >>> Figure("sqloop --help", "median", 260.0, "ms", below=250).met
        False
        """
        if self.below is None and self.above is None:
            return None
        low = self.above is None or self.value > self.above
        return low and (self.below is None or self.value < self.below)


@dataclass(frozen=True)
class Section:
    """``name`` is that of the module; ``missing`` says what could not be measured here, and why."""

    name: str
    how: str
    figures: tuple[Figure, ...] = ()
    missing: str = ""
