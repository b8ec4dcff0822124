"""PostgreSQL: sessions on a server."""
