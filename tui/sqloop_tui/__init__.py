"""The query console `sqloop console`: a terminal application and a client of `sqloop lsp`.

The language server is a child process; nothing of the engine but the values of its protocol is loaded here.
"""
