"""Schemas to ask about, and the words for their names."""
