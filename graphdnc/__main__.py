"""``python -m graphdnc`` is the command ``graphdnc``."""

from graphdnc.cli import start

if __name__ == "__main__":
    start()
