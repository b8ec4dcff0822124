"""Screens over the one where one works."""
