-- SQLoop for Neovim 0.7 and newer: source this file from your init.lua.
-- Below a comment, <C-g> asks; the answer is shown as ghost text, <C-y> takes it.

local M = { item = nil, space = vim.api.nvim_create_namespace('sqloop') }

function M.start(command)
  local id = vim.lsp.start_client({
    name = 'sqloop',
    cmd = command or { 'sqloop', 'lsp' },
    root_dir = vim.fn.getcwd(),
  })
  vim.lsp.buf_attach_client(0, id)
  M.id = id
end

function M.ask()
  local client, buffer = vim.lsp.get_client_by_id(M.id), vim.api.nvim_get_current_buf()
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.context = { triggerKind = 1 }
  client.request('textDocument/inlineCompletion', params, function(error, result)
    M.item = not error and result and result.items[1] or nil
    vim.api.nvim_buf_clear_namespace(buffer, M.space, 0, -1)
    if not M.item then return end
    local typed = M.item.range['end'].character - M.item.range.start.character
    local lines = vim.split(M.item.insertText:sub(typed + 1), '\n')
    local virtual = {}
    for number = 2, #lines do virtual[#virtual + 1] = { { lines[number], 'Comment' } } end
    vim.api.nvim_buf_set_extmark(buffer, M.space, params.position.line, 0, {
      virt_text = { { lines[1], 'Comment' } }, virt_text_pos = 'overlay', virt_lines = virtual,
    })
  end, buffer)
end

function M.accept()
  if not M.item then return end
  local item, client = M.item, vim.lsp.get_client_by_id(M.id)
  M.item = nil
  vim.api.nvim_buf_clear_namespace(0, M.space, 0, -1)
  local edit = { range = item.range, newText = item.insertText }
  vim.lsp.util.apply_text_edits({ edit }, 0, client.offset_encoding)
  client.request('workspace/executeCommand', {
    command = item.command.command, arguments = item.command.arguments,
  }, function() end, 0)
end

vim.api.nvim_create_autocmd('FileType', { pattern = 'sql', callback = function() M.start(vim.g.sqloop_command) end })
vim.keymap.set('i', '<C-g>', M.ask)
vim.keymap.set('i', '<C-y>', M.accept)

return M
