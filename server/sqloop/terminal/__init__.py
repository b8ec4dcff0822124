"""What people at a terminal see and type, and rows as text for programs."""
