"""Wall 1: SQL of others is parsed with a budget, and is one query that only reads, or refused."""
