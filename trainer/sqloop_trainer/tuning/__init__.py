"""Tuning of a pretrained code model for SQL: its corpus, supervised training, GRPO over many schemas."""
