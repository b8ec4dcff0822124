"""A pymysql connection to a server that may only pose as one: what it asks for and does not get.

A password in clear text (LDAP and PAM need that) goes to a server whose certificate was verified, or over a
Unix socket. One that is encrypted with a key of the server's own is as good as clear for whoever made the
key, so that goes no further than TLS, which a server with such passwords has by default. A local file goes to
nobody. What is not the protocol becomes an error of the driver's family.

Sources: MySQL's client/server protocol, "Protocol::AuthSwitchRequest", "Protocol::LOCAL INFILE Request".
"""

from __future__ import annotations

import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymysql import OperationalError
from pymysql.connections import Connection
from pymysql.constants import CR

_CLEAR = {b"mysql_clear_password", b"dialog"}
_GARBAGE = (struct.error, LookupError, AssertionError, RuntimeError, TypeError, ValueError)
"""What the driver raises where a packet is not what it expects; RuntimeError where a file is asked for."""


class WaryConnection(Connection):
    """Logs in without giving a password away, and takes no orders."""

    _key: bytes | None = None

    def _process_auth(self, plugin_name: bytes, auth_packet: Any, handler: Any = None) -> Any:
        if plugin_name in _CLEAR and not self._is_verified():
            raise OperationalError(
                CR.CR_AUTH_PLUGIN_ERR,
                f"it asks for the password in clear text ({plugin_name.decode()}), which needs a verified "
                "certificate: add ?ssl_ca=FILE&ssl_verify_identity=true to the URL",
            )
        return super()._process_auth(plugin_name, auth_packet, handler)  # type: ignore[misc]

    @property
    def server_public_key(self) -> bytes | None:
        """The key that the server would have the password encrypted with; the driver reads and sets it."""
        return self._key

    @server_public_key.setter
    def server_public_key(self, key: bytes | None) -> None:
        if key is not None:
            raise OperationalError(
                CR.CR_AUTH_PLUGIN_ERR,
                "it asks for the password under a key of its own and without TLS, which is refused",
            )

    def _is_verified(self) -> bool:
        """Whether the other end is who the URL names: by its certificate, or as a socket of this machine."""
        if self.unix_socket:
            return True
        context: ssl.SSLContext | None = getattr(self, "ctx", None)
        secure: bool = self._secure  # type: ignore[attr-defined]  # not in the stubs
        return secure and context is not None and context.check_hostname  # which needs a valid certificate


@contextmanager
def deciphering(connection: Connection | None = None) -> Iterator[None]:
    """Raise pymysql's OperationalError where what a server sends is no answer; ``connection`` is closed then.

    Without one it is logging in that is watched.
    """
    try:
        yield
    except _GARBAGE as error:
        if connection is not None:
            if isinstance(error, UnicodeError):  # of a value: honest tables have such
                raise
            connection._force_close()  # type: ignore[attr-defined]  # not in the stubs
        asked = isinstance(error, RuntimeError) and "LOAD_LOCAL" in str(error)
        told = "it asks for a local file" if asked else "it does not speak MySQL's protocol"
        raise OperationalError(CR.CR_MALFORMED_PACKET, told) from error
