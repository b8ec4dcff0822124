"""Another executor than a database: an expression in Python over the rows of a table. An example."""
