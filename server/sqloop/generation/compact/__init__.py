"""Compact SQL and back: no FROM and JOIN where foreign keys imply them."""
