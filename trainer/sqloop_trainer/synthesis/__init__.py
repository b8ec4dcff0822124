"""Question-SQL pairs from any schema, each checked by execution."""
