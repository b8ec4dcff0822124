"""What is taken from a dbt project: entries whose names the settings take, each once, and descriptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqloop.generation.prompts.told_text import LONGEST_MEANING, LONGEST_NAME, shorten
from sqloop.glossary.dbt.mappings import Given, text
from sqloop.glossary.entries import Entry
from sqloop.glossary.matching import Stems, is_word, name_key


@dataclass
class Imported:
    """``left_out`` says, a line each, what could not be understood."""

    entries: dict[str, Entry] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


class Entries:
    """Entries in the order in which they count: of two with one name the first stays."""

    def __init__(self, found: Imported, tell: Callable[[str], str]) -> None:
        """``tell`` makes a description readable."""
        self._found, self._tell = found, tell
        self._taken: set[Stems] = set()

    def add(self, given: Given, sql: str, *, passing: bool = False) -> None:
        """Take an entry by its label, else by its name; one that is ``passing`` gives way without a word."""
        means = shorten(self._tell(text(given, "description")), LONGEST_MEANING - 1)
        names = [each.replace("_", " ").lower() for key in ("label", "name") if (each := text(given, key))]
        fitting = [each for each in names if is_word(each) and len(each) <= LONGEST_NAME]
        free = next((each for each in fitting if name_key(each) not in self._taken), None)
        if len(sql) > LONGEST_MEANING:
            self.leave_out(f"the SQL of {names[0]}", f"it is longer than {LONGEST_MEANING} characters")
            sql = ""
        if free is not None:
            self._taken.add(name_key(free))
            if sql or means:
                self._found.entries[free] = Entry(free, means, sql)
        elif names and not fitting:
            self.leave_out(names[0], f"a name needs a word, and {LONGEST_NAME} characters at most")
        elif names and not passing:
            self.leave_out(names[0], "another one has that name")

    def leave_out(self, name: str, why: str) -> None:
        """Say that something is not taken."""
        self._found.left_out.append(f"{name}: {why}")
