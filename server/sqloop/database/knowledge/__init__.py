"""What is known of a database: schema, keys, samples and stored values, kept by the stamp of its contents."""
