"""Run the command ``graphdnc`` as ``python -m graphdnc``."""

from graphdnc.cli import start

if __name__ == "__main__":
    start()
