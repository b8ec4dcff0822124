"""Keywords and functions of the dialects, for completion and layout."""

from __future__ import annotations

from sqloop.database.schema import Dialect

RESERVED = frozenset(
    """
    ALL AND AS ASC BETWEEN BY CASE CAST CROSS DESC DISTINCT ELSE END EXCEPT EXISTS FALSE FROM FULL GROUP
    HAVING IN INNER INTERSECT INTERVAL IS JOIN LEFT LIKE LIMIT NATURAL NOT NULL OFFSET ON OR ORDER OUTER
    OVER PARTITION RECURSIVE RIGHT SELECT THEN TRUE UNION USING VALUES WHEN WHERE WINDOW WITH
    COUNT SUM AVG MIN MAX
    """.split()
)
"""Written in upper case by the layout: keywords of queries and the aggregates."""

SIGNATURES: dict[str, tuple[str, str]] = {
    "COUNT": ("COUNT(expression | *)", "Rows where the expression is not NULL, or all rows."),
    "SUM": ("SUM(expression)", "The sum; NULL without rows."),
    "AVG": ("AVG(expression)", "The mean of what is not NULL."),
    "MIN": ("MIN(expression)", "The least value."),
    "MAX": ("MAX(expression)", "The greatest value."),
    "GROUP_CONCAT": ("GROUP_CONCAT(expression, separator)", "The values of a group in one text."),
    "COALESCE": ("COALESCE(value, ...)", "The first value that is not NULL."),
    "IFNULL": ("IFNULL(value, otherwise)", "The value, or the other where it is NULL."),
    "NULLIF": ("NULLIF(value, other)", "NULL where both are equal, else the value."),
    "ABS": ("ABS(number)", "Without its sign."),
    "ROUND": ("ROUND(number, digits)", "Rounded to so many digits, 0 if left out."),
    "LENGTH": ("LENGTH(text)", "Characters; in MariaDB bytes."),
    "LOWER": ("LOWER(text)", "In lower case."),
    "UPPER": ("UPPER(text)", "In upper case."),
    "TRIM": ("TRIM(text)", "Without blanks around it."),
    "SUBSTR": ("SUBSTR(text, start, length)", "A part of it; the first character is 1."),
    "REPLACE": ("REPLACE(text, from, to)", "With every occurrence replaced."),
    "INSTR": ("INSTR(text, part)", "Where the part begins, from 1; 0 where it is not there."),
    "CAST": ("CAST(value AS type)", "The value as another type."),
    "ROW_NUMBER": ("ROW_NUMBER() OVER (...)", "The number of the row in its window."),
    "RANK": ("RANK() OVER (...)", "The rank in its window, with gaps."),
    "DENSE_RANK": ("DENSE_RANK() OVER (...)", "The rank in its window, without gaps."),
    "LAG": ("LAG(expression, offset, default)", "The value in an earlier row."),
    "LEAD": ("LEAD(expression, offset, default)", "The value in a later row."),
}
"""Functions of all engines, but for `_ABSENT`: how they are called and what they give."""

