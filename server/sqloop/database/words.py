"""How names, values and questions become words that can be compared.

One place, so that `birth_year`, `BirthYear` and "birth years" meet: linking, prompts and synthesis
all split and stem here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer  # type: ignore[import-untyped]  # it ships no types

_SHORT_FORMS = """
quantity: qty
number: num nbr
amount: amt
customer: cust
product: prod
employee: emp
department: dept
description: desc descr
address: addr
year: yr
date: dt
average: avg
manager: mgr
country: ctry
price: prc
salary: sal
payment: pmt
account: acct
student: stud stu
transaction: txn
first name: fname firstname
last name: lname lastname
full name: fullname
birth date: dob birthdate
telephone: tel
language: lang
percent: pct perc
location: loc
count: cnt
organization: org
manufacturer: mfr
professor: prof
course: crs
balance: bal
supplier: supp
total: tot
zip code: zipcode
phone number: phonenumber
hours: hrs
minutes: mins
seconds: secs
latitude: lat
longitude: lng lon
population: pop
"""
_LONG = {
    short: tuple(line.split(":")[0].split())
    for line in _SHORT_FORMS.strip().splitlines()
    for short in line.split(":")[1].split()
}

_STEMMER = snowballstemmer.stemmer("porter")
_CAMEL = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])"
)
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[a-z]{1,2}\b)?|[^\w\s]", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question with its place; ``stem`` is what is compared."""

    text: str
    start: int
    end: int
    stem: str


def fold(text: str) -> str:
    """Lower case without accents.

    >>> fold("Café")
    'cafe'
    """
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The Porter stem of a folded word, possessives dropped.

    >>> stem("Customers"), stem("cities"), stem("city's")
    ('custom', 'citi', 'citi')
    """
    folded = fold(word)
    if folded.endswith("'s"):
        folded = folded[:-2]
    return str(_STEMMER.stemWord(folded))


@lru_cache(maxsize=65_536)
def split_name(name: str) -> tuple[str, ...]:
    """The lower-case words of an identifier or a stored value.

    >>> split_name("birthYear"), split_name("ORDER_items"), split_name("MedalGold")
    (('birth', 'year'), ('order', 'items'), ('medal', 'gold'))
    """
    spaced = _CAMEL.sub(" ", name).replace("_", " ")
    return tuple(fold(match) for match in _WORD.findall(spaced) if match[0].isalnum())


@lru_cache(maxsize=65_536)
def name_stems(name: str) -> tuple[str, ...]:
    """The stems of an identifier or a stored value, in order."""
    return tuple(stem(word) for word in split_name(name))


@lru_cache(maxsize=65_536)
def identifier_words(name: str) -> tuple[str, ...]:
    """The words of an identifier, common short forms written out.

    >>> identifier_words("EMP_FNAME"), identifier_words("dept_no")
    (('employee', 'first', 'name'), ('department', 'no'))
    """
    return tuple(word for short in split_name(name) for word in _LONG.get(short, (short,)))


@lru_cache(maxsize=65_536)
def identifier_stems(name: str) -> tuple[str, ...]:
    """The stems of `identifier_words`."""
    return tuple(stem(word) for word in identifier_words(name))


def split_text(text: str) -> list[Word]:
    """The words and punctuation marks of a question, with offsets.

    >>> [word.text for word in split_text("How many orders in 2023?")]
    ['How', 'many', 'orders', 'in', '2023', '?']
    """
    return [Word(m[0], m.start(), m.end(), stem(m[0])) for m in _WORD.finditer(text)]
