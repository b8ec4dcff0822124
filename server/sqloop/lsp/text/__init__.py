"""SQL as text that is being written: tokens, statements, names at a place."""
