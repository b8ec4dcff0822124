-- SQLoop for Neovim 0.7 and newer: source this file from your init.lua.
-- Below a comment, <C-g> asks; the answer is shown as ghost text with what it gave, <C-y> takes it. In normal mode
-- <C-g> on a statement offers *Run* and *Explain*, which show rows and words in a split below. Only in SQL files.

local M = { item = nil, space = vim.api.nvim_create_namespace('sqloop'), clients = {} }

-- The folder of a file that sqloop.toml or .git marks; where none does, the one that Neovim works in.
local function root(buffer)
  local folder = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':p:h')
  for _, mark in ipairs({ 'sqloop.toml', '.git' }) do
    local found = vim.fn.findfile(mark, folder .. ';')
    if found == '' then found = vim.fn.finddir(mark, folder .. ';') end
    if found ~= '' then return vim.fn.fnamemodify(found, ':p:s?/$??:h') end
  end
  return vim.fn.getcwd()
end

-- One server, and so one model in memory, for each folder.
function M.start(buffer)
  local folder = root(buffer)
  local id = M.clients[folder]
  if not id or vim.lsp.client_is_stopped(id) then
    id = vim.lsp.start_client({
      name = 'sqloop',
      cmd = vim.g.sqloop_command or { 'sqloop', 'lsp' },
      cmd_cwd = folder,
      root_dir = folder,
      init_options = { resultsPanel = true },
    })
    M.clients[folder] = id
  end
  vim.lsp.buf_attach_client(buffer, id)
  M.id = id
end

local function client_of(buffer)
  for _, client in pairs(vim.lsp.buf_get_clients(buffer)) do
    if client.name == 'sqloop' then return client end
  end
end

function M.hide()
  M.item = nil
  vim.api.nvim_buf_clear_namespace(0, M.space, 0, -1)
end

-- Scroll until what stands above the line of the cursor and what is below it can be seen, as far as there is room.
local function make_room(above, below)
  local view, height = vim.fn.winsaveview(), vim.api.nvim_win_get_height(0)
  local line = vim.fn.line('.')
  local missing = vim.fn.winline() + above + below - height
  if missing > 0 then
    vim.fn.winrestview({ topline = math.max(view.topline, math.min(view.topline + missing, line - 1)) })
  end
end

-- What it gave stands between question and query: below, it would fall off a window first.
local function show_ghost(buffer, line, item)
  local typed = item.range['end'].character - item.range.start.character
  local lines = vim.split(item.insertText:sub(typed + 1), '\n')
  local virtual = {}
  for number = 2, #lines do virtual[#virtual + 1] = { { lines[number], 'Comment' } } end
  local gave, hidden = item.command.title, #lines + 2 - vim.api.nvim_win_get_height(0)
  if hidden > 0 then gave = string.format('%s · %d more line%s below', gave, hidden, hidden == 1 and '' or 's') end
  vim.api.nvim_buf_set_extmark(buffer, M.space, line, 0, {
    virt_lines = { { { gave, 'NonText' } } }, virt_lines_above = true,
  })
  vim.api.nvim_buf_set_extmark(buffer, M.space, line, 0, {
    virt_text = { { lines[1], 'Comment' } }, virt_text_pos = 'overlay', virt_lines = virtual,
  })
  make_room(1, #virtual)
end

function M.ask()
  local buffer, tick = vim.api.nvim_get_current_buf(), vim.b.changedtick
  local client = client_of(buffer)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.context = { triggerKind = 1 }
  M.hide()
  vim.api.nvim_buf_set_extmark(buffer, M.space, params.position.line, 0, { virt_text = { { 'asking …', 'NonText' } } })
  client.request('textDocument/inlineCompletion', params, function(error, result)
    if vim.api.nvim_get_current_buf() ~= buffer or vim.b.changedtick ~= tick then return end
    M.hide()
    M.item = not error and result and result.items[1] or nil
    if M.item then return show_ghost(buffer, params.position.line, M.item) end
    vim.api.nvim_echo({ { error and error.message or 'SQLoop has no query for this line.' } }, false, {})
  end, buffer)
end

function M.accept()
  if not M.item then return end
  local item, client = M.item, client_of(0)
  M.hide()
  local edit = { range = item.range, newText = item.insertText }
  vim.lsp.util.apply_text_edits({ edit }, 0, client.offset_encoding)
  client.request('workspace/executeCommand', {
    command = item.command.command, arguments = item.command.arguments,
  }, function() end, 0)
end

-- Lines in a split of their own below, which keeps its place; q closes it.
local function show(lines)
  local buffer = vim.fn.bufnr('^sqloop://results$')
  if buffer < 0 then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, 'sqloop://results')
    vim.api.nvim_buf_set_keymap(buffer, 'n', 'q', '<cmd>close<cr>', {})
  end
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  if vim.fn.bufwinid(buffer) < 0 then
    local before = vim.api.nvim_get_current_win()
    vim.cmd('botright 12split')
    vim.api.nvim_win_set_buf(0, buffer)
    vim.wo.wrap = false
    vim.api.nvim_set_current_win(before)
  end
