"""The SQL: its editor with completion, its candidates, its tabs, files and history."""
