"""``python tests/benchmarks/blind NAME FILE.sqlite`` builds the database of that name."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.blind import build

build(sys.argv[1], Path(sys.argv[2]))
