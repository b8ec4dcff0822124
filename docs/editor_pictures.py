"""`make pictures`: VS Code as tests/extension sees it: with the real model, and without SQLoop or a database.

Needs what those tests need (docs/editors/vscode.md lists it); where something is missing, no picture changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
TESTS = tuple(f"tests/extension/test_{name}.py" for name in ("real_model", "install", "connections"))

SHOWN = {
    "docs/images/vscode-ghost.png": "ghost",
    "docs/images/vscode-chart.png": "chart",
    "docs/images/vscode-schema.png": "schema",
    "docs/images/vscode-install.png": "install",
    "docs/images/vscode-pythons.png": "pythons",
    "docs/images/vscode-unreachable.png": "unreachable",
    "extension/media/ghost.png": "ghost",
    "extension/media/results.png": "results",
}
"""Each picture of the documentation and the screenshot that it is."""


def main() -> None:
    """Run the tests, keep its screenshots. Exits with a line where one was skipped or failed."""
    with TemporaryDirectory() as folder:
        environment = os.environ | {"SQLOOP_PICTURES": folder}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-rs", *TESTS], cwd=ROOT, env=environment, check=False
        )
        taken = {name: Path(folder) / f"{name}.png" for name in SHOWN.values()}
        if done.returncode or not all(path.exists() for path in taken.values()):
            raise SystemExit("The pictures of VS Code stay as they are: see above.")
        for place, name in SHOWN.items():
            shutil.copyfile(taken[name], ROOT / place)


if __name__ == "__main__":
    main()
