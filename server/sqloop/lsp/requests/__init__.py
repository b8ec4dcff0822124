"""SQLoop's own requests and commands: one file each."""
