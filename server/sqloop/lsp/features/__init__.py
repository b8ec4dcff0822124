"""What editors ask for by the Language Server Protocol: one file a feature."""
