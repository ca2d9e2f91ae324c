"""``python -m tests.bulk.program``: the command line as a program of its own."""

from harvest.cli import main

if __name__ == "__main__":
    main()
