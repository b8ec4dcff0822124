"""The words of a team: what they mean in this database, told to the model and held against its answers.

Covered: names with a text or SQL, descriptions of tables and columns, where a question says them. Not
covered: how they are set (`sqloop.settings`) and written down (`sqloop.commands.learn`).
"""

from sqloop.glossary.definition import Definition, read_definition
from sqloop.glossary.entries import Entry, Glossary

__all__ = ["Definition", "Entry", "Glossary", "read_definition"]
