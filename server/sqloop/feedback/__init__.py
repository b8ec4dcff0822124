"""What users said of the answers they were shown: events, the store that keeps them, labels for editors."""
