"""What is known of an adapter: `adapter.json` beside its weights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sqloop.errors import ModelError

CARD = "adapter.json"
NEEDED = ("adapter_config.json", "adapter_model.safetensors")
"""What PEFT writes and an adapter cannot do without."""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Card(BaseModel):
    """One LoRA tuning of one base model; written once, with the adapter."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
    """Unique in its registry; letters, digits, ``_``, ``.`` and ``-``, never ``none``."""

    base: str = Field(pattern=r"^[0-9a-f]{16}$")
    """The model it was made for, as `sqloop.generation.model_folder.identify_folder` tells it."""

    base_name: str = ""
    """What that model is called: ``starter``, a folder or a name on the hub."""

    created: str = Field(default_factory=_now)
    """ISO 8601, UTC."""

    metrics: dict[str, float] = {}
    """Scores by name, as the evaluation before the promotion gave them."""

    data: dict[str, str | int | float] = {}
    """What it was trained on: a store, a database, counts, digests."""

    parent: str | None = None
    """The adapter that training began from; None for the bare model."""

    @field_validator("name")
    @classmethod
    def _no_word(cls, name: str) -> str:
        if name == "none":
            raise ValueError("none stands for no adapter")
        return name


@dataclass(frozen=True)
class Adapter:
    """An adapter in a registry: ``folder`` holds the files of PEFT and the card."""

    name: str
    folder: Path

    @cached_property
    def card(self) -> Card:
        """Its card. Raises ModelError where the adapter is gone or its card cannot be read."""
        try:
            return Card.model_validate_json((self.folder / CARD).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ModelError(f"There is no adapter {self.name} in {self.folder.parent}.") from None
        except (OSError, ValidationError, UnicodeDecodeError) as error:
            reason = str(error).splitlines()[0]
            raise ModelError(f"The adapter {self.name} has no readable {CARD}: {reason}.") from error

    def check(self) -> None:
        """Raise ModelError where files are missing or are those of something else."""
        assert self.card
        missing = [name for name in NEEDED if not (self.folder / name).is_file()]
        if missing:
            raise ModelError(f"The adapter {self.name} is not whole: {' and '.join(missing)} missing.")
