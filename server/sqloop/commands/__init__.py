"""The commands of `sqloop`, a file each."""
