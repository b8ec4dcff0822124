"""What the words of a question mean in a schema: tables, columns and stored values."""
