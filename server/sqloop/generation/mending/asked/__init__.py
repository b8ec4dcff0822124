"""What the question asks and its query does not say."""
