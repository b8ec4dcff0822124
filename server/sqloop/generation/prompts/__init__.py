"""How models are asked, and how their completions become SQL."""
