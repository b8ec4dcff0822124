"""`python -m sqloop_trainer` is `trainer`."""

from sqloop_trainer.cli import main

if __name__ == "__main__":
    main()
