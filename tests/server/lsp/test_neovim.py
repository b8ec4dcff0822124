"""A real, headless Neovim with the configuration of docs/editors: a comment, ghost text, and taking it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Model

CONFIGURATION = Path(__file__).parents[3] / "docs/editors/neovim.lua"

SCRIPT = """
local sqloop = dofile({configuration})
vim.g.sqloop_command = {{ {python}, '-m', 'sqloop', 'lsp' }}
vim.cmd('edit work.sql')
vim.bo.filetype = 'sql'
local client = vim.lsp.get_client_by_id(sqloop.id)
vim.wait(60000, function() return client.initialized end)
vim.api.nvim_buf_set_lines(0, 0, -1, false, {{ '-- the customers in Rome', '' }})
vim.api.nvim_win_set_cursor(0, {{ 2, 0 }})
sqloop.ask()
vim.wait(60000, function() return sqloop.item ~= nil end)
local marks = vim.api.nvim_buf_get_extmarks(0, sqloop.space, 0, -1, {{ details = true }})
local ghost = marks[1] and marks[1][4].virt_text[1][1] or vim.NIL
sqloop.accept()
local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
vim.fn.writefile({{ vim.fn.json_encode({{ ghost = ghost, lines = lines }}) }}, 'seen.json')
vim.lsp.stop_client(sqloop.id)
vim.cmd('qall!')
"""


def test_neovim_shows_ghost_text_and_takes_it(
    workspace: Path, environment: dict[str, str], model: Model
) -> None:
    program = shutil.which("nvim")
    if program is None and not os.environ.get("CI"):
        pytest.skip("Neovim is not installed (Debian: neovim)")
    script = workspace / "x.lua"
    script.write_text(SCRIPT.format(configuration=repr(str(CONFIGURATION)), python=repr(sys.executable)))
    subprocess.run(
        [str(program), "--clean", "--headless", "-c", f"luafile {script}"],
        cwd=workspace,
        env={**environment, "SQLOOP_MODEL": model.url},
        timeout=180,
        check=True,
        capture_output=True,
    )
    seen = json.loads((workspace / "seen.json").read_text())
    query = "SELECT name FROM customer WHERE city = 'Rome';"
    assert seen == {"ghost": query, "lines": ["-- the customers in Rome", query]}
