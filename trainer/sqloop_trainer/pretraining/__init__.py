"""Training the starter model from a corpus: tokenizer, packing, optimisation, held-out accuracy."""
