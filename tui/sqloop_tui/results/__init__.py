"""The rows of an answer: as a table, a chart, a file."""
