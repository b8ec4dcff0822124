"""What `answers = "digest"` leaves of an event: nothing that trying can find.

A plain digest of a small answer is found by trying all small answers, and an error text may quote a value. So
digests are keyed by a secret that lies beside the store, and error texts stay out. Keyed digests compare as
plain ones do, among events of one key.
"""

from __future__ import annotations

import hmac
import os
import secrets
import tempfile
from dataclasses import replace
from pathlib import Path

from sqloop.errors import FeedbackError
from sqloop.feedback.events import Event, KeptCandidate
from sqloop.feedback.kept import KeptAnswer

_KEYED = "keyed:"
_BYTES = 32


def seal(event: Event, key: bytes) -> Event:
    """The event with keyed digests and without rows and error texts; what is sealed already stays so."""
    return replace(
        event,
        answer=_seal_answer(event.answer, key) if event.answer else None,
        candidates=tuple(_seal_candidate(each, key) for each in event.candidates),
    )


def read_key(path: Path) -> bytes:
    """The secret at ``path``, made on the first call. Raises FeedbackError."""
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_bytes()
    except OSError as error:
        raise FeedbackError(f"The key of the digests, {path}, cannot be used: {error.strerror}.") from None
    if len(key) != _BYTES:
        raise FeedbackError(f"{path} holds no key.", "Remove it: digests made from then on are of another.")
    return key


def _make_key(path: Path) -> None:
    """Whole or not at all, and the first of two processes wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)  # for the user's eyes only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        if hasattr(os, "link"):
            os.link(name, path)
        else:
            os.replace(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink(missing_ok=True)


def _seal_answer(answer: KeptAnswer, key: bytes) -> KeptAnswer:
    return KeptAnswer(_keyed(answer.digest, key), answer.count, answer.truncated)


def _seal_candidate(candidate: KeptCandidate, key: bytes) -> KeptCandidate:
    digest = None if candidate.digest is None else _keyed(candidate.digest, key)
    return replace(candidate, error="", digest=digest)


def _keyed(digest: str, key: bytes) -> str:
    if digest.startswith(_KEYED):
        return digest
    return _KEYED + hmac.new(key, digest.encode(), "sha256").hexdigest()[:32]
