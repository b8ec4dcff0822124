"""Filters on rows, by the type of their column."""
