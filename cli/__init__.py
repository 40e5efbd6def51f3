"""The commands, one module or package each. The program starts at :func:`start`."""

import sys


def start() -> None:
    """Run the command line. Ctrl-C prints no traceback, even while modules are loaded."""
    try:
        from graphdnc.cli.main import main

        main()
    except KeyboardInterrupt:
        sys.exit(130)
