"""Kinds of question, a file each."""
