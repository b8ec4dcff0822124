"""Words of English that are told apart by what they do in a question: one place for all such lists.

Lower case, without accents (`sqloop.database.words.fold`). Words that name things are not here: those are the
schema's, the rows' or the glossary's.
"""

from __future__ import annotations

QUESTION = frozenset(
    "a an the of in on at to for from by with and or not is are was were be been do does did has have had "
    "what which who whom whose when where how why that this these those it its their them they there all any "
    "each every more most less least many much than as into per show list give find get me us i we you our "
    "no new old first last one two name names number id total average me year month day date time "
    "win wins won get gets got make made ever never still also just both been being can could will "
    "would eat eats".split()
)
"""Words that every question has: by themselves they are no value."""

WEAK = frozenset("id of the a an and or in on for to by with is at no not date type name number".split())
"""Words of names that tell nothing by themselves."""

WEAK_COLUMNS = frozenset("id name code date time type number on at by of the is".split())
"""Words that many columns have: alone they do not tell which is meant."""

KEY_WORDS = frozenset("id name code key number no uuid type".split())
"""Words of columns that may be a key of any table: alone they refer to none."""

MOMENT = frozenset("at on time date ts stamp timestamp datetime epoch created updated modified".split())
"""Words of columns that hold a moment, whatever their type."""

NAMING = frozenset("in called named titled".split())
"""Words behind which a name stands."""

OPENERS = frozenset(
    "a an the all of our any no only every each in for by with and or per many some from to are is were "
    "was than these those their my your few most both among between what which".split()
)
"""Words behind which a word before a noun qualifies that noun; behind a noun it is a verb."""

PLAIN = frozenset(
    "list show find give count get name display return tell print select compute calculate provide see "
    "different distinct unique various total average mean maximum minimum sum number overall combined "
    "entire whole other another same own single individual new old first last next previous current "
    "recent latest many much more most less least few several such certain given specific particular "
    "corresponding respective available existing there here each every following above below top bottom "
    "best worst good bad high low big large small long short early late young cheap expensive popular "
    "common frequent rare successful busy productive heavy light fast slow rich poor strong weak full "
    "half double triple main possible remaining additional only just also even still already ever never "
    "not than then listed shown named called known asked involved included counted sorted ordered grouped "
    "ranked rounded daily weekly monthly quarterly yearly annual consecutive running cumulative percent "
    "percentage zero one two three four five six seven eight nine ten dozen hundred thousand second third "
    "fourth fifth what which whose where when with without within that this these those them they their "
    "it its both some everything alphabetical alphabetic ascending descending used made found held taken "
    "happened across among during since until after before behind over under about cannot can could will "
    "would occurred from part times related relevant associated registered recorded stored paying buying "
    "selling sort median please kindly have has had does did done been being were was are".split()
)
"""Words that a query says by its form (ORDER BY, COUNT, DISTINCT, LIMIT), or that ask rather than narrow."""

DEGREES = frozenset(
    "best better worst worse most least more less highest lowest higher lower longest shortest fastest "
    "slowest well top second".split()
)
"""Words that a participle or adjective goes on from ("best paid", "second most valuable"): together they name
what is compared, which ORDER BY or MAX says."""

LETTING_IN = frozenset("included too".split())
"""Words behind what is not to be left out."""

OWNING = frozenset("has have had having with by".split())
"""Words behind which "most" counts what follows."""

COUNTING = frozenset(
    "how many what which is are was were do does did have has had the a an of in at on from for to by with "
    "per each every any all total average sum number count show list give tell find me us we you our your "
    "there and".split()
)
"""Words of a question that counts, or adds up, which neither name a thing nor narrow it."""

EXTREMES = frozenset("record peak".split())
"""Nouns and adjectives that ask for the greatest by themselves."""

BE = frozenset("is are was were be been being isn aren wasn weren".split())
"""Forms of "be", with what is left of "isn't"."""

