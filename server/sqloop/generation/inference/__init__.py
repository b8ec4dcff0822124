"""Running models: networks, tokens, grammars, decoding."""
