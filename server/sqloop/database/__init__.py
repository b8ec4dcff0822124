"""One database connection of the user: connect, introspect, link, execute read-only, compare answers."""
