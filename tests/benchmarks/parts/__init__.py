"""The parts of `make bench`: each has a function `measure`, run in a process of its own."""
