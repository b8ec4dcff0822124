"""Whether two like questions differ in what they ask for, by the words that only one of them has.

"Rentals per bike model" shares all words with "repairs per bike model" but the one that matters. So the words
in which they differ are held against the schema. SQL that was accepted for one is no answer to the other if

- the new question names a table or column that the SQL does not use, or a word of the glossary that it lacks;
- a text of the SQL is said by the known question alone;
- more words of the new one narrow it and have nothing in the SQL (`find_not_understood`) than the known has
  words of its own, which may be their synonyms;
- only the new question names a value that is stored, and the SQL does not hold it;
- the SQL holds a number that only the known question says, or leaves out what only one of them denies;
- both are in the same words but for a few, and those ask for something else (`sqloop.memory.intent`) or stand
  for others: "ordered" for "shipped", "teams per player" for "players per team";
- more words of the known question narrow it, or name what the SQL reads or has in a condition, than the new
  one has of its own ("clients" for "customers").

Words that mean nothing in the schema may differ as they like. Lexical, but for words of the glossary.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqloop import english
from sqloop.database.words import fold
from sqloop.explanation.notes import uses_note
from sqloop.linking.narrowing import find_narrowing, tells
from sqloop.linking.question import LinkedQuestion
from sqloop.linking.understanding import find_not_understood
from sqloop.memory.held_words import Used, Words
from sqloop.memory.intent import intents_differ, is_intent, one_denies, read_intent, surely_differ


def differ(asked: LinkedQuestion, known: LinkedQuestion, sql: str, likely: bool = True) -> bool:
    """Whether ``sql``, accepted for ``known``, cannot answer ``asked`` for a word in which they differ.

    Both are linked with the same schema; ``sql`` has the values of ``asked`` in it (`Asking.adapt`). Where
    it is not ``likely`` that both are the same, words count that likely ones may differ in.
    """
    new, old, query = Words(asked), Words(known), Used.read(sql, asked)
    return (
        surely_differ(asked.question, known.question)
        or ((not likely or new.is_changed(old)) and _is_meant_otherwise(new, old, query))
        or _leaves_out_values(new, old, query)
        or _keeps_numbers(asked, known, query)
        or (query.excludes and one_denies(asked.question, known.question))
        or any(not query.has(mention, asked.question) for mention in new.names_beyond(old))
        or _count_missing(asked, old, sql) > len(old.words_beyond(new))
        or _leaves_out_notes(asked, query)
        or any(old.says(text) and not new.is_akin(text) for text in query.texts)
        or len(set(_unmet(new, old, query))) > len(new.words_beyond(old))
    )


def say_the_same(asked: LinkedQuestion, known: LinkedQuestion, sql: str) -> bool:
    """Whether two questions that do not `differ` have no word of their own either."""
    new, old, query = Words(asked), Words(known), Used.read(sql, asked)
    own = new.own_words(old, query) + old.own_words(new, query)
    return not own and not _is_meant_otherwise(new, old, query)


def _is_meant_otherwise(new: Words, old: Words, query: Used) -> bool:
    """Whether questions in nearly the same words differ in any that counts."""
    return (
        intents_differ(new.linked.question, old.linked.question, query.tree)
        or _is_put_for_another(new, old, query)
        or _asks_for_part(new, old, query)
        or _turns_round(new, old)
        or _is_about_another(new, old)
    )


def _is_put_for_another(new: Words, old: Words, query: Used) -> bool:
    """Whether words stand in the place of others that do not mean the same: "shipped" for "ordered".

    The name of a table may be said in any words ("clients"). A word of the known question that the query has,
    or for which the new one has another word, has to be meant by that, unless that word only says what the
    query has anyway ("released in 2019" for "came out in 2019", by `release_year`).
    """
    put = new.own_words(old, query)
    # "already paid" is in a query for what is still open, which denies it.
    in_query = bool(put) and not query.denies
    in_query = in_query and all(any(map(query.uses, new.targets_at(word))) for word in put)
    meant = [targets for word in put if (targets := new.targets_at(word))]
    other_table = any(map(new.names_table, put))
    for word in old.own_words(new, query):
        targets = old.targets_at(word)
        is_meant = (old.names_table(word) and not other_table) or any(
            set(each) <= set(targets) or each[0] in old.named_at(word) for each in meant
        )
        says_more = in_query and not targets and not query.says(word)
        if not is_meant and not says_more and (put or query.says(word)):
            return True
    return any(new.names_column(word) and not any(map(query.uses, new.targets_at(word))) for word in put)


def _is_about_another(new: Words, old: Words) -> bool:
    """Whether another table comes first: "guests with bookings" are no "bookings of guests"."""
    said = [read_intent(each.linked.question) for each in (new, old)]
    if not (new.tables and old.tables) or any(each.grouped for each in said):
        return False
    first, before = new.tables[0], old.tables[0]
    both = first in old.tables and before in new.tables
    return first.isdisjoint(before) and (both or all(each.counts for each in said))


def _asks_for_part(new: Words, old: Words, query: Used) -> bool:
    """Whether the new question asks for something of what the known one asks for: "the area of the halls"."""
    words = new.linked.words
    of = next((i for i, word in enumerate(words[:5]) if word.text == "of"), 0)
    head = words[of - 1] if of else None
    if head is None or old.has(head) or is_intent(head.text) or is_intent(f"{head.text} of"):
        return False
    named = tells(head.text) or fold(head.text) in english.WEAK_COLUMNS
    return named and not query.shows(head)


def _leaves_out_values(new: Words, old: Words, query: Used) -> bool:
    """Whether a stored value that only the new question says is not in the query."""
    return any(
        new.is_stored(link) and not query.holds(link)
        for link in new.linked.links
        if any(link.start <= word.start < link.end and not old.has(word) for word in new.linked.words)
    )


def _keeps_numbers(asked: LinkedQuestion, known: LinkedQuestion, query: Used) -> bool:
    """Whether the query has a number that only the known question says; 0 and 1 may be said otherwise."""
    new, old = (read_intent(each.question).digits for each in (asked, known))
    return not query.digits.isdisjoint(old - new - {"0", "1"})


def _turns_round(new: Words, old: Words) -> bool:
    """Whether a value that both say has another place: "to Oslo" and "from Oslo"."""
    places, before = new.places, old.places
    return any(
        {places[value], before[value]} in english.OPPOSED_PLACES for value in places.keys() & before.keys()
    )


def _count_missing(asked: LinkedQuestion, old: Words, sql: str) -> int:
    """Words of the new question alone that narrow it, and have nothing in ``sql``."""
    return sum(not old.says(told) for told in find_not_understood(asked, sql))


def _leaves_out_notes(asked: LinkedQuestion, query: Used) -> bool:
    """Whether a word of the glossary that the question says has nothing in the query."""
    tree = query.tree
    return tree is None or not all(uses_note(note, tree, asked.schema) for note in asked.notes)


def _unmet(new: Words, old: Words, query: Used) -> Iterator[int]:
    """Where the known question says what the SQL asks for, and the new one does not."""
    for mention in old.mentions_beyond(new):
        asked_for = [target for target in mention.targets if query.asks_for(target)]
        if asked_for and not new.means(asked_for):
            yield mention.start
    taken = [(each.start, each.end) for each in old.linked.mentions]
    taken += [(each.start, each.end) for each in old.linked.links]
    for word in find_narrowing(old.linked.words, old.linked.schema, query.stems):
        if not new.has(word) and not any(start <= word.start < end for start, end in taken):
            yield word.start
