"""Readers of public benchmarks, one file each."""
