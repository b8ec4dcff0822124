"""What `sqloop adapters` prints: one adapter a line, or JSON with all that is known of each."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from sqloop.adapters.card import Adapter
from sqloop.adapters.registry import Registry
from sqloop.errors import ModelError


def print_adapters(registry: Registry, *, as_json: bool) -> None:
    """Every adapter, oldest first: in JSON the card with ``active`` and ``folder`` added."""
    adapters = registry.list()
    active = {each.name for each in adapters if registry.active(each.card.base) == each}
    if as_json:
        told = [
            {**each.card.model_dump(), "active": each.name in active, "folder": str(each.folder)}
            for each in adapters
        ]
        print(json.dumps(told, ensure_ascii=False))
        return
    if not adapters:
        print("There is no adapter yet: trainer retrain makes one of your corrections.", file=sys.stderr)
        return
    lines = [_describe(each, each.name in active) for each in adapters]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_promotion(registry: Registry, name: str) -> None:
    """Promote an adapter and say what it is in use for. Raises ModelError, SettingsError."""
    adapter = registry.promote(name)
    print(f"{name} is in use for {adapter.card.base_name or adapter.card.base}.")


def print_rollback(registry: Registry, base: str | None) -> None:
    """Take the last promotion back and say what is in use now. Raises ModelError, SettingsError."""
    if base is None:
        raise ModelError("The model is not on this machine: its adapters are not kept here.")
    adapter = registry.rollback(base)
    print(f"{adapter.name} is in use again." if adapter else "The bare model is in use again.")


def _describe(adapter: Adapter, active: bool) -> Sequence[str]:
    card = adapter.card
    metrics = ", ".join(f"{name} {value:g}" for name, value in card.metrics.items())
    return "*" if active else " ", card.name, card.base_name or card.base, card.created, metrics
