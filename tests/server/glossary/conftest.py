"""A shop whose columns say little by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from folders import write_store

SCRIPT = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, status TEXT, city TEXT);
INSERT INTO customers VALUES (1, 'Ann', 'A', 'New York'), (2, 'Bob', 'C', 'Oslo'), (3, 'Cid', 'A', 'Oslo');
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), placed_at TEXT, shipped_at TEXT
);
INSERT INTO orders VALUES (1, 1, '2023-05-01', '2023-05-03'), (2, 3, '2024-01-01', NULL);
CREATE TABLE order_lines (
  id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id), qty INTEGER, price REAL
);
INSERT INTO order_lines VALUES (1, 1, 2, 9.5), (2, 2, 1, 20);
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return write_store(tmp_path, SCRIPT)
