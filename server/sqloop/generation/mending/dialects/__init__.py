"""What one engine says otherwise than another."""
