"""A real Emacs with the configuration of docs/editors: names, and a question that is answered."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Model

CONFIGURATION = Path(__file__).parents[3] / "docs/editors/emacs.el"

HALF = "SELECT * FROM ;\n\n"

SCRIPT = """
(require 'eglot)
(load {configuration})
(setq eglot-confirm-server-initiated-edits nil)  ; nobody is there to say yes
(find-file "work.sql")
(search-forward "FROM ")
(sql-mode)
(run-hooks 'post-command-hook)
(defun until (holds)
  (with-timeout (60 (error "This did not happen: %S" holds))
    (while (not (funcall holds)) (accept-process-output nil 0.1))))
(until (lambda () (eglot-current-server)))
(defun names ()
  (let ((found (eglot-completion-at-point)))
    (all-completions "" (nth 2 found))))
(until (lambda () (member "customer" (names))))
(goto-char (point-max))
(forward-line -1)
(setq action (car (eglot-code-actions (point) (point) "refactor")))
(setq title (plist-get action :title))
(eglot-execute-command (eglot-current-server) (intern (plist-get (plist-get action :command) :command))
                       (plist-get (plist-get action :command) :arguments))
(until (lambda () (string-match-p "Rome'" (buffer-string))))
(princ (json-encode (list :title title :text (buffer-string))))
"""


def test_emacs_completes_names_and_has_a_question_answered(
    workspace: Path, environment: dict[str, str], model: Model
) -> None:
    program = shutil.which("emacs")
    if program is None and not os.environ.get("CI"):
        pytest.skip("Emacs is not installed (Debian: emacs-nox elpa-eglot)")
    (workspace / "work.sql").write_text(f"{HALF}-- the customers in Rome\n")
    (workspace / "x.el").write_text(SCRIPT.format(configuration=json.dumps(str(CONFIGURATION))))
    folder = workspace.parent / "bin"
    folder.mkdir()
    (folder / "sqloop").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sqloop "$@"\n')
    (folder / "sqloop").chmod(0o755)
    path = f"{folder}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        [str(program), "--batch", "--no-init-file", "-l", "x.el"],
        cwd=workspace,
        env={**environment, "SQLOOP_MODEL": model.url, "PATH": path, "HOME": str(workspace.parent)},
        timeout=180,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "title": "Answer this question",
        "text": f"{HALF}-- the customers in Rome\nSELECT name\nFROM customer\nWHERE city = 'Rome';\n",
    }