BETWEEN = frozenset("not still currently now already no longer yet also".split())
"""Words between a verb and what it says."""

ENDS = frozenset("? . , ; ! and or but".split())
"""What ends a clause."""

ARTICLES = frozenset("the a an any".split())
"""What stands before a noun and narrows nothing."""

LACKING = frozenset("no missing without lack lacks lacking unknown".split())
"""What stands before a thing that is not there: "departments without a phone"."""

WINNING = frozenset("win wins won".split())
"""Words that every question has and that say what is asked for all the same."""

OPPOSED_PLACES = tuple(
    set(pair.split())
    for pair in ("from to", "from into", "by on", "by against", "for against", "by for", "by to")
)
"""Pairs of words before a name with which it is in another role."""

EACH = frozenset("each every".split())
"""What asks for a row of each thing."""

TITLES = frozenset("mr mrs ms miss dr prof professor sir captain st".split())
"""What stands before a person's name and is seldom stored with it."""

PLACING = frozenset("at on from for without".split())
"""Prepositions behind which the last word of a clause narrows: "orders on hold"."""

MAKING = frozenset("made built".split())
"""Participles without "ed" behind which "of" names a material."""

SUPERLATIVES = frozenset(
    "longest shortest highest lowest largest smallest biggest greatest oldest youngest newest latest "
    "earliest cheapest dearest heaviest lightest fastest slowest busiest richest tallest widest deepest most "
    "fewest best worst strongest weakest hottest coldest nearest farthest poorest".split()
)
"""Words that an order, a greatest or a least value has to say."""

SORTED = frozenset("sorted alphabetically ascending descending".split())
"""Words that an order has to say."""

ENDMOST = frozenset("top first last latest bottom".split())
"""What stands before a number of rows, where an order says which."""

NEAR = frozenset("last next past this current previous".split())
"""What stands before a period."""

LONG_PERIODS = frozenset("year quarter month week".split())
PERIODS = LONG_PERIODS | frozenset("day weekday hour minute second decade".split())
"""What a time is counted in."""

DURING = frozenset("in since until during from before after of".split())
"""What stands before a month."""

ONCE = frozenset("different distinct unique".split())
"""What asks for each value only once."""

COMPARING = frozenset("than below above exceeding exceeds exceed".split())
"""What stands before that with which something is compared."""

TIMES = frozenset("once twice thrice".split())

BOUNDS = frozenset("than top least most over under above below exactly".split())
"""What stands before a number that a query has to have."""

NOT_DENIED = frozenset("only just matter more less longer later mind".split())
"""What "not" and "no" stand before where they deny nothing of the rows."""

TIMELY = frozenset("late early".split())
"""Adverbs that are adjectives as well."""

SET_PHRASES = frozenset(
    "file record records hand offer average total top default present moment once most least home work now "
    "then later too yet out off down downwards up away back altogether together first last all sale "
    "repeats duplicates time place begin begins exist exists table view limit incl".split()
)
"""What with a preposition or a verb adds nothing: "on record", "at present", "switched off"."""

RELATIVE = frozenset("who that which".split())
"""What begins a relative clause."""

OPPOSITE = ("un", "in", "non", "dis", "im", "ir")
"""Beginnings of a word that turn it into its opposite."""

NUMBERS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100, "thousand": 1000, "dozen": 12}
NUMBERS |= {
    "twenties": 20,
    "thirties": 30,
    "forties": 40,
    "fifties": 50,
    "sixties": 60,
    "seventies": 70,
}
"""Numbers in words."""

MONTHS = {
    name: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), 1
    )
}
"""The months, with their numbers."""

SHORT_MONTHS = frozenset(name[:3] for name in MONTHS)
"""The months by three letters."""

WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday weekend weekday".split())

PLURALS = frozenset("people persons staff children men women".split())
"""Plurals without an "s"."""


