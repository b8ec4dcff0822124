"""SQLite: a file that processes of their own read."""
