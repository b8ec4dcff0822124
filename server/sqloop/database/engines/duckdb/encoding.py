"""Text that DuckDB does not read as it is: UTF-16, which Excel calls Unicode, and Windows' Western European.

It reads UTF-8, and Latin-1, which lacks the euro sign and the curved quotes of Windows.
"""

from __future__ import annotations

import gzip
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from contextlib import suppress
from gzip import GzipFile
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from shutil import copyfileobj

LOOKED_AT = 64 * 1024 * 1024
"""Bytes of a file that tell what it is written in."""

_PACKED = ".gz"
_CHUNK = 1024 * 1024
_OF_WINDOWS = bytes(range(0x80, 0xA0))
"""Letters in Windows-1252, of which Latin-1 has none."""


def foreign_encoding(path: Path) -> str | None:
    """What the text at ``path`` is written in where DuckDB cannot read it; None where it can."""
    decoder = getincrementaldecoder("utf-8")()
    is_utf_8, has_windows = True, False
    with suppress(OSError, EOFError, zlib.error), _opened(path) as file:
        for number, chunk in enumerate(_chunks(file)):
            if not number and chunk.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
                return "utf-16"
            has_windows = has_windows or len(chunk.translate(None, _OF_WINDOWS)) < len(chunk)
            if is_utf_8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf_8 = False
            if not is_utf_8 and has_windows:
                return "cp1252"
    return None


def copy_text(path: str, encoding: str, folder: str) -> str:
    """Where in ``folder`` the text now lies in UTF-8, unpacked, under its own name."""
    source = Path(path)
    copy = Path(folder) / (source.stem if source.suffix.lower() == _PACKED else source.name)
    with (
        _opened(source) as packed,
        TextIOWrapper(packed, encoding, errors="replace", newline="") as text,
        copy.open("w", encoding="utf-8", newline="") as written,
    ):
        copyfileobj(text, written, _CHUNK)
    return str(copy)


def _opened(path: Path) -> GzipFile | BufferedReader:
    return gzip.open(path) if path.suffix.lower() == _PACKED else path.open("rb")


def _chunks(file: GzipFile | BufferedReader) -> Iterator[bytes]:
    """Of the beginning that is looked at."""
    for _ in range(LOOKED_AT // _CHUNK):
        if not (chunk := file.read(_CHUNK)):
            return
        yield chunk
