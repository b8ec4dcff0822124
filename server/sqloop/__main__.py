"""`python -m sqloop` is `sqloop`."""

from sqloop.cli import main

main()
