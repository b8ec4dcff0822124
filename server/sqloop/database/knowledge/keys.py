"""Foreign keys as they are meant: also those that nobody declared, none that point nowhere.

Many real databases declare no keys. So a column that is named after the key of one other table, or after
that table (``user_id``, ``shop_users.id``), counts as one where the data agree: its values are keys over
there. A name that says less (``billing_address_id``) needs their word for it, and one that says nothing of a
key (``buyer``, ``home_port``) needs many of the keys to be there as well: a round from 1 to 9 is no row of
``rounds``. Two keys that tables number their own rows by are never one. What is inferred so is marked; it
joins as a declared key does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqloop import english
from sqloop.database.schema import Column, ColumnName, ForeignKey, Schema, Table
from sqloop.database.words import identifier_stems, identifier_words

Share = Callable[[ColumnName, ColumnName], float | None]
"""The share of a column's values that another holds, 0 to 1; None where that is not known."""

ENOUGH, NEARLY_ALL = 0.5, 0.95
"""Shares that a name that says all, and one that says less, need. Rows whose owner was deleted are common."""

USED = 0.3
"""The share of the keys that a column holds where its name says nothing of a key."""

_ID = identifier_stems("id")
_GENERIC = frozenset(identifier_stems(name) for name in english.KEY_WORDS)

_Stems = tuple[str, ...]


@dataclass(frozen=True)
class _Owner:
    """A table that rows of others may refer to, by its key; ``by_table`` where a name holds the table's."""

    table: Table
    key: Column
    by_table: bool


@dataclass(frozen=True)
class _Owners:
    """``named`` by the names of columns that refer to them, ``called`` by their own in the singular."""

    named: dict[_Stems, list[_Owner]]
    called: dict[tuple[str, ...], list[_Owner]]


def complete_keys(schema: Schema, share: Share = lambda own, other: None) -> Schema:
    """``schema`` with the foreign keys that names and data suggest, without those to what does not exist.

    >>> number = Column("customer_id", "INTEGER", "number")
    >>> owner = Table("customers", (Column("id", "INTEGER", "number"),), ("id",))
    >>> guessed = complete_keys(Schema("sqlite", (owner, Table("orders", (number,)))))
    >>> guessed.tables[1].foreign_keys[0].referred_table, guessed.tables[1].foreign_keys[0].inferred
    ('customers', True)
    """
    owners = _find_owners(schema)
    return Schema(schema.dialect, tuple(_add_keys(table, owners, schema, share) for table in schema.tables))


def _find_owners(schema: Schema) -> _Owners:
    firsts = Counter(identifier_stems(table.name)[:1] for table in schema.tables if not table.view)
    owners = _Owners(defaultdict(list), defaultdict(list))
    for table in schema.tables:
        key = table.column(table.primary_key[0]) if len(table.primary_key) == 1 else None
        if key is None or table.view:
            continue
        own, stems = identifier_stems(key.name), identifier_stems(table.name)
        # A first word that other tables have as well may be a prefix that says nothing: shop_, wp_.
        names = [stems, stems[1:]] if len(stems) > 1 and firsts[stems[:1]] > 1 else [stems]
        tables = {name + end for name in names for end in (own, _ID)} | {
            own for name in names if own[:-1] == name
        }
        for name in ({own} | tables) - _GENERIC:
            owners.named[name].append(_Owner(table, key, name in tables))
        owners.called[_plain(table.name)].append(_Owner(table, key, by_table=True))
    return owners


def _add_keys(table: Table, owners: _Owners, schema: Schema, share: Share) -> Table:
    declared = [key for key in table.foreign_keys if _exists(key, schema)]
    inferred = [] if table.view else [*_infer(table, owners, schema, share)]
    keys = (*declared, *inferred)
    return table if keys == table.foreign_keys else replace(table, foreign_keys=keys)


def _infer(table: Table, owners: _Owners, schema: Schema, share: Share) -> Iterator[ForeignKey]:
    for column in table.columns:
        if _refers(table, column, schema):
            continue
        for name, least in _names(table, column):
            found: Sequence[_Owner] = owners.named.get(name, ())
            found = [each for each in found if _spells(column, each)] or found
            found = [each for each in found if _may_refer(table, column, each, least)]
            found = [each for each in found if each.by_table] or found
            if len(found) > 1:
                least = NEARLY_ALL
            agreed = [each for each in found if _agrees(table, column, each, share, least)]
            if len(agreed) == 1:
                yield _refer(column, agreed[0])
                break
        else:
            if owner := _find_called(table, column, owners, share):
                yield _refer(column, owner)


def _refer(column: Column, owner: _Owner) -> ForeignKey:
    return ForeignKey((column.name,), owner.table.name, (owner.key.name,), inferred=True)


def _find_called(table: Table, column: Column, owners: _Owners, share: Share) -> _Owner | None:
    """The table that a column is called after in the singular, alone or behind other words."""
    words = identifier_words(column.name)
    for start in range(len(words)):
        for owner in owners.called.get(words[start:], ()):
            places = (table.name, column.name), (owner.table.name, owner.key.name)
            if (
                column.name not in table.primary_key
                and _may_refer(table, column, owner, NEARLY_ALL)
                and (share(*places) or 0) >= NEARLY_ALL
                and (share(*reversed(places)) or 0) >= USED
            ):
                return owner
    return None


def _names(table: Table, column: Column) -> Iterable[tuple[_Stems, float]]:
    """What the column may be named after, with the share of its values that proves it."""
    stems = identifier_stems(column.name)
    yield stems, ENOUGH
    own = identifier_stems(table.name)
    if stems[:1] in (own[:1], own[-1:]):
        yield stems[1:], ENOUGH  # comments.comment_post_id
    for start in range(1, len(stems) - 1):
        yield stems[start:], NEARLY_ALL


def _spells(column: Column, owner: _Owner) -> bool:
    """Whether a column's name ends in the owner's name letter by letter, a plural apart.

    ``book_id`` is of ``books``, though ``bookings`` has the same stem.
    """
    key, table = _plain(owner.key.name), _plain(owner.table.name)
    names = (key if len(key) > 1 else (), *(table[start:] + key for start in range(len(table))))
    words = _plain(column.name)
    return any(name and words[-len(name) :] == name for name in names)


def _plain(name: str) -> _Stems:
    return tuple(word.lower().rstrip("s") for word in identifier_words(name))


def _may_refer(table: Table, column: Column, owner: _Owner, least: float) -> bool:
    if owner.key.kind != column.kind:
        return False
    if owner.table is table:
        return least == NEARLY_ALL and column.name not in table.primary_key
    # What numbers the rows of its own table refers to others only where it is named after them.
    return table.primary_key != (column.name,) or owner.by_table


def _agrees(table: Table, column: Column, owner: _Owner, share: Share, least: float) -> bool:
    found = share((table.name, column.name), (owner.table.name, owner.key.name))
    return least < NEARLY_ALL if found is None else found >= least


def _exists(key: ForeignKey, schema: Schema) -> bool:
    referred = schema.table(key.referred_table)
    return referred is not None and all(referred.column(name) for name in key.referred_columns)


def _refers(table: Table, column: Column, schema: Schema) -> bool:
    """Whether a declared key makes sense of the column: it names a column of the same kind."""
    for key in table.foreign_keys:
        for own, other in zip(key.columns, key.referred_columns, strict=False):
            referred = schema.table(key.referred_table)
            target = referred.column(other) if referred else None
            if own == column.name and target is not None and target.kind == column.kind:
                return True
    return False