_SIGNATURES_OF: dict[Dialect, dict[str, tuple[str, str]]] = {
    "sqlite": {
        "STRFTIME": ("STRFTIME(format, time, modifier, ...)", "A time as text, %Y %m %d and so on."),
        "DATE": ("DATE(time, modifier, ...)", "The day, YYYY-MM-DD."),
        "DATETIME": ("DATETIME(time, modifier, ...)", "Day and time."),
        "JULIANDAY": ("JULIANDAY(time)", "Days, to subtract times from each other."),
        "TOTAL": ("TOTAL(expression)", "The sum as a real number; 0.0 without rows."),
        "IIF": ("IIF(condition, then, else)", "One of two values."),
        "PRINTF": ("PRINTF(format, value, ...)", "Values in a format of C."),
        "TYPEOF": ("TYPEOF(value)", "null, integer, real, text or blob."),
        "JSON_EXTRACT": ("JSON_EXTRACT(json, path, ...)", "What stands at a path."),
    },
    "duckdb": {
        "CONCAT": ("CONCAT(text, ...)", "The texts one behind the other, without NULL."),
        "CONCAT_WS": ("CONCAT_WS(separator, text, ...)", "The texts with a separator."),
        "IF": ("IF(condition, then, else)", "One of two values."),
        "YEAR": ("YEAR(date)", "The year."),
        "MONTH": ("MONTH(date)", "The month, 1 to 12."),
        "DAY": ("DAY(date)", "The day of the month."),
        "DATE_TRUNC": ("DATE_TRUNC(part, date)", "The first moment of the 'month', 'week', 'year'."),
        "DATE_PART": ("DATE_PART(part, date)", "A part as a number: 'year', 'dow', 'hour'."),
        "DATE_DIFF": (
            "DATE_DIFF(part, earlier, later)",
            "Days, months, … that begin between two dates.",
        ),
        "STRFTIME": ("STRFTIME(date, format)", "A date as text, %Y %m %d and so on."),
        "STRPTIME": ("STRPTIME(text, format)", "A text as a time."),
        "TRY_CAST": ("TRY_CAST(value AS type)", "The value as another type; NULL where it is none."),
        "STRING_AGG": ("STRING_AGG(expression, separator)", "The values of a group in one text."),
        "LIST": ("LIST(expression)", "The values of a group as a list."),
        "MEDIAN": ("MEDIAN(expression)", "The value in the middle."),
        "QUANTILE_CONT": ("QUANTILE_CONT(expression, share)", "The value below which a share of them lies."),
        "ARG_MAX": ("ARG_MAX(value, by)", "The value of the row where another is greatest."),
        "ARG_MIN": ("ARG_MIN(value, by)", "The value of the row where another is least."),
        "STDDEV": ("STDDEV(expression)", "The standard deviation of the sample."),
        "REGEXP_MATCHES": ("REGEXP_MATCHES(text, pattern)", "Whether a part of it matches."),
        "REGEXP_EXTRACT": ("REGEXP_EXTRACT(text, pattern, group)", "The part that matches."),
        "SPLIT_PART": ("SPLIT_PART(text, separator, number)", "One of the parts, counted from 1."),
        "UNNEST": ("UNNEST(list)", "A row for each element."),
        "LEFT": ("LEFT(text, length)", "Its beginning."),
        "RIGHT": ("RIGHT(text, length)", "Its end."),
        "FLOOR": ("FLOOR(number)", "The integer below."),
        "CEIL": ("CEIL(number)", "The integer above."),
        "JSON_EXTRACT": ("JSON_EXTRACT(json, path)", "What stands at a path."),
    },
    "mysql": {
        "CONCAT": ("CONCAT(text, ...)", "The texts one behind the other; NULL where one is."),
        "CONCAT_WS": ("CONCAT_WS(separator, text, ...)", "The texts with a separator."),
        "IF": ("IF(condition, then, else)", "One of two values."),
        "YEAR": ("YEAR(date)", "The year."),
        "MONTH": ("MONTH(date)", "The month, 1 to 12."),
        "DAY": ("DAY(date)", "The day of the month."),
        "DATE": ("DATE(time)", "The day of a time."),
        "NOW": ("NOW()", "Day and time."),
        "CURDATE": ("CURDATE()", "Today."),
        "DATE_FORMAT": ("DATE_FORMAT(date, format)", "A date as text, %Y %m %d and so on."),
        "DATE_ADD": ("DATE_ADD(date, INTERVAL n unit)", "A later date."),
        "DATE_SUB": ("DATE_SUB(date, INTERVAL n unit)", "An earlier date."),
        "DATEDIFF": ("DATEDIFF(later, earlier)", "Days between two dates."),
        "TIMESTAMPDIFF": ("TIMESTAMPDIFF(unit, earlier, later)", "Whole units between two times."),
        "CHAR_LENGTH": ("CHAR_LENGTH(text)", "Characters."),
        "SUBSTRING_INDEX": ("SUBSTRING_INDEX(text, separator, count)", "What comes before a separator."),
        "LEFT": ("LEFT(text, length)", "Its beginning."),
        "RIGHT": ("RIGHT(text, length)", "Its end."),
        "FLOOR": ("FLOOR(number)", "The integer below."),
        "CEIL": ("CEIL(number)", "The integer above."),
        "STDDEV": ("STDDEV(expression)", "The standard deviation of the population."),
        "JSON_EXTRACT": ("JSON_EXTRACT(json, path, ...)", "What stands at a path."),
    },
    "postgres": {
        "STRING_AGG": ("STRING_AGG(text, separator ORDER BY ...)", "The values of a group in one text."),
        "ARRAY_AGG": ("ARRAY_AGG(expression ORDER BY ...)", "The values of a group in an array."),
        "JSON_AGG": ("JSON_AGG(expression)", "The values of a group as JSON."),
        "BOOL_AND": ("BOOL_AND(condition)", "Whether all are true."),
        "BOOL_OR": ("BOOL_OR(condition)", "Whether one is true."),
        "CONCAT": ("CONCAT(value, ...)", "The values one behind the other, without those that are NULL."),
        "CONCAT_WS": ("CONCAT_WS(separator, value, ...)", "The values with a separator."),
        "DATE_TRUNC": ("DATE_TRUNC(unit, time)", "The beginning of the unit, 'month' and so on."),
        "DATE_PART": ("DATE_PART(unit, time)", "A part of it, 'year' and so on."),
        "EXTRACT": ("EXTRACT(unit FROM time)", "A part of it, YEAR and so on."),
        "AGE": ("AGE(later, earlier)", "The interval between two times."),
        "NOW": ("NOW()", "Day and time, with the time zone."),
        "TO_CHAR": ("TO_CHAR(value, format)", "A time or number as text, YYYY-MM-DD and so on."),
        "TO_DATE": ("TO_DATE(text, format)", "The day that a text says."),
        "MAKE_DATE": ("MAKE_DATE(year, month, day)", "A day."),
        "GENERATE_SERIES": ("GENERATE_SERIES(start, stop, step)", "A row for each step."),
        "SPLIT_PART": ("SPLIT_PART(text, separator, number)", "One of the parts, from 1."),
        "STRPOS": ("STRPOS(text, part)", "Where the part begins, from 1; 0 where it is not there."),
        "INITCAP": ("INITCAP(text)", "With a capital at the beginning of each word."),
        "REGEXP_REPLACE": ("REGEXP_REPLACE(text, pattern, to, flags)", "With what matches replaced."),
        "GREATEST": ("GREATEST(value, ...)", "The greatest of them."),
        "LEAST": ("LEAST(value, ...)", "The least of them."),
        "FLOOR": ("FLOOR(number)", "The integer below."),
        "CEIL": ("CEIL(number)", "The integer above."),
        "PERCENTILE_CONT": (
            "PERCENTILE_CONT(share) WITHIN GROUP (ORDER BY ...)",
            "The value below which the share lies.",
        ),
        "STDDEV": ("STDDEV(expression)", "The standard deviation of a sample."),
        "UNNEST": ("UNNEST(array)", "A row for each element."),
    },
}

_ABSENT: dict[Dialect, frozenset[str]] = {"postgres": frozenset({"GROUP_CONCAT", "IFNULL", "INSTR"})}
"""What of `SIGNATURES` an engine does not have."""


def signatures(dialect: Dialect) -> dict[str, tuple[str, str]]:
    """The functions that the engine has, with how they are called and what they give."""
    absent = _ABSENT.get(dialect, frozenset())
    shared = {name: told for name, told in SIGNATURES.items() if name not in absent}
    return shared | _SIGNATURES_OF[dialect]