end

-- Rows as text in columns; a NULL is written so.
local function write(result)
  local rows = { result.headings }
  for _, row in ipairs(result.rows) do
    rows[#rows + 1] = vim.tbl_map(function(cell)
      return cell == vim.NIL and 'NULL' or (tostring(cell):gsub('[\r\n]', ' '))
    end, row)
  end
  local widths = {}
  for _, row in ipairs(rows) do
    for column, cell in ipairs(row) do
      widths[column] = math.max(widths[column] or 0, vim.fn.strdisplaywidth(cell))
    end
  end
  local lines = vim.tbl_map(function(row)
    local cells = {}
    for column, cell in ipairs(row) do
      cells[column] = cell .. string.rep(' ', widths[column] - vim.fn.strdisplaywidth(cell))
    end
    return (table.concat(cells, '  '):gsub('%s+$', ''))
  end, rows)
  local part = #result.rows < result.rowCount and #result.rows .. ' of ' or ''
  local count = string.format('%s%d row%s · %g ms', part, result.rowCount, result.rowCount == 1 and '' or 's', result.elapsedMs)
  lines[#lines + 1] = result.notice ~= '' and result.notice or count
  return lines
end

vim.lsp.commands['sqloop.showResults'] = function(command)
  local client = client_of(0)
  client.request('sqloop/run', command.arguments[1], function(error, result)
    if error then show({ error.message })
    elseif result.status ~= 'ok' then show({ result.status .. ': ' .. result.error })
    else show(write(result)) end
  end, 0)
end

vim.lsp.commands['sqloop.showExplanation'] = function(command)
  local client = client_of(0)
  client.request('sqloop/explain', command.arguments[1], function(error, result)
    if error then return show({ error.message }) end
    show(vim.list_extend(vim.split(result.text, '\n'), result.assumptions or {}))
  end, 0)
end

-- What can be done at the cursor; lenses would do that in the first line of a statement only.
function M.act()
  local wanted = { only = { 'refactor' }, diagnostics = {} }
  vim.lsp.buf.code_action(vim.fn.has('nvim-0.8') == 1 and { context = wanted } or wanted)
end

vim.api.nvim_create_autocmd('FileType', { pattern = 'sql', callback = function(event)
  M.start(event.buf)
  vim.keymap.set('i', '<C-g>', M.ask, { buffer = event.buf })
  vim.keymap.set('i', '<C-y>', M.accept, { buffer = event.buf })
  vim.keymap.set('n', '<C-g>', M.act, { buffer = event.buf })
  vim.api.nvim_create_autocmd({ 'TextChangedI', 'InsertLeave', 'BufLeave' }, { buffer = event.buf, callback = M.hide })
  -- Neovim 0.7 never asks again for lenses that it has asked for before there was a server.
  vim.api.nvim_create_autocmd({ 'InsertLeave', 'TextChanged', 'CursorHold' }, {
    buffer = event.buf,
    callback = function() if client_of(event.buf) then vim.lsp.codelens.refresh() end end,
  })
end })

return M
