"""DuckDB: its own files, and tables that lie in files, read by processes of their own."""
