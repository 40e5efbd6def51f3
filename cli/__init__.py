"""The commands, one module each; :func:`start` is where the program begins."""

import sys


def start() -> None:
    """Run the command line; Ctrl-C while it is being loaded ends it without a traceback, too."""
    try:
        from graphdnc.cli.main import main

        main()
    except KeyboardInterrupt:
        sys.exit(130)