def is_plural(noun: str) -> bool:
    """Whether a noun looks like several of a thing.

    >>> [is_plural(noun) for noun in ("orders", "people", "class", "order")]
    [True, True, False, False]
    """
    several = noun.endswith("s") and not noun.endswith("ss") and len(noun) > len("his")
    return several or noun.lower() in PLURALS


PRONOUNS = frozenset(
    "none something anything nothing everything somebody someone anybody anyone nobody everybody everyone "
    "whom ours ones others may might must should".split()
)
"""Words that stand for any row, and auxiliary verbs: neither names a thing."""

NO_NAMES = frozenset(
    "no not none never neither nor without non yes true false y n t f all any other unknown null "
    "today yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday".split()
)
"""Words of values with which a question means something else, not somebody else; so do numbers and months."""

MEANINGS = """
expensive costly cheap cheapest affordable cost costs pricey: price cost fee amount fare rate
paid earn earns earning earned wage pay: salary wage pay income earnings amount
old oldest young youngest age aged older younger: age birth born year founded built opened
born birthday: birth born birthday
tall tallest short shortest taller shorter: height length
high highest lowest: height elevation
heavy heaviest light lightest weigh weighs heavier: weight mass
long longest lasted last lasts duration: length duration runtime minutes hours days
big biggest large largest small smallest bigger size huge tiny: size area capacity population floor
fast fastest slow slowest quick quickest: speed time duration
new newest latest recent recently earliest first last oldest when date day: date year time on at
popular famous: popularity followers subscribers views rating members
best worst rated good bad: rating score grade rank points stars
rich richest wealthy: budget gdp revenue balance income
far farthest nearest close: distance
sold selling sells sell: quantity sold sales units copies
bought buy ordered order purchased: quantity ordered purchase date
units pieces: quantity amount number units
revenue turnover income worth value: amount total price quantity revenue value
where located live lives living based place: city location country address town
who whose: name
from nationality: country city nationality origin
hired joined started employed: hire hired joined start date
opened open founded established built: opened opening founded established built year
job work works role profession: job title position role occupation
contact call reach: phone email contact
mail: email
gender sex male female men women: gender sex
people inhabitants populated residents: population
cancelled shipped delivered status state: status state
kind type sort category: type category kind genre
called named: name title
experienced experience: experience years
busy busiest: passengers traffic
crowded attended spectators: attendance capacity
discount reduced: discount
stock available inventory: stock quantity available inventory
because why: reason cause
"""

AMOUNTS = frozenset("few many much little low high big small large great long short often seldom".split())
"""Of which an answer may have so, or too, much."""

OF_ANSWERS = AMOUNTS | frozenset(
    "is are was were am be been do does did has have had isn aren wasn weren don doesn didn hasn haven t s "
    "can could should would will the a an it its this that these those they them there here he she his her "
    "of in on at for to with from by as and or but so too only just not no none nothing never zero such than "
    "then all both any each every i we you me us my our your get got getting see give gave given come came "
    "say says said show shows fewer less least more most lots higher lower bigger smaller larger greater "
    "longer shorter first last top bottom same different other others empty blank null nothing one ones two "
    "three four five six seven eight nine ten answer answers result results row rows line lines query sql "
    "number numbers figure figures value values column columns total totals sum count average list order "
    "sorted ordered like before after wrong right exactly again please how what which where".split()
)
"""What a question about an answer is made of, where it names nothing of its own."""

SMALL = frozenset("a an the of for in on by to per and or".split())
"""Words in a name that a question may leave out, or put others for."""

AROUND = frozenset("that who which are is were was being been still currently now all only not".split())
"""What may stand between a noun and what qualifies it."""

PERFECT = frozenset("have has had".split())
"""What may as well, where a participle follows: "customers who have churned"."""

NOT_TELLING = frozenset(
    "a an the of in on at is are was were do does did to and for what which how all each me".split()
)

LEFT_OUT = frozenset("the please what which is are was were do does did we have has there".split())
"""Words that name nothing, wherever they stand."""
