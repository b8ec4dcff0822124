"""A real, headless Neovim with the configuration of docs/editors: ghost text, taking it, rows, one server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import BROKEN, CHOSEN, OTHER, Model, user_environment, write_workspace

CONFIGURATION = Path(__file__).parents[3] / "docs/editors/neovim.lua"

LONG = """SELECT customer.city, COUNT(*), SUM(orders.total) FROM orders
JOIN customer ON orders.customer_id = customer.id WHERE orders.status <> 'open'
GROUP BY customer.city HAVING COUNT(*) > 0 ORDER BY SUM(orders.total) DESC LIMIT 5"""

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
local function screen()
  vim.cmd('redraw')
  local found = {{}}
  for row = 1, vim.api.nvim_win_get_height(0) do
    local cells = {{}}
    for column = 1, vim.o.columns do cells[column] = vim.fn.screenstring(row, column) end
    found[row] = (table.concat(cells):gsub('%s+$', ''))
  end
  return found
end
local ghost = screen()
sqloop.accept()
local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)

local long = {{}}
for number = 1, 20 do long[number] = 'SELECT ' .. number .. ';' end
vim.list_extend(long, {{ '-- the orders of each city that has many', '' }})
vim.api.nvim_buf_set_lines(0, 0, -1, false, long)
local asking
local function ask_in(height)
  vim.cmd('botright split')
  vim.cmd('wincmd k')
  vim.cmd('resize ' .. height)
  vim.cmd('normal! gg')
  vim.api.nvim_win_set_cursor(0, {{ 22, 0 }})
  sqloop.ask()
  asking = asking or screen()
  vim.wait(60000, function() return sqloop.item ~= nil end)
  local seen_then = screen()
  vim.cmd('only')
  return seen_then
end
local low, lower = ask_in(10), ask_in(7)

vim.api.nvim_buf_set_lines(0, 1, -1, false, {{ 'SELECT name FROM customer', "WHERE city = 'Rome';" }})
vim.api.nvim_win_set_cursor(0, {{ 3, 0 }})
vim.ui.select = function(items, _, choose)
  for _, each in ipairs(items) do if each[2].title == 'Run' then choose(each) end end
end
sqloop.act()
local buffer = -1
vim.wait(60000, function() buffer = vim.fn.bufnr('^sqloop://results$') return buffer >= 0 end)
local rows = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
local seen_in = vim.fn.bufwinid(buffer) >= 0

vim.cmd('edit! other.sql')
vim.bo.filetype = 'sql'
vim.fn.mkdir('apart')
vim.fn.writefile({{}}, 'apart/sqloop.toml')
vim.cmd('edit! apart/third.sql')
vim.bo.filetype = 'sql'
local servers = vim.tbl_count(vim.lsp.get_active_clients())
local seen = {{ ghost = ghost, low = low, lower = lower, asking = asking, lines = lines }}
seen.rows, seen.split, seen.servers = rows, seen_in, servers
vim.fn.writefile({{ vim.fn.json_encode(seen) }}, 'seen.json')
vim.lsp.stop_client(vim.lsp.get_active_clients())
vim.cmd('qall!')
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, told: Model) -> dict[str, Any]:
    """What stands in one Neovim while it is worked in."""
    program = shutil.which("nvim")
    if program is None and not os.environ.get("CI"):
        pytest.skip("Neovim is not installed (Debian: neovim)")
    home = tmp_path_factory.mktemp("user")
    workspace = write_workspace(home / "workspace")
    told.tell("in Rome", CHOSEN, CHOSEN, OTHER, BROKEN)
    told.tell("of each city", LONG)
    script = workspace / "x.lua"
    script.write_text(SCRIPT.format(configuration=repr(str(CONFIGURATION)), python=repr(sys.executable)))
    subprocess.run(
        [str(program), "--clean", "--headless", "-c", f"luafile {script}"],
        cwd=workspace,
        env={**user_environment(home), "SQLOOP_MODEL": told.url, "SQLOOP_K": "4"},
        timeout=180,
        check=True,
        capture_output=True,
    )
    found: dict[str, Any] = json.loads((workspace / "seen.json").read_text())
    return found


def test_neovim_shows_ghost_text_with_what_it_gave_and_takes_it(seen: dict[str, Any]) -> None:
    query = "SELECT name FROM customer WHERE city = 'Rome';"
    assert seen["lines"] == ["-- the customers in Rome", query]
    assert seen["ghost"][:3] == ["-- the customers in Rome", "sure · 2 rows · 2 of 4 agree", query]


def test_all_of_a_long_query_is_seen_in_a_low_window(seen: dict[str, Any]) -> None:
    assert any(line.rstrip().endswith("asking …") for line in seen["asking"])
    shown = "\n".join(seen["low"])
    assert "-- the orders of each city that has many\nsure · 2 rows · 4 of 4 agree\nSELECT" in shown
    assert "LIMIT 5;" in shown
    assert seen["lower"][:2] == [
        "-- the orders of each city that has many",
        "sure · 2 rows · 4 of 4 agree · 3 more lines below",
    ]


def test_rows_come_in_a_split(seen: dict[str, Any]) -> None:
    assert seen["split"]
    assert seen["rows"][:3] == ["name", "Ann", "Cy"]
    assert seen["rows"][3].startswith("2 rows · ")


def test_files_of_one_folder_share_a_server(seen: dict[str, Any]) -> None:
    assert seen["servers"] == 2  # Three files, two of them in one folder.
