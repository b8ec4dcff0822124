"""The language server `sqloop lsp`: one file a feature; `protocol` is what clients are written against."""
