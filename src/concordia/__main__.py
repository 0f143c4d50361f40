"""The command `concordia`."""

import sys

from concordia.commandline import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
