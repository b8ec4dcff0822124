"""MariaDB and MySQL: sessions on a server."""
