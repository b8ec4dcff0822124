"""What was accepted or corrected for a database, retrieved for a new question: no training in between.

`sameness` says which questions are the same, `index` which have like words, `nearness` how likely the SQL of
one answers another, `opinions` whose word counts; `archive` keeps all of that for one database, and
`reading` fills it from the store of feedback. A `recollection` is what is known about one question: SQL to
run again, SQL not to offer again, examples, and SQL of like questions that votes (`offering`).
"""

from sqloop.memory.archive import find_in_use
from sqloop.memory.reading import Memory, open_memory
from sqloop.memory.recollection import Recollection, show_examples

__all__ = ["Memory", "Recollection", "find_in_use", "open_memory", "show_examples"]
