"""Adapters that were learned on this machine: kept, promoted, rolled back, and picked up by who serves."""

from sqloop.adapters.card import Adapter, Card
from sqloop.adapters.following import ActiveAdapter, identify_model
from sqloop.adapters.registry import Registry

__all__ = ["ActiveAdapter", "Adapter", "Card", "Registry", "identify_model"]
