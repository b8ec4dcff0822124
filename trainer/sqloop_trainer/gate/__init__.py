"""Whether what was learned is better than what is in use, and the page that says so."""
