"""Offline learning: synthesis, pre-training, evaluation and GRPO on feedback."""
