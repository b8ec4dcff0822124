"""Queries within queries, and rows without a partner."""
