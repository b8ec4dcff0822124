"""From the name of a model to its generator, whose code is imported when it is needed."""

from __future__ import annotations

from pathlib import Path

from sqloop.generation.generator import ChooseAdapter, Generator


def open_generator(
    model: str,
    adapter: str | None = None,
    choose: ChooseAdapter | None = None,
    *,
    own: bool = True,
    prompts: Path | None = None,
) -> Generator:
    """A generator for a folder, a name on the hub or ``http(s)://host:port/v1#model-name``.

    ``adapter`` stays in use; without one, ``choose`` says which to use from request to request (a remote
    server is not told). A server that is not the user's ``own`` choice gets no key.
    Below ``prompts`` a local model may keep what it has read of schemas.
    Nothing is loaded yet. Raises ModelError where it is plain that a name is none.
    """
    if model.startswith(("http://", "https://")):
        from sqloop.generation.remote import RemoteGenerator

        return RemoteGenerator(model, adapter, own=own)
    from sqloop.generation.worker import WorkerGenerator

    return WorkerGenerator(model, adapter, choose, prompts)
