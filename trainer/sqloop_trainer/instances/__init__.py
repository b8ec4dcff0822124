"""Random rows for any schema: believable values, keys that hold, and what a query looks for.

`values` knows what a column may hold, `rows` fills tables, `scenes` reads from gold SQL which rows it
needs to have an answer. Several instances of one schema tell queries apart that a single one cannot.
"""
