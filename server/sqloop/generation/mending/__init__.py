"""What a model wrote and cannot have meant, put right on the syntax tree: names, days, groups, numbers."""
