"""Install a wheel into an empty environment and ask a question there: a stranger's first minute."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"
QUESTION = "How many customers do we have?"


def main(wheel: Path) -> int:
    """0 when the wheel answers with the model that it brings along."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        venv.create(home / "venv", with_pip=False)
        python = home / "venv" / "bin" / "python"
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
        subprocess.run([*pip, "-c", str(CONSTRAINTS), str(wheel)], check=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SQLOOP_")}
        kept |= {f"XDG_{kind}_HOME": folder for kind in ("CONFIG", "DATA", "CACHE")}
        ask = [str(python.with_name("sqloop")), "ask", QUESTION, "--db", "sample", "--model", "starter"]
        done = subprocess.run(ask, cwd=home, env=kept, check=True, capture_output=True, text=True)
    print(f"{wheel.name} in an empty environment: {QUESTION} {done.stdout.split()[-1]}")
    return 0 if done.stdout.split()[-1].isdecimal() else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute()))
